"""Made the golden file of format version 2, once. It is never written again: a later format has its own directory.

python recordings/golden-v2/make.py OUTPUT_DIRECTORY
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from harness.storage import RecordingReader, RecordingWriter

HEADER = {
    "id": "00000000-0000-4000-8000-000000000002",
    "started_at": 1790000000000,
    "harness_version": "0.1.0",
    "title": "compact",
    "privacy": "allow",
    "browser": {"name": "chromium", "version": "156.0.8078.79"},
}


def text(node: int, content: str) -> dict[str, Any]:
    return {"type": 3, "textContent": content, "id": node}


def element(node: int, tag: str, *children: dict[str, Any], **attributes: str) -> dict[str, Any]:
    return {"type": 2, "tagName": tag, "attributes": attributes, "childNodes": list(children), "id": node}


def events() -> list[dict[str, Any]]:
    head = element(3, "head", element(4, "title", text(5, "Shop")))
    tea = element(7, "ul", element(8, "li", text(9, "Grüße, 世界")), element(12, "li", text(13, "late number")))
    document = {"type": 0, "childNodes": [element(2, "html", head, element(6, "body", tea))], "id": 1}
    offset = {"left": 0, "top": 0}
    added = [{"parentId": 7, "nextId": 8, "node": element(20, "li", element(21, "b", text(22, "new")))}]
    added += [{"parentId": 7, "nextId": None, "node": text(23, "follows")}]
    mutation = {"source": 0, "texts": [], "attributes": [], "removes": [{"parentId": 7, "id": 12}], "adds": added}
    alone = {**mutation, "removes": [], "adds": [{"parentId": 1, "nextId": None, "node": element(30, "p")}]}
    dom = {"page": 1, "doc": "d1"}
    return [
        {"page": 1, "t": 5, "kind": "page-open", "data": {"url": "about:blank"}},
        {"page": 1, "t": 6, "kind": "request", "data": {"id": "r1", "url": "http://shop.example/", "method": "GET"}},
        {"page": 1, "t": 9, "kind": "response", "data": {"id": "r1", "status": 200}},
        {**dom, "t": 20, "kind": "document", "data": {"url": "http://shop.example/", "title": "Shop", "top": True}},
        {**dom, "t": 21, "kind": "snapshot", "type": 2, "data": {"node": document, "initialOffset": offset}},
        {"page": 1, "t": 30, "kind": "request", "data": {"id": "r2", "url": "http://shop.example/a", "method": "GET"}},
        {**dom, "t": 40, "kind": "mutation", "type": 3, "data": mutation},
        {**dom, "t": 50, "kind": "mutation", "type": 3, "data": alone},
        {"t": 60, "kind": "mark", "data": {"label": "end"}},
        {"t": 61, "kind": "status", "data": {"status": "passed"}},
        {"t": 62, "kind": "stop", "data": {}},
    ]


def main(directory: Path) -> None:
    path = directory / "compact.replay"
    with RecordingWriter(path, HEADER, compacts=True) as writer:
        lines = "".join(json.dumps(event, separators=(",", ":"), ensure_ascii=False) + "\n" for event in events())
        writer.write_events(lines, count=len(events()), first_ms=5, last_ms=62)
        writer.close(status="passed")
    with RecordingReader(path) as reader:
        found = [json.dumps(event, separators=(",", ":"), ensure_ascii=False) + "\n" for event in reader.events()]
    path.with_suffix(".ndjson").write_text("".join(found), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
