"""What a page can see of the recorder in the built-ins: nothing."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext

import harness
from harness.storage.reader import RecordingReader

# Names, lengths, source texts and own keys of all functions of the platform's interfaces.
LOOK = """() => {
  const told = {};
  const tell = (name, owner) => {
    for (const [key, { get, set, value }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      for (const each of [get, set, value]) {
        if (typeof each !== 'function') continue;
        const text = Function.prototype.toString.call(each);
        told[`${name}.${key}`] = [each.name, each.length, text, String(each), Object.getOwnPropertyNames(each).join()];
      }
    }
  };
  for (const name of Object.getOwnPropertyNames(window)) {
    const each = window[name];
    if (typeof each !== 'function' || !each.prototype) continue;
    tell(`${name}.prototype`, each.prototype);
    told[name] = [each.name, each.length, String(each), each.prototype.constructor === each];
  }
  tell('CSS', CSS);
  tell('URL', URL);
  told.document = Object.getOwnPropertyNames(document).join();
  return told;
}"""

MISUSE = """() => {
  const tried = {};
  const attempt = (name, call) => {
    try { tried[name] = String(call()); } catch (error) { tried[name] = `${error.name}: ${error.message}`; }
  };
  const sheet = new CSSStyleSheet();
  attempt('insertRule', () => sheet.insertRule('no rule at all'));
  attempt('insertRule index', () => sheet.insertRule('a {}', 7));
  attempt('deleteRule', () => sheet.deleteRule(3));
  attempt('receiver', () => CSSStyleSheet.prototype.insertRule.call({}, 'a {}'));
  attempt('adopt', () => { document.adoptedStyleSheets = [1]; });
  attempt('FontFace', () => FontFace('a', 'b'));
  attempt('instance', () => new FontFace('a', 'url(b)') instanceof FontFace);
  attempt('property', () => CSS.registerProperty({ name: 'x', inherits: true }));
  attempt('attachShadow', () => document.createElement('br').attachShadow({ mode: 'open' }));
  attempt('toString', () => Function.prototype.toString.call({}));
  attempt('identity', () => document.adoptedStyleSheets === document.adoptedStyleSheets);
  return tried;
}"""


def test_built_ins_look_and_fail_as_without_a_recorder(
    context: BrowserContext, serve_pages: str, tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(f"{serve_pages}/shop.html")
    plain, plain_errors = page.evaluate(LOOK), page.evaluate(MISUSE)
    with harness.record(context, tmp_path / "run.replay"):
        page.reload()
        recorded, recorded_errors = page.evaluate(LOOK), page.evaluate(MISUSE)
    assert recorded_errors == plain_errors
    different = {name: (told, recorded.get(name)) for name, told in plain.items() if recorded.get(name) != told}
    assert not different, sorted(different)


_FRAME = """<div id=d><b>x</b></div><input id=i>
<script>
self.foreign = [];
const meet = (what, object, type) => { if (!(object instanceof type)) foreign.push(what); };
const meetAll = (when) => {
  for (const element of document.querySelectorAll('*')) {
    meet(`${when}: ${element.localName}`, element, Element);
    for (const node of element.childNodes) meet(`${when}: in ${element.localName}`, node, Node);
  }
};
for (const type of ['click', 'input', 'keydown', 'focusin', 'pointermove']) {
  window.addEventListener(type, (event) => {
    meet(type, event, Event);
    meet(`target of ${type}`, event.target, Node);
  }, true);
}
meetAll('while parsing');
</script><p>later</p>"""


def test_what_a_frame_of_its_origin_meets_is_of_the_frames_own_classes(
    context: BrowserContext, serve_pages: str, tmp_path: Path
) -> None:
    context.route("**/frame", lambda route: route.fulfill(body=_FRAME, content_type="text/html"))
    with harness.record(context, tmp_path / "run.replay"):
        page = context.new_page()
        page.goto(f"{serve_pages}/empty.html")
        page.evaluate("document.body.append(Object.assign(document.createElement('iframe'), { src: '/frame' }))")
        frame = page.frame_locator("iframe")
        frame.locator("#i").click()
        frame.locator("#i").press("a")
        inner = page.frames[1]
        inner.evaluate("() => { d.innerHTML += '<i>new</i>'; return new Promise(requestAnimationFrame); }")
        inner.evaluate("meetAll('at last')")
        foreign = inner.evaluate("foreign")
    assert foreign == []
    with RecordingReader(tmp_path / "run.replay") as reader:
        kinds = {event["kind"] for event in reader.events()}
    assert "mousemove" in kinds
    assert "touchmove" not in kinds, "its events are of the frame's own classes, too"
