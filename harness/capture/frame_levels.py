"""Frames of another origin in elements that are masked or hidden: they record themselves and cannot know.

The page around such a frame can. So where a page hides some of its elements, what its frames send waits until it is
known in which element they stand; then it is written, dropped, or asked for once more at the higher level.
"""

from __future__ import annotations

from typing import Any

from harness.capture.batch import Batch

MAX_HELD_CHARS = 16 << 20
Held = tuple[Batch, Any, Any]  # with its page and frame


class FrameLevels:
    """What is held back, by document; and the documents of which nothing is to be written."""

    def __init__(self) -> None:
        self._held: dict[str, list[Held]] = {}
        self._dropped: set[str] = set()

    def hold(self, doc: str) -> None:
        self._held[doc] = []

    def holds(self, doc: str) -> bool:
        return doc in self._held

    def keeps_back(self, held: Held) -> bool:
        """Whether a batch is not to be written now; it is kept if its document waits."""
        doc = held[0].doc
        if doc in self._dropped:
            return True
        if doc not in self._held:
            return False
        if sum(len(batch.lines) for batch, _, _ in self._held[doc]) > MAX_HELD_CHARS:
            self.drop(doc)
        else:
            self._held[doc].append(held)
        return True

    def release(self, doc: str) -> list[Held]:
        return self._held.pop(doc, [])

    def drop(self, doc: str) -> None:
        self._held.pop(doc, None)
        self._dropped.add(doc)
