"""rrweb with our patches records what rrweb records: the same trees, event by event."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from harness import published
from harness.capture.rrweb_patches import PATCHES, patched
from harness.errors import HarnessError
from harness.javascript import js_dir, link
from harness.replay.document_mirror import DocumentMirror
from harness.replay.nodes import Node
from tests.e2e.test_document_mirror import CHANGE, PAGE, UNDERSTAND

BENCHMARKS = Path(__file__).parents[2] / "benchmarks" / "pages"

MARKED = """<div class=rr-block id=hidden style="width: 30px; height: 20px"><p>secret</p></div>
<div class=rr-mask id=masked>secret <b>secret</b></div>
<svg viewBox="0 0 1 1"><a xlink:href="#x"><path d="M0"/></a></svg>
<x-card></x-card><p style="background: url(a.png)" id=styled>text</p></body>"""

# Both follow the same page, each with a mirror of its own.
RECORD = """([stock, ours]) => {
    const load = (source, fast) => {
        const module = { exports: {} };
        new Function('module', 'exports', 'define', 'fast', source)(module, module.exports, undefined, fast);
        return module.exports.record || module.exports.rrwebRecord?.record || rrwebRecord.record;
    };
    const { fastDom } = (0, eval)(ours.fast);
    window.streams = [[], []];
    const options = { maskTextSelector: '[data-mask]', blockSelector: '[data-hide]', inlineStylesheet: false };
    [load(stock, null), load(ours.rrweb, fastDom(window, () => null, { masksTexts: true }))].forEach((record, n) => {
        record({ ...options, emit: (event) => streams[n].push(JSON.stringify(event)) });
    });
}"""

MARKS = """async () => {
    const root = document.body;
    const add = (html, to = root) => to.insertAdjacentHTML('beforeend', html);
    const tick = () => new Promise((done) => setTimeout(done));
    add('<p data-mask>a <i>b</i></p><p data-hide>c <i>d</i></p><div class="rr-mask x"><p>e</p></div>');
    await tick();
    add('<u>f<!-- g --></u>', document.querySelector('[data-mask]'));
    add('<u>h</u>', document.getElementById('hidden'));
    document.getElementById('masked').lastChild.data = 'secret again';
    document.querySelector('.x').title = 'x';
    add('<p>later</p>', document.querySelector('.x'));
    await tick();
    let inner = root;
    for (let i = 0; i < 200; i++) inner = inner.appendChild(document.createElement('div'));
    inner.append('deep', document.createElement('br'));
    const host = document.createElement('x-late');
    host.attachShadow({ mode: 'open' }).innerHTML = '<style>p { color: red }</style><p>in <slot></slot></p>';
    inner.append(host);
    const area = document.createElement('textarea');
    area.append('one');
    root.append(area, document.createElementNS('http://www.w3.org/2000/svg', 'svg'));
    await tick();
    const moved = root.querySelector('div div');
    root.prepend(moved);
    moved.append('new', document.createElement('hr'));
    root.lastChild.setAttributeNS(null, 'viewBox', '0 0 2 2');
    const named = document.createElement('p');
    named.setAttributeNS(null, 'camelCase', '1');
    named.style = 'background: url(b.png); color: red';
    root.append(named, 'tail');
    await tick();
    named.style.color = 'blue';
    named.style.removeProperty('background-image');
    named.innerHTML = '<style>b { color: red }</style><select><option>1<option selected>2</select>';
    await tick();
    document.documentElement.style.setProperty('--x', 'url(c.png)');
    // Moved, it would load anew; each recorder tells of its document in a task of its own, maybe of another one.
    document.getElementById('frame').remove();
    await tick();
    root.replaceChildren(...[...root.childNodes].reverse());
    await tick();
}"""


@pytest.fixture(scope="module")
def sources() -> tuple[str, dict[str, str]]:
    source = published.path("rrweb-record.js").read_text("utf-8").rpartition("//# sourceMappingURL")[0]
    return source, {"rrweb": patched(source), "fast": link(js_dir() / "recorder" / "fast_dom.js")}


@pytest.fixture
def both(
    browser: Browser, sources: tuple[str, dict[str, str]], serve_directory: Callable[[Path], str]
) -> Iterator[Callable[[str | None], Page]]:
    context = browser.new_context()

    def start(url: str | None) -> Page:
        page = context.new_page()
        page.goto(url) if url else page.set_content(PAGE.replace("</body>", MARKED))
        page.evaluate(RECORD, list(sources))
        return page

    yield start
    context.close()


def tree(mirror: DocumentMirror, styles: list[str]) -> list[Any]:
    """The tree without the ids, which are given in another order: of each node its parent's place and what it is. Its
    style attributes, of which one may be told whole and the other as a change, go into `styles`.
    """
    assert mirror.root is not None
    places: dict[Node | None, int] = {None: -1}
    told = []
    for node in mirror.root.subtree():
        places[node] = len(places)
        rest = {key: value for key, value in (node.rest or {}).items() if key != "rootId"}
        attributes = dict(node.attributes or {})
        if "style" in attributes:
            styles.append(str(attributes.pop("style")))
        told.append((places[node.parent or node.host], node.type, node.tag, attributes, node.text, rest))
    return told


def compare(page: Page) -> int:
    """Check that both streams tell of the same trees after each mutation; return how many there were."""
    stock, ours = ([json.loads(text) for text in stream] for stream in page.evaluate("() => window.streams"))
    assert [shape(event) for event in stock] == [shape(event) for event in ours]
    mirrors = DocumentMirror(), DocumentMirror()
    styles: tuple[list[str], list[str]] = [], []
    mutations = 0
    for events in zip(stock, ours, strict=True):
        kind = {2: "snapshot"}.get(events[0]["type"]) or {0: "mutation"}.get(events[0]["data"].get("source"))
        if kind is None:
            continue
        mutations += kind == "mutation"
        for mirror, event in zip(mirrors, events, strict=True):
            mirror.apply({"kind": kind, "t": 0, "data": event["data"]})
        assert tree(mirrors[0], styles[0]) == tree(mirrors[1], styles[1])
        assert mirrors[0].dropped == mirrors[1].dropped == 0
    pairs = sorted(set(zip(*styles, strict=True)))
    understood = [page.evaluate(UNDERSTAND, [pair[side] for pair in pairs]) for side in (0, 1)]
    assert understood[0] == understood[1]
    return mutations


def shape(event: dict[str, Any]) -> tuple[Any, ...]:
    data = event["data"]
    changed = data.get("attributes")
    if changed:
        changed = [{**change["attributes"], "style": "style" in change["attributes"]} for change in changed]
    return event["type"], data.get("source"), changed


@pytest.mark.parametrize("seed", [11, 12])
def test_random_changes_are_told_alike(both: Callable[[str | None], Page], seed: int) -> None:
    page = both(None)
    page.evaluate(CHANGE, [seed, 60])
    assert compare(page) > 30


def test_marks_depth_and_moves_are_told_alike(both: Callable[[str | None], Page]) -> None:
    page = both(None)
    page.evaluate(MARKS)
    assert compare(page) >= 6
    told = json.dumps(page.evaluate("() => window.streams"))
    assert "secret" not in told
    assert "later" not in told


@pytest.mark.parametrize("name", ["add-and-remove", "nest", "move"])
def test_the_benchmark_pages_are_told_alike(
    both: Callable[[str | None], Page], serve_directory: Callable[[Path], str], name: str
) -> None:
    page = both(f"{serve_directory(BENCHMARKS)}/{name}.html")
    page.evaluate("() => window.workload()")
    page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
    assert compare(page) >= 1


def test_another_version_of_rrweb_is_refused() -> None:
    with pytest.raises(HarnessError, match=r"0 places for the patch"):
        patched("something else")
    assert all(patch.old != patch.new for patch in PATCHES)
