"""Parts of the panels by themselves, in a browser: a node's life, command lines, directives, names of elements."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from harness.javascript import js_dir, link

NAMED = """<!doctype html><main><h1>Title</h1><nav aria-label="Main"><a href="/x">Home <b>page</b></a></nav>
<label for=a>Your <i>name</i></label><input id=a><label>Agree <input type=checkbox></label>
<input type=submit value=Send><input type=search placeholder=Find><img src=x alt="A lamp">
<button aria-labelledby="p q"></button><span id=p>Close</span> <span id=q>it</span>
<button title=Tip></button><select aria-label=Country><option>NO</option></select>
<table><caption>Prices</caption><tr><th>Name</th><td>1 €</td></tr></table>
<textarea title=Notes></textarea><div role=switch aria-label=Dark></div><div role="tab">One</div></main>"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def run(page: Page, name: str, script: str, argument: Any = None) -> Any:
    """Run a function that gets the exports of a module of the panels, and an argument."""
    module = link(js_dir() / "viewer" / "panels" / f"{name}.js")
    return page.evaluate(f"(argument) => ({script})({module}, argument)", argument)


def node(number: int, *children: dict[str, Any], **attributes: str) -> dict[str, Any]:
    return {"id": number, "type": 2, "tagName": "p", "attributes": attributes, "childNodes": list(children)}


def change(t: float, **changes: Any) -> dict[str, Any]:
    return {"t": t, "kind": "mutation", "data": changes}


LIFE = """({ NodeHistory }, [id, events]) => {
  const history = new NodeHistory(id);
  for (const event of events) history.add(event);
  return [history.entries.map(({ t, what, detail }) => [t, what, detail]), history.attributesAt(1e9)];
}"""
SNAPSHOT = {"t": 0, "kind": "snapshot", "data": {"node": node(1, node(2, node(3, **{"class": "a"})), node(4))}}


def test_a_node_goes_with_what_it_stands_in(page: Page) -> None:
    events = [
        SNAPSHOT,
        change(10, removes=[{"parentId": 1, "id": 2}]),
        change(20, attributes=[{"id": 4, "attributes": {"x": "1"}}]),
        change(30, adds=[{"parentId": 4, "nextId": None, "node": node(3)}]),
        change(40, removes=[{"parentId": 4, "id": 3}], adds=[{"parentId": 1, "nextId": None, "node": node(3)}]),
        change(50, removes=[{"parentId": 1, "id": 4}]),
        change(60, removes=[{"parentId": 1, "id": 3}]),
    ]
    told, _ = run(page, "node_history", LIFE, [3, events])
    assert told == [[0, "appeared", ""], [10, "went", ""], [30, "appeared", ""], [40, "moved", ""], [60, "went", ""]]


def test_a_node_changes(page: Page) -> None:
    text = {"id": 9, "type": 3, "textContent": "hello"}
    events = [
        SNAPSHOT,
        change(10, attributes=[{"id": 3, "attributes": {"class": None, "title": "t", "style": {"color": "red"}}}]),
        change(20, adds=[{"parentId": 3, "nextId": None, "node": text}]),
        change(30, texts=[{"id": 9, "value": "bye"}, {"id": 77, "value": "no"}]),
        {"t": 40, "kind": "input", "data": {"id": 3, "text": "typed"}},
        {"t": 50, "kind": "mouse", "data": {"id": 9, "type": 2}},
        {"t": 60, "kind": "mouse", "data": {"id": 4, "type": 2}},
        {"t": 70, "kind": "control", "data": {"id": 3, "selected": [1, 2]}},
        {**SNAPSHOT, "t": 80},
    ]
    told, attributes = run(page, "node_history", LIFE, [3, events])
    assert told == [
        [0, "appeared", ""], [10, "attribute", "class, title, style"], [20, "text", "hello"], [30, "text", "bye"],
        [40, "value", "typed"], [50, "met", "clicked"], [70, "value", "options 1, 2"],
    ]  # fmt: skip
    assert attributes == [["title", "t"], ["style", "color: red"]]


def test_a_node_that_is_below_itself_ends_nothing(page: Page) -> None:
    loop = [{"parentId": 3, "nextId": None, "node": node(2)}, {"parentId": 2, "nextId": None, "node": node(3)}]
    told, _ = run(page, "node_history", LIFE, [3, [SNAPSHOT, change(5, adds=loop), change(6, removes=[{"id": 99}])]])
    assert told[0] == [0, "appeared", ""]


@pytest.mark.parametrize("text", ["it's", "a b", "$(id) `id` \\", "'; touch x; '", "é\n\u202e", "-x", "!!"])
def test_a_shell_reads_the_command_line_as_it_was_meant(page: Page, text: str) -> None:
    request = {"url": f"http://a/{text}", "method": "PUT", "headers": [["x-a", text], ["Host", "a"]]}
    line = run(page, "curl", "({ curlOf }, [request, body]) => curlOf(request, body)", [request, text])
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\n{line}"
    output = subprocess.run(["sh", "-c", script], capture_output=True, check=True).stdout.decode().split("\0")
    assert output[:-1] == [f"http://a/{text}", "-X", "PUT", "-H", f"x-a: {text}", "--data-raw", text]


@pytest.mark.parametrize(
    ("args", "shown"),
    [
        (["%s is %d of %i", "a", 1.5, 7], "a is 1 of 7"),
        (["%cred%c text", "color: red", ""], "red text"),
        (["100%", 5], "raw"),
        (["%s", "a", "b", 3], "a b 3"),
        (["%% %s %s", "x"], "% x %s"),
        ([{"a": 1}, "%s"], "raw"),
    ],
)
def test_directives_are_filled_in(page: Page, args: list[Any], shown: str) -> None:
    script = "({ formatted }, args) => formatted('raw', args, String)"
    assert run(page, "console_format", script, args) == shown


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"type": "fetch", "status": 404, "failure": "net::ERR_ABORTED"}, ["404", True]),
        ({"type": "fetch", "status": 200, "failure": "net::ERR_ABORTED"}, ["failed", True]),
        ({"type": "eventsource", "status": 200, "failure": "net::ERR_ABORTED"}, ["closed", False]),
        ({"type": "eventsource", "status": 200, "failure": "net::ERR_CONNECTION_RESET"}, ["failed", True]),
        ({"type": "fetch", "status": None, "failure": "net::ERR_FAILED"}, ["failed", True]),
        ({"type": "fetch", "status": 204, "failure": ""}, ["204", False]),
    ],
)
def test_a_request_says_what_the_server_said(page: Page, request_: dict[str, Any], said: list[Any]) -> None:
    script = "({ statusText, hasFailed }, request) => [statusText(request), hasFailed(request)]"
    assert run(page, "request_words", script, request_) == said


@pytest.mark.parametrize(
    ("text", "args", "said"),
    [
        ("cart {items: Array(1)} JSHandle@node", ["cart", {"items": [{"sku": "a"}]}, {"$": "element", "text": "<b>"}],
         'cart {items: (1) [{…}]} <b>'),
        ("[Object, Object]", [[{"a": 1}, {"a": 2}]], "(2) [{a: 1}, {a: 2}]"),
        ("x {a: 1, b: 2}", ["x", {"$": "more", "text": "{a: 1, b: 2}"}], "x {a: 1, b: 2}"),
        ("plain", [], "plain"),
    ],
)  # fmt: skip
def test_a_message_shows_what_is_in_its_objects(page: Page, text: str, args: list[Any], said: str) -> None:
    assert run(page, "console", "({ messageText }, item) => messageText(item)", {"text": text, "args": args}) == said


def test_a_bug_report_keeps_steps_where_they_stand(page: Page) -> None:
    def step(title: str, t: float, depth: int = 0, *children: Any, **more: Any) -> dict[str, Any]:
        plain = {"category": "step", "method": "", "error": None, "location": None, "end": t + 1}
        return {**plain, "title": title, "t": t, "depth": depth, "children": list(children), **more}

    place = {"file": "shop.py", "line": 7, "column": None}
    inner = [step("first", 10, 1), step("last", 30, 1, error={"name": "E", "message": "m"}, location=place)]
    roots = [step("block", 0, 0, *inner), step("meanwhile", 20)]
    script = """({ bugReport }, [steps, roots]) => bugReport({
      signals: { steps, roots, actions: [], errors: [], network: [] },
      source: { manifest: { header: { title: "t" }, index: {} } },
      timeline: { pages: [], viewports: new Map(), documentAt: () => null, duration: 40 },
      player: { page: 1, now: 0 }, link: () => "http://a/" })"""
    report = run(page, "bug_report", script, [[*roots, *inner], roots])
    assert [line for line in report.splitlines() if " ms)" in line] == [
        "- 0:00.000 `block` (1 ms)",
        "  - 0:00.010 `first` (1 ms)",
        "  - 0:00.030 `last` (1 ms) **failed** at `shop.py:7`",
        "- 0:00.020 `meanwhile` (1 ms)",
    ]


def test_requests_know_what_the_page_tells_of_them(page: Page) -> None:
    def request(t: float, url: str = "http://a/x", **more: Any) -> dict[str, Any]:
        plain = {"kind": "request", "page": 1, "timing": {}, "initiator": None, "size": None, "httpVersion": "h3"}
        return {**plain, "t": t, "url": url, "redirectedTo": None, "fromCache": False, **more}

    def entry(start: float, initiator: str, **more: Any) -> dict[str, Any]:
        return {"url": "http://a/x", "start": start, "initiator": initiator, "transfer_size": 300, **more}

    network = [
        request(100),
        request(200, size=7),
        request(390, timing={"start": 15}),
        request(9000),
        request(100, "http://a/y#z", page=2),
        {"kind": "websocket", "page": 1, "url": "http://a/x", "t": 100, "initiator": None, "size": 0},
    ]
    timings = [
        {"page": 1, "entries": [entry(400, "img", delivery="cache", transfer_size=0), entry(205, "fetch"), None, 5]},
        {"page": 1, "entries": [entry(102, "link", render_blocking=True), {"start": "1"}]},
        {"page": 2, "entries": [entry(90, "other", url="http://a/y")]},
    ]
    script = """({ addTimings }, [network, timings]) => { addTimings(network, timings);
      return network.map(({ initiator, size, fromCache }) => [initiator, size, fromCache ?? null]); }"""
    assert run(page, "../resource_timings", script, [network, timings]) == [
        ["<link>", 300, False], ["fetch()", 7, False], ["<img>", None, True], [None, None, False],
        ["", 300, False], [None, 0, None],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rel", "kept"),
    [("preload", None), ("modulepreload", None), ("dns-prefetch", None), ("preload stylesheet", "preload stylesheet"),
     ("icon", "icon"), ("canonical", "canonical")],
)  # fmt: skip
def test_links_that_only_fetch_lead_nowhere_without_a_word(page: Page, rel: str, kept: str | None) -> None:
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        said.append(message.text)

    page.on("console", hear)
    module = link(js_dir() / "viewer" / "links.js")
    script = f"""(rel) => {{
      const links = new ({module}).Links({{ sheetUrl: () => null }});
      const element = document.createElement("link");
      document.head.append(element);
      for (const [name, value] of [["rel", rel], ["as", "font"], ["href", "/x"]])
        links.set({{ place: () => null }}, element, name, value);
      links.flush(0);
      return element.getAttribute("rel");
    }}"""
    assert page.evaluate(script, rel) == kept
    page.evaluate("new Promise(requestAnimationFrame)")
    page.remove_listener("console", hear)
    if kept is None:
        assert said == []


def test_roles_and_names_are_those_of_playwright(page: Page) -> None:
    page.set_content(NAMED)
    found = run(
        page,
        "accessible",
        """({ accessibleName, roleOf }) => [...document.querySelectorAll('main *')]
          .map((each) => [roleOf(each), accessibleName(each)])
          .filter(([role, name]) => role && name)""",
    )
    assert len(found) > 14
    for role, name in found:
        assert page.get_by_role(role, name=name, exact=True).count() == 1, (role, name)
