"""Made the golden files of format version 1, once. They are never written again: a later format has its own directory.

python recordings/golden-v1/make.py OUTPUT_DIRECTORY
"""

from __future__ import annotations

import json
import sys
import zlib
from pathlib import Path
from struct import pack
from typing import Any

from harness.storage import RecordingReader, RecordingWriter

HEADER = {
    "id": "00000000-0000-4000-8000-000000000001",
    "started_at": 1760000000000.25,
    "harness_version": "0.1.0",
    "privacy": "allow",
    "browser": {"name": "chromium", "version": "141.0.7390.37"},
    "session_sampled": True,
    "replay_sampled": True,
}
CSS = b"body { margin: 0; font: 16px sans-serif }\n" * 12


def png() -> bytes:
    """Return a picture of one red pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    pixel = zlib.compress(b"\0\xff\0\0")
    header = chunk(b"IHDR", pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def text(node: int, content: str) -> dict[str, Any]:
    return {"id": node, "type": 3, "textContent": content}


def element(node: int, tag: str, *children: dict[str, Any], **attributes: str) -> dict[str, Any]:
    return {"id": node, "type": 2, "tagName": tag, "attributes": attributes, "childNodes": list(children)}


def snapshot(title: str, *body: dict[str, Any]) -> dict[str, Any]:
    head = element(4, "head", element(5, "title", text(6, title)))
    root = element(3, "html", head, element(7, "body", *body), lang="en")
    doctype = {"id": 2, "type": 1, "name": "html", "publicId": "", "systemId": ""}
    node = {"id": 1, "type": 0, "childNodes": [doctype, root]}
    return {"node": node, "initialOffset": {"left": 0, "top": 0}}


class File:
    def __init__(self, path: Path, title: str) -> None:
        self.writer = RecordingWriter(path, {**HEADER, "title": title})

    def add(self, *events: dict[str, Any]) -> None:
        lines = "".join(json.dumps(event, separators=(",", ":"), ensure_ascii=False) + "\n" for event in events)
        self.writer.write_events(lines, count=len(events), first_ms=events[0]["t"], last_ms=events[-1]["t"])


def page_open(page: int, t: float, url: str, opener: int | None = None) -> list[dict[str, Any]]:
    viewport = {"width": 1280, "height": 720}
    data = {"url": url, "opener": opener, "viewport": viewport, "device_scale_factor": 1}
    return [{"page": page, "t": t, "kind": "page-open", "data": data}]


def document(page: int, doc: str, t: float, url: str, title: str, *body: dict[str, Any]) -> list[dict[str, Any]]:
    data = {"url": url, "title": title, "referrer": "", "top": True, "compat_mode": "CSS1Compat"}
    meta = {"href": url, "width": 1280, "height": 720}
    return [
        {"page": page, "doc": doc, "t": t, "kind": "document", "data": data},
        {"page": page, "doc": doc, "t": t + 1, "kind": "meta", "type": 4, "data": meta},
        {"page": page, "doc": doc, "t": t + 2.5, "kind": "snapshot", "type": 2, "data": snapshot(title, *body)},
    ]


def input_event(page: int, doc: str, t: float, node: int, value: str) -> dict[str, Any]:
    data = {"source": 5, "id": node, "text": value, "isChecked": False, "userTriggered": True}
    return {"page": page, "doc": doc, "t": t, "kind": "input", "type": 3, "data": data}


def click(page: int, doc: str, t: float, node: int) -> dict[str, Any]:
    data = {"source": 2, "type": 2, "id": node, "x": 40, "y": 12}
    return {"page": page, "doc": doc, "t": t, "kind": "mouse", "type": 3, "data": data}


def simple(path: Path) -> None:
    file = File(path, "simple")
    file.add(*page_open(1, 5, "about:blank"))
    body = [element(8, "h1", text(9, "Grüße, 世界 👋")), element(10, "input", type="text")]
    file.add(*document(1, "d1", 120, "http://shop.example/", "Shop", *body))
    file.add(input_event(1, "d1", 900, 10, "tea"), click(1, "d1", 1200.75, 8))
    file.add({"page": 1, "t": 1300, "kind": "mark", "data": {"label": "typed", "data": {"order": 17}}})
    file.add({"page": 1, "t": 1500, "kind": "page-close", "data": {}})
    file.add({"t": 1501, "kind": "status", "data": {"status": "passed"}}, {"t": 1502, "kind": "stop", "data": {}})
    file.writer.close(status="passed")


def with_assets(path: Path) -> None:
    file = File(path, "assets")
    file.add(*page_open(1, 5, "about:blank"))
    file.add(*document(1, "d1", 50, "http://shop.example/", "Shop", element(8, "img", src="/dot.png")))
    for t, url, mime, content in ((60, "/a.css", "text/css", CSS), (70, "/dot.png", "image/png", png())):
        digest = file.writer.write_asset(content, mime)
        found = {"url": f"http://shop.example{url}", "status": 200, "mime": mime, "hash": digest, "size": len(content)}
        file.add({"page": 1, "t": t, "kind": "resource", "data": found})
    left_out = {"url": "http://shop.example/film.mp4", "reason": "too-large", "size": 734003200}
    file.add({"page": 1, "t": 80, "kind": "resource-omitted", "data": left_out})
    file.writer.flush()
    file.add(
        {"page": 1, "doc": "d1", "t": 700, "kind": "scroll", "type": 3, "data": {"source": 3, "id": 1, "x": 0, "y": 90}}
    )
    file.add({"t": 800, "kind": "stop", "data": {}})
    file.writer.close()


def two_pages(path: Path) -> None:
    file = File(path, "two pages")
    file.add(*page_open(1, 5, "about:blank"))
    file.add(*document(1, "d1", 50, "http://shop.example/", "Shop", element(8, "a", text(9, "Help"), href="/help")))
    file.add(click(1, "d1", 400, 8), *page_open(2, 420, "http://shop.example/help", opener=1))
    file.add(*document(2, "d2", 450, "http://shop.example/help", "Help", element(8, "iframe")))
    frame = {"url": "http://other.example/", "title": "", "referrer": "", "top": False, "parent": "d2"}
    file.add(
        {"page": 2, "doc": "d3", "t": 460, "kind": "document", "data": frame},
        {"page": 2, "doc": "d3", "t": 461, "kind": "document-frame", "data": {"parent": "d2", "node": 8}},
        {"page": 2, "doc": "d3", "t": 462, "kind": "snapshot", "type": 2, "data": snapshot("", text(8, "framed"))},
    )
    found = {"url": "http://shop.example/a.css", "status": 200, "mime": "text/css", "size": len(CSS)}
    file.add(
        {"page": 1, "t": 500, "kind": "resource", "data": {**found, "hash": file.writer.write_asset(CSS, "text/css")}}
    )
    file.writer.flush()  # an asset waits, so this ends the segment
    file.add(click(2, "d3", 900, 7))
    file.writer.flush()  # this does not; it is where a reader of the cut-off file stops
    file.add({"t": 950, "kind": "gap", "data": {"reason": "backpressure", "lost": 2, "waited_ms": 12.5}})
    # What no reader of version 1 knows, and every one has to pass over.
    file.add({"page": 2, "t": 960, "kind": "hologram", "data": {"depth": 3}, "extra": True})
    file.add({"page": 2, "t": 1000, "kind": "page-close", "data": {}})
    file.add(*document(1, "d4", 5000, "http://shop.example/cart", "Cart", text(8, "2 items")))
    file.add({"page": 1, "doc": "d1", "t": 4990, "kind": "document-end", "data": {}})
    file.add({"page": 1, "doc": "d4", "t": 5100, "kind": "title", "data": {"title": "Cart (2)"}})
    failed = {"status": "failed", "error": "AssertionError: 2 != 3"}
    file.add({"t": 5200, "kind": "status", "data": failed}, {"t": 5201, "kind": "stop", "data": {}})
    file.writer.close(status="failed")


def main(directory: Path) -> None:
    simple(directory / "simple.replay")
    with_assets(directory / "assets.replay")
    two_pages(directory / "two-pages.replay")
    # As a killed recorder leaves it: no index, and an event frame without an end.
    with RecordingReader(directory / "two-pages.replay") as reader:
        last = reader.index.segments[-1]
    content = (directory / "two-pages.replay").read_bytes()
    (directory / "cut-off.replay").write_bytes(content[: last.offset + last.size - 9])
    for path in directory.glob("*.replay"):
        with RecordingReader(path) as reader:
            lines = "".join(reader.segment_text(number) for number in range(len(reader.index.segments)))
        path.with_suffix(".ndjson").write_text(lines, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
