"""Joining the small segments of a recording when it is closed."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import HarnessError
from harness.export.json_lines import write_json
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
    write(path, filler=800_000, compacts=True)  # more than WHOLE_BYTES in all
    with RecordingReader(path) as reader:
        assert [segment.events for segment in reader.index.segments] == [5, 4, 4, 4, 4, 4]
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


def tree(first: int, *, last: str = "x", gap: int = 1) -> dict[str, Any]:
    """A list with two rows and a shadow tree, its ids in the order of the document but for `gap`."""
    row = {"type": 2, "tagName": "li", "attributes": {}, "id": first + 1}
    row["childNodes"] = [{"type": 3, "textContent": "é", "id": first + 2}]
    shadow = {"type": 2, "tagName": "b", "attributes": {}, "childNodes": [], "isShadow": True, "id": first + 2 + gap}
    children = [row, shadow, {"type": 3, "textContent": last, "id": first + 3 + gap}]
    return {"type": 2, "tagName": "ul", "attributes": {"id": "list"}, "childNodes": children, "id": first}


def events_with_nodes() -> list[dict[str, Any]]:
    def mutation(t: float, *nodes: Any) -> dict[str, Any]:
        adds = [{"parentId": 1, "nextId": None, "node": node} for node in nodes]
        data = {"source": 0, "texts": [], "attributes": [{"id": 1, "attributes": {}}], "removes": [], "adds": adds}
        return {"page": 1, "doc": "d", "t": t, "kind": "mutation", "type": 3, "data": data}

    opened = {"page": 1, "t": 0.5, "kind": "page-open", "data": {"url": "http://x.test/"}}
    begun = {"page": 1, "doc": "d", "t": 0.6, "kind": "document", "data": {"url": "/", "top": True}}
    document = {"type": 0, "childNodes": [tree(2)], "id": 1}
    snapshot = {"page": 1, "doc": "d", "t": 1, "kind": "snapshot", "type": 2, "data": {"node": document}}
    step = {"page": 1, "t": 2, "kind": "step", "data": {"id": "s1"}}
    end = {"page": 1, "t": 3, "kind": "step-end", "data": {"id": "s1"}}
    moved = mutation(4, tree(20, gap=7), tree(27), tree(40))
    alone = mutation(5, tree(3, last="\ud800"))
    strange = mutation(6, {"type": 2, "id": "7", "childNodes": [None]}, None)
    mark = {"page": 1, "t": 7, "kind": "mark", "data": {"label": "after"}}
    return [opened, begun, snapshot, step, end, moved, alone, strange, {**step, "t": 6.5, "data": {"id": "s2"}}, mark]


def test_ids_that_follow_from_others_are_left_out_and_read_as_if_they_stood_there(tmp_path: Path) -> None:
    path, events = tmp_path / "run.replay", events_with_nodes()
    with RecordingWriter(path, {}, compacts=True) as writer:
        writer.write_events("\n".join(map(json.dumps, events)), count=len(events), first_ms=0, last_ms=9)
    with RecordingReader(path) as reader:
        found = list(reader.events())[1:]
        text = reader.segment_text(0)
    assert sorted(found, key=lambda event: event["t"]) == events
    assert [event["kind"] for event in found[-3:]] == ["step", "step", "step-end"], "signals stand behind, by kind"
    # Of the snapshot only the first node's is written, and what comes after the gap keeps its number.
    assert text.count('"ids":"implied"') == 2, "half a surrogate pair stays as it came"
    assert '"id":21' not in text
    assert '"id":29' in text
    assert verify(path).fault is None
    assert exported_mark(path) == "after"


def exported_mark(path: Path) -> str:
    """The last mark, as `harness export json` writes it; every node there has its id."""
    with RecordingReader(path) as reader:
        content = io.BytesIO()
        write_json(reader, content)
    exported = json.loads(content.getvalue())
    assert "implied" not in content.getvalue().decode()
    return str(max(exported, key=lambda event: event["t"])["data"]["label"])
