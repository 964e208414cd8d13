"""Errors that no code of the page caught: exceptions, and rejections that nobody handled."""

from __future__ import annotations

from collections import deque
from typing import Any

from harness.capture import driver
from harness.capture.signals.sink import Dropped, Sink, bounded
from harness.capture.signals.source_maps import SourceMaps

MAX_ERRORS = 1000  # of one recording; a page that throws in a loop says nothing new after that


class PageErrors:
    """Tells of each error once. That it was a rejection the page says, a moment before the driver tells of it."""

    def __init__(self, sink: Sink, maps: SourceMaps) -> None:
        self._sink = sink
        self._maps = maps
        self._rejected: deque[tuple[Any, str]] = deque(maxlen=32)
        self._told = 0
        self._dropped = Dropped(sink, f"more than {MAX_ERRORS} errors of pages")

    def start(self) -> None:
        self._sink.listen(self._sink.context, "weberror", self._on_error)

    def on_rejection(self, page: driver.Page, data: dict[str, Any]) -> None:
        self._rejected.append((page, str(data.get("message", ""))))

    def _on_error(self, told: Any) -> None:
        page, error = told.page, told.error
        message = str(getattr(error, "message", error))
        rejected = next((pair for pair in self._rejected if pair[0] is page and pair[1] in (message, "")), None)
        if rejected is not None:
            self._rejected.remove(rejected)
        self._told += 1
        if self._told > MAX_ERRORS:
            self._dropped.add()
            return
        stack = bounded(getattr(error, "stack", None) or "", 16_000)
        data = {
            "name": getattr(error, "name", None) or "Error",
            "message": bounded(message, 16_000),
            "stack": stack or None,
            "source": "unhandledrejection" if rejected is not None else "exception",
            "location": _location(getattr(told, "location", None)),
        }
        at_ms = self._sink.now_ms()
        if self._maps.knows_any_in(stack):
            self._sink.spawn(self._emit_mapped(data, page, at_ms))
        else:
            self._sink.emit("page-error", data, page, at_ms=at_ms)

    async def _emit_mapped(self, data: dict[str, Any], page: driver.Page, at_ms: float) -> None:
        try:
            data["original_stack"] = await self._maps.mapped_stack(data["stack"])
        finally:
            self._sink.emit("page-error", data, page, at_ms=at_ms)

    def finish(self) -> None:
        self._dropped.tell()


def _location(told: Any) -> dict[str, Any] | None:
    """Return {"url", "line", "column"}, from 1; None where the browser does not say."""
    if not told or not told.get("url"):
        return None
    line, column = told.get("line", told.get("lineNumber")), told.get("column", told.get("columnNumber"))
    return {"url": told["url"], "line": (line or 0) + 1, "column": (column or 0) + 1}
