"""When a recording keeps nothing: before a page starts it, while it is paused, after a page has stopped it."""

from __future__ import annotations

from harness.capture.batch import Batch


class Silence:
    """The spans of silence so far; all times are ms since the recording's start.

    Of what the driver sees, what counts is when it is told. A page's batches come late, so of these it is when each
    event happened.
    """

    def __init__(self, *, started: bool) -> None:
        self.started = started  # whether documents that begin now are recorded, as far as there is no pause
        self._spans: list[tuple[float, float]] = []
        self._since_ms: float | None = None

    @property
    def is_on(self) -> bool:
        return self._since_ms is not None

    @property
    def hears(self) -> bool:
        return self.started and self._since_ms is None

    def begin(self, at_ms: float) -> None:
        if self._since_ms is None:
            self._since_ms = at_ms

    def end(self, at_ms: float) -> None:
        if self._since_ms is not None:
            self._spans.append((self._since_ms, at_ms))
            self._since_ms = None

    def outside(self, batch: Batch) -> Batch | None:
        """Return what of the batch is to be kept: nothing that happened in a silence."""
        spans = self._spans if self._since_ms is None else [*self._spans, (self._since_ms, float("inf"))]
        kept: Batch | None = batch
        for start, end in spans:
            if kept is not None:
                kept = kept.without(start, end)
        return kept
