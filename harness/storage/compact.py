"""Closing a recording: the many small segments of its beginning become few.

While pages load, each asset ends a segment, for it cannot stand inside an open frame; so a journey of many pages is cut
into pieces of a second, and compresses half as well as in one piece (measured on four applications: 347 kB of events as
they were written, 222 kB in one piece each). When the file is whole, segments that follow each other are joined, up to
what a seek may read. The new file takes the place of the old one at once: whatever happens meanwhile, there is one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zstandard

from harness.storage import frames
from harness.storage.index import Index
from harness.storage.pack import opened, write_whole
from harness.storage.source import Source

JOINED_BYTES = 1 << 20  # of NDJSON; as far apart as checkpoints are
LARGEST_FILE = 64 << 20  # longer recordings are made of large segments, and copying them takes long
LEVEL, WINDOW_LOG = 9, 22


def compact(path: Path) -> bool:
    """Join small segments of a closed recording; return whether there was anything to do.

    Raises HarnessError where the file cannot be read or written; it is as it was then.
    """
    with opened(path) as source:
        if source.size_bytes > LARGEST_FILE:
            return False
        index = source.index(source.head()[1])
        groups = [] if index is None else list(_groups(index))
        if index is None or len(groups) == len(index.segments):
            return False
        write_whole(path, _rewritten(source, index, groups))
    return True


def _groups(index: Index) -> Iterator[list[int]]:
    """Yield the numbers of segments that become one."""
    group: list[int] = []
    total = 0
    for number, segment in enumerate(index.segments):
        if group and total + segment.raw_size > JOINED_BYTES:
            yield group
            group, total = [], 0
        group.append(number)
        total += segment.raw_size
    if group:
        yield group


def _rewritten(source: Source, index: Index, groups: list[list[int]]) -> Iterator[bytes]:
    _, start = source.head()
    yield source.read(0, start)
    offset = start
    raw: dict[str, Any] = json.loads(json.dumps(index.raw))
    number_at = {segment.offset: number for number, segment in enumerate(index.segments)}
    asset_at = {asset.offset: digest for digest, asset in index.assets.items()}
    group_of = {number: at for at, group in enumerate(groups) for number in group}
    segments: list[dict[str, Any]] = []
    while (frame := source.frame(start)) is not None:
        start = frame.end
        if frame.tag in (frames.INDEX, frames.FOOT):
            continue
        if frame.tag is None and frame.offset in number_at:
            group = groups[group_of[number_at[frame.offset]]]
            if number_at[frame.offset] != group[0]:
                continue
            content, entry = _joined(source, [raw["segments"][number] for number in group])
            segments.append({**entry, "offset": offset, "size": len(content)})
        else:
            content = source.read(frame.offset, frame.size)
            if frame.offset in asset_at:
                raw["assets"][asset_at[frame.offset]]["offset"] = offset
        yield content
        offset += len(content)
    raw["segments"] = segments
    for document in raw["documents"]:
        document["snapshots"] = [[t, group_of[number]] for t, number in document["snapshots"]]
    body = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compress(
        json.dumps(raw, separators=(",", ":")).encode()
    )
    last = frames.pack(frames.INDEX, body)
    yield last + frames.pack_foot(offset, len(last))


def _joined(source: Source, entries: list[dict[str, Any]]) -> tuple[bytes, dict[str, Any]]:
    """Return (zstd frame, entry of the index without its place) of segments in one."""
    parts = []
    for entry in entries:
        frame = source.frame(entry["offset"])
        if frame is None or frame.tag is not None:
            raise source.damage("no segment stands here", entry["offset"])
        content, fault = source.segment(frame)
        if fault is not None:
            raise source.damage(f"a segment {fault}", entry["offset"])
        parts.append(content)
    parameters = zstandard.ZstdCompressionParameters.from_level(LEVEL, window_log=WINDOW_LOG, write_checksum=True)
    joined = zstandard.ZstdCompressor(compression_params=parameters).compress(b"".join(parts))
    return joined, {
        **entries[0],
        "raw_size": sum(entry["raw_size"] for entry in entries),
        "first_ms": min(entry["first_ms"] for entry in entries),
        "last_ms": max(entry["last_ms"] for entry in entries),
        "events": sum(entry["events"] for entry in entries),
        "snapshots": any(entry["snapshots"] for entry in entries),
    }
