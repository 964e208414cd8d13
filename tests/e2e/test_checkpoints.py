"""Checkpoints in a browser: a moment rebuilt from one is the moment rebuilt from the document's start."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Route

import harness
from harness.capture import session
from harness.replay.checkpoints import Checkpointer
from harness.replay.document import Document
from harness.replay.document_mirror import DocumentMirror
from harness.storage import RecordingReader
from harness.viewer.server import create_app, listen
from tests.e2e.test_document_mirror import CHANGE, PAGE

EXTRAS = """<style id="rules">.r { color: red }</style><canvas id=c width=40 height=30></canvas>
<div id=scroller style="height: 40px; overflow: auto"><div style="height: 400px"></div></div>
<video id=v></video><button id=b>press</button>"""

# Between the random changes: what is not in the tree.
ACT = """(n) => {
    const sheet = document.getElementById('rules').sheet;
    sheet.insertRule(`.r${n} { margin: ${n}px }`, 0);
    sheet.cssRules[0].style.setProperty('padding', `${n}px`);
    const own = new CSSStyleSheet();
    own.replaceSync(`.own { width: ${n}px }`);
    document.adoptedStyleSheets = [own];
    document.getElementById('scroller').scrollTop = 10 * n;
    document.getElementById('c').getContext('2d').fillRect(n, n, 10, 10);
    document.title = `title ${n}`;
}"""

# All that is shown, so that two scenes can be compared.
SHOWN = """() => {
    const sheets = (root) => [...root.styleSheets, ...root.adoptedStyleSheets].map((sheet) => {
        try { return [...sheet.cssRules].map((rule) => rule.cssText); } catch { return null; }
    });
    const tell = (node) => {
        if (node.nodeType === 3) return node.data;
        if (node.nodeType === 8) return `<!--${node.data}-->`;
        if (node.nodeType === 10) return `<!${node.name}>`;
        const all = (parent) => [...parent.childNodes].map(tell);
        if (node.nodeType === 9) return [node.scrollingElement?.scrollTop, sheets(node), all(node)];
        const attributes = Object.fromEntries([...node.attributes].map(({ name, value }) => [name, value]));
        const told = [node.localName, attributes, node.scrollTop, node.scrollLeft, all(node)];
        if ('value' in node) told.push(node.value, node.checked, node.selectedIndex);
        if (node.shadowRoot) told.push(sheets(node.shadowRoot), all(node.shadowRoot));
        if (node.localName === 'iframe') told.push(node.contentDocument && tell(node.contentDocument));
        return told;
    };
    return JSON.stringify(tell(document.querySelector('iframe[data-harness-document]').contentDocument));
}"""


@pytest.fixture(scope="module")
def recorded(
    browser: Browser, serve_directory: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    site, path = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("run") / "run.replay"
    (site / "index.html").write_text(PAGE.replace("</body>", f"{EXTRAS}</body>"), "utf-8")
    context = browser.new_context()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "Checkpointer", partial(Checkpointer, every_bytes=2000, times_its_size=0))
        with harness.record(context, path) as recording:
            page = context.new_page()
            page.goto(f"{serve_directory(site)}/index.html")
            for n in range(1, 7):
                page.evaluate(CHANGE, [n, 8])
                page.evaluate(ACT, n)
                page.fill("#in", f"typed {n}")
                page.focus("#b")
                page.mouse.move(10 * n, 20)
                page.keyboard.press("Tab")
                recording.mark(f"round {n}")
    context.close()
    return path


@pytest.fixture(scope="module")
def viewer(recorded: Path) -> Iterator[str]:
    listener = listen("127.0.0.1", None)
    config = uvicorn.Config(create_app(recorded), log_level="error", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/?bare=1"
    server.should_exit = True
    thread.join()


def without_checkpoints(route: Route) -> None:
    """The index as if each document had its first snapshot only."""
    answer = route.fetch()
    manifest: dict[str, Any] = answer.json()
    for document in manifest["index"]["documents"]:
        document["snapshots"] = document["snapshots"][:1]
    route.fulfill(response=answer, body=json.dumps(manifest))


def open_viewer(browser: Browser, url: str, handler: Callable[[Route], None] | None = None) -> Page:
    page = browser.new_page()
    if handler is not None:
        page.route("**/api/manifest", handler)
    page.goto(url)
    page.evaluate("() => harness.ready")
    return page


def differences(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Yield where two told scenes differ, the first ones first."""
    if isinstance(one, dict) and isinstance(other, dict):
        one, other = sorted(one.items()), sorted(other.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        name = str(one[0])[:20] if one and isinstance(one[0], str) else ""
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, f"{place}/{name}{number}")
    elif one != other:
        yield f"{place}: {str(one)[:900]} != {str(other)[:900]}"


def test_a_scene_from_a_checkpoint_is_the_scene_from_the_start(browser: Browser, recorded: Path, viewer: str) -> None:
    with RecordingReader(recorded) as reader:
        (document,) = (entry for entry in reader.index.documents if len(entry.snapshots) > 1)
        times = [t for t, _ in document.snapshots[1:]]
        assert reader.index.kinds["snapshot"] == len(reader.index.documents)
    assert len(times) >= 4
    from_checkpoints, from_start = open_viewer(browser, viewer), open_viewer(browser, viewer, without_checkpoints)
    for t in [*reversed(times), 1e9]:
        shown = []
        for page in (from_checkpoints, from_start):
            page.evaluate("(t) => harness.seek(t)", t)
            shown.append(page.evaluate(SHOWN))
        assert not list(differences(*map(json.loads, shown))), f"at {t} ms"
    from_checkpoints.close()
    from_start.close()


def test_replay_at_begins_at_checkpoints_and_tells_the_same(recorded: Path) -> None:
    with RecordingReader(recorded) as reader, harness.open(recorded) as replay:
        (document,) = (entry for entry in reader.index.documents if len(entry.snapshots) > 1)
        end = document.snapshots[-1][0] + 0.5
        mirror = DocumentMirror()
        for event in reader.events():
            if event.get("doc") == document.doc and event["t"] <= end and event["kind"] != "checkpoint":
                mirror.apply(event)
        shown = replay.at(end)
        assert mirror.root is not None
        expected = Document(mirror.root, t=end, page=1, urls={})
        for css in ("#in", "#box", "#sel", "#area", "p", "div"):
            assert [(e.text, e.value, e.checked, e.attributes) for e in shown.query(css)] == [
                (e.text, e.value, e.checked, e.attributes) for e in expected.query(css)
            ]
        assert len(shown.frames) == 1
