"""The network of a recording as HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/), as browsers' tools read it.

An entry is written as soon as it is made; bodies are not all in memory at once. What HAR has no field for stands in
fields that begin with an underscore, as the specification wants it.
"""

from __future__ import annotations

import base64
import json
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urldefrag, urlsplit

from harness.replay.replay import Replay
from harness.replay.signals import NetworkRequest, Signal
from harness.storage import RecordingReader
from harness.storage.index import Document
from harness.version import __version__

_TEXT = ("text/", "application/json", "application/xml", "application/javascript", "image/svg+xml")
_VERSIONS = {"h2": "HTTP/2.0", "h3": "HTTP/3.0", "http/1.1": "HTTP/1.1", "http/1.0": "HTTP/1.0"}


def write_har(reader: RecordingReader, file: BinaryIO) -> None:
    """Write the requests of all pages, those of WebSockets with their messages."""
    replay = Replay(reader)
    started_at = float(reader.header.get("started_at") or 0)
    requests = replay.network
    visits = _Visits(replay, requests)
    visits.add_documents(replay, reader.index.documents)
    browser = reader.header.get("browser")
    log: dict[str, Any] = {
        "version": "1.2",
        "creator": {"name": "harness", "version": __version__},
        "pages": [visit.har(started_at) for visit in visits.all],
    }
    if isinstance(browser, dict):
        log["browser"] = {"name": str(browser.get("name", "")), "version": str(browser.get("version", ""))}
    head = json.dumps(log, ensure_ascii=False)
    file.write(f'{{"log":{head[:-1]},"entries":['.encode("utf-8", "replace"))
    entries = _Entries(reader, replay, visits, started_at)
    for number, entry in enumerate(entries.all(requests)):
        text = json.dumps(entry, ensure_ascii=False)
        file.write((",\n" if number else "\n").encode() + text.encode("utf-8", "replace"))
    file.write(b"\n]}}\n")


class _Visit:
    """One document in a page's own frame: a page in HAR's words."""

    def __init__(self, page: int | None, number: int, t: float, title: str) -> None:
        self.page, self.t, self.title = page, t, title
        self.id = f"page_{page if page is not None else 0}_{number}"
        self.content_ms: float | None = None
        self.load_ms: float | None = None

    def har(self, started_at: float) -> dict[str, Any]:
        def since(t: float | None) -> float:
            return -1 if t is None else max(round(t - self.t, 3), 0)

        timings = {"onContentLoad": since(self.content_ms), "onLoad": since(self.load_ms)}
        return {
            "startedDateTime": _date(started_at + self.t),
            "id": self.id,
            "title": self.title,
            "pageTimings": timings,
        }


class _Visits:
    """The visits of all pages in order; a request belongs to the last one that its page had begun."""

    def __init__(self, replay: Replay, requests: list[NetworkRequest]) -> None:
        self.all: list[_Visit] = []
        self._of_page: dict[int | None, list[_Visit]] = {}
        for request in requests:
            begins = request.data.get("navigation") is True and not request.text("frame_url")
            if (begins and not request.text("redirected_from")) or request.page not in self._of_page:
                # The driver's word for it may come late, when the document is there already.
                self._add(request.page, request.t + min(request.timing.get("start", 0), 0), request.url)
        for event in replay.events(kinds=("load",)):
            visit = self.of(event.get("page"), event["t"])
            if visit is not None and event.get("type") == 0 and visit.content_ms is None:
                visit.content_ms = event["t"]
            elif visit is not None and event.get("type") == 1 and visit.load_ms is None:
                visit.load_ms = event["t"]

    def add_documents(self, replay: Replay, documents: list[Document]) -> None:
        """A visit is called after the document that it led to, which also tells when it was there."""
        led_to: dict[str, _Visit] = {}
        for document in documents:
            visit = self.of(document.page, document.start_ms)
            if visit is not None and document.top and visit.t <= document.start_ms:
                led_to[document.doc] = visit
                visit.title = document.title or visit.title
        for event in replay.events(kinds=("resource-timing",)):
            visit = led_to.get(str(event.get("doc")))
            for entry in _timings(event) if visit is not None else ():
                if visit is not None and entry.get("initiator") == "navigation":
                    visit.content_ms = _number(entry.get("content_loaded"), visit.content_ms)
                    visit.load_ms = _number(entry.get("loaded"), visit.load_ms)

    def _add(self, page: int | None, t: float, title: str) -> None:
        own = self._of_page.setdefault(page, [])
        visit = _Visit(page, len(own) + 1, t, title)
        own.append(visit)
        self.all.append(visit)

    def of(self, page: int | None, t: float) -> _Visit | None:
        own = self._of_page.get(page)
        return own[max(bisect_right(own, t, key=lambda visit: visit.t) - 1, 0)] if own else None


def _timings(event: dict[str, Any]) -> list[dict[str, Any]]:
    data = event.get("data")
    entries = data.get("entries") if isinstance(data, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _number(value: object, otherwise: float | None) -> float | None:
    return float(value) if isinstance(value, int | float) and -1e15 < value < 1e15 else otherwise


class _Entries:
    def __init__(self, reader: RecordingReader, replay: Replay, visits: _Visits, started_at: float) -> None:
        self._reader = reader
        self._replay = replay
        self._visits = visits
        self._started_at = started_at
        self._resources: dict[str, list[tuple[float, str]]] = {}
        for resource in reader.index.resources:
            self._resources.setdefault(resource.url, []).append((resource.t, resource.hash))
        self._seen = {
            str(entry.get("url")): entry
            for event in replay.events(kinds=("resource-timing",))
            for entry in _timings(event)
        }

    def all(self, requests: list[NetworkRequest]) -> Iterator[dict[str, Any]]:
        redirects = {request.text("redirected_from"): request.url for request in requests}
        for request in requests:
            if request.url.startswith(("http:", "https:")):
                yield self._entry(request, redirects.get(request.id, ""))
        for socket in self._replay.websockets:
            entry = self._plain_entry(socket, "GET", 101 if socket.messages else 0)
            entry["_resourceType"] = "websocket"
            entry["_webSocketMessages"] = [self._message(message) for message in socket.messages]
            yield entry

    def _entry(self, request: NetworkRequest, redirected_to: str) -> dict[str, Any]:
        timing = self._timings(request)
        start = request.t + request.timing.get("start", 0)
        sizes = request.end.data.get("sizes") if request.end is not None else None
        sizes = sizes if isinstance(sizes, dict) else {}
        seen = self._seen.get(request.url, {})
        version = _VERSIONS.get(str(seen.get("protocol", "")), "HTTP/1.1")
        mime = request.response.text("mime") if request.response is not None else ""
        entry: dict[str, Any] = {
            "startedDateTime": _date(self._started_at + start),
            "time": round(sum(ms for name, ms in timing.items() if ms > 0 and name != "ssl"), 3),
            "request": {
                "method": request.method,
                "url": urldefrag(request.url).url,
                "httpVersion": version,
                "cookies": _cookies(request.request_headers, "cookie"),
                "headers": _named(request.request_headers),
                "queryString": _query(request.url),
                "headersSize": sizes.get("request_headers", -1),
                "bodySize": sizes.get("request_body", -1),
            },
            "response": {
                "status": request.status or 0,
                "statusText": request.response.text("status_text") if request.response is not None else "",
                "httpVersion": version,
                "cookies": _cookies(request.response_headers, "set-cookie"),
                "headers": _named(request.response_headers),
                "content": self._content(request, mime, sizes),
                "redirectURL": redirected_to,
                "headersSize": sizes.get("response_headers", -1),
                "bodySize": sizes.get("response_body", -1),
            },
            "cache": {},
            "timings": timing,
            "_resourceType": request.resource_type,
        }
        self._add_place(entry, request)
        body = request.data.get("body")
        if isinstance(body, dict):
            sent = {"mimeType": str(body.get("mime") or ""), "params": [], "text": request.request_text or ""}
            if body.get("omitted"):
                sent["comment"] = f"not recorded: {body['omitted']}"
            entry["request"]["postData"] = sent
        if request.failure:
            entry["response"]["_error"] = request.failure
        if seen.get("delivery") == "cache":
            entry["_fromCache"] = True
        return entry

    def _add_place(self, entry: dict[str, Any], signal: Signal) -> None:
        visit = self._visits.of(signal.page, signal.t)
        if visit is not None:
            entry["pageref"] = visit.id

    def _plain_entry(self, signal: Signal, method: str, status: int) -> dict[str, Any]:
        """Return an entry of which nothing but the address is known."""
        url = signal.text("url")
        nothing = {"httpVersion": "HTTP/1.1", "cookies": [], "headers": [], "headersSize": -1, "bodySize": -1}
        entry = {
            "startedDateTime": _date(self._started_at + signal.t),
            "time": 0,
            "request": {
                "method": method,
                "url": url,
                "queryString": _query(url),
                **nothing,
            },
            "response": {
                "status": status,
                "statusText": "",
                "redirectURL": "",
                **nothing,
                "content": {"size": 0, "mimeType": "x-unknown"},
            },
            "cache": {},
            "timings": {"send": 0, "wait": 0, "receive": 0},
        }
        self._add_place(entry, signal)
        return entry

    def _content(self, request: NetworkRequest, mime: str, sizes: dict[str, Any]) -> dict[str, Any]:
        body = request.end.data.get("body") if request.end is not None else None
        body = body if isinstance(body, dict) else {}
        content: dict[str, Any] = {
            "size": body.get("size", sizes.get("response_body", 0)),
            "mimeType": mime or "x-unknown",
        }
        text = request.response_text
        if text is not None:
            content["text"] = text
        elif body.get("omitted"):
            content["comment"] = f"not recorded: {body['omitted']}"
        elif request.status is not None and 200 <= request.status < 300:
            asset = self._asset(request)
            if asset is not None:
                content["size"] = len(asset)
                content.update(_written(asset, mime))
        return content

    def _asset(self, request: NetworkRequest) -> bytes | None:
        """Return what the URL gave then: the first version that came after the request, else the last before."""
        versions = self._resources.get(request.url) or self._resources.get(urldefrag(request.url).url)
        if not versions:
            return None
        after = next((digest for t, digest in versions if t >= request.t), versions[-1][1])
        return self._reader.asset(after)[0] if after in self._reader.index.assets else None

    def _timings(self, request: NetworkRequest) -> dict[str, float]:
        """Return HAR's phases in ms; -1 for one that there was not."""
        phases = request.timing

        def between(first: str, last: str) -> float:
            return round(max(phases[last] - phases[first], 0), 3) if first in phases and last in phases else -1

        begun = next((phases[name] for name in ("dns_start", "connect_start", "request_start") if name in phases), None)
        if begun is None or "request_start" not in phases:
            return {"send": 0, "wait": round(request.duration_ms or 0, 3), "receive": 0}
        return {
            "blocked": round(max(begun, 0), 3),
            "dns": between("dns_start", "dns_end"),
            "connect": between("connect_start", "connect_end"),
            "ssl": between("tls_start", "connect_end"),
            "send": 0,
            "wait": max(between("request_start", "response_start"), 0),
            "receive": max(between("response_start", "response_end"), 0),
        }

    def _message(self, message: Signal) -> dict[str, Any]:
        """As Chrome's tools write it: opcode 1 is text, 2 is binary and its data base64."""
        binary = message.text("base64")
        return {
            "type": "send" if message.text("direction") == "sent" else "receive",
            "time": (self._started_at + message.t) / 1000,
            "opcode": 2 if binary else 1,
            "data": binary or message.text("text"),
        }


def _written(content: bytes, mime: str) -> dict[str, str]:
    if mime.startswith(_TEXT) or mime.endswith(("+json", "+xml")):
        try:
            return {"text": content.decode()}
        except UnicodeDecodeError:
            pass
    return {"text": base64.b64encode(content).decode(), "encoding": "base64"}


def _date(epoch_ms: float) -> str:
    try:
        moment = datetime.fromtimestamp(epoch_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):  # no clock has shown it
        moment = datetime.fromtimestamp(0, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _named(pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _query(url: str) -> list[dict[str, str]]:
    try:
        query = urlsplit(url).query
    except ValueError:
        return []
    return _named(parse_qsl(query, keep_blank_values=True))


def _cookies(headers: list[tuple[str, str]], header: str) -> list[dict[str, str]]:
    """Return name and value of each cookie; a `Set-Cookie` has one, with its attributes left in the header."""
    values = [value for name, value in headers if name.lower() == header]
    parts = [part for value in values for part in (value.split(";") if header == "cookie" else value.splitlines())]
    pairs = [part.split(";")[0].strip().partition("=") for part in parts if "=" in part]
    return [{"name": name, "value": value} for name, _, value in pairs]
