"""Pictures of canvases that a page may not read itself: the driver's screenshot of the place where they stand.

A canvas is tainted by an image of another origin, and its page says only that it was drawn to. What lies over the
canvas is in such a picture, and what is scrolled out of sight is not.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from harness.capture import driver
from harness.capture.batch import Batch

_MARK = '"unreadable":"SecurityError"'
_TIMEOUT_S = 3

_FIND = """id => { const api = window.harnessRecorder; return api ? api[Symbol.for("harness")].node(id) : null; }"""
_INSETS = """canvas => { const style = getComputedStyle(canvas); const px = (name) => parseFloat(style[name]) || 0;
    const side = (name) => px(`border${name}Width`) + px(`padding${name}`);
    return { left: side("Left"), top: side("Top"), right: side("Right"), bottom: side("Bottom"),
             width: canvas.width, height: canvas.height }; }"""

Emit = Callable[..., None]


class CanvasPictures:
    """Takes one picture of a canvas at a time; one that was drawn to meanwhile is taken again."""

    def __init__(self, context: driver.Context, emit: Emit, spawn: Callable[[Any], None]) -> None:
        """`emit(kind, data, page, doc, at_ms=…)` writes an event of ours."""
        self._context = context
        self._emit = emit
        self._spawn = spawn
        self._due: dict[tuple[str, int], float | None] = {}

    def on_batch(self, batch: Batch, page: driver.Page, frame: driver.Frame) -> None:
        """Look for canvases that were drawn to and could not be read."""
        for line in batch.of_kind("canvas"):
            if _MARK not in line:
                continue
            event = json.loads(line)
            if event["data"].get("unreadable") != "SecurityError":
                continue
            key = batch.doc, int(event["data"]["id"])
            is_under_way = key in self._due
            self._due[key] = float(event["t"])
            if not is_under_way:
                self._spawn(self._take(key, page, frame))

    async def _take(self, key: tuple[str, int], page: driver.Page, frame: driver.Frame) -> None:
        try:
            while (at_ms := self._due.get(key)) is not None:
                self._due[key] = None
                picture = await asyncio.wait_for(self._picture(page, frame, key[1]), _TIMEOUT_S)
                if picture is not None:
                    self._emit("canvas", {"id": key[1], **picture}, page, key[0], at_ms=at_ms)
        except Exception:  # the page is gone, hangs, or is no Chromium's: the canvas stays a placeholder
            return
        finally:
            self._due.pop(key, None)

    async def _picture(self, page: driver.Page, frame: driver.Frame, node: int) -> dict[str, Any] | None:
        """Return size and image of a canvas; None where it is not in sight."""
        element = await driver.find_element(frame, _FIND, node)
        if element is None:
            return None
        try:
            box = await driver.box_of(element)
            insets = await driver.element_evaluate(element, _INSETS)
        finally:
            await element.dispose()
        if box is None:
            return None
        session = await driver.cdp_session(self._context, page)
        try:
            viewport = (await driver.cdp_send(session, "Page.getLayoutMetrics", {}))["cssVisualViewport"]
            left, top = box["x"] + insets["left"], box["y"] + insets["top"]
            width = box["width"] - insets["left"] - insets["right"]
            height = box["height"] - insets["top"] - insets["bottom"]
            is_in_sight = left >= 0 and top >= 0 and left + width <= viewport["clientWidth"]
            if not (is_in_sight and width > 0 and 0 < height <= viewport["clientHeight"] - top):
                return None
            clip = {"x": left + viewport["pageX"], "y": top + viewport["pageY"], "width": width, "height": height}
            answer = await driver.cdp_send(
                session, "Page.captureScreenshot", {"format": "png", "clip": {**clip, "scale": 1}}
            )
        finally:
            await session.detach()
        image = f"data:image/png;base64,{answer['data']}"
        return {"width": insets["width"], "height": insets["height"], "image": image, "shot": True}
