"""What our buffer of mutations tells is what the page has become, after each round of the wildest changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from harness import published
from harness.capture.rrweb_patches import patched
from harness.javascript import js_dir, link
from harness.replay.document_mirror import DocumentMirror
from tests.e2e.test_document_mirror import PAGE, TELL, told_by

RECORD = """([source, fast, tell]) => {
    const module = { exports: {} };
    window.dom = (0, eval)(fast).fastDom(window, () => null);
    new Function('module', 'exports', 'define', 'fast', source)(module, module.exports, undefined, dom);
    window.told = [];
    window.tell = (0, eval)(tell);
    window.recorder = module.exports.record || module.exports.rrwebRecord?.record || rrwebRecord.record;
    recorder({ emit: (event) => told.push(JSON.stringify(event)) });
}"""

# Unlike CHANGE of test_document_mirror.py: between trees and shadow trees, several moves of one node in a task, nodes
# that come and go, what is filled while it is nowhere, buffers that are held back; and in each round what the page is.
CHANGE = """async ([seed, rounds]) => {
  let state = seed;
  const random = (n) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor(state / 65536) % n;
  };
  const pick = (list) => list[random(list.length)];
  const byId = (id) => document.getElementById(id);
  let n = 0;
  const make = (tag, content) => Object.assign(document.createElement(tag), { innerHTML: content });
  const host = byId('host');
  host.attachShadow({ mode: 'open' }).innerHTML = '<p>shadow <slot></slot></p><hr>';
  const roots = () => [document.body, host.shadowRoot];
  const KINDS = 'div:not(#host), p, b, i, li, ul, span, x-box';
  const elements = () => roots().flatMap((root) => [...root.querySelectorAll(KINDS)]);
  const away = [];
  const put = (node, target) => {
    if (!node.contains(target) && !(node.contains(host) && host.shadowRoot.contains(target))) {
      target.insertBefore(node, pick([null, ...[...target.childNodes].filter((other) => other !== node)]));
    }
  };
  const changes = [
    (node, target) => put(make(pick(['p', 'b', 'div']), 'n' + n++), target),
    (node, target) => target.prepend(make('div', `<b class=c${n}>${n++}</b> and <i>more<span></span></i><!-- -->`)),
    (node) => elements().length > 12 && !node.contains(host) && node.remove(),
    (node, target) => put(node, target),
    (node, target) => { put(node, target); put(node, pick(elements())); put(node, target); },
    (node) => !node.contains(host) && elements().length > 9 && (away.push(node), node.remove()),
    (node, target) => away.length && (pick(away).append('away' + n++), put(away.pop(), target)),
    (node) => node.replaceChildren(...[...node.childNodes].reverse(), 'r' + n++),
    (node) => node.firstChild && node.replaceChildren(node.firstChild),
    (node) => node.normalize(),
    (node) => [...node.childNodes].filter((c) => c.nodeType === 3).slice(0, 1).forEach((c) => (c.data += '+' + n++)),
    (node) => { node.title = 'x'; node.title = 'v' + n++; node.style.width = n + 'px'; },
    (node) => {
      node.style.cssText += `;--long-name-${n % 3}: ${'y'.repeat(60)}${n++}; color: rgb(1, 2, ${n % 9})`;
    },
    (node) => node.removeAttribute(pick(['title', 'style'])),
    (node, target) => put(node.cloneNode(node !== document.body && !node.querySelector('#host, #frame')), target),
    (node, target) => {
      const box = document.createElement('x-box');
      box.attachShadow({ mode: 'open' }).append(make('p', 'in' + n++), make('hr', ''));
      put(box, target);
      box.append('light');
      box.shadowRoot.append(make('b', 'late' + n));
      if (random(2)) put(box.shadowRoot.firstChild, pick(elements()));
    },
    (node, target) => {
      let inner = make('div', '');
      const outer = inner;
      for (let i = random(90); i > 0; i -= 1) inner = inner.appendChild(make('div', ''));
      inner.append('deep' + n++);
      if (elements().length < 400) put(outer, target);
      if (random(2)) inner.append(make('i', 'deeper'));
      if (random(2)) outer.remove();
    },
    (node, target) => { const piece = new DocumentFragment(); piece.append(...node.childNodes); target.append(piece); },
  ];
  for (let round = 0; round < rounds; round += 1) {
    for (let step = random(6); step >= 0; step -= 1) {
      const all = elements();
      if (!all.length) break;
      try {
        pick(changes)(pick(all), pick([...all, ...roots()]));
      } catch (error) {
        if (error.name !== 'HierarchyRequestError') throw error;
      }
    }
    if (round % 10 === 4) recorder.freezePage();
    if (round % 10 === 8) recorder.addCustomEvent('thaw', null);
    await new Promise((done) => setTimeout(done));
    if (round % 10 < 4 || round % 10 > 7) told.push(JSON.stringify({ is: tell() }));
  }
}"""


@pytest.fixture
def recorded(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.set_content(PAGE)
    source = published.path("rrweb-record.js").read_text("utf-8").rpartition("//# sourceMappingURL")[0]
    page.evaluate(RECORD, [patched(source), link(js_dir() / "recorder" / "fast_dom.js"), TELL])
    page.wait_for_function("() => told.some((text) => JSON.parse(text).data?.isAttachIframe)")
    yield page
    context.close()


@pytest.mark.parametrize("seed", range(1, 6))
def test_what_is_told_is_the_page_after_each_round(recorded: Page, seed: int) -> None:
    recorded.evaluate(CHANGE, [seed, 80])
    mirror = DocumentMirror()
    kinds = {0: "mutation", 3: "scroll", 5: "input"}
    compared = 0
    for text in recorded.evaluate("() => told"):
        event: dict[str, Any] = json.loads(text)
        if "is" not in event:
            source = event["data"].get("source") if event["type"] == 3 else None
            kind = "snapshot" if event["type"] == 2 else kinds.get(source, "other")  # type: ignore[arg-type]
            mirror.apply({"kind": kind, "t": 0, "data": event["data"]})
            continue
        assert told_by(mirror, recorded) == event["is"], f"round {compared}"
        compared += 1
    assert compared > 20
    assert mirror.dropped == 0
