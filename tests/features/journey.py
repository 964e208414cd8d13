"""Puts a feature page through its steps while it is recorded, and keeps how it looked at each check."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Request

import harness
from tests.features.look import KEEP_CLOSED_ROOTS, Look, look_at
from tests.features.steps import FeaturePage, Step

VIEWPORT = {"width": 800, "height": 450}

# Everything that was asked for has come and is painted, and the recorder has nothing left to tell of it.
_SETTLED = """async () => {
  await document.fonts.ready;
  const images = [...document.images].filter((image) => !image.complete && image.loading !== 'lazy');
  await Promise.all(images.map((image) => new Promise((done) => { image.onload = image.onerror = done; })));
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  await self.harnessRecorder?.[Symbol.for('harness')].finish();
  return Date.now();
}"""

_PAINTED = {"image", "stylesheet", "font"}  # the types of request that a check waits for

_MEDIA: dict[str, dict[str, Any]] = {
    "dark": {"color_scheme": "dark"},
    "light": {"color_scheme": "light"},
    "print": {"media": "print"},
    "screen": {"media": "screen"},
    "reduced-motion": {"reduced_motion": "reduce"},
    "any-motion": {"reduced_motion": "no-preference"},
    "forced-colors": {"forced_colors": "active"},
    "own-colors": {"forced_colors": "none"},
    "more-contrast": {"contrast": "more"},
}


@dataclass(frozen=True, slots=True)
class Check:
    label: str
    page: int  # place in the order of opening
    epoch_ms: int
    look: Look
    is_paused: bool = False  # its animations stand still by themselves, and are to be seen where they stand


def record(browser: Browser, site_url: str, feature: FeaturePage, path: Path) -> list[Check]:
    """Record the feature page into `path` and return what it looked like at its checks."""
    context = browser.new_context(**{"viewport": VIEWPORT, "locale": "en-US", "timezone_id": "UTC", **feature.context})
    try:
        context.add_init_script(KEEP_CLOSED_ROOTS)
        with harness.record(context, path):
            journey = Journey(context.new_page(), site_url)
            journey.page.goto(f"{site_url}/{feature.name}.html")
            for step in feature.steps:
                journey.take(step)
        return journey.checks
    finally:
        context.close()


class Journey:
    """The steps' verbs are the methods named `do_VERB`; what they share is the page that is being acted on."""

    def __init__(self, page: Page, site_url: str) -> None:
        self.page = page
        self.checks: list[Check] = []
        self._site_url = site_url
        self._loading: set[Request] = set()
        context = page.context
        context.on("request", self._note_begun)
        context.on("requestfinished", self._note_ended)
        context.on("requestfailed", self._note_ended)

    def _note_begun(self, request: Request) -> None:
        if request.resource_type in _PAINTED:
            self._loading.add(request)

    def _note_ended(self, request: Request) -> None:
        self._loading.discard(request)

    def take(self, step: Step) -> None:
        getattr(self, f"do_{step.verb.replace('-', '_')}")(step.argument)

    def do_check(self, label: str) -> None:
        self._check(label, is_paused=False)

    def do_check_paused(self, label: str) -> None:
        """`check-paused LABEL`: a check while the page's animations are paused half way."""
        self._check(label, is_paused=True)

    def _check(self, label: str, *, is_paused: bool) -> None:
        page = self.page
        epoch_ms = page.evaluate(_SETTLED)
        while self._loading:
            while self._loading:
                page.evaluate(_SETTLED)
            epoch_ms = page.evaluate(_SETTLED)  # what has come is painted too
        place = page.context.pages.index(page)
        look = look_at(page, page.main_frame, is_paused=is_paused)
        self.checks.append(Check(label or str(len(self.checks) + 1), place, epoch_ms, look, is_paused))

    def do_run(self, javascript: str) -> None:
        self.page.evaluate(f"async () => {{ {javascript} }}")

    def do_wait(self, javascript: str) -> None:
        self.page.wait_for_function(javascript)

    def do_hover(self, selector: str) -> None:
        self.page.hover(selector)

    def do_click(self, selector: str) -> None:
        self.page.click(selector)

    def do_tap(self, selector: str) -> None:
        self.page.tap(selector)

    def do_focus(self, selector: str) -> None:
        self.page.focus(selector)

    def do_press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def do_type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def do_fill(self, argument: str) -> None:
        """`fill SELECTOR TEXT`, quoted as in a shell."""
        selector, text = shlex.split(argument)
        self.page.fill(selector, text)

    def do_select(self, argument: str) -> None:
        selector, *values = shlex.split(argument)
        self.page.select_option(selector, values)

    def do_mouse(self, argument: str) -> None:
        """`mouse X Y`: move there; `mouse down`, `mouse up`."""
        if argument in ("down", "up"):
            getattr(self.page.mouse, argument)()
        else:
            x, y = argument.split()
            self.page.mouse.move(float(x), float(y))

    def do_wheel(self, argument: str) -> None:
        x, y = argument.split()
        self.page.mouse.wheel(float(x), float(y))

    def do_media(self, name: str) -> None:
        self.page.emulate_media(**_MEDIA[name])

    def do_cdp(self, argument: str) -> None:
        """`cdp METHOD {PARAMETERS}`: what the browser's protocol can do and Playwright's API cannot."""
        method, parameters = argument.split(maxsplit=1)
        session = self.page.context.new_cdp_session(self.page)
        session.send(method, json.loads(parameters))

    def do_viewport(self, size: str) -> None:
        width, height = size.split("x")
        self.page.set_viewport_size({"width": int(width), "height": int(height)})

    def do_goto(self, path: str) -> None:
        self._loading.clear()  # what is left behind will not come
        self.page.goto(f"{self._site_url}/{path}")

    def do_back(self, _: str) -> None:
        self.page.go_back()

    def do_forward(self, _: str) -> None:
        self.page.go_forward()

    def do_reload(self, _: str) -> None:
        self.page.reload()

    def do_frame(self, argument: str) -> None:
        """`frame SELECTOR JAVASCRIPT`: run it in that frame, of whatever origin."""
        selector, javascript = argument.split(maxsplit=1)
        element = self.page.wait_for_selector(selector)
        frame = element.content_frame() if element else None
        assert frame is not None
        frame.evaluate(f"async () => {{ {javascript} }}")

    def do_popup(self, selector: str) -> None:
        """Click, and go on with the page that opens."""
        with self.page.expect_popup() as opened:
            self.page.click(selector)
        self.page = opened.value
        self.page.wait_for_load_state()

    def do_page(self, number: str) -> None:
        """Go on with another page: 1 is the first that was opened."""
        self.page = self.page.context.pages[int(number) - 1]
        self.page.bring_to_front()
