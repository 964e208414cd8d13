"""Firefox and WebKit have no Chrome DevTools Protocol: everything that does not need it is recorded all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Dialog, Error, expect

import harness
from harness.capture import driver

_PAGE = """<!doctype html><title>No inspector</title>
<link rel=icon href="data:,"><h1 id=heading>Before</h1><input id=name>
<button id=go onclick="confirm('Sure?'); heading.textContent = 'After'; console.warn('went'); fetch('/data.json')">
Go</button>
<div><template shadowrootmode=closed><p>declared closed</p></template></div>
<iframe srcdoc="<button id=inner onclick='this.textContent = 1'>0</button>"></iframe>
<canvas id=canvas width=20 height=20></canvas><script>canvas.getContext('2d').fillRect(0, 0, 9, 9)</script>"""


@pytest.fixture
def without_cdp(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> None:
        raise Error("CDP session is only available in Chromium")

    monkeypatch.setattr(driver, "cdp_session", refuse)


@pytest.mark.usefixtures("without_cdp")
def test_all_but_what_needs_cdp_is_recorded(context: BrowserContext, tmp_path: Path) -> None:
    context.route("**/*", lambda route: route.fulfill(body=_PAGE, content_type="text/html"))
    context.route("**/data.json", lambda route: route.fulfill(json={"stock": 3}))
    page = context.new_page()
    page.goto("http://shop.test/")
    answered: list[str] = []

    def answer(dialog: Dialog) -> None:
        answered.append(dialog.message)
        dialog.accept()

    page.on("dialog", answer)
    # The page is there already: what it had loaded cannot be asked for.
    with harness.record(context, tmp_path / "run.replay"):
        page.locator("#name").fill("Ada")
        with page.expect_response("**/data.json"):
            page.locator("#go").click()
        page.frame_locator("iframe").locator("#inner").click()
        expect(page.locator("#heading")).to_have_text("After")
        page.reload()
    assert answered == ["Sure?"]
    with harness.open(tmp_path / "run.replay") as replay:
        assert replay.info["lost_events"] == 0
        assert "gap" not in {event["kind"] for event in replay.events()}
        assert [step.title for step in replay.steps if step.error] == []
        assert [message.text("text") for message in replay.console if message.level == "warning"] == ["went"]
        assert any(request.url.endswith("/data.json") and request.status == 200 for request in replay.network)
        assert any(action.name == "click on «Go»" for action in replay.actions)
        changed = next(step for step in replay.steps if step.title.startswith('Expect "to_have_text"'))
        dom = replay.at(changed.end_ms or 0)
        assert [heading.text for heading in dom.query("#heading")] == ["After"]
        assert any(event["kind"] == "canvas" for event in replay.events())
