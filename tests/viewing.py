"""What the tests of the viewer's window look at, and how: a recording that has one of everything, a server for it."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page

from harness.storage import RecordingWriter
from harness.viewer.server import create_app, listen
from tests.storage_files import Event, event, lines

# Two pages (the second is a telephone's), 30 s, with nothing happening from 9 s to 20 s.
DURATION_MS = 30_000
STEPS_MS = (1000, 4000, 8000, 21_000, 25_000)
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
)
SHOWN = "iframe[data-harness-document]"
READY = "() => harness.ready"
# Told once the panels' events are there: the marks of the steps.
MARKED = ".lane.steps .mark"


def element(number: int, tag: str, *children: Event | str, **attributes: str) -> Event:
    """A serialised element; its text has the number after its own."""
    nodes = [
        {"id": number + 1, "type": 3, "textContent": child} if isinstance(child, str) else child for child in children
    ]
    return {"id": number, "type": 2, "tagName": tag, "attributes": attributes, "childNodes": nodes}


def snapshot(*body: Event, title: str) -> dict[str, Any]:
    head = element(4, "head", element(5, "title", title))
    html = element(3, "html", head, element(8, "body", *body, style="margin: 0"), lang="en")
    doctype = {"id": 2, "type": 1, "name": "html", "publicId": "", "systemId": ""}
    return {"node": {"id": 1, "type": 0, "childNodes": [doctype, html]}, "initialOffset": {"left": 0, "top": 0}}


def document(page: int, doc: str, t: float, url: str, size: dict[str, int], data: dict[str, Any]) -> list[Event]:
    title = data["node"]["childNodes"][1]["childNodes"][0]["childNodes"][0]["childNodes"][0]["textContent"]
    return [
        event("document", t, page=page, doc=doc, url=url, title=title, top=True, compat_mode="CSS1Compat"),
        {**event("meta", t + 1, page=page, doc=doc, href=url, **size), "type": 4},
        {**event("snapshot", t + 2, page=page, doc=doc, **data), "type": 2},
    ]


def step(
    number: int, t: float, length: float, title: str, *, page: int = 1, error: str = "", **target: Any
) -> list[Event]:
    """A call of the script that clicks on the button of the page, unless it fails."""
    name = f"s{number}"
    start = event("step", t, page=page, id=name, category="api", title=title, method="Page.click", params={})
    aim = event("step-target", t + 5, page=page, id=name, **target) if target else None
    ending: dict[str, Any] = {"error": {"name": "TimeoutError", "message": error}} if error else {}
    end = event("step-end", t + length, page=page, id=name, **ending)
    return [each for each in (start, aim, end) if each]


def key(t: float, name: str | None, *modifiers: str, **more: Any) -> Event:
    return event("key", t, page=1, doc="d1", key=name, code=name, modifiers=list(modifiers), id=20, **more)


def mouse(kind: int, t: float, x: float, y: float, *, page: int = 1, doc: str = "d1", node: int = 20) -> Event:
    return {**event("mouse", t, page=page, doc=doc, source=2, type=kind, id=node, x=x, y=y, pointerType=0), "type": 3}


def text_change(t: float, text: str, *, page: int = 1, doc: str = "d1", node: int = 11) -> Event:
    data = {"source": 0, "texts": [{"id": node, "value": text}], "attributes": [], "removes": [], "adds": []}
    return {**event("mutation", t, page=page, doc=doc, **data), "type": 3}


def window_events(screenshot: str) -> list[Event]:
    place = "position: absolute; left: 100px; top: 200px; width: 160px; height: 40px"
    box = {"x": 100, "y": 200, "width": 160, "height": 40}
    shop = snapshot(element(10, "h1", "zero"), element(20, "button", "Buy", style=place), title="Shop")
    phone = snapshot(element(10, "h1", "phone"), title="Phone")
    wide, narrow = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
    events: list[Event] = [
        event("page-open", 5, page=1, url="about:blank", viewport=wide),
        *document(1, "d1", 100, "http://shop.example/", wide, shop),
        event("navigation", 110, page=1, url="http://shop.example/", type="navigate"),
        event("vital", 400, page=1, doc="d1", name="LCP", value=312.4, rating="good"),
        *step(1, STEPS_MS[0], 200, 'Click locator("button")', node=20, doc="d1", box=box),
        mouse(1, 1050, 180, 220), mouse(0, 1090, 180, 220), mouse(2, 1091, 180, 220),
        text_change(1200, "one"),
        *step(2, STEPS_MS[1], 900, "Fill getByLabel(\"Name\")"),
        *(key(4100 + 100 * n, letter) for n, letter in enumerate("Ada")),
        key(4500, "Enter", "Control"),
        key(4600, None, masked=True),
        event("mark", 6000, label="paid", data={"order": 17}),
        event("check", 7000, page=1, label="cart", digest="x", screenshot=screenshot),
        event("action", 7500, page=1, doc="d1", id="a1", type="click", name="click on «Buy»"),
        event("frustration", 7510, page=1, doc="d1", type="dead-click", action="a1"),
        *step(3, STEPS_MS[2], 900, "Expect toHaveText", error="\u202eevil <b>text</b>"),
        event("page-error", 8500, page=1, doc="d1", name="TypeError", message="x is undefined"),
        event("page-open", 20_000, page=2, url="http://shop.example/phone", opener=1, viewport=narrow),
        *document(2, "d2", 20_100, "http://shop.example/phone", narrow, phone),
        event("media-features", 20_110, page=2, doc="d2", print=False, features={"any-pointer": "coarse"}),
        *step(4, STEPS_MS[3], 500, "Tap", page=2),
        mouse(7, 21_100, 50, 60, page=2, doc="d2", node=10), mouse(9, 21_150, 50, 60, page=2, doc="d2", node=10),
        event("gap", 22_000, reason="backpressure", lost=3),
        event("media-features", 22_800, page=2, doc="d2", print=False, features={}),
        event("thinned", 23_000, page=2, reason="storm", count=900, from_ms=22_500, to_ms=23_000),
        *step(5, STEPS_MS[4], 100, "Close", page=2),
        event("page-close", 25_100, page=2),
        text_change(26_000, "two"),
        *(mouse(2, t, 300, 300, node=10) for t in range(26_500, DURATION_MS, 700)),
        event("resource-omitted", 26_600, page=1, url="http://shop.example/big.mp4", reason="too large", size=10**9),
        event("stop", DURATION_MS),
    ]  # fmt: skip
    return sorted(events, key=lambda each: each["t"])


def write_window_recording(
    path: Path, *, title: str = "Checkout </script>\u202e <b>bold</b>", status: str = "failed", late_ms: float = 0
) -> Path:
    """Write the recording; its events stand in several segments. Changes from `late_ms` on come last but one."""
    writer = RecordingWriter(path, {"title": title, "started_at": 1_760_000_000_000, "privacy": "allow"})
    screenshot = writer.write_asset(PIXEL, "image/png")
    events = window_events(screenshot)
    if late_ms:
        late = [each for each in events if each["kind"] == "mutation" and each["t"] >= late_ms]
        events = [each for each in events if each not in late]
        events[-1:-1] = late
    for start in range(0, len(events), 20):
        batch = events[start : start + 20]
        times = [each["t"] for each in batch]
        writer.write_events(lines(batch), count=len(batch), first_ms=min(times), last_ms=max(times))
        writer.write_asset(f"end of segment {start}".encode(), "text/plain")
        writer.flush()
    writer.close(status=status)
    return path


def write_long_recording(path: Path, *, segments: int, every_ms: float, padding: int) -> Path:
    """Write a recording of so many segments, each with a snapshot and `padding` bytes that change nothing."""
    writer = RecordingWriter(path, {"title": "long", "started_at": 1_760_000_000_000, "privacy": "allow"})
    size = {"width": 1280, "height": 720}
    for number in range(segments):
        t = number * every_ms
        shown = snapshot(element(10, "h1", f"minute {number}"), title="Long")
        begins = [event("page-open", 0, page=1, url="about:blank", viewport=size)] if not number else []
        begins += document(1, "d1", t, "http://long.example/", size, shown)[0 if not number else 2 :]
        batch = [*begins, event("custom", t + every_ms / 2, page=1, doc="d1", tag="padding", payload="x" * padding)]
        writer.write_events(lines(batch), count=len(batch), first_ms=t, last_ms=t + every_ms / 2, has_snapshot=True)
        writer.write_asset(f"end of segment {number}".encode(), "text/plain")
        writer.flush()
    writer.close(status="passed")
    return path


@contextmanager
def viewing(path: Path) -> Iterator[str]:
    """Serve a recording or a directory as `harness view` does; the URL has a slash at its end."""
    with listen("127.0.0.1", 0) as listener:
        config = uvicorn.Config(create_app(path), log_level="error", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()


def seek(page: Page, t: float, number: int | None = None) -> None:
    """Seek, maybe on the page of this number."""
    page.evaluate("([t, page]) => harness.seek(t, page ? { page } : {})", [t, number])


def now(page: Page) -> float:
    found: float = page.evaluate("() => harness.now")
    return found


def wait_for_time(page: Page, t: float) -> None:
    page.wait_for_function("(t) => Math.abs(harness.now - t) < 1 && !harness.player.working", arg=t)


def shown(page: Page) -> Frame:
    holder = page.wait_for_selector(SHOWN)
    frame = holder.content_frame() if holder else None
    assert frame is not None
    return frame


def violations(page: Page) -> list[Any]:
    """What axe-core finds serious in the window; the recorded pages in it are not ours."""
    found = Axe().run(page, options={"iframes": False}).response["violations"]
    return [
        (each["id"], [node["html"][:200] for node in each["nodes"]])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
