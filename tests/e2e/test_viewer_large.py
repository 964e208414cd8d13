"""Panels of a recording with 10,000 requests, 20,000 console lines and 5,000 steps: few elements, and no long task.

What counts is the time that the page's main thread worked (`tdur` of a trace), so that a busy machine fails nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.panel_recording import write_large
from tests.viewing import viewing

LIMIT_MS = 100
CATEGORIES = ["toplevel", "disabled-by-default-devtools.timeline"]
SCROLL = """async (selector) => {
  const list = document.querySelector(selector);
  for (let n = 1; n <= 25; n += 1) {
    list.scrollTop = (list.scrollHeight * n) / 25;
    await new Promise(requestAnimationFrame);
  }
  return list.querySelectorAll('.row').length;
}"""


@pytest.fixture(scope="module")
def large(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Page]]:
    path = write_large(tmp_path_factory.mktemp("large") / "run.replay")
    with viewing(path) as url:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        yield url, page
        page.close()


def longest_ms(browser: Browser, page: Page, work: Callable[[], object]) -> float:
    """Return the longest that the main thread of the page worked in one task."""
    browser.start_tracing(page=page, categories=CATEGORIES)
    try:
        work()
    finally:
        events = json.loads(browser.stop_tracing())["traceEvents"]
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    lengths = [
        event.get("tdur", 0) / 1000
        for event in events
        if event["name"].endswith("RunTask") and (event["pid"], event["tid"]) in main
    ]
    assert lengths
    return float(max(lengths))


def test_a_large_recording_opens_scrolls_and_searches_without_a_pause(
    browser: Browser, large: tuple[str, Page]
) -> None:
    url, page = large

    def opening() -> None:
        page.goto(url)
        page.evaluate("() => harness.ready")
        page.wait_for_selector(".steps-panel .list-space > .row")

    def scrolling() -> None:
        for tab in ("", "network", "console"):
            if tab:
                page.click(f"#tab-{tab}")
            assert page.evaluate(SCROLL, f"#panel-{tab} .list-body" if tab else ".steps-panel .list-body") < 80

    def filtering() -> None:
        for name in ("network", "console"):
            page.click(f"#tab-{name}")
            field = page.locator(f"#panel-{name} .filter-text")
            field.press_sequentially("77")
            field.fill("")
        page.click("#tab-network")
        for column in ("Size", "Name"):
            page.locator("#panel-network").get_by_role("button", name=column).click()

    def searching() -> None:
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        page.get_by_role("combobox", name="Search everything").press_sequentially("message 19")
        said = page.locator(".search .summary")
        expect(said).to_have_text("1,111 results")
        assert page.evaluate(SCROLL, "#search-results") < 80
        page.keyboard.press("Enter")
        expect(page.locator("#panel-console .detail-body")).to_contain_text("message 19")

    def seeking() -> None:
        for t in (600_000, 3_000_000, 1_800_000):
            page.evaluate("(t) => harness.seek(t)", t)

    for work in (opening, scrolling, filtering, searching, seeking):
        took = longest_ms(browser, page, work)
        print(f"{work.__name__}: {took:.0f} ms")
        assert took < LIMIT_MS, work.__name__
