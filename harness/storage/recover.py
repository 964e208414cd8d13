"""Saving what can be read of a cut-off or damaged recording into a new, whole one.

Frames are independent, so damage costs the segment or asset it lies in: after a frame that does not check out, the
search goes on byte by byte for the next that does. Of a damaged segment the lines before the damage are kept; no
checksum vouches for them any more, which the `gap` event after them says (`unverified`).
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from harness.errors import CorruptRecordingError, HarnessWarning, RecordingError, UsageError
from harness.storage import events, frames, stored_texts
from harness.storage.bounds import SCAN_FLOOR_BYTES, SCAN_RATIO
from harness.storage.decompress import CHECKSUM_BYTES
from harness.storage.index import Index, tidy
from harness.storage.reader import whole_lines
from harness.storage.source import Damage, Source, check_header
from harness.storage.writer import RecordingWriter
from harness.version import __version__

SEARCH_BYTES = 1 << 20


@dataclass(slots=True)
class Recovery:
    """What was saved and what was lost; `lost_events` is None where nobody can tell how many."""

    events: int = 0
    assets: int = 0
    duration_ms: float = 0
    complete: bool = False  # nothing is lost: index or footer was all that was damaged
    lost_events: int | None = 0
    lost_assets: int = 0
    lost_bytes: int = 0
    unverified: int = 0  # events of damaged segments: their text may have changed
    places: list[int] = field(default_factory=list)  # where in the file something is lost

    def __str__(self) -> str:
        kept = f"{self.events} events, {self.assets} assets, {self.duration_ms / 1000:.1f} s"
        if self.complete:
            return f"{kept}; nothing is lost"
        if not self.places:
            return f"{kept}; nothing of the file is lost, but it was not closed: its last moment may be missing"
        if self.lost_events == 0 == self.lost_assets:
            return (
                f"{kept}; nothing is lost, but {self.unverified} events may be changed: "
                f"the segment at byte {self.places[0]} does not match its checksum"
            )
        how_many = "an unknown number of" if self.lost_events is None else str(self.lost_events)
        where = ", ".join(map(str, self.places[:3])) + (" …" if len(self.places) > 3 else "")
        return f"{kept}; lost: {how_many} events, {self.lost_assets} assets, {self.lost_bytes} bytes, at byte {where}"


@dataclass(frozen=True, slots=True)
class _Piece:
    """One stretch of the file: a frame that checks out, or damage up to the next such frame.

    `frame` of a damaged stretch is what seems to begin there, if anything does.
    """

    offset: int
    end: int
    frame: frames.Frame | None
    damaged: bool


def recover(path: str | PathLike[str], target: str | PathLike[str], *, force: bool = False) -> Recovery:
    """Write what can be read of `path` into the new file `target`, and return what that is.

    Raises UsageError if either cannot be used, CorruptRecordingError if nothing can be read, UnsupportedVersionError
    for a newer format, RecordingError if the new file cannot be written whole.
    """
    source, target = Source(Path(path)), Path(target)
    try:
        if target.exists() and target.samefile(path):
            raise UsageError(f"{target}: is the damaged file itself; name another file", path=target)
        return _Recovery(source).write(target, force=force)
    finally:
        source.close()


class _Recovery:
    """The first pass finds the pieces of the file, the second copies what they hold."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.report = Recovery()
        self.left = max(SCAN_FLOOR_BYTES, SCAN_RATIO * source.size_bytes)
        self.pieces = list(self._find())
        self.index = self._find_index()
        self.header = self._find_header()
        self.assets = {source.asset_meta(frame).hash for frame in self._good(frames.ASSET)}
        self.missing: set[str] = set()  # assets that events name and that are nowhere

    def write(self, target: Path, *, force: bool) -> Recovery:
        origin = {key: self.header.get(key) for key in ("id", "harness_version")}
        origin = {"file": self.source.path.name, "size_bytes": self.source.size_bytes, **origin}
        header = {**self.header, "harness_version": __version__, "recovered_from": origin}
        header.pop("id", None)
        report = self.report
        if not any(piece.frame is not None and piece.frame.tag is None for piece in self.pieces):
            path = self.source.path
            raise CorruptRecordingError(f"{path}: holds no event that can be read; nothing to recover", path=path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", HarnessWarning)  # becomes an error below
            writer = RecordingWriter(target, header, force=force)
            try:
                for piece in self.pieces:
                    self._copy(piece, writer)
                report.lost_assets = max(report.lost_assets, len(self.missing))
                nothing_lost = not report.places and not self.missing
                report.complete = nothing_lost and self.index is not None and self.index.complete
                writer.close(status=self.index.status if self.index else "unknown", complete=report.complete)
            except BaseException:
                writer.close(complete=False)
                raise
        if writer.error is not None:
            reason = writer.error.strerror or writer.error
            raise RecordingError(f"{target}: is not whole: {reason}; make room and try again", path=target)
        return report

    # First pass.

    def _find(self) -> Iterator[_Piece]:
        source, offset = self.source, 0
        while offset < source.size_bytes:
            frame = self._frame(offset)
            if offset and frame is not None and frame.tag == frames.HEAD and self._checks_out(frame):
                # Another recording was appended: its pages and times would be mixed up with those of the first.
                yield _Piece(offset, source.size_bytes, None, damaged=True)
                return
            if frame is not None and self._checks_out(frame):
                yield _Piece(offset, frame.end, frame, damaged=False)
                offset = frame.end
                continue
            end = self._next_good(offset + 1 if frame is None or not self._ends_well(frame) else frame.end)
            yield _Piece(offset, end, frame, damaged=True)
            offset = end

    def _frame(self, offset: int) -> frames.Frame | None:
        try:
            return self.source.frame(offset)
        except Damage:
            return None

    def _ends_well(self, frame: frames.Frame) -> bool:
        """Return whether a damaged frame has its right length: what looks like a frame inside it is then content."""
        following = self._frame(frame.end) if frame.whole else None
        return following is not None and self._checks_out(following)

    def _checks_out(self, frame: frames.Frame) -> bool:
        if not frame.whole:
            return False
        self._spend(frame.size)
        if frame.tag is None:
            content, fault = self.source.segment(frame)
            self._spend(len(content))
            return fault is None
        if frame.tag == b"":  # somebody else's, without a checksum that we could know
            return frame.end == self.source.size_bytes or self._frame(frame.end) is not None
        if not self.source.matches(frame):
            return False
        if frame.tag == frames.ASSET:
            try:
                self.source.asset(frame)
            except Damage:
                return False
        return True

    def _spend(self, size: int) -> None:
        """Bound the work: a small file can hold a great many frames, or frames that unpack to a great deal."""
        self.left -= size
        if self.left < 0:
            what = f"takes more than {SCAN_RATIO} times its size to look through"
            raise self.source.damage(what, 0, advice="it is no recording that harness wrote")

    def _next_good(self, offset: int) -> int:
        """Return where the next frame begins that checks out or that holds events up to the end of the file."""
        for at in self._magics(offset):
            frame = self._frame(at)
            if frame is None or frame.tag == b"":
                continue
            if self._checks_out(frame):
                return at
            if frame.tag is None and not frame.whole and self._holds_events(frame):
                return at
        return self.source.size_bytes

    def _holds_events(self, frame: frames.Frame) -> bool:
        content, _ = self.source.segment(frame)
        self._spend(frame.size + len(content))
        return bool(whole_lines(content))

    def _magics(self, offset: int) -> Iterator[int]:
        while offset < self.source.size_bytes:
            part = self.source.read(offset, SEARCH_BYTES + 3)
            places = []
            for magic in (frames.ZSTD, frames.OURS):
                at = part.find(magic)
                while at >= 0:
                    places.append(offset + at)
                    at = part.find(magic, at + 1)
            yield from sorted(place for place in places if place < offset + SEARCH_BYTES)
            offset += SEARCH_BYTES

    def _good(self, tag: bytes | None) -> Iterator[frames.Frame]:
        return (piece.frame for piece in self.pieces if piece.frame and piece.frame.tag == tag and not piece.damaged)

    def _find_index(self) -> Index | None:
        for frame in self._good(frames.INDEX):
            content = self.source.index_json(frame)
            try:
                return None if content is None else Index.from_raw(json.loads(content))
            except (ValueError, RecursionError, TypeError):
                return None
        return None

    def _find_header(self) -> dict[str, Any]:
        """Return the header from HEAD, else from the index, else from the first event, which repeats it."""
        candidates: list[Any] = []
        for frame in self._good(frames.HEAD):
            candidates.append(_json(self.source.read(frame.body_offset, frame.body_bytes)))
        if self.index is not None:
            candidates.append(self.index.raw.get("header"))
        for piece in self.pieces:
            if piece.frame is not None and piece.frame.tag is None:
                event = _json(self.source.segment(piece.frame)[0].partition(b"\n")[0])
                candidates.append(event.get("data") if isinstance(event, dict) else None)
                break
        for candidate in candidates:
            try:
                return check_header(candidate, self.source.path)
            except ValueError:
                continue
        path = self.source.path
        raise CorruptRecordingError(
            f"{path}: nothing of a recording can be found in it; is it the right file?", path=path
        )

    # Second pass.

    def _copy(self, piece: _Piece, writer: RecordingWriter) -> None:
        frame = piece.frame
        if piece.damaged:
            self._copy_damaged(piece, writer)
        elif frame is not None and frame.tag is None:
            _, bad = self._copy_lines(self.source.segment(frame)[0], writer)
            if bad:
                self._note("damaged", bad, piece.offset, {}, writer)
        elif frame is not None and frame.tag == frames.ASSET:
            meta, content = self.source.asset(frame)
            writer.write_asset(content, meta.mime)
            self.report.assets += 1

    def _copy_damaged(self, piece: _Piece, writer: RecordingWriter) -> None:
        frame, report = piece.frame, self.report
        saved, cut_off = 0, False
        place, end = piece.offset, piece.end
        if frame is not None and frame.tag is None:
            content, fault = self.source.segment(frame)
            lines = whole_lines(content)
            saved, _ = self._copy_lines(lines, writer)
            if (
                fault is None
                and not frame.whole
                and end == self.source.size_bytes
                and b"\n" not in content[len(lines) :]
            ):
                # Not damaged: the file ends in it, at most in the middle of a line, or of a block of unknown content.
                cut_off = True
                place += frame.usable
        lost_events: int | None
        if not cut_off:
            lost_events, lost_assets = self._lost(piece, saved)
        elif end - place > CHECKSUM_BYTES:
            lost_events, lost_assets = None, 0
        else:
            lost_events, lost_assets = int(len(content) > len(lines)), 0
        if (lost_events, lost_assets) == (0, 0):
            if saved and not cut_off:
                report.unverified += saved
                self._note("damaged", 0, place, {"unverified": saved}, writer)
            return  # or header, index or footer, which are made anew
        report.lost_bytes += end - place
        report.lost_assets += lost_assets
        # `unverified`: so many events just before the gap that no checksum vouches for
        details = {} if cut_off else {"unverified": saved}
        self._note("cut-off" if cut_off else "damaged", lost_events, place, details, writer)

    def _note(
        self, reason: str, lost: int | None, place: int, details: dict[str, Any], writer: RecordingWriter
    ) -> None:
        """Count lost events, and put a `gap` where they were."""
        report = self.report
        report.places.append(place)
        report.lost_events = None if lost is None or report.lost_events is None else report.lost_events + lost
        data = {"reason": reason, "lost": lost, "byte": place, **details}
        self._write(events.line_of({"t": report.duration_ms, "kind": "gap", "data": data}).encode(), writer)

    def _lost(self, piece: _Piece, saved: int) -> tuple[int | None, int]:
        """Return (events or None if that is unknown, assets) that stood in a damaged piece."""
        if self.index is not None:
            inside = range(piece.offset, piece.end)
            held = sum(segment.events for segment in self.index.segments if segment.offset in inside)
            return max(0, held - saved), sum(asset.offset in inside for asset in self.index.assets.values())
        tag = b"" if piece.frame is None else piece.frame.tag
        if tag == frames.ASSET:
            return 0, 1
        if tag in (frames.HEAD, frames.INDEX, frames.FOOT):
            return 0, 0
        return None, 0

    def _copy_lines(self, content: bytes, writer: RecordingWriter) -> tuple[int, int]:
        """Write the events of a segment; return (how many they are, lines that are none)."""
        lines: list[bytes] = []
        saved = bad = 0
        for line in filter(None, content.split(b"\n")):
            event = events.parse(line)
            if isinstance(event, str):
                bad += 1
                continue
            saved += 1
            if event["kind"] != "recording":  # the new file has a header of its own
                lines.append(self._rewritten(line, event))
                self.report.duration_ms = max(self.report.duration_ms, tidy(event["t"]))
        self.report.events += len(lines)
        if lines:
            data = b"\n".join(lines) + b"\n"
            self._write(data, writer, snapshot=b'"kind":"snapshot"' in data)
        return saved, bad

    def _rewritten(self, line: bytes, event: dict[str, Any]) -> bytes:
        """Return the line as it goes into the new file: one that promises a lost asset says that it is lost."""
        if event["kind"] in stored_texts.KINDS and (lost := set(stored_texts.named(line)) - self.assets):
            self.missing |= lost
            return stored_texts.without(line, lost)
        data = event.get("data")
        if event["kind"] != "resource" or not isinstance(data, dict) or not isinstance(data.get("hash"), str):
            return line
        if data["hash"] in self.assets:
            return line
        self.missing.add(data["hash"])
        omitted = {"url": data.get("url"), "reason": "lost", "size": data.get("size")}
        return events.encode(events.line_of({**event, "kind": "resource-omitted", "data": omitted})).rstrip(b"\n")

    def _write(self, lines: bytes, writer: RecordingWriter, *, snapshot: bool = False) -> None:
        writer.write_events(lines, count=0, first_ms=0, last_ms=0, has_snapshot=snapshot)


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
