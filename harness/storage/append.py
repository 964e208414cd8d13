"""Adding events to a recording that is closed: what is known only later, its program's outcome or its fidelity."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import Any

import zstandard

from harness.errors import CorruptRecordingError, UsageError
from harness.storage import events, frames
from harness.storage.index import IndexBuilder
from harness.storage.reader import RecordingReader


def append_events(path: str | PathLike[str], new: list[dict[str, Any]]) -> None:
    """Write `new` events as a segment of their own behind the last one; the file is replaced in one step.

    Raises CorruptRecordingError if the recording was not closed (`harness recover` closes it), UsageError if the file
    cannot be written.
    """
    path = Path(path)
    with RecordingReader(path) as reader:
        if not reader.indexed:
            raise CorruptRecordingError(f"{path}: was not closed; `harness recover` makes a whole one of it", path=path)
        raw = dict(reader.index.raw)
    if not new:
        return
    content = b"".join(events.encode(events.line_of(event)) for event in new)
    part = path.with_name(f".{path.name[:100]}.{uuid.uuid4().hex[:8]}")
    try:
        shutil.copy(path, part)
        _write(part, raw, content)
        part.replace(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{path}: cannot be written: {reason}", path=path) from error
    finally:
        with suppress(OSError):
            part.unlink()


def _write(path: Path, raw: dict[str, Any], content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(-frames.FOOT_BYTES, os.SEEK_END)
        place = frames.unpack_foot(file.read())
        assert place is not None  # the reader has found the index by it
        offset, _ = place
        segment = zstandard.ZstdCompressor(level=9, write_checksum=True).compress(content)
        builder = IndexBuilder(raw["header"])
        builder.add_segment(offset)
        builder.add(events.read_batch(content))
        builder.end_segment(len(segment))
        added = builder.raw(complete=True)
        kinds = {kind: raw["kinds"].get(kind, 0) + count for kind, count in added["kinds"].items()}
        raw |= {
            "events": raw["events"] + added["events"],
            "kinds": {**raw["kinds"], **kinds},
            "segments": [*raw["segments"], *added["segments"]],
            "duration_ms": max(raw["duration_ms"], added["duration_ms"]),
            "status": added["status"] if "status" in added["kinds"] else raw["status"],
        }
        body = zstandard.ZstdCompressor(level=9, write_checksum=True).compress(
            json.dumps(raw, separators=(",", ":")).encode()
        )
        index = frames.pack(frames.INDEX, body)
        file.seek(offset)
        file.truncate()
        file.write(segment + index + frames.pack_foot(offset + len(segment), len(index)))
        file.flush()
        os.fsync(file.fileno())
