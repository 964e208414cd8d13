"""Recordings of one directory that share their assets: a stylesheet stands once for all runs of a test suite.

A packed recording is as before, but for the assets that others have too: they stand as ASET frames in files of their
own, `.harness-assets/HASH`, and INDX names them under `shared`. HEAD says `packed`, so that what needs a whole file
refuses it. `unpack` puts everything back.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zstandard

from harness.errors import HarnessError, UsageError
from harness.storage import frames
from harness.storage.index import Index
from harness.storage.source import Source

STORE = ".harness-assets"
SUFFIX = ".replay"
INDEX_LEVEL = 6
_HASH = re.compile(r"[0-9a-f]{64}")

Progress = Callable[[int, int], None]


@dataclass
class Outcome:
    """Recordings that were written anew, those that were left alone with the reason, and bytes before and after."""

    changed: int = 0
    left: list[tuple[Path, str]] | None = None
    before_bytes: int = 0
    after_bytes: int = 0


def shared_asset(recording: Path, digest: str) -> Source:
    """Return the open file with the asset's frame. Raises UsageError if it is not in the store beside the recording."""
    if not _HASH.fullmatch(digest):  # the name of a file now, and it stood in one
        raise UsageError(f"{recording}: shares an asset {digest[:80]!r}, which is no hash", path=recording)
    path = recording.parent / STORE / digest
    try:
        return Source(path)
    except UsageError as error:
        raise UsageError(
            f"{recording}: its asset {digest[:12]}… should be {path}, which cannot be read; "
            f"keep {STORE} beside packed recordings, or `harness unpack` them before moving",
            path=recording,
        ) from error


def pack(directory: Path, *, progress: Progress = lambda done, total: None) -> Outcome:
    """Let the recordings of a directory share the assets that several of them have. Raises UsageError if it is none."""
    outcome = Outcome(left=[], before_bytes=_size(directory))
    indexes = dict(_indexes(directory, outcome))
    uses = Counter(digest for index in indexes.values() for digest in index.assets)
    store = directory / STORE
    shared = {digest for digest, count in uses.items() if count > 1 or (store / digest).is_file()}
    for number, (path, index) in enumerate(indexes.items()):
        progress(number, len(indexes))
        own = {digest: asset for digest, asset in index.assets.items() if not asset.shared and digest in shared}
        if not own:
            continue
        with opened(path) as source:
            store.mkdir(exist_ok=True)
            for digest, asset in own.items():
                frame = source.frame(asset.offset)
                if frame is None or frame.tag != frames.ASSET or source.asset(frame)[0].hash != digest:
                    raise source.damage("the asset that the index names does not stand here", asset.offset)
                if not (store / digest).is_file():
                    write_whole(store / digest, iter([source.read(frame.offset, frame.size)]))
            write_whole(path, _rewritten(source, index, leave=set(own), packed=True))
        outcome.changed += 1
    outcome.after_bytes = _size(directory)
    return outcome


def unpack(directory: Path, *, progress: Progress = lambda done, total: None) -> Outcome:
    """Put shared assets back into the recordings of a directory, and remove the store once nothing needs it."""
    outcome = Outcome(left=[], before_bytes=_size(directory))
    packed = {path: index for path, index in _indexes(directory, outcome) if _shared(index)}
    for number, (path, index) in enumerate(packed.items()):
        progress(number, len(packed))
        with opened(path) as source:
            write_whole(path, _rewritten(source, index, leave=set(), packed=False))
        outcome.changed += 1
    if not outcome.left:
        for file in (directory / STORE).glob("*"):
            file.unlink()
        with suppress(OSError):
            (directory / STORE).rmdir()
    outcome.after_bytes = _size(directory)
    return outcome


def _rewritten(source: Source, index: Index, *, leave: set[str], packed: bool) -> Iterator[bytes]:
    """Yield the file anew: without the assets in `leave`, or with all that it shares where it is not to be packed."""
    header, start = source.head(allow_packed=True)
    header = {key: value for key, value in header.items() if key != "packed"} | ({"packed": True} if packed else {})
    head = frames.pack(frames.HEAD, json.dumps(header, separators=(",", ":")).encode())
    yield head
    offset = len(head)
    raw = json.loads(json.dumps(index.raw))
    raw["header"] = header
    segments = {segment["offset"]: segment for segment in raw["segments"]}
    assets = {asset["offset"]: digest for digest, asset in raw["assets"].items()}
    shared: dict[str, Any] = raw.pop("shared", {})
    while (frame := source.frame(start)) is not None:
        start = frame.end
        if frame.tag in (frames.INDEX, frames.FOOT):
            continue
        digest = assets.get(frame.offset)
        if digest in leave:
            shared[digest] = {key: value for key, value in raw["assets"].pop(digest).items() if key != "offset"}
            continue
        if digest is not None:
            raw["assets"][digest]["offset"] = offset
        elif frame.tag is None and frame.offset in segments:
            segments[frame.offset]["offset"] = -1 - offset  # negative: done, whatever offsets are still to come
        yield source.read(frame.offset, frame.size)
        offset += frame.size
    for segment in raw["segments"]:
        segment["offset"] = -1 - segment["offset"]
    if packed:
        raw["shared"] = shared
    else:
        for digest, entry in shared.items():
            with _closing(shared_asset(source.path, digest)) as stored:
                body = stored.read(0, stored.size_bytes)
            raw["assets"][digest] = {"offset": offset, **entry}
            yield body
            offset += len(body)
    content = json.dumps(raw, separators=(",", ":")).encode()
    body = zstandard.ZstdCompressor(level=INDEX_LEVEL, write_checksum=True).compress(content)
    last = frames.pack(frames.INDEX, body)
    yield last + frames.pack_foot(offset, len(last))


def _indexes(directory: Path, outcome: Outcome) -> Iterator[tuple[Path, Index]]:
    """Yield the recordings that are closed and in order; the others are named in the outcome."""
    if not directory.is_dir():
        raise UsageError(f"{directory}: is no directory; name one with recordings in it", path=directory)
    assert outcome.left is not None
    for path in sorted(directory.glob(f"*{SUFFIX}")):
        if not path.is_file() or path.is_symlink():
            continue
        try:
            with opened(path) as source:
                index = source.index(source.head(allow_packed=True)[1])
        except HarnessError as error:
            outcome.left.append((path, str(error)))
            continue
        if index is None:
            outcome.left.append(
                (path, f"{path}: is still being written, or was cut off; `harness recover` makes it whole")
            )
        else:
            yield path, index


def _shared(index: Index) -> bool:
    return any(asset.shared for asset in index.assets.values())


def write_whole(path: Path, parts: Iterator[bytes]) -> None:
    """Write a file that appears as a whole. Raises UsageError where it cannot be."""
    part = path.with_name(f".{path.name[:100]}.{uuid.uuid4().hex[:8]}")
    try:
        with part.open("xb") as file:
            for content in parts:
                file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{path}: cannot be written: {reason}; it is as it was", path=path) from error
    finally:
        with suppress(OSError):
            part.unlink()


class _closing:
    def __init__(self, source: Source) -> None:
        self._source = source

    def __enter__(self) -> Source:
        return self._source

    def __exit__(self, *_: object) -> None:
        self._source.close()


def opened(path: Path) -> _closing:
    """Open a file for a `with` block."""
    return _closing(Source(path))


def _size(directory: Path) -> int:
    files = [*directory.glob(f"*{SUFFIX}"), *(directory / STORE).glob("*")]
    return sum(file.stat().st_size for file in files if file.is_file())
