"""Which pictures may be kept, where elements differ from the recording's level.

The driver sees a picture's bytes before it knows in which element they stand; the page knows, and tells. So pictures
wait a moment before they are written. At the level `mask` those are kept that stand in an element that allows it, at
the other levels all but those of masked elements.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

MIMES = ("image/", "video/", "audio/")
# The page tells within the task in which it meets the element; what is left is the binding's way.
HOLD_S = 0.4
MAX_HELD_BYTES = 64 << 20


class Pictures:
    """What the pages said of pictures, by URL."""

    def __init__(self, *, kept: bool) -> None:
        """`kept` is for those of which nothing is said."""
        self._kept = kept
        self._told: dict[str, bool] = {}
        self._stored: set[str] = set()
        self._held_bytes = 0
        self._over = asyncio.Event()

    def take(self, told: Iterable[dict[str, Any]]) -> list[str]:
        """Take what a page says of pictures; return the URLs of those that are private and stored already."""
        late = []
        for data in told:
            url, private = str(data["url"]), bool(data["private"])
            # One element that hides it is enough.
            self._told[url] = not private and self._told.get(url, True)
            if private and url in self._stored:
                late.append(url)
        return late

    def may_keep(self, urls: Iterable[str]) -> bool:
        """Say whether what came from one of these URLs may be kept, as far as it is known now."""
        told = [self._told[url] for url in urls if url in self._told]
        return all(told) if told else self._kept

    async def allows(self, urls: list[str], size: int) -> bool:
        """Wait until the page has had time to say something of a picture of `size` bytes; return whether to keep it."""
        known = any(url in self._told for url in urls)
        if not known and not self._over.is_set() and self._held_bytes + size <= MAX_HELD_BYTES:
            self._held_bytes += size
            try:
                await asyncio.wait_for(self._over.wait(), HOLD_S)
            except TimeoutError:
                pass
            finally:
                self._held_bytes -= size
        keeps = self.may_keep(urls)
        if keeps:
            self._stored.update(urls)
        return keeps

    def release(self) -> None:
        """All that pages had to say has arrived."""
        self._over.set()
