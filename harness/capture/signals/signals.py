"""All signals of one recording: which are switched on, who takes them, and who hears of whom."""

from __future__ import annotations

import json
from typing import Any

from harness.capture import driver
from harness.capture.batch import Batch
from harness.capture.signals.actions import EFFECTS, Frustration
from harness.capture.signals.console import Console
from harness.capture.signals.dialogs import Dialogs
from harness.capture.signals.errors import PageErrors
from harness.capture.signals.files import Downloads
from harness.capture.signals.inspector import Inspectors
from harness.capture.signals.navigations import FrameNavigations
from harness.capture.signals.network import Network
from harness.capture.signals.sink import Sink
from harness.capture.signals.sockets import Sockets
from harness.capture.signals.source_maps import SourceMaps
from harness.capture.signals.steps import Steps

_SETTLE_S = 5
# What the driver sees that shows that a click did something.
_SEEN_EFFECTS = frozenset({"request", "dialog", "download", "navigation", "websocket"})


class Signals:
    """Listens from `start` to `stop` to what the driver sees, and to what the pages tell of their user."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        on = sink.signals
        self._inspectors = Inspectors(sink)
        self._steps = Steps(sink) if "steps" in on else None
        self._frustration = Frustration(sink) if "actions" in on else None
        self._maps = SourceMaps(sink)
        self._errors = PageErrors(sink, self._maps) if "errors" in on else None
        self._console = Console(sink) if "console" in on else None
        self._network = Network(sink) if "network" in on else None
        self._sockets = Sockets(sink, self._inspectors, self._network) if "sockets" in on else None
        self._of_pages = [
            part
            for part in (
                self._sockets,
                Dialogs(sink, self._inspectors) if "dialogs" in on else None,
                Downloads(sink) if "files" in on else None,
                FrameNavigations(sink) if "navigations" in on else None,
            )
            if part is not None
        ]

    def start(self) -> None:
        if self._errors is not None:
            self._maps.start()
        # Network before sockets, which name its requests.
        for part in (self._steps, self._network, self._sockets, self._console, self._errors):
            if part is not None:
                part.start()
        if self._frustration is not None:
            self._sink.observe(self._on_signal)

    def keep_source(self, file: str) -> None:
        """Keep the text of a source file that an event of somebody else's names."""
        if self._steps is not None:
            self._steps.keep_source(file)

    def on_page(self, page: driver.Page) -> None:
        """A page was opened, or was there when the recording began."""
        for part in self._of_pages:
            part.on_page(page)
        opener = driver.opener_of(page)
        if self._frustration is not None and opener is not None:
            self._frustration.on_effect(opener, self._sink.now_ms())

    def on_page_gone(self, page: driver.Page) -> None:
        self._inspectors.forget(page)

    def on_batch(self, batch: Batch, page: driver.Page) -> Batch:
        """Take what is meant for us from a page's lines; return the batch that is to be written."""
        batch, rejections = batch.taken("rejection")
        for line in rejections:  # notices for us alone: the driver tells of the error itself
            if self._errors is not None:
                self._errors.on_rejection(page, json.loads(line)["data"])
        if self._steps is not None:
            for line in batch.of_kind("input"):
                event = json.loads(line)
                self._steps.on_input(page, event["t"], event["data"].get("text"))
        for line in batch.of_kind("action"):
            event = json.loads(line)
            self._on_action(page, batch.doc, event["t"], event["data"])
        if self._frustration is not None and self._frustration.waits:
            for t, kind in batch.heads:
                if kind in EFFECTS:
                    self._frustration.on_effect(page, t)
                elif kind == "custom-error":
                    self._frustration.on_error(page, t, "the page reported an error")
            self._frustration.judge(batch.now_ms)
        return batch

    def _on_action(self, page: driver.Page, doc: str, t: float, action: dict[str, Any]) -> None:
        if self._steps is not None:
            self._steps.on_action(page, doc, t, action)
        if self._frustration is not None:
            self._frustration.on_action(page, doc, t, action)

    def _on_signal(self, kind: str, data: dict[str, Any], page: driver.Page | None, t: float) -> None:
        """Something the driver saw, before it is written."""
        assert self._frustration is not None
        if kind in _SEEN_EFFECTS:
            self._frustration.on_effect(page, t)
        elif kind in ("page-error", "custom-error"):
            self._frustration.on_error(page, t, data["message"])
        elif kind == "console" and data["level"] == "error":
            self._frustration.on_error(page, t, data["text"])
        elif kind == "step-end" and self._frustration.waits:
            self._frustration.judge(t)

    def tell(self, kind: str, data: dict[str, Any], *, new_id: str = "") -> None:
        """Take a signal that the program itself gives."""
        self._sink.emit(kind, {"id": self._sink.new_id(new_id), **data} if new_id else data)

    @property
    def waits_for_fields(self) -> bool:
        """Whether the program typed something of which the pages have not said yet how private it is."""
        return self._steps is not None and self._steps.waits_for_fields

    def all_told(self) -> None:
        """The pages have told all that happened in them so far."""
        if self._steps is not None:
            self._steps.all_told()

    async def settle(self) -> None:
        """Wait, for a bounded time, for what has been asked of the driver, and tell what was still held back."""
        await self._sink.settle(_SETTLE_S)
        for part in (self._console, self._errors, self._sockets):
            if part is not None:
                part.finish()
        if self._frustration is not None:
            self._frustration.judge(self._sink.now_ms())

    async def close(self) -> None:
        """The recording ends in a context that stays."""
        await self._inspectors.close()

    def stop(self) -> None:
        self._sink.stop()
