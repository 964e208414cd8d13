"""The parts of signal capture that need no browser: locators in words, source maps, frustration, blocks, odd data."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import threading
from pathlib import Path
from typing import Any

import pytest

import harness
from harness.capture.signals import blocks
from harness.capture.signals.actions import Frustration
from harness.capture.signals.locators import locator_text
from harness.capture.signals.long_texts import MAX_INLINE_CHARS, stored_apart
from harness.capture.signals.sink import SIGNALS
from harness.capture.signals.source_maps import SourceMap, inline_map
from harness.cli.options import _signals as chosen
from harness.export.har import write_har
from harness.replay.signals import actions_of, requests_of, steps_of
from harness.storage import RecordingReader, RecordingWriter


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        ("#buy", 'locator("#buy")'),
        ("css=div >> nth=0", 'locator("div").first'),
        ("div >> nth=-1", 'locator("div").last'),
        ("div >> nth=2", 'locator("div").nth(2)'),
        ('internal:role=button[name="Save"i]', 'get_by_role("button", name="Save")'),
        ('internal:role=button[name="Save"s]', 'get_by_role("button", name="Save", exact=True)'),
        ("internal:role=heading[level=2]", 'get_by_role("heading", level=2)'),
        ('internal:text="Sign in"i', 'get_by_text("Sign in")'),
        ('internal:text="Sign in"s', 'get_by_text("Sign in", exact=True)'),
        ('internal:label="E-mail"i', 'get_by_label("E-mail")'),
        ('internal:testid=[data-testid="cart"s]', 'get_by_test_id("cart")'),
        ('internal:attr=[placeholder="Search"i]', 'get_by_placeholder("Search")'),
        ('li >> internal:has-text="Tea"i', 'locator("li").filter(has_text="Tea")'),
        ('li >> internal:has="internal:text=\\"Tea\\"i"', 'locator("li").filter(has=get_by_text("Tea"))'),
        ("#frame >> internal:control=enter-frame >> a", 'locator("#frame").content_frame.locator("a")'),
        ('text="a >> b"', 'locator("text=\\"a >> b\\"")'),
        ("li >> visible=true", 'locator("li").filter(visible=True)'),
        ("internal:text=/a\\/b/i", 'get_by_text(re.compile(r"a/b"))'),
    ],
)
def test_locators_are_the_python_api_again(selector: str, text: str) -> None:
    assert locator_text(selector) == text


def test_places_are_found_in_a_source_map() -> None:
    # Columns 0 and 8 of line 1 are 1:1 and 2:5 of a.ts; line 3 begins with 1:3 of b.ts.
    raw = {"version": 3, "sources": ["a.ts", "b.ts"], "sourceRoot": "src/", "mappings": "AAAA,QACI;;ACDF", "names": []}
    source_map = SourceMap(raw, "http://x/js/app.js")
    place = source_map.place_of(1, 3)
    assert place is not None
    assert (place.file, place.line, place.column) == ("http://x/js/src/a.ts", 1, 1)
    place = source_map.place_of(1, 20)
    assert place is not None
    assert (place.line, place.column) == (2, 5)
    place = source_map.place_of(3, 1)
    assert place is not None
    assert (place.file, place.line, place.column) == ("http://x/js/src/b.ts", 1, 3)
    assert source_map.place_of(2, 1) is None
    assert source_map.place_of(99, 1) is None


def test_map_inside_a_script_is_read_and_nonsense_is_not() -> None:
    raw = base64.b64encode(json.dumps({"version": 3, "sources": ["a.ts"], "mappings": "AAAA"}).encode())
    assert inline_map(b"f();\n//# sourceMappingURL=data:application/json;base64," + raw, "http://x/") is not None
    assert inline_map(b"f();\n//# sourceMappingURL=app.js.map\n", "http://x/") is None
    assert inline_map(b"f();", "http://x/") is None
    with pytest.raises(ValueError):
        SourceMap({"version": 2, "mappings": ""}, "http://x/")
    with pytest.raises(ValueError):
        SourceMap({"version": 3, "sources": [], "mappings": "!"}, "http://x/")


class Told:
    """Stands for a sink: keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []

    def emit(self, kind: str, data: dict[str, Any], page: Any = None, doc: Any = None, *, at_ms: float = 0) -> None:
        self.events.append((data["type"], data["action"]))


def click(number: int, x: float = 10, role: str = "button") -> dict[str, Any]:
    return {"id": f"c{number}", "type": "click", "point": {"x": x, "y": 10}, "role": role}


def frustration(*clicks: tuple[float, dict[str, Any]]) -> tuple[Frustration, Told]:
    told = Told()
    judge = Frustration(told)  # type: ignore[arg-type]
    for t, action in clicks:
        judge.on_action("page", "doc", t, action)
    return judge, told


def test_three_clicks_in_a_second_on_one_place_are_rage_and_told_once() -> None:
    _, told = frustration(*((100 * n, click(n)) for n in range(6)))
    assert told.events == [("rage-click", "c2")]
    _, told = frustration((0, click(0)), (600, click(1)), (1300, click(2)))
    assert told.events == []
    _, told = frustration((0, click(0)), (100, click(1, x=200)), (200, click(2)))
    assert told.events == []


def test_click_without_effect_is_dead_unless_it_gives_the_keyboard() -> None:
    judge, told = frustration((0, click(1)), (10, click(2, role="textbox")))
    judge.judge(900)
    assert told.events == []
    judge.judge(1200)
    assert told.events == [("dead-click", "c1")]
    judge, told = frustration((0, click(1)), (2000, click(2)))
    judge.on_effect("page", 500)
    judge.on_effect("another page", 2100)
    judge.judge(4000)
    assert told.events == [("dead-click", "c2")]


def test_error_is_blamed_on_the_last_click_just_before() -> None:
    judge, told = frustration((0, click(1)), (200, click(2)))
    judge.on_error("page", 300, "broken")
    judge.on_error("page", 310, "broken again")
    judge.on_error("page", 5000, "late")
    judge.judge(9000)
    assert told.events == [("error-click", "c2"), ("dead-click", "c1")]


class Listener:
    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.lines: list[str] = []

    def begin_block(self, block: blocks.Block) -> None:
        self.lines.append(f"+{block.title}")

    def end_block(self, block: blocks.Block, error: BaseException | None) -> None:
        self.lines.append(f"-{block.title}{f' {error}' if error else ''}")


@pytest.fixture
def listener() -> Any:
    own = Listener()
    blocks.listeners.append(own)
    yield own
    blocks.listeners.remove(own)


def test_blocks_nest_and_tell_how_they_ended(listener: Listener) -> None:
    @harness.step("inner")
    def inner() -> None:
        raise ValueError("no")

    @harness.step("outer")
    def outer() -> None:
        block = blocks.current_block()
        assert block is not None
        blocks.tell(block, listener)
        inner()

    with pytest.raises(ValueError):
        outer()
    assert listener.lines == ["+outer", "+inner", "-inner no", "-outer no"]
    assert blocks.current_block() is None


def test_journeys_side_by_side_do_not_get_each_others_blocks(run_async: Any) -> None:
    one, two = Listener(), Listener()

    async def journey(own: Listener, name: str) -> None:
        async with harness.step(name):
            await asyncio.sleep(0)
            block = blocks.current_block()
            assert block is not None
            blocks.tell(block, own)  # as the first call inside does
            await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(journey(one, "one"), journey(two, "two"))

    blocks.listeners.extend([one, two])
    try:
        run_async(both())
    finally:
        blocks.listeners.remove(one)
        blocks.listeners.remove(two)
    assert one.lines == ["+one", "-one"]
    assert two.lines == ["+two", "-two"]


def test_long_bodies_are_stored_apart() -> None:
    kept: dict[str, bytes] = {}

    def keep(content: bytes, mime: str) -> str:
        kept[mime] = content
        return "digest"

    short: dict[str, Any] = {"id": "r1", "body": {"text": "x", "size": 1}}
    assert stored_apart(short, keep) is short
    long = {"id": "r1", "body": {"text": "x" * (MAX_INLINE_CHARS + 1), "size": 5000, "mime": "text/html"}}
    assert stored_apart(long, keep)["body"] == {"hash": "digest", "size": 5000, "mime": "text/html"}
    assert len(kept["text/html"]) == MAX_INLINE_CHARS + 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (None, set(SIGNALS)),
        ("all", set(SIGNALS)),
        ("none", set()),
        ("steps, console", {"steps", "console"}),
        ("-bodies,-console", set(SIGNALS) - {"bodies", "console"}),
    ],
)
def test_signals_are_chosen_on_the_command_line(text: str | None, names: set[str]) -> None:
    assert chosen(text) == names


def test_signal_that_there_is_not_is_refused() -> None:
    for text in ("steps,nonsense", "-nonsense"):
        with pytest.raises(harness.UsageError, match="there is no 'nonsense'; choose from steps"):
            chosen(text)


def test_errors_come_in_the_order_in_which_they_happened(tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with RecordingWriter(path, {}) as writer:
        for t in (30, 10, 20):
            line = json.dumps({"t": t, "kind": "page-error", "data": {"name": "Error", "message": str(t)}})
            writer.write_events(line, count=1, first_ms=t, last_ms=t)
    with harness.open(path) as replay:
        assert [error.message for error in replay.errors] == ["10", "20", "30"]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("request-end", {"id": "r", "sizes": 5}),
        ("request-end", {"id": "r", "sizes": None}),
        ("request-end", {"id": "r", "timing": {"start": -1e300}}),
        ("resource-timing", {"entries": 5}),
        ("resource-timing", {"entries": [None, {"initiator": "navigation", "loaded": "x"}]}),
    ],
)
def test_odd_values_in_requests_do_not_end_a_har(tmp_path: Path, kind: str, data: dict[str, Any]) -> None:
    path = tmp_path / "run.replay"
    with RecordingWriter(path, {}) as writer:
        request = {"id": "r", "url": "http://a/", "method": "GET", "navigation": True}
        for each, what in (("request", request), (kind, data)):
            line = json.dumps({"page": 1, "doc": "d", "t": 1, "kind": each, "data": what})
            writer.write_events(line, count=1, first_ms=1, last_ms=1)
    written = io.BytesIO()
    with RecordingReader(path) as reader:
        write_har(reader, written)
    assert len(json.loads(written.getvalue())["log"]["entries"]) == 1


def test_odd_values_in_events_are_no_errors() -> None:
    odd: list[Any] = [None, [], {}, 3, "x", {"id": 3, "parent": 4, "body": [], "timing": "x", "error": "y", "log": 1}]
    events = [
        {"t": number, "kind": kind, "page": 1, "data": data}
        for kind in ("step", "step-end", "step-target", "request", "response", "request-end", "action", "frustration")
        for number, data in enumerate(odd)
    ]
    for step in steps_of(events):
        assert (step.error, step.log, step.location, step.title) == (None, [], None, "")
    for request in requests_of(events, lambda digest: None):
        assert (request.status, request.timing, request.response_text, request.response_headers) == (None, {}, None, [])
    assert all(action.name == "" for action in actions_of(events))
    looped = [{"t": 0, "kind": "step", "data": {"id": "a", "parent": "b"}}]
    looped.append({"t": 1, "kind": "step", "data": {"id": "b", "parent": "a"}})
    assert [step.id for step in steps_of(looped)] == ["a", "b"]
