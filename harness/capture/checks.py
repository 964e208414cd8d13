"""Fidelity checks: what the live page looks like at a mark, kept beside it so that the replay can be compared with it.

A check costs the page a walk over its boxes and a screenshot, so it is made only where it is asked for. The screenshot
is taken as the page stands: animations run on, and the caret blinks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from harness.capture import driver
from harness.fidelity.layout import Layout, layout_script
from harness.fidelity.pixels import covered
from harness.storage.writer import RecordingWriter

TIMEOUT_S = 15  # a page that hangs is not checked

# A page that is not recorded (yet) masks nothing that a check could know of, so it is not looked at.
_SCOPE = 'window.harnessRecorder[Symbol.for("harness")].checkScope'
_IS_RECORDED = "window.harnessRecorder && window.harnessRecorder.isRecording"

Emit = Callable[..., None]


class Checker:
    """Takes checks of the pages of one recording."""

    def __init__(self, writer: RecordingWriter, emit: Emit, *, started_at: float, keeps_pictures: bool) -> None:
        """`emit(kind, data, page, at_ms=…)` writes an event; without pictures only layouts are kept."""
        self._writer = writer
        self._emit = emit
        self._started_at = started_at
        self._keeps_pictures = keeps_pictures

    async def check(self, page: driver.Page, label: str) -> None:
        """Keep the page's look at this moment; what goes wrong is said in the event and raises nothing."""
        try:
            await asyncio.wait_for(self._check(page, label), TIMEOUT_S)
        except Exception as error:  # closed, navigating, crashed or hanging; Playwright has no type of its own for it
            self._emit(
                "check", {"label": label, "omitted": f"the page could not be looked at ({type(error).__name__})"}, page
            )

    async def _check(self, page: driver.Page, label: str) -> None:
        raw = await driver.evaluate(page.main_frame, f"() => {_IS_RECORDED} ? ({layout_script(_SCOPE)})() : null")
        if raw is None:
            self._emit("check", {"label": label, "omitted": "the page is not being recorded"}, page)
            return
        layout = Layout.from_json(raw)
        looked_ms, now_ms = layout.now_ms - self._started_at, time.time() * 1000 - self._started_at
        if not now_ms - TIMEOUT_S * 1000 <= looked_ms <= now_ms + 1:
            looked_ms = now_ms  # the page's clock is not ours
        data: dict[str, Any] = {"label": label, "url": layout.url}
        data["viewport"] = {"width": layout.width, "height": layout.height}
        data["scale"] = layout.scale
        if self._keeps_pictures:
            png = await driver.screenshot(page)
            png = await asyncio.to_thread(covered, png, layout.masked, layout.scale)
            data["screenshot"] = self._writer.write_asset(png, "image/png")
        data["digest"] = self._writer.write_asset(layout.to_bytes(), "application/json")
        self._emit("check", data, page, at_ms=looked_ms)
