"""Navigations of frames inside pages. Those of a page's own frame are told by its recorder, which knows their type."""

from __future__ import annotations

from harness.capture import driver
from harness.capture.signals.sink import Sink


class FrameNavigations:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def on_page(self, page: driver.Page) -> None:
        self._sink.listen(page, "framenavigated", self._on_navigated)

    def _on_navigated(self, frame: driver.Frame) -> None:
        if frame.parent_frame is not None and frame.url not in ("", "about:blank"):
            self._sink.emit("navigation", {"url": frame.url, "type": "navigate", "frame": True}, frame.page)
