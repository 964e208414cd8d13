"""Scrollbars take room in a browser with a window, and none in one without: the replay's boxes are the recorded ones in
both, whichever of them recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType

import harness
from tests.viewing import viewing

_PAGE = """<!doctype html><title>Things that scroll</title>
<style>
  #auto, #thin, #gutter, #narrow { width: 100px; height: 60px; overflow: auto; border: 1px solid }
  #thin { scrollbar-width: thin }
  #gutter { scrollbar-gutter: stable }
  #narrow::-webkit-scrollbar { width: 9px }
  p { height: 200px }
</style>
<div id=auto><p></div><div id=thin><p></div><div id=narrow><p></div><div id=gutter></div>
<textarea id=textarea rows=2>1
2
3
4</textarea>
<div id=host></div>
<p style="height: 2000px">
<script>
  host.attachShadow({ mode: 'open' }).innerHTML = '<div style="width: 80px; height: 40px; overflow: scroll"><p></div>';
</script>"""

_WIDTHS = """() => Object.fromEntries([
  ...[...document.querySelectorAll('[id]:not(#host)')].map((each) => [each.id, each.clientWidth]),
  ['in the shadow', document.querySelector('#host').shadowRoot.querySelector('div').clientWidth],
  ['page', document.documentElement.clientWidth],
])"""


@pytest.fixture(scope="module")
def with_scrollbars(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """A browser whose scrollbars take room, as they do in most windows."""
    browser = browser_type.launch(**browser_type_launch_args, ignore_default_args=["--hide-scrollbars"])
    yield browser
    browser.close()


@pytest.mark.parametrize("recorder", ["without", "with"])
def test_boxes_are_as_wide_as_they_were(
    recorder: str, browser: Browser, with_scrollbars: Browser, tmp_path: Path
) -> None:
    browsers: dict[str, Callable[..., Any]] = {"without": browser.new_context, "with": with_scrollbars.new_context}
    context = browsers[recorder](viewport={"width": 800, "height": 450})
    context.route("**/*", lambda route: route.fulfill(body=_PAGE, content_type="text/html"))
    with harness.record(context, tmp_path / "run.replay"):
        page = context.new_page()
        page.goto("http://scrolling.test/")
        page.evaluate("auto.scrollTop = 20; new Promise((done) => addEventListener('scroll', done, { capture: true }))")
        live = page.evaluate(_WIDTHS)
    context.close()
    assert (live["page"] < 800) == (recorder == "with")
    # Where scrollbars cannot take room, those that did are not to be had.
    viewers = ["without", "with"] if recorder == "without" else ["with"]
    with viewing(tmp_path / "run.replay") as url:
        for viewer in viewers:
            context = browsers[viewer](viewport={"width": 1000, "height": 700})
            shown = context.new_page()
            shown.goto(f"{url}?bare=1")
            shown.evaluate("harness.ready.then(() => harness.seek(harness.duration - 1))")
            stage = shown.query_selector("iframe[data-harness-document]")
            frame = stage.content_frame() if stage else None
            assert frame is not None
            assert frame.evaluate(_WIDTHS) == live, f"recorded {recorder}, seen {viewer}"
            context.close()
