"""Closing a recording: the many small segments of its beginning become few, and what they say is written shorter.

While pages load, each asset ends a segment, for it cannot stand inside an open frame; so a journey of many pages is cut
into pieces of a second, and compresses half as well as in one piece. When the file is whole, segments that follow each
other are joined, up to what a seek may read; node ids that follow from others are left out; long texts of style sheets
become assets (stored_texts.py); and lines of the same kind of signal are put together, behind the others of their
segment: like next to like is what compresses. The new file takes the place of the old one at once: whatever happens
meanwhile, there is one.

Measured on four applications (todomvc, Django admin, quill, shoelace), events in kB: joined to at most 1 MB 232, in
one piece 210, without those ids 178, signals sorted 171, at the level below 156. A fifth (JupyterLab, 4 MB of lines) is
373 kB in pieces of 1 MB at level 9 and 214 in one at the level below.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import zstandard

from harness.storage import frames, node_ids, stored_texts
from harness.storage.assets import content_hash, pack_asset
from harness.storage.events import read_batch
from harness.storage.index import Index
from harness.storage.pack import opened, write_whole
from harness.storage.source import Source

JOINED_BYTES = 1 << 20  # of NDJSON; as far apart as checkpoints are
WHOLE_BYTES = 4 << 20  # a recording that is no longer is one piece: as much as the window of zstd holds
LARGEST_FILE = 64 << 20  # longer recordings are made of large segments, and copying them takes long

# Signals that a replay of the DOM does not read: where they stand among the other lines tells nobody anything. What
# begins something stands before what names it.
SORTED_KINDS = (
    b"request response request-end websocket websocket-message websocket-close server-sent-event resource-timing "
    b"step step-target step-end action frustration vital memory long-task long-animation-frame source console"
).split()

# For 3.5 MB of the four applications: level 9 takes 0.05 s for 171 kB, level 17 0.36 s for 163, level 19 1.0 s for 154,
# `thorough` 0.45 s for 156, `quick` 0.05 s for 167. So `thorough` where a test waits for at most half a second.
LEVEL = 9
_THOROUGH: dict[str, Any] = {
    "window_log": 22,
    "chain_log": 22,
    "hash_log": 22,
    "search_log": 7,
    "min_match": 3,
    "target_length": 999,
    "strategy": zstandard.STRATEGY_BTOPT,
}
_QUICK: dict[str, Any] = {
    "window_log": 22,
    "chain_log": 22,
    "hash_log": 20,
    "search_log": 6,
    "min_match": 4,
    "target_length": 64,
    "strategy": zstandard.STRATEGY_LAZY2,
}


def _parameters(*, thorough: bool, checksum: bool = True) -> zstandard.ZstdCompressionParameters:
    return zstandard.ZstdCompressionParameters(**(_THOROUGH if thorough else _QUICK), write_checksum=checksum)


def compact(path: Path) -> bool:
    """Make a closed recording smaller; return whether there was anything to do.

    Raises HarnessError where the file cannot be read or written; it is as it was then.
    """
    with opened(path) as source:
        if source.size_bytes > LARGEST_FILE:
            return False
        index = source.index(source.head()[1])
        if index is None or index.raw.get("compact"):
            return False
        groups = list(_groups(index))
        write_whole(path, _rewritten(source, index, groups))
    return True


def _is_short(index: Index) -> bool:
    return sum(segment.raw_size for segment in index.segments) <= WHOLE_BYTES


def _groups(index: Index) -> Iterator[list[int]]:
    """Yield the numbers of segments that become one."""
    most = WHOLE_BYTES if _is_short(index) else JOINED_BYTES
    group: list[int] = []
    total = 0
    for number, segment in enumerate(index.segments):
        if group and total + segment.raw_size > most:
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
    raw["compact"] = True
    thorough = _is_short(index)
    stored = _Stored(raw["assets"], thorough=thorough)
    texts = stored_texts.TextStore(stored.add)
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
            lines, entry = _joined(source, [raw["segments"][number] for number in group], texts)
            for packed in stored.frames(offset):
                yield packed
                offset += len(packed)
            content = zstandard.ZstdCompressor(compression_params=_parameters(thorough=thorough)).compress(lines)
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


class _Stored:
    """The assets that are made on the way, until their frames are written; `assets` are those of the index."""

    def __init__(self, assets: dict[str, Any], *, thorough: bool) -> None:
        self._assets = assets
        self._thorough = thorough
        self._waiting: dict[str, bytes] = {}

    def add(self, content: bytes) -> str:
        digest = content_hash(content)
        if digest not in self._assets:
            self._waiting[digest] = content
        return digest

    def frames(self, offset: int) -> Iterator[bytes]:
        """Yield the frames of assets that none was written of yet, the first of which will stand at `offset`."""
        for digest, content in self._waiting.items():
            packed = _parameters(thorough=self._thorough, checksum=False)
            frame, meta, size = pack_asset(content, stored_texts.MIME, digest, parameters=packed)
            place = {"offset": offset, "size": meta.size, "stored": size, "mime": meta.mime, "encoding": meta.encoding}
            self._assets[digest] = place
            yield frame
            offset += len(frame)
        self._waiting = {}


def _joined(
    source: Source, entries: list[dict[str, Any]], texts: stored_texts.TextStore
) -> tuple[bytes, dict[str, Any]]:
    """Return (lines, entry of the index without its place) of segments in one."""
    parts = []
    for entry in entries:
        frame = source.frame(entry["offset"])
        if frame is None or frame.tag is not None:
            raise source.damage("no segment stands here", entry["offset"])
        content, fault = source.segment(frame)
        if fault is not None:
            raise source.damage(f"a segment {fault}", entry["offset"])
        parts.append(content)
    lines = _shorter(b"".join(parts), texts)
    return lines, {
        **entries[0],
        "raw_size": len(lines),
        "first_ms": min(entry["first_ms"] for entry in entries),
        "last_ms": max(entry["last_ms"] for entry in entries),
        "events": sum(entry["events"] for entry in entries),
        "snapshots": any(entry["snapshots"] for entry in entries),
    }


def _shorter(content: bytes, texts: stored_texts.TextStore) -> bytes:
    """Return the same events: without node ids that follow from others and long texts, with signals sorted by kind."""
    batch = read_batch(content)
    sorted_lines: dict[bytes, list[bytes]] = {kind: [] for kind in SORTED_KINDS}
    lines: list[bytes] = []
    parsed: list[tuple[int, dict[str, Any], bool]] = []  # (place in lines, event, whether it has changed)
    for row, line in zip(batch.rows, batch.data.split(b"\n"), strict=False):
        kind = row[3]
        own = sorted_lines.get(kind)
        if own is not None:
            own.append(line)
            continue
        if kind in _WITH_NODES or (kind in _WITH_TEXTS and len(line) > stored_texts.LONG_CHARS):
            found = _without_ids(line, kind)
            if found is not None:
                parsed.append((len(lines), *found))
        lines.append(line)
    taken_out = texts.take_out([event for _, event, _ in parsed])
    for (place, event, changed), taken in zip(parsed, taken_out, strict=True):
        if changed or taken:
            lines[place] = orjson.dumps(event)
    for own in sorted_lines.values():
        lines += own
    return b"".join([line + b"\n" for line in lines])


_WITH_NODES = frozenset(kind.encode() for kind in node_ids.KINDS)
_WITH_TEXTS = frozenset(kind.encode() for kind in stored_texts.KINDS)


def _without_ids(line: bytes, kind: bytes) -> tuple[dict[str, Any], bool] | None:
    """Return the event without node ids that follow from others, and whether there were any; None: leave it."""
    if kind in _WITH_NODES and b'"node":' not in line:
        return None  # most mutations add nothing
    try:
        event = orjson.loads(line)
        return event, kind in _WITH_NODES and node_ids.leave_out(event)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None  # JSON that orjson does not take, such as half a surrogate pair, or nodes that are none
