"""The pages of a recording: their numbers, and when each was opened, closed or crashed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from harness.capture import driver
from harness.capture.guard import guarded


class Listener(Protocol):
    """Who wants to know what becomes of pages and frames."""

    def on_page(self, page: driver.Page) -> None: ...

    def on_page_gone(self, page: driver.Page) -> None: ...

    def on_frame_navigated(self, frame: driver.Frame) -> None: ...

    def on_frame_gone(self, frame: driver.Frame) -> None: ...


class PageRegistry:
    """Numbers pages from 1 in the order in which they are met, and tells of each in the file."""

    def __init__(self, emit: Callable[..., None], listener: Listener, on_fault: Callable[[Exception], None]) -> None:
        """`emit(kind, data, page)` writes an event of ours."""
        self._emit = emit
        self._listener = listener
        self._numbers: dict[Any, int] = {}
        self.on_fault = on_fault

    @guarded
    def meet(self, page: driver.Page) -> None:
        """Listener of the context's `page` event."""
        self.number_of(page)

    def number_of(self, page: driver.Page) -> int:
        """Return the page's number; a page that is not known yet is told of first."""
        known = self._numbers.get(page)
        if known is not None:
            return known
        number = self._numbers[page] = len(self._numbers) + 1
        opener = driver.opener_of(page)
        data = {"url": page.url, "opener": self._numbers.get(opener) if opener is not None else None}
        self._emit("page-open", {**data, "viewport": page.viewport_size}, page)
        self._listener.on_page(page)
        for event, listener in self._listeners():
            page.on(event, listener)
        return number

    def _listeners(self) -> list[tuple[str, Callable[..., None]]]:
        return [
            ("close", self._on_close),
            ("crash", self._on_crash),
            ("framedetached", self._on_detached),
            ("framenavigated", self._on_navigated),
        ]

    @guarded
    def _on_close(self, page: driver.Page) -> None:
        """The page is gone; its last batch may still be on its way, so the event is written after it."""
        self._listener.on_page_gone(page)
        for event, listener in self._listeners():
            page.remove_listener(event, listener)

    @guarded
    def _on_crash(self, page: driver.Page) -> None:
        self._emit("page-crash", {}, page)

    @guarded
    def _on_navigated(self, frame: driver.Frame) -> None:
        self._listener.on_frame_navigated(frame)

    @guarded
    def _on_detached(self, frame: driver.Frame) -> None:
        self._listener.on_frame_gone(frame)
