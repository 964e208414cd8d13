"""The DOM mirror against the browser: after any changes the mirror's tree is the page's tree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from harness import published
from harness.replay.document import Document
from harness.replay.document_mirror import DocumentMirror
from harness.replay.nodes import DOCTYPE, ELEMENT, TEXT, Node

PAGE = """<!doctype html><html><head><style id=s1>p { color: red } b { margin: 0 }</style></head><body>
<ul id=list><li>one</li><li>two</li></ul><p style="margin: 1px; overflow: hidden">text<!-- note --></p>
<input id=in value=a><input type=checkbox id=box><select id=sel><option>x<option value=y>why</select>
<textarea id=area>old</textarea><div id=host></div><iframe id=frame srcdoc="<p>inner</p>"></iframe></body></html>"""

# The tree as both sides tell it; what stands for state is compared by itself.
TELL = """() => {
  const tell = (node) => {
    if (node.nodeType === 3) return node.data;
    if (node.nodeType === 10) return '!' + node.name;
    if (node.nodeType === 8 || node.tagName === 'SCRIPT') return null;
    const all = (nodes) => [...nodes].map(tell).filter((told) => told !== null);
    const inner = node.shadowRoot ? [['#shadow', {}, all(node.shadowRoot.childNodes)]] : [];
    if (node.tagName === 'IFRAME' && node.contentDocument?.documentElement) inner.push(tell(node.contentDocument));
    if (!['IFRAME', 'TEXTAREA', 'STYLE'].includes(node.tagName)) inner.push(...all(node.childNodes));
    const attributes = {};
    for (const { name, value } of node.attributes || [])
      if (!['value', 'checked', 'selected', 'src', 'srcdoc'].includes(name)) attributes[name] = value;
    if ('style' in attributes) attributes.style = [...node.style].map((name) => `${name}:${node.style[name]}`).sort();
    return [(node.tagName || '#document').toLowerCase(), attributes, inner];
  };
  return tell(document);
}"""

# Style attributes as the browser understands them; `revert-layer` stands for what is not set.
UNDERSTAND = """(texts) => texts.map((text) => {
  const { style } = Object.assign(document.createElement('p'), { style: text });
  return [...style].map((name) => `${name}:${style[name]}`).filter((one) => !one.endsWith(':revert-layer')).sort();
})"""

# The same changes for the same seed, a few at a time. Left out is what rrweb itself loses (2.1.6): nodes that
# move between a tree and a shadow tree, and a node that one call both removes and adds, as replaceChildren(child) does.
CHANGE = """async ([seed, rounds]) => {
  let state = seed;
  const random = (n) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor(state / 65536) % n;
  };
  const pick = (list) => list[random(list.length)];
  const byId = (id) => document.getElementById(id);
  const make = (tag, content) => Object.assign(document.createElement(tag), { innerHTML: content });
  const host = byId('host');
  if (!host.shadowRoot) host.attachShadow({ mode: 'open' }).innerHTML = '<p>shadow <slot></slot></p>';
  const roots = () => [document.body, host.shadowRoot, byId('frame')?.contentDocument?.body].filter(Boolean);
  const elements = () => roots().flatMap((r) => [...r.querySelectorAll('div:not(#host), p, b, i, li, ul, span')]);
  let n = 0;
  const changes = [
    (node, target) => target.insertBefore(make(pick(['p', 'b', 'div']), 'n' + n++), pick([null, ...target.childNodes])),
    (node, target) => target.insertBefore(make(pick(['i', 'span']), 'n' + n++), pick([null, ...target.childNodes])),
    (node, target) => target.prepend(make('div', `<b class=c${n}>${n++}</b> and <i>more<span></span></i>`)),
    (node) => elements().length > 12 && node.remove(),
    (node, target) => node.getRootNode() === target.getRootNode() && !node.contains(target)
      && target.insertBefore(node, pick([null, ...target.childNodes].filter((other) => other !== node))),
    (node) => [...node.childNodes].filter((c) => c.nodeType === 3).slice(0, 1).forEach((c) => (c.data += '+' + n++)),
    (node) => node.setAttribute(pick(['class', 'title', 'data-x']), 'v' + n++),
    (node) => pick([
      (style) => (style.color = pick(['red', 'blue', ''])), (style) => (style.margin = pick(['1px', '2px 3px', ''])),
      (style) => (style.overflow = pick(['hidden', ''])), (style) => (style.marginTop = pick(['5px', ''])),
      (style) => (style.overflowX = 'auto'),
    ])(node.style),
    (node) => [...node.childNodes].reverse().forEach((child) => node.append(child)),
    () => {
      byId('in').value = 'v' + n++;
      byId('box').checked = random(2) === 1;
      byId('sel').value = pick(['x', 'y']);
      byId('area').value = 'w' + n;
    },
    (node, target) => {
      const copy = node.cloneNode(true);
      copy.querySelector('#host')?.remove();
      target.append(copy);
    },
  ];
  for (let round = 0; round < rounds; round++) {
    for (let step = random(6); step >= 0; step--) {
      const all = elements();
      pick(changes)(pick(all), pick([...all, ...roots()]));
    }
    await new Promise((done) => setTimeout(done));
  }
}"""


def tell(node: Node, styles: list[Any]) -> Any:
    """Tell the tree as TELL does; the style attributes are left as they are and collected in `styles`."""
    if node.type == TEXT:
        return node.text
    if node.type == DOCTYPE:
        return f"!{(node.rest or {})['name']}"
    inner: list[Any] = []
    if node.shadow is not None:
        inner.append(["#shadow", {}, tell_all(node.shadow, styles)])
    if node.content is not None:
        inner.append(tell(node.content, styles))
    if node.tag not in ("textarea", "style"):
        inner += tell_all(node, styles)
    state = ("value", "checked", "selected", "src", "srcdoc", "_cssText")
    attributes = {name: value for name, value in node.attributes.items() if name not in state}
    if "style" in attributes:
        styles.append(attributes)
    return [node.tag or "#document", attributes, inner]


def tell_all(parent: Node, styles: list[Any]) -> list[Any]:
    return [
        tell(node, styles) for node in parent.children if node.type in (ELEMENT, TEXT, DOCTYPE) and node.tag != "script"
    ]


def told_by(mirror: DocumentMirror, page: Page) -> Any:
    """Return what TELL returns of a page, of the mirror's tree; `page` is asked how it understands style texts."""
    assert mirror.root is not None
    styles: list[Any] = []
    told = tell(mirror.root, styles)
    texts = [str(attributes["style"]) for attributes in styles]
    for attributes, style in zip(styles, page.evaluate(UNDERSTAND, texts), strict=True):
        attributes["style"] = style
    return told


def events_of(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(page.evaluate("() => JSON.stringify(window.events)"))
    kinds = {0: "mutation", 3: "scroll", 5: "input"}
    return [
        {**event, "t": 0, "kind": "snapshot" if event["type"] == 2 else kinds.get(event["data"].get("source"), "other")}
        for event in found
        if event["type"] in (2, 3)
    ]


@pytest.fixture
def recorded(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.set_content(PAGE)
    page.add_script_tag(content=published.path("rrweb-record.js").read_text("utf-8"))
    page.evaluate("() => { window.events = []; rrwebRecord.record({ emit: (event) => events.push(event) }); }")
    page.wait_for_function("() => events.some((event) => event.data.isAttachIframe)")
    yield page
    context.close()


@pytest.mark.parametrize("seed", range(1, 7))
def test_the_mirror_follows_random_changes(recorded: Page, seed: int) -> None:
    recorded.evaluate(CHANGE, [seed, 60])
    mirror = DocumentMirror()
    for event in events_of(recorded):
        mirror.apply(event)
    assert mirror.root is not None
    assert mirror.dropped == 0
    assert told_by(mirror, recorded) == recorded.evaluate(TELL)
    document = Document(mirror.root, t=0, page=1, urls={})
    for name in ("in", "area", "sel"):
        assert document.query(f"#{name}")[0].value == recorded.evaluate(
            f"() => document.getElementById('{name}').value"
        )
    assert document.query("#box")[0].checked == recorded.evaluate("() => document.getElementById('box').checked")
    # and the tree survives being written down
    again = DocumentMirror()
    for event in (
        {"kind": "snapshot", "data": mirror.snapshot()},
        *({"kind": "mutation", "data": f} for f in mirror.frames()),
    ):
        again.apply(event)
    assert again.snapshot() == mirror.snapshot()
    assert again.frames() == mirror.frames()
