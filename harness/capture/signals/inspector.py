"""The browser's own inspector, one CDP session a page, for the few things that Playwright does not tell.

Opened by itself, off the program's way; in browsers that do not speak CDP nothing is heard, and the format's
documentation says of which signals.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from harness.capture import driver
from harness.capture.signals.sink import Sink

Listeners = Mapping[str, Callable[[dict[str, Any]], None]]


class Inspectors:
    """Opens at most one session a page, and enables each of its domains once."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._sessions: dict[Any, asyncio.Task[Any]] = {}
        self._enabled: set[tuple[Any, str]] = set()

    def enable(self, page: driver.Page, domain: str, listeners: Listeners) -> None:
        """Listen to events of a domain of this page's inspector from as soon as it can be on."""
        if (page, domain) in self._enabled:
            return
        self._enabled.add((page, domain))
        self._sink.spawn(self._enable(page, domain, listeners))

    async def _enable(self, page: driver.Page, domain: str, listeners: Listeners) -> None:
        if page not in self._sessions:
            self._sessions[page] = driver.spawn(self._sink.context, driver.cdp_session(self._sink.context, page))
        session = await asyncio.shield(self._sessions[page])  # raises in other browsers: then there is no more to do
        for name, listener in listeners.items():
            self._sink.listen(session, name, listener)
        await driver.cdp_send(session, f"{domain}.enable", {})

    def forget(self, page: driver.Page) -> None:
        """The page is gone, and its session with it."""
        self._sessions.pop(page, None)
        self._enabled = {pair for pair in self._enabled if pair[0] is not page}

    async def close(self) -> None:
        """Detach from pages that stay open when the recording ends."""
        for opening in list(self._sessions.values()):
            if opening.done() and not opening.cancelled() and opening.exception() is None:
                try:
                    await asyncio.wait_for(opening.result().detach(), 1)
                except Exception:  # the page went away first
                    continue
        self._sessions.clear()
