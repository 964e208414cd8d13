"""`harness import`: arrays of rrweb events, and files that are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from harness.cli.import_events import command
from harness.errors import UsageError
from harness.importing import json_array
from harness.storage import RecordingReader
from tests.recorded import events_of

Event = dict[str, Any]


def element(id_: int, tag: str, *children: Event, **attributes: Any) -> Event:
    return {"type": 2, "tagName": tag, "attributes": attributes, "childNodes": list(children), "id": id_}


def session() -> list[Event]:
    """Two documents, the second after a navigation; a checkout and a fragment are no new ones."""
    sheet = element(4, "link", rel="stylesheet", href="/a.css", _cssText="p { color: red }", media="print")
    title = element(5, "title", {"type": 3, "textContent": "Shop", "id": 6})
    html = element(2, "html", element(3, "head", sheet, title))
    snapshot = {"node": {"type": 0, "id": 1, "childNodes": [html]}, "initialOffset": {"left": 0, "top": 0}}
    size = {"width": 800, "height": 600}
    return [
        {"type": 4, "timestamp": 1000, "data": {"href": "http://x.test/a", **size}},
        {"type": 2, "timestamp": 1001, "data": snapshot},
        {"type": 3, "timestamp": 1100, "data": {"source": 3, "id": 1, "x": 0, "y": 5}},
        {"type": 4, "timestamp": 1200, "data": {"href": "http://x.test/a#part", **size}},
        {"type": 2, "timestamp": 1201, "data": snapshot},
        {"type": 3, "timestamp": 1300, "data": {"source": 9, "id": 1}},
        {"type": 4, "timestamp": 1400, "data": {"href": "http://x.test/b", **size}},
        {"type": 2, "timestamp": 1401, "data": snapshot},
    ]


def run(tmp_path: Path, content: str | bytes, *options: str) -> tuple[Result, Path]:
    source, target = tmp_path / "events.json", tmp_path / "run.replay"
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    return CliRunner().invoke(command, [str(source), "-o", str(target), *options]), target


def test_an_array_becomes_pages_documents_and_events(tmp_path: Path) -> None:
    result, target = run(tmp_path, json.dumps(session(), indent=1))
    assert result.exit_code == 0, result.output
    assert "8 events over 0.4 s" in result.output
    assert "1 canvas-commands event kept, but the viewer does not show them" in result.output
    with RecordingReader(target) as reader:
        index = reader.index
        assert reader.header["started_at"] == 1000
        assert [(page.url, page.title, page.viewport) for page in index.pages] == [
            ("http://x.test/b", "Shop", {"width": 800, "height": 600})
        ]
        assert [(d.url, len(d.snapshots), d.end_ms) for d in index.documents] == [
            ("http://x.test/a", 2, 400), ("http://x.test/b", 1, None),
        ]  # fmt: skip
    (scroll,) = events_of(target, "scroll")
    assert scroll == {
        "page": 1, "doc": "rrweb1", "t": 100, "kind": "scroll", "type": 3, "data": session()[2]["data"]
    }  # fmt: skip
    link = events_of(target, "snapshot")[0]["data"]["node"]["childNodes"][0]["childNodes"][0]["childNodes"][0]
    assert (link["tagName"], link["attributes"]) == ("style", {"_cssText": "p { color: red }", "media": "print"})


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_events_are_read_whatever_pieces_the_file_comes_in(
    tmp_path: Path, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_array, "PIECE_BYTES", piece)
    _, target = run(tmp_path, "\ufeff" + "\n".join(json.dumps({**e, "ü": "\u2028"}) for e in session()))
    assert len(events_of(target, "snapshot")) == 3


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "not JSON of events at character 0: it is empty; name a JSON array of rrweb events"),
        ("<html>", "begins with [, this with '<'"),
        ("[]", "holds no events"),
        ("[1]", "event 1 is none of rrweb's (not an object)"),
        ('{"pages": [{"id": 1, "events": []}]}', "`harness export rrweb --page N` writes the array of one"),
        ('[{"type": 9}]', "event 1 is none of rrweb's (no `type` from 0 to 6)"),
        ('[{"type": 3, "data": {}}]', "event 1 is none of rrweb's (no `timestamp`)"),
        ('[{"type": 2, "timestamp": 1, "data": {}}]', "a snapshot without its `node`"),
        ('[{"type": 3, "timestamp": 1, "data": nope}]', "not JSON of events at character 37: expecting value"),
        ("[" + "[" * 100_000, "nested too deeply"),
        (b"[\xff", "it is not UTF-8"),
        (json.dumps(session()) + "x", "something follows the array"),
        (json.dumps(session())[:-1], "cut off at character"),
        (json.dumps(session())[:-20], "--partial imports the 7 events before it"),
        (json.dumps(session()[:1])[:-1] + ' {"a": 1}', "between two elements stands '{'"),
    ],
)
def test_what_is_no_array_of_rrweb_events_is_named_and_leaves_no_file(
    tmp_path: Path, content: str | bytes, complaint: str
) -> None:
    result, target = run(tmp_path, content)
    assert isinstance(result.exception, UsageError)
    assert complaint in str(result.exception)
    assert not target.exists()


def test_partial_keeps_what_stands_before_the_end(tmp_path: Path) -> None:
    result, target = run(tmp_path, json.dumps(session())[:-20], "--partial")
    assert result.exit_code == 0
    assert "the rest is missing" in result.output
    assert [gap["data"]["reason"] for gap in events_of(target, "gap")] == ["cut-off"]
    assert len(events_of(target, "snapshot")) == 2


def test_the_target_is_not_overwritten_unasked(tmp_path: Path) -> None:
    (tmp_path / "run.replay").write_text("mine")
    result, target = run(tmp_path, json.dumps(session()))
    assert "exists already" in str(result.exception)
    assert target.read_text() == "mine"
    assert run(tmp_path, json.dumps(session()), "--force")[0].exit_code == 0
