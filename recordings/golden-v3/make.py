"""Made the golden file of format version 3, once. It is never written again: a later format has its own directory.

python recordings/golden-v3/make.py OUTPUT_DIRECTORY
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from harness.storage import RecordingReader, RecordingWriter

HEADER = {
    "id": "00000000-0000-4000-8000-000000000003",
    "started_at": 1790000000000,
    "harness_version": "0.1.0",
    "title": "texts",
    "privacy": "allow",
    "browser": {"name": "chromium", "version": "156.0.8078.79"},
}


def rules(name: str, count: int) -> str:
    return "".join(f'.{name}-{number}::before {{ content: "Grüße\\{number}"; }}\n' for number in range(count))


def element(node: int, tag: str, *children: dict[str, Any], **attributes: str) -> dict[str, Any]:
    return {"type": 2, "tagName": tag, "attributes": attributes, "childNodes": list(children), "id": node}


def document(text: str) -> dict[str, Any]:
    style = element(4, "style", {"type": 3, "textContent": text, "id": 5})
    head = element(3, "head", style, element(6, "style", {"type": 3, "textContent": "short", "id": 7}))
    html = element(2, "html", head, element(8, "body", element(9, "canvas")))
    return {"node": {"type": 0, "childNodes": [html], "id": 1}, "initialOffset": {"left": 0, "top": 0}}


def events() -> list[dict[str, Any]]:
    large, small = rules("large", 1500), rules("small", 20)
    added = [{"parentId": 3, "nextId": None, "node": element(20, "style", {"type": 3, "textContent": small, "id": 21})}]
    mutation = {"source": 0, "texts": [], "attributes": [], "removes": [], "adds": added}
    sheet = {"sheet": 1, "document": 1, "made": True, "text": rules("made", 30)}
    picture = {"id": 9, "width": 2, "height": 1, "image": "data:image/png;base64," + "iVBORw0KGgo" * 100}
    state = [{"t": 50, "kind": "sheet", "data": sheet}, {"t": 60, "kind": "canvas", "data": picture}]
    dom = {"page": 1, "doc": "d1"}
    return [
        {"page": 1, "t": 5, "kind": "page-open", "data": {"url": "about:blank"}},
        {**dom, "t": 20, "kind": "document", "data": {"url": "http://shop.example/", "title": "Shop", "top": True}},
        {**dom, "t": 21, "kind": "snapshot", "type": 2, "data": document(large)},
        {**dom, "t": 40, "kind": "mutation", "type": 3, "data": mutation},
        {**dom, "t": 50, "kind": "sheet", "data": sheet},
        {**dom, "t": 60, "kind": "canvas", "data": picture},
        {**dom, "t": 70, "kind": "checkpoint", "data": {**document(large), "born": 21, "state": state}},
        {"t": 80, "kind": "mark", "data": {"label": "end"}},
        {"t": 81, "kind": "status", "data": {"status": "passed"}},
        {"t": 82, "kind": "stop", "data": {}},
    ]


def main(directory: Path) -> None:
    path = directory / "texts.replay"
    with RecordingWriter(path, HEADER, compacts=True) as writer:
        lines = "".join(json.dumps(event, separators=(",", ":"), ensure_ascii=False) + "\n" for event in events())
        writer.write_events(lines, count=len(events()), first_ms=5, last_ms=82)
        writer.close(status="passed")
    with RecordingReader(path) as reader:
        found = [json.dumps(event, separators=(",", ":"), ensure_ascii=False) + "\n" for event in reader.events()]
    path.with_suffix(".ndjson").write_text("".join(found), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
