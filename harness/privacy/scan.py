"""Looking for secrets in a file: every frame, asset and export, decoded.

A find says where it is: in a recording the segment, the line and the path in the event, or the asset and its URL; in
any other file the line. The secret itself is not printed, only how it begins.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.privacy.decode import views
from harness.privacy.patterns import find_patterns
from harness.privacy.shapes import find_shapes
from harness.storage import events, frames
from harness.storage.source import MAX_INDEX_BYTES, Source

MAX_OTHER_BYTES = 1 << 30
SHOWN_CHARACTERS = 4
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Find:
    """One secret: `place` is in the words of a person, `what` its kind, `excerpt` how it begins."""

    place: str
    what: str
    excerpt: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what} {self.excerpt}"


@dataclass
class Wanted:
    """What is looked for: given values, secrets by their shape, personal data by its form."""

    values: Iterable[str] = ()
    shapes: bool = True
    patterns: bool = False
    _bytes: list[tuple[bytes, str]] = field(init=False)

    def __post_init__(self) -> None:
        values = sorted({value.strip() for value in self.values if value.strip()})
        self._bytes = [
            (value.encode(encoding, "surrogatepass"), value)
            for value in values
            for encoding in ("utf-8", "utf-16-le", "utf-16-be")
        ]

    def within(self, content: bytes) -> set[tuple[str, str]]:
        """Return (what it is, the secret) of everything wanted that the content holds in any form."""
        found: set[tuple[str, str]] = set()
        for view, readable in views(content):
            found.update(("given value", value) for coded, value in self._bytes if coded in view)
            if readable and (self.shapes or self.patterns):
                text = view.decode("utf-8", "replace")
                if self.shapes:
                    found.update(find_shapes(text))
                if self.patterns:
                    found.update(find_patterns(text))
        return found


@dataclass
class Scanned:
    """What was looked through; `finds` is read as the scan goes on."""

    segments: int = 0
    assets: int = 0
    bytes: int = 0


def scan(
    path: str | PathLike[str], wanted: Wanted, *, scanned: Scanned | None = None, progress: Progress | None = None
) -> Iterator[Find]:
    """Yield each secret that a recording, an export or any other file holds.

    Raises UsageError if the file cannot be read, CorruptRecordingError for a recording that is damaged.
    """
    scanned = scanned if scanned is not None else Scanned()
    path = Path(path)
    source = Source(path)
    try:
        scanned.bytes = source.size_bytes
        if source.read(0, 4) == frames.OURS and source.read(8, 4) == frames.HEAD:
            yield from _scan_recording(source, wanted, scanned, progress)
        elif source.size_bytes > MAX_OTHER_BYTES:
            raise UsageError(f"{path}: is larger than 1 GB and no recording; cut it into pieces first", path=path)
        else:
            yield from _scan_other(source.read(0, source.size_bytes), wanted)
    finally:
        source.close()


def _scan_recording(source: Source, wanted: Wanted, scanned: Scanned, progress: Progress | None) -> Iterator[Find]:
    _, offset = source.head()
    yield from _finds("header", wanted.within(source.read(0, offset)))
    urls: dict[str, str] = {}
    while (frame := source.frame(offset)) is not None:
        if frame.tag is None:
            content, fault = source.segment(frame)
            if fault is not None:
                raise source.damage(f"segment {scanned.segments} {fault}", frame.offset)
            _note_urls(content, urls)
            yield from _scan_lines(f"segment {scanned.segments}", content, wanted)
            scanned.segments += 1
        elif frame.tag == frames.ASSET and frame.whole:
            meta, content = source.asset(frame)
            place = f"asset {meta.hash[:12]} ({urls.get(meta.hash, meta.mime)})"
            yield from _finds(place, wanted.within(content) | wanted.within(meta.mime.encode()))
            scanned.assets += 1
        elif frame.tag == frames.INDEX:
            body = source.read(frame.body_offset, min(frame.body_bytes, MAX_INDEX_BYTES))
            yield from _finds("index", wanted.within(body))
        else:
            what = frame.tag.decode("ascii", "replace") if frame.tag else "foreign"
            yield from _finds(
                f"{what} frame at byte {frame.offset}", wanted.within(source.read(frame.offset, frame.size))
            )
        offset = frame.end
        if progress is not None:
            progress(offset, source.size_bytes)


def _scan_lines(place: str, content: bytes, wanted: Wanted) -> Iterator[Find]:
    """The whole at once, and only where there is something line by line."""
    everything = wanted.within(content)
    if not everything:
        return
    located: set[tuple[str, str]] = set()
    for number, line in enumerate(content.split(b"\n"), 1):
        found = wanted.within(line)
        if not found:
            continue
        located |= found
        event = events.parse(line)
        kind = f" ({event['kind']})" if isinstance(event, dict) else ""
        for what, secret in sorted(found):
            where = _path_of(event, wanted, (what, secret)) if isinstance(event, dict) else ""
            yield Find(f"{place}, line {number}{kind}{where}", what, _excerpt(secret))
    yield from _finds(place, everything - located)


def _path_of(value: Any, wanted: Wanted, hit: tuple[str, str], path: str = "") -> str:
    """Return `, data.text` for the innermost value that holds it, an empty string where it is spread over several."""
    parts: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    for key, part in parts:
        inner = f"{path}.{key}" if path else str(key)
        text = part if isinstance(part, str) else json.dumps(part, ensure_ascii=False)
        if hit in wanted.within(text.encode("utf-8", "replace")):
            return _path_of(part, wanted, hit, inner)
        if hit in wanted.within(str(key).encode("utf-8", "replace")):
            return f", {inner} (its name)"
    return f", {path}" if path else ""


def _note_urls(content: bytes, urls: dict[str, str]) -> None:
    for line in content.split(b"\n"):
        if b'"kind":"resource"' in line:
            event = events.parse(line)
            if isinstance(event, dict) and isinstance(event.get("data"), dict):
                urls.setdefault(str(event["data"].get("hash")), str(event["data"].get("url"))[:200])


def _scan_other(content: bytes, wanted: Wanted) -> Iterator[Find]:
    everything = wanted.within(content)
    located: set[tuple[str, str]] = set()
    if everything and content.count(b"\n") < 1_000_000:
        for number, line in enumerate(content.split(b"\n"), 1):
            found = everything & wanted.within(line)
            located |= found
            for what, secret in sorted(found):
                yield Find(f"line {number}", what, _excerpt(secret))
    yield from _finds("file", everything - located)


def _finds(place: str, found: set[tuple[str, str]]) -> Iterator[Find]:
    for what, secret in sorted(found):
        yield Find(place, what, _excerpt(secret))


def _excerpt(secret: str) -> str:
    secret = re.sub(r"\s+", " ", secret)
    return f"{secret[:SHOWN_CHARACTERS]}… ({len(secret)} characters)"
