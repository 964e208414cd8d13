"""Joining the small segments of a recording when it is closed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import HarnessError
from harness.storage import RecordingReader, RecordingWriter, compact
from harness.storage.source import Source
from harness.storage.verify import verify

SNAPSHOT = {"node": {"type": 0, "childNodes": [], "id": 1}, "initialOffset": {"left": 0, "top": 0}}


def write(path: Path, *, segments: int = 6, filler: int = 1000, **options: Any) -> None:
    """A recording of segments with an asset between each two, and a document that begins in each."""
    with RecordingWriter(path, {}, **options) as writer:
        for number in range(segments):
            doc, t = f"d{number}", number * 10
            events = [
                {"page": 1, "t": t, "kind": "page-open", "data": {"url": "http://x.test/"}},
                {"page": 1, "doc": doc, "t": t, "kind": "document", "data": {"url": "/", "top": True}},
                {"page": 1, "doc": doc, "t": t + 1, "kind": "snapshot", "type": 2, "data": SNAPSHOT},
                {"page": 1, "doc": doc, "t": t + 2, "kind": "title", "data": {"title": "x" * filler}},
            ]
            writer.write_events("\n".join(map(json.dumps, events)), count=4, first_ms=0, last_ms=0)
            writer.write_asset(b"%d" % number * 5000, "text/css")
            writer.flush()


def told(path: Path) -> tuple[Any, ...]:
    with RecordingReader(path) as reader:
        index = reader.index
        assets = {digest: reader.asset(digest)[0] for digest in index.assets}
        snapshots = [
            [(t, next(e for e in reader.events([segment]) if e.get("doc") == d.doc)["t"]) for t, segment in d.snapshots]
            for d in index.documents
        ]
        return list(reader.events()), assets, snapshots, index.events, index.duration_ms, reader.complete


def test_a_closed_recording_has_few_segments_and_tells_the_same(tmp_path: Path) -> None:
    plain, compacted = tmp_path / "a.replay", tmp_path / "b.replay"
    write(plain)
    write(compacted, compacts=True)
    with RecordingReader(plain) as one, RecordingReader(compacted) as other:
        assert (len(one.index.segments), len(other.index.segments)) == (6, 1)
    assert told(plain)[1:] == told(compacted)[1:]
    assert told(plain)[0][1:] == told(compacted)[0][1:]  # the first one has the recording's id
    assert compacted.stat().st_size < plain.stat().st_size
    assert verify(compacted).fault is None
    assert not compact.compact(compacted)


def test_segments_stay_small_enough_for_a_seek(tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    write(path, filler=400_000, compacts=True)
    with RecordingReader(path) as reader:
        assert [segment.events for segment in reader.index.segments] == [9, 8, 8]
        assert all(segment.raw_size <= compact.JOINED_BYTES for segment in reader.index.segments)
    assert verify(path).fault is None


def test_a_file_that_cannot_be_rewritten_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.replay"
    monkeypatch.setattr(Source, "segment", lambda *_: (b"", "is not to be read"))
    write(path, compacts=True)
    with pytest.raises(HarnessError, match="is not to be read"):
        compact.compact(path)
    monkeypatch.undo()
    assert [file.name for file in tmp_path.iterdir()] == ["run.replay"]
    with RecordingReader(path) as reader:
        assert len(reader.index.segments) == 6
    assert verify(path).fault is None
