"""Network: requests, their responses, ends and bodies, as the driver sees them.

A request's event is written when the driver tells of it, its end when all is known: phases and sizes come with it, and
the body, where it is text and no asset (those the asset collector takes: nothing is asked for twice). What the driver
has to be asked for costs a round trip of its own, never work of the page.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any
from weakref import WeakKeyDictionary

from harness.capture import driver
from harness.capture.assets import is_asset
from harness.capture.signals.sink import Sink

MAX_BODY_BYTES = 1 << 20
# Bodies and headers under way; beyond that a page loads faster than they can be asked for, and the end says so.
MAX_UNDER_WAY = 64
_BODY_TYPES = frozenset({"document", "xhr", "fetch", "ping", "other"})
_TEXT_MIMES = ("text/", "application/json", "application/xml", "application/javascript", "application/graphql")
_PHASES = {
    "dns_start": "domainLookupStart",
    "dns_end": "domainLookupEnd",
    "connect_start": "connectStart",
    "tls_start": "secureConnectionStart",
    "connect_end": "connectEnd",
    "request_start": "requestStart",
    "response_start": "responseStart",
    "response_end": "responseEnd",
}
_SIZES = {
    "request_headers": "requestHeadersSize",
    "request_body": "requestBodySize",
    "response_headers": "responseHeadersSize",
    "response_body": "responseBodySize",
}


class Network:
    """Tells of every request of the context, service workers' ones too."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        # Request: its id and the time of its event; as long as Playwright keeps the request.
        self._ids: WeakKeyDictionary[Any, tuple[str, float]] = WeakKeyDictionary()
        self._responses: WeakKeyDictionary[Any, driver.Response] = WeakKeyDictionary()
        self._bodies: dict[Any, asyncio.Task[dict[str, Any] | None]] = {}
        self._keeps_bodies = "bodies" in sink.signals

    def start(self) -> None:
        context = self._sink.context
        self._sink.listen(context, "request", self._on_request)
        self._sink.listen(context, "response", self._on_response)
        self._sink.listen(context, "requestfinished", self._on_end)
        self._sink.listen(context, "requestfailed", self._on_failed)

    def id_of(self, request: driver.Request) -> str | None:
        known = self._ids.get(request)
        return known[0] if known is not None else None

    def _on_request(self, request: driver.Request) -> None:
        if not self._sink.hears:
            return
        number = self._sink.new_id("r")
        self._ids[request] = (number, self._sink.now_ms())
        earlier = self._ids.get(request.redirected_from) if request.redirected_from is not None else None
        page = driver.page_of_request(request)
        frame_url = _frame_url(request)
        data = {
            "id": number,
            "url": request.url,
            "method": request.method,
            "resource_type": request.resource_type,
            "headers": _pairs(request.headers),
            "body": self._request_body(request),
            "navigation": request.is_navigation_request() or None,
            "frame_url": frame_url if frame_url != (page.url if page is not None else None) else None,
            "redirected_from": earlier[0] if earlier is not None else None,
        }
        self._sink.emit("request", data, page)

    def _request_body(self, request: driver.Request) -> dict[str, Any] | None:
        if not self._keeps_bodies:
            return None
        content = request.post_data_buffer
        if not content:
            return None
        mime = _mime(request.headers)
        if self._sink.privacy != "allow":
            return {"size": len(content), "mime": mime, "omitted": "privacy"}
        return self._body(content, mime)

    def _on_response(self, response: driver.Response) -> None:
        request = response.request
        known = self._ids.get(request)
        if known is None:
            return
        headers = response.headers
        self._responses[request] = response
        data = {
            "id": known[0],
            "status": response.status,
            "status_text": response.status_text,
            "headers": _pairs(headers),
            "mime": _mime(headers),
            "from_service_worker": response.from_service_worker or None,
        }
        self._sink.emit("response", data, driver.page_of_request(request))
        if self._wants_body(request, response.status, headers):
            # Asked for now, not when it has ended: the driver then reads it the moment it is whole, before a
            # navigation evicts it.
            self._bodies[request] = driver.spawn(self._sink.context, self._take_body(response, _mime(headers)))

    def _wants_body(self, request: driver.Request, status: int, headers: dict[str, str]) -> bool:
        mime = _mime(headers)
        return (
            self._keeps_bodies
            and request.resource_type in _BODY_TYPES
            and not is_asset(request.resource_type, mime)
            and (200 <= status < 300 or status >= 400)
            and status not in (204, 205)
            and request.method != "HEAD"
            and _is_text(mime)
        )

    async def _take_body(self, response: driver.Response, mime: str) -> dict[str, Any] | None:
        declared = response.headers.get("content-length", "")
        if self._sink.privacy == "mask":
            return {"omitted": "privacy"}
        if declared.isdigit() and int(declared) > MAX_BODY_BYTES:
            return {"size": int(declared), "omitted": "too large"}
        if len(self._bodies) > MAX_UNDER_WAY:
            return {"omitted": "too many under way"}
        try:
            return self._body(await driver.body_of(response), mime)
        except Exception:  # evicted, or the page is gone; Playwright has no type of its own for it
            return {"omitted": "body gone"}

    def _body(self, content: bytes, mime: str) -> dict[str, Any]:
        body: dict[str, Any] = {"size": len(content), "mime": mime}
        if len(content) > MAX_BODY_BYTES:
            return {**body, "omitted": "too large"}
        if not _is_text(mime) and b"\0" in content[:1024]:
            return {**body, "omitted": "not text"}
        return {**body, "text": content.decode("utf-8", "replace")}

    # ---------------------------------------------------------------------------------------------------------- end

    def _on_end(self, request: driver.Request) -> None:
        known = self._ids.get(request)
        if known is None:
            return
        if not self._sink.hears:
            # Nothing more is asked: what came in a silence is not to be known.
            self._bodies.pop(request, None)
            self._sink.emit("request-end", {"id": known[0]}, driver.page_of_request(request))
        else:
            self._sink.spawn(self._end(request, *known, self._sink.now_ms()))

    async def _end(self, request: driver.Request, number: str, began_ms: float, ended_ms: float) -> None:
        body_task = self._bodies.get(request)
        data: dict[str, Any] = {"id": number, "timing": _timing(request, began_ms + self._sink.started_at)}
        try:
            response = self._responses.pop(request, None)
            if request.resource_type in _BODY_TYPES and response is not None and len(self._bodies) <= MAX_UNDER_WAY:
                data.update(await _wire(request, response))
            if body_task is not None:
                data["body"] = await body_task
        except asyncio.CancelledError:
            data["body"] = {"omitted": "the recording ended before it came"}
            raise
        finally:
            self._bodies.pop(request, None)
            self._sink.emit("request-end", data, driver.page_of_request(request), at_ms=ended_ms)

    def _on_failed(self, request: driver.Request) -> None:
        known = self._ids.get(request)
        if known is None:
            return
        self._bodies.pop(request, None)
        timing = _timing(request, known[1] + self._sink.started_at)
        data = {"id": known[0], "failure": request.failure or "failed", "timing": timing or None}
        self._sink.emit("request-end", data, driver.page_of_request(request))


async def _wire(request: driver.Request, response: driver.Response) -> dict[str, Any]:
    """Return what went over the wire: sizes, and headers with cookies where they are not those that are known."""
    asked: list[Any] = [driver.sizes_of(response), request.headers_array(), response.headers_array()]
    sizes, sent, received = await asyncio.gather(*asked, return_exceptions=True)
    data: dict[str, Any] = {}
    if isinstance(sizes, dict):
        data["sizes"] = {ours: sizes[theirs] for ours, theirs in _SIZES.items() if sizes.get(theirs, -1) >= 0}
    for key, owner, wire in (("request_headers", request, sent), ("response_headers", response, received)):
        if isinstance(wire, list):
            pairs = [[pair["name"], pair["value"]] for pair in wire]
            if {name.lower(): value for name, value in pairs} != owner.headers:
                data[key] = pairs
    return data


def _timing(request: driver.Request, event_at: float) -> dict[str, float]:
    """Return the phases in ms from the request's start, and `start`, which is that of the request's event at `event_at`
    (epoch ms). To a tenth of a millisecond: finer digits took 3 of 156 kB of four journeys.
    """
    timing = request.timing
    phases = {ours: round(timing[theirs], 1) for ours, theirs in _PHASES.items() if timing.get(theirs, -1) >= 0}
    if timing.get("startTime", 0) > 0 and abs(timing["startTime"] - time.time() * 1000) < 86_400_000:
        phases["start"] = round(timing["startTime"] - event_at, 1)
    return phases


def _frame_url(request: driver.Request) -> str | None:
    try:
        url: str = request.frame.url
    except Exception:  # a service worker's, or the frame is not there yet
        return None
    return url


def _pairs(headers: dict[str, str]) -> list[list[str]]:
    return [[name, value] for name, value in headers.items()]


def _mime(headers: dict[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_text(mime: str) -> bool:
    return not mime or mime.startswith(_TEXT_MIMES) or mime.endswith(("+json", "+xml", "x-www-form-urlencoded"))
