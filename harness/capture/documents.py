"""The documents that record themselves: which frame shows which, and what of each did not arrive."""

from __future__ import annotations

from collections.abc import Callable

from harness.capture import driver
from harness.capture.batch import Batch


class Documents:
    """Each has a stream of its own, named by the id that its recorder made up."""

    def __init__(self, emit: Callable[..., None]) -> None:
        """`emit(kind, data, page, doc, at_ms=…)` writes an event of ours."""
        self._emit = emit
        self._known: set[str] = set()
        self._shown: dict[driver.Frame, str] = {}
        self._received: dict[str, int] = {}
        self._faults: dict[str, int] = {}

    def meet(self, batch: Batch, frame: driver.Frame) -> bool:
        """Return whether this is the first batch of its document, which takes the place of the frame's last one."""
        if batch.doc in self._known:
            return False
        self.end(frame, batch.first_ms)
        self._shown[frame] = batch.doc
        self._known.add(batch.doc)
        return True

    def end(self, frame: driver.Frame, at_ms: float | None = None) -> None:
        """The frame shows its document no more."""
        doc = self._shown.pop(frame, None)
        if doc is not None:
            self._emit("document-end", {}, frame.page, doc, at_ms=at_ms)

    def end_all(self, page: driver.Page) -> None:
        for frame in [frame for frame in self._shown if frame.page is page]:
            self.end(frame)

    def forget(self, doc: str) -> None:
        """Nothing of this document is in the file."""
        self._shown = {frame: name for frame, name in self._shown.items() if name != doc}

    def count_losses(self, batch: Batch, page: driver.Page) -> None:
        """Tell of batches that are missing before this one, and of faults in the page."""
        received = self._received.get(batch.doc, 0)
        if batch.sent_before > received:
            lost = batch.sent_before - received
            self._emit("gap", {"reason": "batches of the page did not arrive", "lost": lost}, page, batch.doc)
        self._received[batch.doc] = max(received, batch.sent_before + batch.count)
        if batch.faults > self._faults.get(batch.doc, 0):
            lost = batch.faults - self._faults.get(batch.doc, 0)
            self._emit("gap", {"reason": "the recorder failed in the page", "lost": lost}, page, batch.doc)
            self._faults[batch.doc] = batch.faults
