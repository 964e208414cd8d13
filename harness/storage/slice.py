"""A slice: the part of a recording that belongs to one span of time, as a file of its own.

What came before the span stays in the slice as far as there is room, so that a viewer can open at the span and still go
back: HEAD's `slice` says where the span is. Where there is no room, the slice begins at the last snapshots before the
span, and its times count from there. The source may still be written to, or be cut off. A slice is compacted as a
recording is: that takes it from 167 to 84 kB (Django admin, in 0.2 s) or from 360 to 293 kB (JupyterLab, in 0.5 s).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from harness.storage.events import line_of
from harness.storage.index import Index
from harness.storage.reader import RecordingReader
from harness.storage.writer import RecordingWriter

BEFORE_BYTES = 4 << 20  # compressed; some minutes of an ordinary application

_ENVELOPE = re.compile(r'\{(?:"page":(\d+),)?(?:"doc":"([^"\\]*)",)?"t":(-?\d+(?:\.\d+)?),"kind":"([a-z][a-z0-9-]*)"')
# What a document or page is has to be known however early it was said; `recording` is written anew.
_STANDING = frozenset(
    {"page-open", "page-close", "document", "document-frame", "document-end"}
    | {"url", "title", "resource", "user", "context", "source"}
)
_LEFT_OUT = frozenset({"recording", "status", "stop"})
_BATCH_CHARS = 256 << 10


def write_slice(
    source: str | PathLike[str],
    target: str | PathLike[str],
    *,
    start_ms: float,
    end_ms: float | None = None,
    header: Mapping[str, Any] | None = None,
    status: str = "unknown",
    error: str | None = None,
    complete: bool = True,
    max_bytes: int | None = None,
    more: Iterable[dict[str, Any]] = (),
    force: bool = False,
) -> Path:
    """Write the slice from `start_ms` to `end_ms` (default: the end) of `source` to `target`, and return its path.

    `header` adds to that of the source. `more` are events to add, in the source's time. With `max_bytes` what came
    before is left out as well where the file would be larger; the span itself may then begin later than asked.
    Raises UsageError if `target` exists (unless `force`), CorruptRecordingError where the source cannot be read.
    """
    with RecordingReader(source) as reader:
        index = reader.index
        last = index.duration_ms if end_ms is None else end_ms
        cut = _cut(index, start_ms, last, max_bytes)
        head = {key: value for key, value in reader.header.items() if key not in ("format", "format_version", "id")}
        head["slice"] = {
            "start_ms": round(max(start_ms - cut, 0)),
            "end_ms": round(last - cut),
            "of": reader.header.get("id"),
            "cut_ms": round(cut),
        }
        head["started_at"] = float(head.get("started_at") or 0) + cut
        writer = RecordingWriter(target, {**head, **(header or {})}, force=force, compacts=True)
        try:
            _copy(reader, writer, cut, last)
            end_t = round(last - cut)
            for event in more:
                moved = {**event, "t": round(event["t"] - cut)}
                end_t = max(end_t, moved["t"])
                _write(writer, [line_of(moved)], 1)
            outcome = {"status": status, **({"error": error} if error else {})}
            _write(writer, [line_of({"t": end_t, "kind": "status", "data": outcome})], 1)
            _write(writer, [line_of({"t": end_t, "kind": "stop", "data": {}})], 1)
        except BaseException:
            writer.discard()
            raise
        writer.close(status=status, complete=complete)
    return Path(target)


def _cut(index: Index, start_ms: float, end_ms: float, max_bytes: int | None) -> float:
    """Return the moment before which everything but what stands is left out; 0 keeps all."""
    before = sum(segment.size for segment in index.segments if segment.last_ms < start_ms)
    if before <= BEFORE_BYTES and (max_bytes is None or _size(index, 0, end_ms) <= max_bytes):
        return 0
    snapshots = sorted({t for document in index.documents if document.top for t, _ in document.snapshots if t >= 0})
    earlier = [t for t in snapshots if t <= start_ms]
    alive = [
        max((t for t, _ in document.snapshots if t <= start_ms), default=None)
        for document in index.documents
        if document.end_ms is None or document.end_ms > start_ms
    ]
    cut = min((t for t in alive if t is not None), default=earlier[-1] if earlier else 0.0)
    if max_bytes is not None:
        for later in (t for t in snapshots if t > cut):
            if _size(index, cut, end_ms) <= max_bytes:
                break
            cut = later
    return max(cut, 0.0)


def _size(index: Index, start_ms: float, end_ms: float) -> int:
    events = sum(s.size for s in index.segments if s.last_ms >= start_ms and s.first_ms <= end_ms)
    return events + sum(asset.stored for asset in index.assets.values())


def _copy(reader: RecordingReader, writer: RecordingWriter, cut: float, last: float) -> None:
    lines: list[str] = []
    chars = 0
    named: set[str] = set()
    for line in _lines(reader):
        match = _ENVELOPE.match(line)
        if match is None:
            continue
        t, kind = float(match[3]), match[4]
        if kind in _LEFT_OUT or t > last or (t < cut and kind not in _STANDING):
            continue
        if cut:
            moved = round(max(t - cut, 0))
            line = f"{line[: match.start(3)]}{moved}{line[match.end(3) :]}"
        if '"hash"' in line or kind in ("resource", "source"):
            named.update(_HASH.findall(line))
        snapshot = kind in ("snapshot", "checkpoint")
        if lines and (snapshot or chars > _BATCH_CHARS):
            _write(writer, lines, len(lines))
            lines, chars = [], 0
        lines.append(line + "\n")
        chars += len(line)
        if snapshot:
            _write(writer, lines, 1, has_snapshot=True)
            lines, chars = [], 0
    _write(writer, lines, len(lines))
    for digest, asset in reader.index.assets.items():
        if digest in named:
            writer.write_asset(reader.asset(digest)[0], asset.mime)


_HASH = re.compile(r'"([0-9a-f]{64})"')


def _lines(reader: RecordingReader) -> Iterator[str]:
    for number in range(len(reader.index.segments)):
        yield from reader.segment_text(number).split("\n")


def _write(writer: RecordingWriter, lines: list[str], count: int, *, has_snapshot: bool = False) -> None:
    if lines:
        writer.write_events("".join(lines), count=count, first_ms=0, last_ms=0, has_snapshot=has_snapshot)
