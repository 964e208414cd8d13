"""Which element of which document shows a document that records itself, and whether it may be recorded there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from harness.capture import driver
from harness.capture.every_frame import LOCATE
from harness.capture.frame_levels import FrameLevels
from harness.privacy.levels import HIDDEN, MASK

_ATTEMPTS, _WAIT_S = 20, 0.1

_RAISE = """() => { const api = window.harnessRecorder;
    return api ? api[Symbol.for("harness")].raiseTo("mask") : false; }"""


class FrameJoiner:
    """Asks the page around each frame of another origin for the frame's place, and tells it."""

    def __init__(
        self,
        emit: Callable[..., None],
        *,
        level: Callable[[], int],
        take: Callable[..., None],
        forget: Callable[[str], None],
    ) -> None:
        """`take(batch, page, frame)` writes what was held back; `forget(doc)` is called where all of it is dropped."""
        self._emit = emit
        self._level = level
        self._take = take
        self._forget = forget
        self._held = FrameLevels()
        self.keeps_back = self._held.keeps_back
        self.hold = self._held.hold

    async def join(self, doc: str, page: driver.Page, frame: driver.Frame, since_ms: float) -> None:
        """Say which iframe element of which document shows this one, from its beginning on.

        The parent meets the element a little later than we do.
        """
        for _ in range(_ATTEMPTS):
            try:
                place = await driver.owner_evaluate(frame, LOCATE)
            except Exception:  # the frame is gone, or its parent navigated
                break
            if place is not None:
                if not await self._may_show(doc, frame, place["level"]):
                    return
                self._emit("document-frame", {"parent": place["doc"], "node": place["node"]}, page, doc, at_ms=since_ms)
                for held in self._held.release(doc):
                    self._take(*held)
                return
            await asyncio.sleep(_WAIT_S)
        if self._held.holds(doc):
            self._held.drop(doc)
            self._emit("gap", {"reason": "a frame of which nobody said how private it is", "lost": None}, page)

    async def _may_show(self, doc: str, frame: driver.Frame, level: int) -> bool:
        """Whether a frame that stands in an element of this level is recorded as it has to be."""
        if level < MASK or (level < HIDDEN and self._level() >= MASK):
            return True
        is_recorded_so = False
        if level < HIDDEN:
            try:
                # It begins anew then, with another document.
                is_recorded_so = not await driver.evaluate(frame, _RAISE)
            except Exception:  # the frame is gone
                pass
        if not is_recorded_so:
            self._held.drop(doc)
            self._forget(doc)
        return is_recorded_so
