"""Dialogs: alert, confirm, prompt and beforeunload, with their text and the answer.

A listener to Playwright's `dialog` would change what happens: the driver answers dialogs by itself only where nobody
listens. So they are heard at the browser's inspector, which tells of them whoever answers. Chromium only; elsewhere
the answer of a program that handles dialogs is among its steps.
"""

from __future__ import annotations

from typing import Any

from harness.capture import driver
from harness.capture.signals.inspector import Inspectors
from harness.capture.signals.sink import Sink, bounded


class Dialogs:
    def __init__(self, sink: Sink, inspectors: Inspectors) -> None:
        self._sink = sink
        self._inspectors = inspectors
        self._open: dict[Any, str] = {}  # page: id of the dialog that it shows

    def on_page(self, page: driver.Page) -> None:
        listeners = {
            "Page.javascriptDialogOpening": lambda event: self._on_open(page, event),
            "Page.javascriptDialogClosed": lambda event: self._on_close(page, event),
        }
        self._inspectors.enable(page, "Page", listeners)

    def _on_open(self, page: driver.Page, event: dict[str, Any]) -> None:
        number = self._open[page] = self._sink.new_id("d")
        data = {"id": number, "type": event["type"], "message": bounded(event["message"], 4000)}
        self._sink.emit("dialog", {**data, "default": event.get("defaultPrompt") or None}, page)

    def _on_close(self, page: driver.Page, event: dict[str, Any]) -> None:
        number = self._open.pop(page, None)
        if number is None:
            return
        answer = event.get("userInput") or None
        if answer is not None and self._sink.privacy != "allow":
            answer = "*" * len(answer)
        self._sink.emit("dialog-end", {"id": number, "accepted": bool(event["result"]), "answer": answer}, page)
