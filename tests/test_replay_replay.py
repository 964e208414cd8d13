"""`harness.open`: a recording's events by time and kind, and its pages at a moment, without a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.errors import CorruptRecordingError, ReplayError, UsageError
from harness.replay.replay import Replay, open_replay
from harness.storage import RecordingReader, RecordingWriter

Event = dict[str, Any]


def event(t: float, kind: str, data: Any = None, *, page: int | None = 1, doc: str | None = None, **more: Any) -> Event:
    envelope = {"page": page, "doc": doc, "t": t, "kind": kind}
    return {**{k: v for k, v in envelope.items() if v is not None}, **more, "data": {} if data is None else data}


def el(id_: int, tag: str, *children: Event, **attributes: Any) -> Event:
    named = {name.rstrip("_"): value for name, value in attributes.items()}
    return {"type": 2, "tagName": tag, "attributes": named, "childNodes": list(children), "id": id_}


def text(id_: int, content: str) -> Event:
    return {"type": 3, "textContent": content, "id": id_}


def snapshot(t: float, doc: str, *body: Event, page: int = 1, title: str = "") -> Event:
    head = el(2, "head", el(3, "title", text(4, title)))
    root = {"type": 0, "childNodes": [el(1, "html", head, el(5, "body", *body))], "id": 9}
    return event(t, "snapshot", {"node": root, "initialOffset": {"left": 0, "top": 0}}, page=page, doc=doc, type=2)


def mutation(t: float, doc: str, page: int = 1, **data: Any) -> Event:
    return event(t, "mutation", {"source": 0, **data}, page=page, doc=doc, type=3)


def added(t: float, doc: str, parent: int, node: Event, page: int = 1) -> Event:
    return mutation(t, doc, page, adds=[{"parentId": parent, "nextId": None, "node": node}])


@pytest.fixture
def recording(tmp_path: Path) -> Callable[..., Path]:
    """Writes groups of events, each a segment of its own, and returns the file."""

    def write(*segments: list[Event], name: str = "run.replay", header: dict[str, Any] | None = None) -> Path:
        path = tmp_path / name
        writer = RecordingWriter(path, {"started_at": 1000, "title": "a run", "privacy": "allow", **(header or {})})
        for number, group in enumerate(segments):
            times = [e["t"] for e in group]
            lines = "".join(json.dumps(e, separators=(",", ":")) + "\n" for e in group)
            writer.write_events(lines, count=len(group), first_ms=min(times), last_ms=max(times))
            writer.write_asset(b"%d" % number, "text/plain")  # cannot stand inside a segment: the next one begins
            writer.flush()
        writer.close(status="passed")
        return path

    return write


@pytest.fixture
def shop(recording: Callable[..., Path]) -> Path:
    """A page with two documents, a popup, frames and marks, in five segments."""
    return recording(
        [
            event(-3, "page-open", {"url": "about:blank", "opener": None}),
            event(10, "document", {"url": "http://a/1", "title": "One", "top": True}, doc="d1"),
            snapshot(20, "d1", el(6, "p", text(7, "first")), el(8, "iframe"), title=" First\n page "),
            event(30, "mark", {"label": "begin", "data": {"order": 1}}, page=None),
        ],
        [
            mutation(40, "d1", texts=[{"id": 7, "value": "second"}]),
            event(41, "document", {"url": "http://f/", "top": False, "parent": "d1"}, doc="f1"),
            event(42, "document-frame", {"parent": "d1", "node": 8}, doc="f1"),
            snapshot(43, "f1", el(6, "b", text(7, "in frame"))),
            event(44, "mouse", {"type": 2, "id": 6, "x": 1, "y": 1}, doc="d1", type=3),
            event(50, "document-end", doc="f1"),
        ],
        [
            event(60, "document", {"url": "http://a/2", "title": "Two", "top": True}, doc="d2"),
            mutation(61, "d1", texts=[{"id": 7, "value": "too late"}]),
            snapshot(62, "d2", el(6, "input", value="a"), title="Two"),
            event(63, "input", {"id": 6, "text": "typed", "isChecked": False}, doc="d2", type=3),
            event(64, "url", {"url": "http://a/2#x"}, doc="d2"),
        ],
        [
            event(70, "page-open", {"url": "http://p/", "opener": 1}, page=2),
            event(71, "document", {"url": "http://p/", "title": "Popup", "top": True}, page=2, doc="p1"),
            snapshot(72, "p1", el(6, "h1", text(7, "popup")), page=2),
            event(80, "page-close", page=2),
        ],
        [
            event(90, "mouse", {"type": 2, "id": 6, "x": 1, "y": 1}, doc="d2", type=3),
            snapshot(95, "d2", el(6, "input", value="typed"), el(10, "p", text(11, "again")), title="Two"),
            event(100, "stop", page=None),
        ],
    )


def test_info_pages_and_marks_come_from_the_index(shop: Path) -> None:
    with open_replay(shop) as replay:
        info = replay.info
        assert [(page.id, page.url, page.title, page.opener) for page in replay.pages] == [
            (1, "http://a/2#x", "Two", None),
            (2, "http://p/", "Popup", 1),
        ]
        assert [(mark.t, mark.label, mark.data) for mark in replay.marks] == [(30, "begin", {"order": 1})]
        assert replay.pages[1].closed_ms == 80
    assert info["started_at"] == 1000
    assert info["duration_ms"] == 100
    assert info["complete"] is True
    assert info["status"] == "passed"
    assert info["size_bytes"] == shop.stat().st_size
    assert info["pages"][0]["id"] == 1
    promised = "started_at duration_ms events pages size_bytes complete lost_events privacy status browser"
    assert set(promised.split()) | {"harness_version", "format_version"} <= info.keys()
    json.dumps(info)


def test_events_are_chosen_by_time_and_kind(shop: Path) -> None:
    with open_replay(shop) as replay:
        assert [e["kind"] for e in replay.events()][:2] == ["recording", "page-open"]
        assert len(list(replay.events())) == replay.info["events"]
        assert [e["t"] for e in replay.events(40, 43)] == [40, 41, 42, 43]
        assert [e["t"] for e in replay.events(start_ms=50, kinds=["document"])] == [60, 71]
        assert [e["t"] for e in replay.events(kinds="mark")] == [30]
        assert list(replay.events(kinds=["nothing-like-it"])) == []
        assert list(replay.events(start_ms=101)) == []


def test_events_read_only_the_segments_they_touch(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    original = RecordingReader.segment_text

    def counted(self: RecordingReader, number: int) -> str:
        read.append(number)
        return original(self, number)

    monkeypatch.setattr(RecordingReader, "segment_text", counted)
    with open_replay(shop) as replay:
        list(replay.events(62, 64))
        assert read == [2]
        read.clear()
        replay.at(75, page=1)
        assert read == [2, 3]
        read.clear()
        replay.at(99, page=1)
        assert read == [4]


def test_the_document_at_a_moment(shop: Path) -> None:
    with open_replay(shop) as replay:
        first = replay.at(39)
        assert (first.t, first.page, first.url, first.title) == (39, 1, "http://a/1", "First page")
        assert [p.text for p in first.query("p")] == ["first"]
        assert [p.text for p in replay.at(40).query("p")] == ["second"]
        assert replay.at(62).query("input")[0].value == "a"
        late = replay.at(64)
        assert late.query("input")[0].value == "typed"
        assert late.url == "http://a/2#x"
        assert late.query("p") == []
        assert [p.text for p in replay.at(95, page=1).query("p")] == ["again"]


def test_between_two_documents_the_old_one_is_shown(shop: Path) -> None:
    with open_replay(shop) as replay:
        assert replay.at(61).query("p")[0].text == "too late"


def test_a_frame_that_records_itself_stands_in_its_iframe_while_it_lives(shop: Path) -> None:
    with open_replay(shop) as replay:
        assert replay.at(42).query("iframe")[0].frame is None
        [iframe] = replay.at(45).query("iframe")
        assert iframe.frame is not None
        assert iframe.frame.url == "http://f/"
        assert iframe.frame.query("b")[0].text == "in frame"
        assert replay.at(45).query("b") == []
        assert [frame.text for frame in replay.at(45).frames] == ["in frame"]
        assert replay.at(55).query("iframe")[0].frame is None


def test_the_page_in_use_is_the_default_and_moments_clamp_to_the_end(shop: Path) -> None:
    with open_replay(shop) as replay:
        assert replay.at(78).page == 2
        assert replay.at(91).page == 1
        assert replay.at(1e9).t == 100
        assert replay.at(1e9, page=2).query("h1")[0].text == "popup"


@pytest.mark.parametrize(
    ("t", "number", "says"),
    [
        (5, None, "no page showed anything at 5 ms; the first did at 20 ms"),
        (30, 2, "page 2 showed nothing yet at 30 ms; it did from 72 ms"),
        (30, 7, "has no page 7; its pages: 1, 2"),
    ],
)
def test_a_moment_without_a_document_is_an_error(shop: Path, t: float, number: int | None, says: str) -> None:
    with open_replay(shop) as replay, pytest.raises(ReplayError, match=says):
        replay.at(t, number)


def test_a_recording_without_the_dom_says_so(recording: Callable[..., Path]) -> None:
    path = recording([event(0, "page-open", {"url": "http://a/"})])
    with open_replay(path) as replay:
        with pytest.raises(ReplayError, match="holds no snapshot of any page; was it recorded without the DOM"):
            replay.at(0)
        with pytest.raises(ReplayError, match="holds no snapshot of page 1"):
            replay.at(0, page=1)


def test_signals_of_later_kinds_are_listed(recording: Callable[..., Path]) -> None:
    path = recording(
        [event(1, "console", {"level": "log", "text": "hi"}), event(2, "step", {"name": "click"}, page=None)]
    )
    with open_replay(path) as replay:
        assert [(s.t, s.page, s.data["text"]) for s in replay.console] == [(1, 1, "hi")]
        assert [(s.t, s.page, s.kind) for s in replay.steps] == [(2, None, "step")]
        assert replay.network == []
        assert replay.errors == []


def test_keys_may_come_in_any_order(recording: Callable[..., Path]) -> None:
    turned = [dict(reversed(e.items())) for e in (snapshot(1, "d", el(6, "p")), added(2, "d", 6, text(7, "x")))]
    path = recording(
        [event(0, "page-open", {"url": "http://a/"}), event(0, "document", {"top": True}, doc="d"), *turned]
    )
    with open_replay(path) as replay:
        assert replay.at(2).query("p")[0].text == "x"


def test_the_same_moment_of_a_file_that_is_cut_off(shop: Path, tmp_path: Path) -> None:
    with RecordingReader(shop) as reader:
        cut = reader.index.segments[3].offset + 3
    part = tmp_path / "part.replay"
    part.write_bytes(shop.read_bytes()[:cut])
    with open_replay(part) as replay:
        assert replay.info["complete"] is False
        assert replay.at(1e9).query("input")[0].value == "typed"


def test_mutations_that_make_no_sense_name_file_and_time(recording: Callable[..., Path]) -> None:
    path = recording([snapshot(1, "d", el(6, "p")), mutation(2, "d", adds=[{"parentId": 6}])])
    with open_replay(path) as replay:
        with pytest.raises(ReplayError, match=r"run\.replay: mutation at 2 ms of document d: cannot be applied"):
            replay.at(2)
        assert replay.at(1).query("p")


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.replay").write_text("hello")
    with pytest.raises(CorruptRecordingError):
        open_replay(tmp_path / "x.replay")
    with pytest.raises(UsageError):
        open_replay(tmp_path / "none.replay")


@pytest.fixture
def page_of(recording: Callable[..., Path]) -> Callable[..., Replay]:
    """Opens a recording whose one page shows these elements."""
    return lambda *body: open_replay(recording([snapshot(1, "d", *body)]))


def test_elements_tell_tag_text_attributes_and_neighbours(page_of: Callable[..., Replay]) -> None:
    link = el(
        6,
        "a",
        text(7, " Add  "),
        el(8, "b", text(9, "to\ncart")),
        el(10, "script", text(11, "x")),
        href="/c",
        rr_scrollTop=3,
    )
    with page_of(el(20, "div", link, id="box", hidden=True, tabindex=1)) as replay:
        document = replay.at(1)
        [found] = document.query("#box > a[href='/c']")
        assert (found.tag, found.text, found.attributes) == ("a", " Add  to\ncart", {"href": "/c"})
        assert found.parent is not None
        assert found.parent.attributes == {"id": "box", "hidden": "", "tabindex": "1"}
        assert [child.tag for child in found.children] == ["b", "script"]
        assert found.query("b") == document.query("a b") == found.children[:1]
        assert document.query("script")[0].text == "x"
        assert repr(found.parent) == '<div id="box">'
        assert document.query("html")[0].parent is None
        assert document.text == " Add  to\ncart"


def test_values_of_form_controls(page_of: Callable[..., Replay]) -> None:
    controls = [
        el(10, "input", value="typed"),
        el(11, "input", type="checkbox", checked=True),
        el(12, "input", type="radio", value="r"),
        el(13, "textarea", value="long"),
        el(14, "textarea", text(15, "default")),
        el(16, "select", el(17, "option", text(18, " a ")), el(19, "option", value="b", selected=True), value="b"),
        el(20, "select", el(21, "option", value="x", disabled=""), el(22, "option", text(23, "y\n z"))),
        el(24, "select", el(25, "option", value="m"), multiple=""),
        el(26, "button", text(27, "Go"), value="go"),
        el(28, "p", text(29, "none")),
        el(30, "input"),
    ]
    with page_of(*controls) as replay:
        document = replay.at(1)
        values = [element.value for element in document.query("body > *")]
        assert values == ["typed", "on", "r", "long", "default", "b", "y z", "", "go", None, ""]
        assert [e.checked for e in document.query("input")] == [None, True, False, None]
        assert [e.attributes["type"] for e in document.query(":checked:not(option)")] == ["checkbox"]
        assert [e.value for e in document.query("option:checked")] == ["b"]


def test_shadow_trees_are_searched_each_by_itself_and_shown_in_texts(page_of: Callable[..., Replay]) -> None:
    inside = {
        **el(7, "p", text(8, "total: "), el(9, "slot", text(10, "-"), name="sum"), class_="total"),
        "isShadow": True,
    }
    rest = {**el(11, "slot", text(12, "unused")), "isShadow": True}
    host = el(6, "my-cart", inside, rest, el(13, "b", text(14, "17"), slot="sum"), text(15, "!"))
    with page_of(host, el(16, "p", class_="total")) as replay:
        document = replay.at(1)
        shadowed, plain = document.query(".total")
        assert shadowed.text == "total: 17"
        assert shadowed.parent is not None
        assert shadowed.parent.tag == "my-cart"
        assert plain.parent is not None
        assert plain.parent.tag == "body"
        assert document.query("my-cart .total") == []
        assert [e.tag for e in document.query("my-cart > *")] == ["b"]
        assert document.query("my-cart")[0].text == "total: 17!"
        assert document.query("my-cart")[0].query("p") == [shadowed]


def test_strange_names_and_characters_can_be_searched(page_of: Callable[..., Replay]) -> None:
    strange = el(6, "p", text(7, "nul \x00 and half \ud800"), **{"@click": "go\x01", "x:y": "1", "viewBox": "0 0"})
    with page_of(strange, el(8, "o:p"), el(9, "p", text(10, "plain"))) as replay:
        document = replay.at(1)
        [found] = document.query(r"[\@click]")
        assert found.attributes["@click"] == "go\x01"
        assert document.query(r"[x\:y='1'][viewbox]") == document.query("[viewBox]") == [found]
        assert [e.tag for e in document.query(r"o\:p")] == ["o:p"]
        assert document.query("p:contains('plain'), P:first-child") == document.query("p")


@pytest.mark.parametrize("css", ["p >", "", "p::before", "p:hover-me(", "ns|p", "p:visible"])
def test_a_selector_that_cannot_be_searched_is_refused(page_of: Callable[..., Replay], css: str) -> None:
    with page_of(el(6, "p")) as replay, pytest.raises(UsageError, match="not a CSS selector that can be searched for"):
        replay.at(1).query(css)


def test_thousands_of_levels_are_no_trouble(recording: Callable[..., Path]) -> None:
    path = recording(
        [snapshot(1, "d", el(20, "div")), *(added(2, "d", n, el(n + 1, "div")) for n in range(20, 3000))],
    )
    with open_replay(path) as replay:
        assert len(replay.at(9).query("div")) == 2981
        assert replay.at(9).query("div:not(:has(div))")[0].text == ""
