"""Recordings for the storage tests: the golden files, small ones made here, and damaged copies of both."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness.errors import CorruptRecordingError
from harness.storage import RecordingReader, RecordingWriter

GOLDEN = Path(__file__).parent.parent / "recordings" / "golden-v1"
GOLDEN_V2 = GOLDEN.parent / "golden-v2"
GOLDEN_V3 = GOLDEN.parent / "golden-v3"
GOLDEN_FILES = ("simple", "assets", "two-pages", "cut-off")
HEADER = {"title": "test", "started_at": 1_760_000_000_000, "privacy": "allow"}

Event = dict[str, Any]


def event(kind: str, t: float, *, page: int | None = None, doc: str | None = None, **data: Any) -> Event:
    address = {key: value for key, value in (("page", page), ("doc", doc)) if value is not None}
    return {**address, "t": t, "kind": kind, "data": data}


def mutation(t: float, text: str = "x", *, page: int = 1, doc: str = "d1") -> Event:
    return {"page": page, "doc": doc, "t": t, "kind": "mutation", "type": 3, "data": {"source": 0, "text": text}}


def page_open(page: int = 1, t: float = 0) -> Event:
    return event("page-open", t, page=page, url="about:blank")


def lines(events: Iterable[Event]) -> str:
    return "".join(json.dumps(event, separators=(",", ":"), ensure_ascii=False) + "\n" for event in events)


def write(writer: RecordingWriter, *events: Event) -> None:
    writer.write_events(lines(events), count=len(events), first_ms=events[0]["t"], last_ms=events[-1]["t"])


def make(path: Path, *batches: list[Event], assets: Iterable[bytes] = (), complete: bool = True) -> Path:
    """Write a recording of a segment for each batch."""
    with_flush = [*batches]
    writer = RecordingWriter(path, HEADER)
    contents = list(assets)
    for number, batch in enumerate(with_flush):
        write(writer, *batch)
        # An asset that waits makes the flush end the segment.
        writer.write_asset(contents[number] if number < len(contents) else b"asset %d" % number, "text/plain")
        writer.flush()
    writer.close(complete=complete)
    return path


def without_index(path: Path) -> Path:
    """Cut the index and the footer off, as if the recorder had died just before it wrote them."""
    from harness.storage import frames

    content = path.read_bytes()
    found = frames.unpack_foot(content[-frames.FOOT_BYTES :])
    assert found is not None
    path.write_bytes(content[: found[0]])
    return path


def read_all(path: Path) -> tuple[list[Event], list[bytes], bool]:
    """Return (events, assets, complete) of everything in the file; raises what the reader raises."""
    with RecordingReader(path) as reader:
        return list(reader.events()), [reader.asset(digest)[0] for digest in reader.index.assets], reader.complete


def read_or_corrupt(path: Path) -> tuple[list[Event], list[bytes], bool] | None:
    """Like `read_all`, or None for a CorruptRecordingError, which has to name the file; other errors are failures."""
    try:
        return read_all(path)
    except CorruptRecordingError as corrupt:
        error = corrupt
    assert error.path == path
    assert str(path) in str(error)
    assert "\n" not in str(error)
    return None
