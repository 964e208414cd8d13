"""What stays open: WebSockets, and server-sent events where the browser speaks CDP."""

from __future__ import annotations

import base64
from collections import deque
from typing import Any

from harness.capture import driver
from harness.capture.signals.inspector import Inspectors
from harness.capture.signals.network import Network
from harness.capture.signals.sink import Dropped, Sink

MAX_MESSAGE_CHARS = 16 * 1024
MAX_MESSAGES = 2000  # of one socket; what comes after is counted


class Sockets:
    """Tells of each socket its messages and its end."""

    def __init__(self, sink: Sink, inspectors: Inspectors, network: Network | None) -> None:
        self._sink = sink
        self._inspectors = inspectors
        self._network = network
        self._unnamed: dict[Any, deque[str]] = {}  # page: its streams, by our ids, that had no message yet
        self._counted: list[_Counted] = []
        self._streams: dict[tuple[Any, str], str] = {}  # page and the browser's id of a stream: ours

    def start(self) -> None:
        self._sink.listen(self._sink.context, "request", self._on_request)

    def on_page(self, page: driver.Page) -> None:
        self._sink.listen(page, "websocket", lambda socket: self._on_socket(page, socket))

    def finish(self) -> None:
        for counted in self._counted:
            counted.finish()

    # --------------------------------------------------------------------------------------------------- WebSockets

    def _on_socket(self, page: driver.Page, socket: Any) -> None:
        number = self._sink.new_id("w")
        self._sink.emit("websocket", {"id": number, "url": socket.url}, page)
        counted = _Counted(self._sink, page, number)
        error: list[str] = []
        self._counted.append(counted)

        def on_close(_: Any = None) -> None:
            counted.finish()
            self._sink.emit("websocket-close", {"id": number, "error": error[0] if error else None}, page)

        self._sink.listen(socket, "framesent", lambda content: counted.message("sent", content))
        self._sink.listen(socket, "framereceived", lambda content: counted.message("received", content))
        self._sink.listen(socket, "socketerror", lambda text: error.append(str(text)))
        self._sink.listen(socket, "close", on_close)

    # ------------------------------------------------------------------------------------------- server-sent events

    def _on_request(self, request: driver.Request) -> None:
        """The first stream of a page is when its inspector is asked for messages: pages without one pay nothing."""
        if request.resource_type != "eventsource":
            return
        page = driver.page_of_request(request)
        number = self._network.id_of(request) if self._network is not None else None
        if page is not None:
            self._unnamed.setdefault(page, deque()).append(number or self._sink.new_id("r"))
            listeners = {"Network.eventSourceMessageReceived": lambda event: self._on_event(page, event)}
            self._inspectors.enable(page, "Network", listeners)

    def _on_event(self, page: driver.Page, event: dict[str, Any]) -> None:
        key = (page, str(event.get("requestId")))
        if key not in self._streams:  # streams get their first message in the order in which they were opened, mostly
            unnamed = self._unnamed.get(page)
            self._streams[key] = unnamed.popleft() if unnamed else self._sink.new_id("r")
        data = str(event.get("data", ""))
        told: dict[str, Any] = {"id": self._streams[key], "event": event.get("eventName") or "message"}
        if event.get("eventId"):
            told["last_id"] = event["eventId"]
        self._sink.emit("server-sent-event", {**told, **_content(data, self._sink.privacy == "mask", "data")}, page)


class _Counted:
    """Writes the messages of one socket, and counts those that are too many."""

    def __init__(self, sink: Sink, page: driver.Page, number: str) -> None:
        self._sink = sink
        self._page = page
        self._number = number
        self._written = 0
        self._dropped = Dropped(sink, f"more than {MAX_MESSAGES} messages of WebSocket {number}")

    def message(self, direction: str, content: str | bytes) -> None:
        if self._written >= MAX_MESSAGES:
            self._dropped.add()
            return
        self._written += 1
        hidden = self._sink.privacy == "mask" or (self._sink.privacy != "allow" and direction == "sent")
        data = {"id": self._number, "direction": direction, **_content(content, hidden, "text")}
        self._sink.emit("websocket-message", data, self._page)

    def finish(self) -> None:
        self._dropped.tell(self._page)


def _content(content: str | bytes, hidden: bool, key: str) -> dict[str, Any]:
    size = len(content.encode()) if isinstance(content, str) else len(content)
    if hidden:
        return {"size": size, "omitted": "privacy"}
    if len(content) > MAX_MESSAGE_CHARS:
        return {"size": size, "omitted": "too large"}
    if isinstance(content, bytes):
        return {"size": size, "base64": base64.b64encode(content).decode()}
    return {"size": size, key: content}
