"""The click that causes a navigation or an end, and the input before it: in how many of 100 runs are they in the file?

Ways of ending, in turn: a link, a handler that sets `location`, a form, `window.close()` by a click in a popup, and the
program closing the page, the context, or (in a browser of its own) the browser at once after the click.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Browser, Page

import harness
from benchmarks.chromium import again
from benchmarks.figures import Figure, Part, Run, Spread

RUNS = 100
_CLICK = 2  # rrweb's MouseInteractions.Click

_PAGE = """<!doctype html><title>start</title><h1>Start</h1>
<form action="/next" id="form"><input id="name" name="name"><button id="submit">Send</button></form>
<a id="link" href="/next">Next</a> <button id="assign" onclick="location = '/next'">Go</button>
<button id="stay" onclick="document.title = 'clicked'">Stay</button>
<button id="close" onclick="window.close()">Close</button>"""

End = Callable[[Page, Browser], Awaitable[None]]


async def _stays(page: Page, _: Browser) -> None:
    await page.wait_for_url("**/next*")


async def _close_page(page: Page, _: Browser) -> None:
    await page.close()


async def _close_context(page: Page, _: Browser) -> None:
    await page.context.close()


async def _close_browser(_: Page, browser: Browser) -> None:
    await browser.close()


async def _nothing(_: Page, __: Browser) -> None:
    pass


# what is clicked -> how the page ends then
WAYS: dict[str, tuple[str, End]] = {
    "a link": ("#link", _stays),
    "location in the handler": ("#assign", _stays),
    "a form": ("#submit", _stays),
    "window.close()": ("#close", _nothing),
    "page.close()": ("#stay", _close_page),
    "context.close()": ("#stay", _close_context),
    "browser.close()": ("#stay", _close_browser),
}


async def run(run: Run) -> Part:
    runs = 2 * len(WAYS) if run.quick else RUNS
    kept: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for number in range(runs):
        name = list(WAYS)[number % len(WAYS)]
        tried[name] += 1
        kept[name] += await _attempt(run.browser, run.directory / f"{number}.replay", name, f"value {number}")
    total = sum(kept.values())
    figures = [
        Figure(f"kept, of {runs} runs", Spread.of([total]), must=f"{runs}", met=total == runs),
        *(Figure(f"  {name}, of {tried[name]}", Spread.of([kept[name]])) for name in WAYS),
    ]
    return Part("The last click and the input before it are in the file", figures, samples={"kept": dict(kept)})


async def _attempt(shared: Browser, path: Path, name: str, text: str) -> bool:
    button, end = WAYS[name]
    browser = await again(shared) if end is _close_browser else shared
    context = await browser.new_context()

    async def answer(route: object, request: object) -> None:
        await route.fulfill(content_type="text/html", body=_PAGE if request.url.endswith("/") else "<h1>Next</h1>")  # type: ignore[attr-defined]

    await context.route("http://bench.test/**", answer)
    recording = harness.record(context, path)
    await recording.start()
    page = await context.new_page()
    if name == "window.close()":  # a script may close only what a script opened
        async with page.expect_popup() as popup:
            await page.evaluate("void window.open('about:blank')")
        page = await popup.value
    await page.goto("http://bench.test/")
    await page.fill("#name", text)
    if name == "window.close()":
        async with page.expect_event("close"):
            await page.click(button)
    else:
        await page.click(button)
    await end(page, browser)
    await recording.stop()
    if end is not _close_browser:
        await context.close()
    with harness.open(path) as replay:
        events = list(replay.events(kinds=("input", "mouse")))
    clicked = any(event["kind"] == "mouse" and event["data"]["type"] == _CLICK for event in events)
    return clicked and any(event["data"].get("text") == text for event in events)
