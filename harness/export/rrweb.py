"""A recording in rrweb's own form, for its Replayer and other tools: an array of events for each page.

rrweb knows one document a time and one space of node ids. So when a page navigates, what the old document still sends
is left out, and the ids of documents that recorded themselves in an iframe are moved to a range of their own; their
snapshots become mutations that attach a document to the iframe, which is how rrweb writes them. What only harness
records is left out.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator
from itertools import count
from typing import Any, BinaryIO

from harness.errors import UsageError
from harness.replay.document_mirror import DocumentMirror
from harness.replay.nodes import ELEMENT
from harness.replay.replay import Replay
from harness.storage import RecordingReader

INCREMENTAL = 3
# Batches of two documents of a page overlap by a tenth of a second; what is out of order by more stays so.
HOLD_BACK_MS = 1000
ID_RANGE = 1_000_000_000
_SINGLE_IDS = frozenset({"mouse", "scroll", "input", "media", "canvas-commands"})
_POSITIONS = frozenset({"mousemove", "touchmove", "drag"})
_SHEETS = frozenset({"style-rule", "style-declaration", "adopted-style-sheet"})
_TOP_ONLY = frozenset({"meta", "load", "viewport"})

Event = dict[str, Any]


def write_rrweb(reader: RecordingReader, file: BinaryIO, *, page: int | None = None) -> None:
    """Write {"pages": [{"id", "url", "events": […]}]}, or the array of one page. Timestamps are epoch ms.

    Raises UsageError if there is no such page.
    """
    pages = [entry for entry in reader.index.pages if page is None or entry.id == page]
    if not pages and page is not None:
        known = ", ".join(str(entry.id) for entry in reader.index.pages) or "none"
        raise UsageError(f"{reader.path}: has no page {page}; its pages: {known}", path=reader.path)
    if page is not None:
        _write_array(file, rrweb_events(reader, page))
        return
    file.write(b'{"pages":[')
    for number, entry in enumerate(pages):
        head = json.dumps({"id": entry.id, "url": entry.url}, separators=(",", ":"))
        file.write(f'{"," if number else ""}\n{head[:-1]},"events":'.encode())
        _write_array(file, rrweb_events(reader, entry.id))
        file.write(b"}")
    file.write(b"\n]}\n")


def _write_array(file: BinaryIO, events: Iterator[Event]) -> None:
    file.write(b"[")
    for number, event in enumerate(events):
        file.write(b",\n" if number else b"\n")
        file.write(json.dumps(event, separators=(",", ":")).encode())
    file.write(b"\n]")


def rrweb_events(reader: RecordingReader, page: int) -> Iterator[Event]:
    """Yield the events of one page as rrweb has them: {"type", "data", "timestamp"}, in order of time."""
    started_at = float(reader.header["started_at"])
    stream = _Stream(reader)
    for event in _in_order(Replay(reader).events(), page):
        for type_, data in stream.convert(event):
            timestamp = started_at + event["t"]
            if type_ == INCREMENTAL and isinstance(data, dict) and data.get("source") == 0:
                data = _one_by_one(data)
            yield {"type": type_, "data": data, "timestamp": int(timestamp) if timestamp.is_integer() else timestamp}


def _one_by_one(mutation: Any) -> Any:
    """Return the mutation with each added node by itself: rrweb's replayer does not look into them."""
    adds: list[Any] = []
    waiting = list(reversed(mutation.get("adds") or ()))
    while waiting:
        add = waiting.pop()
        node = add["node"]
        inside = node.get("childNodes") if node.get("type") == ELEMENT else None
        if inside:
            add = {**add, "node": {**node, "childNodes": []}}
            waiting += [{"parentId": node["id"], "nextId": None, "node": child} for child in reversed(inside)]
        adds.append(add)
    return {**mutation, "adds": adds}


def _in_order(events: Iterator[Event], page: int) -> Iterator[Event]:
    """Yield a page's rrweb events by time, events of the same time as they stand in the file."""
    held: list[tuple[float, int, Event]] = []
    order = count()
    latest = float("-inf")
    for event in events:
        if event.get("page") != page or not isinstance(event.get("type"), int) or "doc" not in event:
            continue
        latest = max(latest, event["t"])
        heapq.heappush(held, (event["t"], next(order), event))
        while held[0][0] < latest - HOLD_BACK_MS:
            yield heapq.heappop(held)[2]
    while held:
        yield heapq.heappop(held)[2]


class _Stream:
    """What rrweb's replayer would know so far: the page's document, and the ones attached inside its iframes.

    A document in an iframe may be recorded before the one around it; it is attached when that has been.
    """

    def __init__(self, reader: RecordingReader) -> None:
        self._entries = {entry.doc: entry for entry in reader.index.documents}
        self._top: str | None = None
        self._past: set[str] = set()
        self._ranges: dict[str, int] = {}
        self._frames: dict[str, DocumentMirror] = {}  # documents that record themselves in iframes, as they are now
        self._attached: set[str] = set()

    def convert(self, event: Event) -> Iterator[tuple[int, Any]]:
        """Yield (type, data) of the rrweb events that this one becomes: none, one, or with attached documents more."""
        doc, kind = event["doc"], event["kind"]
        entry = self._entries.get(doc)
        if entry is not None and entry.node is not None:
            yield from self._of_frame(event, doc)
            return
        if doc in self._past or kind == "checkpoint":
            return
        if kind == "snapshot" and doc != self._top:
            if self._top is not None:
                self._past.add(self._top)
            self._top = doc
            self._frames = {frame: mirror for frame, mirror in self._frames.items() if self._outermost(frame) == doc}
        yield event["type"], event["data"]
        if kind == "snapshot":
            # It made the replayer forget the documents in iframes; those of this stream come again by themselves.
            self._attached = set()
            yield from self._attach_inside(doc)

    def _of_frame(self, event: Event, doc: str) -> Iterator[tuple[int, Any]]:
        kind = event["kind"]
        if kind in _TOP_ONLY or (doc not in self._frames and kind not in ("snapshot", "checkpoint")):
            return
        mirror = self._frames.setdefault(doc, DocumentMirror())
        mirror.apply(event)
        parent = self._entries[doc].parent
        if kind == "snapshot" and parent is not None and (parent == self._top or parent in self._attached):
            yield from self._attach(doc, mirror)
        elif kind not in ("snapshot", "checkpoint") and doc in self._attached:
            yield event["type"], self._moved(event["data"], kind, self._base(doc))

    def _outermost(self, doc: str) -> str:
        """Return the document around all those around `doc`."""
        seen = {doc}
        while (entry := self._entries.get(doc)) is not None and entry.parent is not None and entry.parent not in seen:
            doc = entry.parent
            seen.add(doc)
        return doc

    def _base(self, doc: str) -> int:
        return 0 if doc == self._top else self._ranges.setdefault(doc, ID_RANGE * (len(self._ranges) + 1))

    def _attach_inside(self, parent: str) -> Iterator[tuple[int, Any]]:
        for doc, mirror in self._frames.items():
            if self._entries[doc].parent == parent:
                yield from self._attach(doc, mirror)

    def _attach(self, doc: str, mirror: DocumentMirror) -> Iterator[tuple[int, Any]]:
        entry = self._entries[doc]
        if entry.parent is None or entry.node is None or mirror.root is None:
            return
        self._attached.add(doc)
        base = self._base(doc)
        node = _moved_node(mirror.snapshot()["node"], base)
        add = {"parentId": self._base(entry.parent) + entry.node, "nextId": None, "node": node}
        empty: dict[str, list[Any]] = {"removes": [], "texts": [], "attributes": []}
        yield INCREMENTAL, {"source": 0, "adds": [add], **empty, "isAttachIframe": True}
        for data in mirror.frames():
            yield INCREMENTAL, self._moved(data, "mutation", base)
        yield from self._attach_inside(doc)

    def _moved(self, data: Event, kind: str, base: int) -> Event:
        """Return the data with all node ids, and ids of sheets, in the range that begins at `base`."""
        data = dict(data)
        if kind == "mutation":
            data["adds"] = [
                {**_with_ids(add, base, "parentId", "nextId", "previousId"), "node": _moved_node(add["node"], base)}
                for add in data.get("adds") or ()
            ]
            data["removes"] = [_with_ids(remove, base, "parentId", "id") for remove in data.get("removes") or ()]
            for key in ("texts", "attributes"):
                data[key] = [_with_ids(change, base, "id") for change in data.get(key) or ()]
        elif kind in _SINGLE_IDS:
            data = _with_ids(data, base, "id")
        elif kind in _POSITIONS:
            data["positions"] = [_with_ids(position, base, "id") for position in data["positions"]]
        elif kind == "selection":
            data["ranges"] = [_with_ids(range_, base, "start", "end") for range_ in data["ranges"]]
        elif kind in _SHEETS:
            data = _with_ids(data, base, "id", "styleId")
            if "styleIds" in data:
                data["styleIds"] = [base + number for number in data["styleIds"]]
            if "styles" in data:
                data["styles"] = [_with_ids(sheet, base, "styleId") for sheet in data["styles"]]
        return data


def _with_ids(data: Event, base: int, *keys: str) -> Event:
    moved = {key: base + data[key] for key in keys if isinstance(data.get(key), int) and data[key] > 0}
    return {**data, **moved}


def _moved_node(node: Event, base: int) -> Event:
    """Return the serialised tree with its ids moved; every node names the document it is in, as rrweb asks for."""
    root = _with_ids(node, base, "id", "rootId")
    document = root["id"]
    waiting = [root]
    while waiting:
        parent = waiting.pop()
        if "childNodes" in parent:
            parent["childNodes"] = [_with_ids(child, base, "id", "rootId") for child in parent["childNodes"]]
            waiting += parent["childNodes"]
        if parent["type"] != 0 and node["type"] == 0:
            parent.setdefault("rootId", document)
    return root
