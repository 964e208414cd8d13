"""Checking a recording from its first byte to its last: every checksum, every event line, every reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from harness.storage import events, frames, stored_texts
from harness.storage.index import Index, IndexBuilder
from harness.storage.source import Damage, Source

# What every writer's index must say; the rest (activity, order of pages …) is its own judgement.
COMPARED = ("events", "kinds", "segments", "assets", "resources")


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place where the file is not what the format says; `line` counts from 1 within the segment."""

    what: str
    offset: int
    segment: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        places = [f"byte {self.offset}"]
        places += [] if self.segment is None else [f"segment {self.segment}"]
        places += [] if self.line is None else [f"line {self.line}"]
        return f"{', '.join(places)}: {self.what}"


@dataclass(slots=True)
class Verdict:
    """What was looked at, up to the end of the file or the first fault."""

    events: int = 0
    segments: int = 0
    assets: int = 0
    complete: bool = False
    fault: Fault | None = None


def verify(path: str | PathLike[str], *, progress: Callable[[int, int], None] | None = None) -> Verdict:
    """Return what is in the file and its first fault, if it has one. `progress` gets (bytes done, bytes in all).

    Raises UsageError if there is no such file, UnsupportedVersionError if this version cannot tell.
    """
    source = Source(Path(path))
    verdict = Verdict()
    try:
        header, head_end = source.head()
        _Verification(source, header, verdict, progress or (lambda done, total: None)).run(head_end)
    except Damage as damage:
        verdict.fault = Fault(damage.what, damage.offset or 0)
    except _FaultFound as found:
        verdict.fault = found.fault
    finally:
        source.close()
    return verdict


class _FaultFound(Exception):
    def __init__(self, what: str, offset: int, segment: int | None = None, line: int | None = None) -> None:
        super().__init__(what)
        self.fault = Fault(what, offset, segment, line)


@dataclass(frozen=True, slots=True)
class _Place:
    offset: int
    segment: int
    line: int


class _Verification:
    """One pass over one file."""

    def __init__(
        self, source: Source, header: dict[str, Any], verdict: Verdict, progress: Callable[[int, int], None]
    ) -> None:
        self.source, self.verdict, self.progress = source, verdict, progress
        self.builder = IndexBuilder(header)
        self.opened_pages: set[int] = set()
        self.used_pages: dict[int, _Place] = {}
        self.used_assets: dict[str, _Place] = {}
        self.recovered = False  # what an event refers to may be lost, and a `gap` says so

    def run(self, head_end: int) -> None:
        source, offset = self.source, head_end
        last: list[frames.Frame] = []
        while (frame := source.frame(offset)) is not None:
            self.progress(offset, source.size_bytes)
            if not frame.whole:
                self._cut(frame)
            if frame.tag is None:
                self._segment(frame)
            elif frame.tag:
                self._tagged(frame)
            last = [*last[-1:], frame]
            offset = frame.end
        self._end(last, head_end)
        self._references()
        self.progress(source.size_bytes, source.size_bytes)

    def _cut(self, frame: frames.Frame) -> None:
        """Judge the events of the segment that the file ends in, then name the end itself."""
        if frame.tag is None and frame.usable:
            content, fault = self.source.segment(frame)
            if fault is not None:
                raise _FaultFound(f"segment {fault}", frame.offset, self.verdict.segments)
            self._lines(content[: content.rfind(b"\n") + 1], frame)
        raise _FaultFound("the file is cut off here: the recorder did not close it", self.source.size_bytes)

    def _segment(self, frame: frames.Frame) -> None:
        number = self.verdict.segments
        content, fault = self.source.segment(frame)
        if fault is not None:
            raise _FaultFound(f"segment {fault}", frame.offset, number)
        if not frame.checksummed:
            raise _FaultFound("segment has no checksum", frame.offset, number)
        if not content.endswith(b"\n"):
            raise _FaultFound("segment does not end with a whole line", frame.offset, number)
        self._lines(content, frame)

    def _lines(self, content: bytes, frame: frames.Frame) -> None:
        number = self.verdict.segments
        for line_number, line in enumerate(content.split(b"\n")[:-1], 1):
            for digest in stored_texts.named(line):
                self.used_assets.setdefault(digest, _Place(frame.offset, number, line_number))
            try:
                event: dict[str, Any] | str = events.parse(str(line, "utf-8"))
            except UnicodeDecodeError:
                event = "not UTF-8"
            if isinstance(event, str):
                raise _FaultFound(event, frame.offset, number, line_number)
            if not self.verdict.events and event["kind"] != "recording":
                raise _FaultFound("the first event is not `recording`", frame.offset, number, line_number)
            self._event(event, _Place(frame.offset, number, line_number))
            self.verdict.events += 1
        batch = events.read_batch(content)
        if self.builder.entries_with(batch) > self.source.entries:
            raise _FaultFound("more pages and documents than a recording of this size has", frame.offset, number)
        self.builder.add_segment(frame.offset)
        self.builder.add(batch)
        self.builder.end_segment(frame.size)
        self.verdict.segments += 1

    def _event(self, event: dict[str, Any], place: _Place) -> None:
        kind, page, data = event["kind"], event.get("page"), event.get("data")
        data = data if isinstance(data, dict) else {}
        if kind == "page-open" and page is not None:
            self.opened_pages.add(page)
        elif page is not None:
            self.used_pages.setdefault(page, place)
        if kind == "resource" and isinstance(data.get("hash"), str):
            self.used_assets.setdefault(data["hash"], place)
        if kind == "gap" and data.get("reason") in ("cut-off", "damaged"):
            self.recovered = True

    def _tagged(self, frame: frames.Frame) -> None:
        """Check a frame of ours; of one that this version does not know, its checksum."""
        if frame.tag == frames.HEAD:
            raise _FaultFound("a second recording begins here", frame.offset)
        if frame.tag != frames.ASSET:
            if not self.source.matches(frame):
                name = str(frame.tag or b"", "ascii", "replace")
                raise _FaultFound(f"{name} frame does not match its checksum", frame.offset)
            return
        meta, content = self.source.asset(frame)
        stored = meta.stored(frame.body_bytes)
        self.builder.add_asset(
            meta.hash, offset=frame.offset, size=len(content), stored=stored, mime=meta.mime, encoding=meta.encoding
        )
        self.verdict.assets += 1

    def _end(self, last: list[frames.Frame], head_end: int) -> None:
        """Check footer and index against what was found on the way."""
        if [frame.tag for frame in last] != [frames.INDEX, frames.FOOT]:
            raise _FaultFound("the file ends without an index: the recorder did not close it", self.source.size_bytes)
        index, foot = last
        if frames.unpack_foot(self.source.read(foot.offset, foot.size)) != (index.offset, index.size):
            raise _FaultFound("footer does not point to the index", foot.offset)
        theirs = self.source.index(head_end)
        if theirs is None:
            raise _FaultFound("index is not understood", index.offset)
        ours = Index.from_raw(self.builder.raw(complete=theirs.complete))
        for key in COMPARED:
            if getattr(theirs, key) != getattr(ours, key):
                raise _FaultFound(f"index is wrong about `{key}`", index.offset)
        if theirs.lost_events < ours.lost_events:
            raise _FaultFound("index leaves out lost events", index.offset)
        self.verdict.complete = theirs.complete

    def _references(self) -> None:
        assets = self.builder.raw(complete=False)["assets"]
        faults = [
            (place, f"asset {digest[:80]} is not in the file")
            for digest, place in self.used_assets.items()
            if digest not in assets
        ]
        if not self.recovered:
            faults += [
                (place, f"page {page} was never opened")
                for page, place in self.used_pages.items()
                if page not in self.opened_pages
            ]
        if faults:
            place, what = min(faults, key=lambda fault: (fault[0].offset, fault[0].line))
            raise _FaultFound(what, place.offset, place.segment, place.line)
