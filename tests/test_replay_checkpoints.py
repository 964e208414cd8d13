"""Checkpoints: what a recording's documents look like, found by following its lines."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from benchmarks.synthetic import Session
from harness.javascript import js_dir
from harness.replay.checkpoints import Checkpointer
from harness.replay.document_mirror import DocumentMirror
from harness.replay.replay import open_replay
from harness.replay.state import KEPT
from harness.storage import RecordingReader
from harness.storage.events import read_batch
from harness.storage.writer import RecordingWriter

KINDS = {0: "mutation", 1: "mousemove", 2: "mouse", 3: "scroll", 5: "input"}


def lines_of(session: Session) -> list[str]:
    """The session's events as lines of page 1, document d, a millisecond apart."""
    lines = []
    for t, event in enumerate(session.events()):
        kind = {2: "snapshot", 4: "meta"}.get(event["type"]) or KINDS[event["data"]["source"]]
        line = {"page": 1, "doc": "d", "t": t, "kind": kind, "type": event["type"], "data": event["data"]}
        lines.append(json.dumps(line, separators=(",", ":")))
    return lines


def line(t: float, kind: str, data: dict[str, Any], doc: str = "d") -> str:
    return json.dumps({"page": 1, "doc": doc, "t": t, "kind": kind, "data": data}, separators=(",", ":"))


def snapshot(*body: dict[str, Any]) -> dict[str, Any]:
    html = {"type": 2, "tagName": "html", "attributes": {}, "childNodes": list(body), "id": 2}
    return {"node": {"type": 0, "childNodes": [html], "id": 1}, "initialOffset": {"left": 0, "top": 0}}


def element(id_: int, tag: str, **attributes: Any) -> dict[str, Any]:
    return {"type": 2, "tagName": tag, "attributes": attributes, "childNodes": [], "id": id_}


def checkpoint_after(*lines: str) -> dict[str, Any]:
    """The checkpoint of document d after these lines."""
    checkpointer = Checkpointer(every_bytes=0, times_its_size=0)
    checkpointer.take(read_batch("\n".join(lines).encode()))
    checkpointer.take(read_batch(line(9, "title", {"title": "now"}).encode()))
    assert checkpointer.due
    found = [json.loads(text) for text in checkpointer.lines().splitlines()]
    return next(event for event in found if event["doc"] == "d")


def test_every_kind_that_the_viewer_shows_is_in_a_checkpoint() -> None:
    appliers = (js_dir() / "viewer" / "apply.js").read_text("utf-8")
    shown = set(re.findall(r'^  \["([a-z-]+)", apply', appliers, re.MULTILINE))
    assert len(shown) > 15
    assert shown - {"mutation"} <= KEPT.keys(), "harness/replay/state.py has to say what a later event of it replaces"


def test_a_long_recording_is_cut_into_segments_that_begin_with_checkpoints(tmp_path: Path) -> None:
    path = tmp_path / "long.replay"
    lines = lines_of(Session(hours=0.05))
    with RecordingWriter(path, {}, checkpoints=Checkpointer(every_bytes=256 << 10)) as writer:
        for at in range(0, len(lines), 50):
            part = lines[at : at + 50]
            writer.write_events("\n".join(part), count=len(part), first_ms=at, last_ms=at + 50)
    truth = DocumentMirror()
    seen = 0
    with RecordingReader(path) as reader, open_replay(path) as replay:
        (document,) = reader.index.documents
        assert len(document.snapshots) == len(reader.index.segments) >= 5
        for event in reader.events():
            if event["kind"] == "checkpoint":
                fresh = DocumentMirror()
                fresh.apply(event)
                assert fresh.snapshot() == truth.snapshot()
                seen += 1
            elif event["kind"] in DocumentMirror.KINDS:
                truth.apply(event)
        assert replay.at(1e9).query("input")[0].value == truth.nodes[_field(truth)].value
    assert seen == len(document.snapshots) - 1


def _field(mirror: DocumentMirror) -> int:
    return next(node.id for node in mirror.nodes.values() if node.tag == "input")


def test_a_checkpoint_holds_the_last_state_of_each_node_that_is_left() -> None:
    event = checkpoint_after(
        line(0, "snapshot", snapshot(element(3, "input"), element(4, "div"), element(5, "canvas"))),
        line(1, "input", {"source": 5, "id": 3, "text": "a", "isChecked": False}),
        line(2, "scroll", {"source": 3, "id": 4, "x": 0, "y": 10}),
        line(3, "canvas", {"id": 5, "image": "data:image/png;base64,AA"}),
        line(4, "input", {"source": 5, "id": 3, "text": "ab", "isChecked": False}),
        line(5, "mutation", {"removes": [{"parentId": 2, "id": 4}], "adds": [], "texts": [], "attributes": []}),
        line(6, "url", {"url": "http://x.test/#2"}),
    )
    assert [(told["t"], told["kind"]) for told in event["data"]["state"]] == [
        (3, "canvas"), (4, "input"), (6, "url"), (9, "title"),
    ]  # fmt: skip
    assert (event["t"], event["data"]["born"]) == (9, 0)


def test_a_checkpoint_tells_which_key_or_button_the_focus_came_from() -> None:
    def mouse(t: float, type_: int) -> str:
        return line(t, "mouse", {"source": 2, "type": type_, "id": 3, "x": 1, "y": 1})

    event = checkpoint_after(
        line(0, "snapshot", snapshot(element(3, "button"))),
        line(1, "key", {"key": "Tab", "code": "Tab", "modifiers": [], "id": 3}),
        mouse(2, 5),
        mouse(3, 1),
        mouse(4, 0),
    )
    assert [told["t"] for told in event["data"]["state"]] == [1, 2, 3, 4, 9]


def test_a_checkpoint_keeps_the_documents_of_iframes_and_where_media_stood() -> None:
    inner = {"type": 0, "childNodes": [element(11, "p")], "id": 10}
    video = element(4, "video", rr_mediaState="played", rr_mediaCurrentTime=2)
    event = checkpoint_after(
        line(1, "snapshot", snapshot(element(3, "iframe"), video)),
        line(2, "mutation", {"adds": [{"parentId": 3, "nextId": None, "node": inner}], "isAttachIframe": True}),
    )
    attached, media, _ = event["data"]["state"]
    assert attached["data"]["adds"][0]["node"] == inner
    assert (media["t"], media["data"]["type"], media["data"]["currentTime"]) == (1, 0, 2)
    mirror = DocumentMirror()
    mirror.apply(event)
    assert {1, 2, 3, 4, 10, 11} <= mirror.nodes.keys()


def test_what_cannot_be_applied_ends_the_checkpoints_and_nothing_else() -> None:
    checkpointer = Checkpointer(every_bytes=0, times_its_size=0)
    checkpointer.take(read_batch(line(0, "snapshot", {"node": 7}).encode()))
    checkpointer.take(read_batch(line(1, "input", {}).encode() + b"\n" + line(2, "mouse", {}, doc="e").encode()))
    assert checkpointer.lines() == b""
    checkpointer.take(read_batch(line(3, "snapshot", snapshot()).encode()))
    checkpointer.take(read_batch(line(4, "title", {"title": "\ud800"}).encode()))
    assert b'"kind":"checkpoint"' in checkpointer.lines()


def test_a_tree_too_deep_to_be_read_ends_the_checkpoints_and_nothing_else() -> None:
    inside, brackets = '"childNodes":[]', "]}" * 2996
    told = '{"type":2,"tagName":"p","attributes":{},"id":4,"childNodes":[' * 2996 + "{}" + brackets
    whole = line(0, "snapshot", snapshot()).replace(inside, f'"childNodes":[{told}]', 1)
    checkpointer = Checkpointer(every_bytes=0, times_its_size=0)
    checkpointer.take(read_batch(whole.encode()))
    checkpointer.take(read_batch(line(1, "title", {"title": "x"}).encode()))
    assert checkpointer.lines() == b""


def test_documents_that_ended_are_let_go() -> None:
    checkpointer = Checkpointer(every_bytes=0, times_its_size=0)
    checkpointer.take(read_batch(line(0, "snapshot", snapshot()).encode()))
    checkpointer.take(read_batch(line(1, "document-end", {}).encode()))
    assert checkpointer.lines() == b""


def test_an_idle_document_is_written_down_where_others_go_on() -> None:
    checkpointer = Checkpointer(every_bytes=1 << 20)
    checkpointer.take(read_batch(line(0, "snapshot", snapshot()).encode()))
    checkpointer.take(read_batch(line(0, "snapshot", snapshot(), doc="e").encode()))
    for t in range(100):
        checkpointer.take(read_batch(line(t, "title", {"title": "x" * 50_000}, doc="e").encode()))
    assert {json.loads(text)["doc"] for text in checkpointer.lines().splitlines()} == {"d", "e"}


def test_a_typed_text_that_looks_like_an_id_is_none() -> None:
    typed = line(1, "input", {"source": 5, "text": '{"id":4,', "isChecked": False, "id": 3})
    gone = line(2, "mutation", {"removes": [{"parentId": 2, "id": 4}], "adds": [], "texts": [], "attributes": []})
    event = checkpoint_after(line(0, "snapshot", snapshot(element(3, "input"), element(4, "p"))), typed, gone)
    assert [told["data"]["text"] for told in event["data"]["state"] if told["kind"] == "input"] == ['{"id":4,']


def test_a_document_that_is_followed_and_then_cannot_be_is_given_up_until_its_next_snapshot() -> None:
    checkpointer = Checkpointer(every_bytes=0, times_its_size=0)
    title = read_batch(line(9, "title", {"title": "x"}).encode())
    checkpointer.take(read_batch(line(0, "snapshot", snapshot(element(3, "p"))).encode()))
    checkpointer.take(title)
    assert checkpointer.lines()
    checkpointer.take(read_batch(line(1, "mutation", {"removes": [{"id": 3}]}).encode()))
    checkpointer.take(title)
    assert checkpointer.lines() == b""
    checkpointer.take(read_batch(line(2, "snapshot", snapshot(element(5, "p"))).encode()))
    checkpointer.take(title)
    assert json.loads(checkpointer.lines())["data"]["node"]["childNodes"][0]["childNodes"][0]["id"] == 5
