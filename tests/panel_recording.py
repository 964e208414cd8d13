"""Recordings with all that stands beside the DOM, written event by event: what the viewer's panels are tried on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.storage import RecordingWriter

DOC = "d1"
SOURCE = "\n".join(
    ["from playwright.sync_api import Page", "", "", "def test_buy(page: Page) -> None:"]
    + [f"    # line {n}" for n in range(5, 40)]
    + ['    page.get_by_test_id("buy").click()', '    expect(page.locator("#total")).to_have_text("12 €")', ""]
)
CALL_LINE = 40
# Turns what follows around, and tries to be markup; both must only ever be seen as text.
HOSTILE = 'a\u202eb<img src=x onerror="window.ran=1"><script>window.ran=2</script>'
FAILURE = "Locator expected to have text '99 €'"
Event = dict[str, Any]


class Maker:
    """Writes events in the order of the calls; `page` and `doc` are those of the one page there is."""

    def __init__(self, path: Path, **header: Any) -> None:
        title = f"buy a lamp {HOSTILE}"
        base = {"title": title, "started_at": 1_760_000_000_000, "privacy": "allow"}
        browser = {"name": "chromium", "version": "156.0"}
        self.writer = RecordingWriter(
            path, {**base, "browser": browser, "git": {"commit": "abc123", "branch": "main"}} | header
        )
        self._lines: list[str] = []
        self._times: list[float] = []

    def event(
        self, t: float, kind: str, data: Any, *, doc: str | None = None, page: int | None = 1, **more: Any
    ) -> None:
        address = {key: value for key, value in (("page", page), ("doc", doc)) if value is not None}
        line = json.dumps(
            {**address, "t": t, "kind": kind, **more, "data": data}, separators=(",", ":"), ensure_ascii=False
        )
        self._lines.append(line + "\n")
        self._times.append(t)
        if len(self._lines) >= 2000:
            self.flush()

    def flush(self) -> None:
        if self._lines:
            first, last = min(self._times), max(self._times)
            text = "".join(self._lines)
            self.writer.write_events(
                text, count=len(self._lines), first_ms=first, last_ms=last, has_snapshot='"snapshot"' in text
            )
        self._lines, self._times = [], []

    def asset(self, content: bytes, mime: str) -> str:
        return self.writer.write_asset(content, mime)

    def close(self, status: str = "failed") -> None:
        self.flush()
        self.writer.close(status=status)


def element(number: int, tag: str, attributes: dict[str, Any] | None = None, *children: Event) -> Event:
    return {"type": 2, "id": number, "tagName": tag, "attributes": attributes or {}, "childNodes": list(children)}


def text(number: int, content: str) -> Event:
    return {"type": 3, "id": number, "textContent": content}


def page_of(maker: Maker) -> None:
    """A page with a button, a field, a total that changes at 2,500 ms, and a note from 3,000 to 4,000 ms."""
    url = "https://shop.test/cart?lang=en"
    maker.event(0, "page-open", {"url": "about:blank", "viewport": {"width": 800, "height": 500}})
    maker.event(10, "document", {"url": url, "title": "Cart", "top": True}, doc=DOC)
    maker.event(10, "meta", {"href": url, "width": 800, "height": 500}, doc=DOC, type=4)
    style = "body { font: 16px sans-serif; margin: 20px } button { padding: 8px 16px } #total { font-weight: bold }"
    body = element(
        10,
        "body",
        {},
        element(11, "h1", {}, text(12, "Your cart")),
        element(13, "label", {"for": "code"}, text(14, "Voucher code")),
        element(15, "input", {"id": "code", "value": ""}),
        element(16, "button", {"id": "buy", "data-testid": "buy", "class": "primary"}, text(17, "Buy now")),
        element(18, "button", {"class": "plain"}, text(19, "Keep looking")),
        element(20, "p", {"id": "total"}, text(21, "10 €")),
        element(
            22,
            "div",
            {"id": "box"},
            element(23, "span", {"class": "note"}, text(24, "first")),
            element(25, "span", {"class": "note"}, text(26, "second")),
        ),
    )
    head = element(5, "head", {}, element(6, "style", {}, text(7, style)))
    root = {
        "type": 0,
        "id": 1,
        "childNodes": [
            {"type": 1, "id": 2, "name": "html", "publicId": "", "systemId": ""},
            element(3, "html", {"lang": "en"}, head, body),
        ],
    }
    maker.event(20, "snapshot", {"node": root, "initialOffset": {"left": 0, "top": 0}}, doc=DOC, type=2)

    def mutate(t: float, **changes: Any) -> None:
        empty: Event = {"source": 0, "texts": [], "attributes": [], "removes": [], "adds": []}
        maker.event(t, "mutation", empty | changes, doc=DOC, type=3)

    mutate(2500, texts=[{"id": 21, "value": "12 €"}], attributes=[{"id": 20, "attributes": {"class": "changed"}}])
    mutate(
        3000,
        adds=[{"parentId": 22, "nextId": None, "node": element(40, "b", {"id": "flash"}, text(41, "Saved for later"))}],
    )
    mutate(4000, removes=[{"parentId": 22, "id": 40}])


def write_recording(path: Path) -> Path:
    """Write a failed test of 6 s with at least one of everything."""
    maker = Maker(path)
    page_of(maker)
    source = maker.asset(SOURCE.encode(), "text/x-python")
    rect = '<rect width="40" height="30" fill="#0a0"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">{rect}</svg>'
    picture = maker.asset(svg.encode(), "image/svg+xml")
    answer = maker.asset(
        json.dumps({"items": [{"name": "Lamp", "price": 12}], "note": HOSTILE}).encode(), "application/json"
    )
    place = {"file": "tests/test_buy.py", "line": CALL_LINE, "function": "test_buy"}
    maker.event(100, "source", {"file": "tests/test_buy.py", "hash": source, "size": len(SOURCE)}, page=None)
    _steps(maker, place)
    _network(maker, picture, answer)
    _rest(maker)
    report = {"nodeid": "test_buy.py::test_buy", "outcome": "failed", "phase": "call", "file": "test_buy.py", "line": 4}
    message = {"message": FAILURE, "longrepr": f">   expect(total)\nE   {FAILURE}"}
    maker.event(5600, "test", report | message, page=None)
    maker.event(5990, "stop", {}, page=None)
    maker.close()
    return path


def _steps(maker: Maker, place: Event) -> None:
    def begin(t: float, number: str, title: str, category: str = "api", parent: str | None = None, **more: Any) -> None:
        own = {"id": number, **({"parent": parent} if parent else {}), "category": category, "title": title}
        maker.event(t, "step", own | more, page=None)

    begin(110, "s1", "call", "phase")
    begin(
        120,
        "s2",
        'Navigate to "/cart?lang=en"',
        parent="s1",
        method="Page.goto",
        params={"url": "https://shop.test/cart?lang=en"},
        location=place | {"line": 5},
    )
    maker.event(800, "step-end", {"id": "s2"}, page=None)
    begin(1000, "s3", "pay for the lamp", "step", "s1", location=place | {"line": 30})
    begin(
        1100,
        "s4",
        'Click get_by_test_id("buy")',
        parent="s3",
        method="Locator.click",
        params={"selector": 'internal:testid=[data-testid="buy"s]'},
        location=place,
        stack=[{"file": "tests/conftest.py", "line": 3, "function": "helper"}],
    )
    maker.event(
        1400,
        "step-target",
        {"id": "s4", "node": 16, "point": {"x": 60, "y": 120}, "box": {"x": 20, "y": 100, "width": 90, "height": 36}},
        doc=DOC,
    )
    maker.event(
        1500,
        "step-end",
        {
            "id": "s4",
            "log": ['waiting for get_by_test_id("buy")', "  locator resolved to <button>", "click action done"],
        },
        page=None,
    )
    begin(1550, "s8", "Mouse move to (3, 4)", parent="s3", method="Mouse.move", params={"x": 3, "y": 4})
    maker.event(1560, "step-end", {"id": "s8"}, page=None)
    begin(1600, "s5", f"Fill {HOSTILE}", parent="s3", method="Locator.fill")
    maker.event(1700, "step-end", {"id": "s5"}, page=None)
    maker.event(1800, "step-end", {"id": "s3"}, page=None)
    begin(2000, "s6", 'Expect "to_have_text"', "assert", "s1", method="expect", location=place | {"line": 41})
    failure = {
        "name": "AssertionError",
        "message": FAILURE,
        "stack": 'File "tests/test_buy.py", line 41',
    }
    maker.event(5500, "step-end", {"id": "s6", "error": failure}, page=None)
    maker.event(5600, "step-end", {"id": "s1", "error": failure}, page=None)
    begin(5700, "s7", "Close context", method="BrowserContext.close")


def _network(maker: Maker, picture: str, answer: str) -> None:
    def request(t: float, number: str, url: str, kind: str, **more: Any) -> None:
        headers = [["accept", "*/*"], ["x-quote", "it's"]]
        maker.event(
            t, "request", {"id": number, "url": url, "method": "GET", "resource_type": kind, "headers": headers} | more
        )

    def answered(t: float, number: str, status: int, mime: str, **more: Any) -> None:
        headers = [["content-type", mime], ["x-odd", HOSTILE]]
        maker.event(
            t,
            "response",
            {
                "id": number,
                "status": status,
                "status_text": "OK" if status < 400 else "Bad",
                "headers": headers,
                "mime": mime,
            }
            | more,
        )

    def ended(t: float, number: str, size: int, **more: Any) -> None:
        timing = {
            "dns_start": 1,
            "dns_end": 4,
            "connect_start": 4,
            "connect_end": 10,
            "request_start": 10,
            "response_start": 60,
            "response_end": 80,
        }
        sizes = {"request_headers": 300, "request_body": 0, "response_headers": 200, "response_body": size}
        maker.event(
            t,
            "request-end",
            {
                "id": number,
                "timing": timing,
                "sizes": sizes,
                "http_version": "h2",
                "server": {"ip": "10.0.0.1", "port": 443},
            }
            | more,
        )

    request(130, "r1", "https://shop.test/old-cart", "document", navigation=True)
    answered(160, "r1", 302, "text/html")
    ended(170, "r1", 0)
    request(171, "r2", "https://shop.test/cart?lang=en", "document", navigation=True, redirected_from="r1")
    answered(240, "r2", 200, "text/html; charset=utf-8")
    ended(260, "r2", 5120, body={"text": "<!doctype html><title>Cart</title>", "size": 34})
    request(300, "r3", "https://cdn.test/lamp.svg", "image")
    answered(330, "r3", 200, "image/svg+xml", from_cache=True)
    ended(340, "r3", 120, body={"hash": picture, "size": 120})
    request(
        1410,
        "r4",
        "https://shop.test/api/order?id=7&x=%3Cb%3E",
        "fetch",
        method="POST",
        body={"text": '{"id":7}', "size": 8},
    )
    answered(1600, "r4", 200, "application/json")
    ended(1640, "r4", 90, body={"hash": answer, "size": 90})
    request(2100, "r5", "https://shop.test/api/price", "xhr")
    answered(2300, "r5", 500, "application/json")
    ended(2310, "r5", 30, body={"text": '{"error": "no price"}', "size": 21})
    request(2400, "r6", "https://gone.test/pixel.gif", "image")
    maker.event(2500, "request-end", {"id": "r6", "failure": "net::ERR_NAME_NOT_RESOLVED"})
    request(5800, "r7", "https://shop.test/late", "fetch")
    maker.event(900, "websocket", {"id": "w1", "url": "wss://shop.test/live"})
    maker.event(950, "websocket-message", {"id": "w1", "direction": "sent", "text": '{"hello": 1}', "size": 12})
    maker.event(990, "websocket-message", {"id": "w1", "direction": "received", "text": '{"stock": 3}', "size": 12})
    maker.event(5000, "websocket-close", {"id": "w1"})
    request(1000, "e1", "https://shop.test/events", "eventsource")
    answered(1010, "e1", 200, "text/event-stream")
    maker.event(1200, "server-sent-event", {"id": "e1", "event": "price", "data": "12"})


def _rest(maker: Maker) -> None:
    args = [
        "cart",
        {"items": [1, 2, {"deep": {"name": "lamp"}}], "none": None},
        {"$": "undefined"},
        {"$": "map", "entries": [["k", 1]], "size": 1},
    ]
    maker.event(
        200,
        "console",
        {
            "level": "log",
            "text": "cart {items: Array(3)}",
            "args": args,
            "location": {"url": "https://shop.test/shop.js", "line": 10, "column": 3},
        },
    )
    maker.event(210, "console", {"level": "info", "text": HOSTILE})
    maker.event(
        220, "console", {"level": "warning", "text": "slow %s service %d", "args": ["slow %s service %d", "price", 7]}
    )
    maker.event(2320, "console", {"level": "error", "text": "price is not known"})
    maker.event(
        2330,
        "page-error",
        {
            "name": "TypeError",
            "message": "price is undefined",
            "stack": "TypeError: price is undefined\n    at total (https://shop.test/shop.js:42:7)",
            "source": "unhandledrejection",
        },
    )
    maker.event(
        1400,
        "action",
        {
            "id": "a1",
            "type": "click",
            "name": "click on «Buy now»",
            "node": 16,
            "target": '[data-testid="buy"]',
            "point": {"x": 60, "y": 120},
        },
        doc=DOC,
    )
    maker.event(
        1650, "action", {"id": "a2", "type": "fill", "name": "fill «Voucher code»", "node": 15, "text": "LAMP"}, doc=DOC
    )
    maker.event(
        2600, "frustration", {"type": "error-click", "action": "a1", "error": "TypeError: price is undefined"}, doc=DOC
    )
    maker.event(300, "vital", {"name": "TTFB", "value": 110, "rating": "good"}, doc=DOC)
    maker.event(400, "vital", {"name": "FCP", "value": 390, "rating": "good"}, doc=DOC)
    maker.event(900, "vital", {"name": "LCP", "value": 3100, "rating": "needs-improvement", "node": 11}, doc=DOC)
    maker.event(2600, "vital", {"name": "CLS", "value": 0.31, "rating": "poor"}, doc=DOC)
    for n in range(8):
        maker.event(500 + n * 600, "memory", {"used": 8_000_000 + n * 1_500_000, "total": 30_000_000})
        maker.event(450 + n * 600, "long-task", {"duration": 60 + n * 25})
    maker.event(120, "navigation", {"url": "https://shop.test/cart?lang=en", "type": "navigate"})
    maker.event(3500, "navigation", {"url": "https://shop.test/cart?lang=en#saved", "type": "hash"})
    maker.event(4200, "dialog", {"id": "g1", "type": "confirm", "message": "Leave the shop?"})
    maker.event(4300, "dialog-end", {"id": "g1", "accepted": True})
    maker.event(4400, "download", {"id": "f1", "url": "https://shop.test/bill.pdf", "name": "bill.pdf"})
    maker.event(4500, "download-end", {"id": "f1", "size": 20_000})
    maker.event(4600, "mark", {"label": "paid", "data": {"order": 17}}, page=None)
    maker.event(4700, "thinned", {"reason": "too many mutations", "count": 300, "from_ms": 4650, "to_ms": 4700})
    maker.event(4800, "gap", {"reason": "batches of the page did not arrive", "lost": 2})
    maker.event(60, "user", {"attributes": {"plan": "gold"}})


def write_large(path: Path, *, requests: int = 10_000, messages: int = 20_000, steps: int = 5_000) -> Path:
    """Write an hour with so many of each."""
    maker = Maker(path)
    page_of(maker)
    end = 3_600_000
    for event in _merged(end, requests, messages, steps):
        maker.event(*event)
    maker.close("passed")
    return path


def _merged(end: int, requests: int, messages: int, steps: int) -> Iterator[tuple[float, str, Event]]:
    events: list[tuple[float, str, Event]] = []
    for n in range(requests):
        t = 5000 + n * (end - 10_000) / requests
        url = f"https://shop.test/api/{'orders' if n % 3 else 'prices'}/{n}?page={n % 17}&filter=lamps"
        headers = [
            ["accept", "application/json"],
            ["user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"],
            ["cookie", "s=" + "x" * 40],
        ]
        events += [
            (t, "request", {"id": f"r{n}", "url": url, "method": "GET", "resource_type": "fetch", "headers": headers}),
            (
                t + 80,
                "response",
                {
                    "id": f"r{n}",
                    "status": 200 if n % 50 else 404,
                    "status_text": "",
                    "headers": headers,
                    "mime": "application/json",
                },
            ),
            (
                t + 120,
                "request-end",
                {
                    "id": f"r{n}",
                    "sizes": {"response_headers": 100, "response_body": n},
                    "body": {"text": '{"a": 1}', "size": 8},
                },
            ),
        ]
    for n in range(messages):
        t = 5000 + n * (end - 10_000) / messages
        level = "error" if n % 200 == 0 else "warning" if n % 90 == 0 else "log"
        events.append(
            (
                t,
                "console",
                {
                    "level": level,
                    "text": f"message {n} of the worker: {'state changed ' * (n % 7)}",
                    "args": [f"message {n}", {"n": n}],
                },
            )
        )
    for n in range(steps):
        t = 5000 + n * (end - 10_000) / steps
        parent = {} if n % 20 == 0 else {"parent": f"s{n - n % 20}"}
        events.append(
            (
                t,
                "step",
                {
                    "id": f"s{n}",
                    "category": "api" if parent else "step",
                    "title": f'Click locator("#row-{n}")',
                    "method": "Locator.click",
                }
                | parent,
            )
        )
        events.append((t + 300, "step-end", {"id": f"s{n}"}))
    events.sort(key=lambda event: event[0])
    yield from events
