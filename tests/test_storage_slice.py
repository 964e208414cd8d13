"""Slices: a span of a recording as a file of its own, also of one that is still being written."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.storage import RecordingReader, RecordingWriter, slice
from harness.storage.events import line_of
from harness.storage.slice import write_slice
from harness.storage.verify import verify


def event(t: float, kind: str, data: dict[str, Any], *, doc: str | None = "d1") -> str:
    return line_of({"page": 1, **({"doc": doc} if doc else {}), "t": t, "kind": kind, "data": data})


def snapshot(text: str) -> dict[str, Any]:
    return {"node": {"type": 0, "id": 1, "childNodes": [{"type": 3, "id": 2, "textContent": text}]}}


@pytest.fixture
def writer(tmp_path: Path) -> RecordingWriter:
    """A recording of ten seconds that is still open: a document each second, an asset for each."""
    writer = RecordingWriter(tmp_path / "long.replay", {"title": "long", "started_at": 1_000_000})
    write = [event(0, "page-open", {"url": "about:blank"}, doc=None)]
    for second in range(10):
        doc, t = f"d{second}", second * 1000
        digest = writer.write_asset(b"%d" % second * 10_000, "text/css")
        resource = {"url": f"/{second}.css", "status": 200, "mime": "text/css", "hash": digest, "size": 1}
        write += [
            event(t, "document", {"url": f"/{second}", "title": "", "top": True}, doc=doc),
            event(t, "resource", resource, doc=None),
            event(t + 1, "snapshot", snapshot(f"page {second} " + "x" * 2000), doc=doc),
            event(t + 500, "mark", {"label": f"mark {second}"}, doc=None),
            event(t + 999, "document-end", {}, doc=doc),
        ]
    writer.write_events("".join(write), count=len(write), first_ms=0, last_ms=10_000)
    writer.flush()
    return writer


def test_slice_keeps_what_came_before_where_there_is_room(writer: RecordingWriter, tmp_path: Path) -> None:
    more = [{"t": 7600, "kind": "test", "data": {"nodeid": "t", "outcome": "failed"}}]
    path = write_slice(
        writer.path, tmp_path / "cut.replay", start_ms=5000, end_ms=7600, header={"title": "t"}, status="failed",
        error="wrong", more=more,
    )  # fmt: skip
    assert verify(path).fault is None
    with RecordingReader(path) as reader:
        assert reader.complete
        assert reader.index.raw["compact"] is True
        assert reader.index.status == "failed"
        assert reader.header["title"] == "t"
        assert reader.header["slice"] == {"start_ms": 5000, "end_ms": 7600, "of": writer.header["id"], "cut_ms": 0}
        assert reader.header["id"] != writer.header["id"]
        assert [mark.label for mark in reader.index.marks] == [f"mark {n}" for n in range(8)]
        assert len(reader.index.assets) == 8
        kinds = [event["kind"] for event in reader.events()]
        assert kinds.count("recording") == 1
        assert kinds[-3:] == ["test", "status", "stop"]
    with pytest.raises(UsageError):
        write_slice(writer.path, path, start_ms=0)
    writer.discard()
    assert not writer.path.exists()


def test_slice_without_room_begins_at_the_snapshot_before(
    writer: RecordingWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.close()
    monkeypatch.setattr(slice, "BEFORE_BYTES", -1)
    path = write_slice(writer.path, tmp_path / "cut.replay", start_ms=5600)
    with RecordingReader(path) as reader:
        cut_ms = reader.header["slice"]["cut_ms"]
        assert cut_ms == 5001
        assert reader.header["slice"]["start_ms"] == 5600 - cut_ms
        assert reader.header["started_at"] == 1_000_000 + cut_ms
        assert reader.index.marks[0].label == "mark 5"
        assert reader.index.marks[0].t == 5500 - cut_ms
        assert [page.id for page in reader.index.pages] == [1]
        assert min(event["t"] for event in reader.events()) == 0
        snapshots = [event for event in reader.events() if event["kind"] == "snapshot"]
        assert len(snapshots) == 5


def test_slice_of_a_size_leaves_out_the_beginning(writer: RecordingWriter, tmp_path: Path) -> None:
    writer.close()
    path = write_slice(writer.path, tmp_path / "cut.replay", start_ms=9999, max_bytes=1)
    with RecordingReader(path) as reader:
        assert reader.header["slice"]["cut_ms"] >= 9000
        assert [mark.label for mark in reader.index.marks] == ["mark 9"]
        assert verify(path).fault is None


def test_slice_of_a_size_keeps_as_much_of_the_end_as_fits(tmp_path: Path) -> None:
    with RecordingWriter(tmp_path / "long.replay", {"title": "long"}) as writer:
        for second in range(10):
            t = second * 1000
            lines = event(t, "document", {"url": "/", "title": "", "top": True}, doc=f"d{second}")
            lines += event(t + 1, "snapshot", snapshot(random.Random(second).randbytes(50_000).hex()), doc=f"d{second}")
            lines += event(t + 500, "mark", {"label": f"mark {second}"}, doc=None)
            lines += event(t + 999, "document-end", {}, doc=f"d{second}")
            writer.write_events(lines, count=4, first_ms=t, last_ms=t + 999, has_snapshot=True)
            writer.write_asset(b"%d" % second, "text/plain")  # one that waits makes the flush end the segment
            writer.flush()
    with RecordingReader(writer.path) as reader:
        room = sum(segment.size for segment in reader.index.segments[4:]) + 1000
    path = write_slice(writer.path, tmp_path / "cut.replay", start_ms=0, max_bytes=room)
    with RecordingReader(path) as reader:
        assert reader.header["slice"]["start_ms"] == 0
        assert [mark.label for mark in reader.index.marks] == [f"mark {n}" for n in range(4, 10)]


def test_discarded_recording_leaves_nothing_and_may_be_discarded_twice(tmp_path: Path) -> None:
    writer = RecordingWriter(tmp_path / "a.replay", {})
    writer.write_events(event(1, "mark", {"label": "a"}), count=1, first_ms=1, last_ms=1)
    writer.discard()
    writer.discard()
    writer.close()
    writer.write_events(event(2, "mark", {"label": "b"}), count=1, first_ms=2, last_ms=2)
    assert not list(tmp_path.iterdir())
