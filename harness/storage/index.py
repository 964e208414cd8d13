"""The index of a recording: which pages, documents, segments and assets it has, and where.

`IndexBuilder` is fed by the writer with every batch it writes and by the reader with every segment of a file whose
index is missing, so both come to the same result. Only the few kinds that say something about the whole are
parsed as JSON.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import itemgetter, sub
from typing import Any, cast

from harness.storage.events import Batch, Row

FORMAT_VERSION = 3
READ_VERSIONS = range(1, FORMAT_VERSION + 1)
ACTIVITY_GAP_MS = 1000  # events further apart have inactivity between them

# These say nothing about a person or a page being busy.
PASSIVE = frozenset(
    b"recording status stop checkpoint gap resource resource-omitted "
    b"pause resume user context document-frame document-end "
    b"source memory vital resource-timing check fidelity test thinned".split()
)
# The page of such an event is the one that was acted on.
ACTING = frozenset(b"page-open mouse input key scroll focus touchmove drag".split())
STATUSES = ("passed", "failed", "unknown")

_page_and_doc, _page = itemgetter(0, 1), itemgetter(0)
_time = itemgetter(2)


@dataclass(frozen=True, slots=True)
class Segment:
    """One event frame: `size` bytes at `offset` of the file, `raw_size` bytes of NDJSON in it."""

    offset: int
    size: int
    raw_size: int
    first_ms: float
    last_ms: float
    events: int
    snapshots: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page or popup; `url` and `title` are the last ones known."""

    id: int
    url: str
    title: str
    opened_ms: float
    closed_ms: float | None
    opener: int | None
    viewport: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Document:
    """One navigation of one frame; `snapshots` is [(t, segment number)]."""

    doc: str
    page: int | None
    url: str
    title: str
    start_ms: float
    end_ms: float | None
    top: bool
    parent: str | None
    node: int | None
    snapshots: list[tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Resource:
    """From `t` on, `url` on that page is the asset `hash`."""

    t: float
    page: int | None
    url: str
    hash: str


@dataclass(frozen=True, slots=True)
class Omitted:
    """A resource that was not kept, and why."""

    t: float
    page: int | None
    url: str
    reason: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Asset:
    """One stored body: its ASET frame is at `offset`; `size` bytes of content, `stored` bytes in the file."""

    offset: int
    size: int
    stored: int
    mime: str
    encoding: str
    shared: bool = False  # not in this file but beside it, see harness/storage/pack.py


@dataclass(frozen=True, slots=True)
class Mark:
    t: float
    label: str
    data: Any
    page: int | None


@dataclass(frozen=True, slots=True)
class Index:
    """A typed view of the index; `raw` is the JSON object as it stands in the file."""

    complete: bool
    duration_ms: float
    events: int
    kinds: dict[str, int]
    lost_events: int  # known to be missing
    lost_unknown: bool  # … and some more, of which nobody knows how many
    status: str
    segments: list[Segment]
    pages: list[Page]
    documents: list[Document]
    resources: list[Resource]
    omitted: list[Omitted]
    assets: dict[str, Asset]
    marks: list[Mark]
    active: list[tuple[float, int]]
    activity: list[tuple[float, float]]
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def from_raw(cls, raw: Mapping[str, Any]) -> Index:
        """Return the view of an index object. Raises ValueError if it is not one."""
        try:
            return cls(
                complete=raw["complete"] is True,
                duration_ms=number(raw["duration_ms"]),
                events=whole(raw["events"]),
                kinds={str(kind): whole(count) for kind, count in raw["kinds"].items()},
                lost_events=whole(raw["lost_events"]),
                lost_unknown=raw.get("lost_unknown") is True,
                status=str(raw["status"]),
                segments=[
                    Segment(
                        whole(s["offset"]),
                        whole(s["size"]),
                        whole(s["raw_size"]),
                        number(s["first_ms"]),
                        number(s["last_ms"]),
                        whole(s["events"]),
                        bool(s["snapshots"]),
                    )
                    for s in raw["segments"]
                ],
                pages=[
                    Page(
                        whole(p["id"]),
                        str(p["url"]),
                        str(p["title"]),
                        number(p["opened_ms"]),
                        optional_number(p["closed_ms"]),
                        optional_whole(p["opener"]),
                        p["viewport"] if isinstance(p.get("viewport"), dict) else None,
                    )
                    for p in raw["pages"]
                ],
                documents=[
                    Document(
                        str(d["doc"]),
                        optional_whole(d["page"]),
                        str(d["url"]),
                        str(d["title"]),
                        number(d["start_ms"]),
                        optional_number(d["end_ms"]),
                        bool(d["top"]),
                        None if d["parent"] is None else str(d["parent"]),
                        optional_whole(d["node"]),
                        [(number(t), whole(segment)) for t, segment in d["snapshots"]],
                    )
                    for d in raw["documents"]
                ],
                resources=[
                    Resource(number(t), optional_whole(page), str(url), str(digest))
                    for t, page, url, digest in raw["resources"]
                ],
                omitted=[
                    Omitted(
                        number(o["t"]),
                        optional_whole(o["page"]),
                        str(o["url"]),
                        str(o["reason"]),
                        optional_whole(o["size"]),
                    )
                    for o in raw["omitted"]
                ],
                assets={
                    str(digest): Asset(
                        whole(a["offset"]), whole(a["size"]), whole(a["stored"]), str(a["mime"]), str(a["encoding"])
                    )
                    for digest, a in raw["assets"].items()
                }
                | {
                    str(digest): Asset(
                        0, whole(a["size"]), whole(a["stored"]), str(a["mime"]), str(a["encoding"]), shared=True
                    )
                    for digest, a in raw.get("shared", {}).items()
                },
                marks=[
                    Mark(number(m["t"]), str(m["label"]), m.get("data"), optional_whole(m.get("page")))
                    for m in raw["marks"]
                ],
                active=[(number(t), whole(page)) for t, page in raw["active"]],
                activity=[(number(first), number(last)) for first, last in raw["activity"]],
                raw=dict(raw),
            )
        except (KeyError, TypeError, AttributeError, IndexError) as exc:
            raise ValueError(f"index is not understood ({type(exc).__name__}: {exc})") from exc


def number(value: object) -> float:
    """Return a finite JSON number. Raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e15 < value < 1e15:
        raise ValueError(f"{value!r} is not a number")
    return value


def whole(value: object) -> int:
    """Return a JSON integer of at least 0. Raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 63:
        raise ValueError(f"{value!r} is not a count")
    return value


def optional_number(value: object) -> float | None:
    return None if value is None else number(value)


def optional_whole(value: object) -> int | None:
    return None if value is None else whole(value)


class IndexBuilder:
    """Collects the index while batches of event lines go by. Nothing an event says can make it raise."""

    def __init__(self, header: Mapping[str, Any]) -> None:
        self.header = dict(header)
        self.status = "unknown"
        self.lost_events = 0
        self.lost_unknown = False
        self.last_ms = 0.0
        self._events = 0
        self._kinds: Counter[bytes] = Counter()
        self.segments: list[dict[str, Any]] = []
        self._pages: dict[int, dict[str, Any]] = {}
        self._documents: dict[str, dict[str, Any]] = {}
        self._seen: set[tuple[bytes, bytes]] = set()
        self._resources: list[list[Any]] = []
        self._redirects: list[list[Any]] = []
        self._untimed: set[str] = set()
        self._omitted: list[dict[str, Any]] = []
        self._assets: dict[str, dict[str, Any]] = {}
        self._marks: list[dict[str, Any]] = []
        self._active: list[list[Any]] = []
        self._activity: list[list[float]] = []

    def add_segment(self, offset: int) -> int:
        """Begin the segment whose frame stands at `offset`; return its number. `add` puts events into it."""
        self.segments.append(
            {
                "offset": offset,
                "size": 0,
                "raw_size": 0,
                "first_ms": None,
                "last_ms": None,
                "events": 0,
                "snapshots": False,
            }
        )
        return len(self.segments) - 1

    def end_segment(self, size: int) -> None:
        """Say how many bytes the frame of the last segment takes."""
        self.segments[-1]["size"] = size

    def add_asset(self, digest: str, *, offset: int, size: int, stored: int, mime: str, encoding: str) -> None:
        self._assets[digest] = {"offset": offset, "size": size, "stored": stored, "mime": mime, "encoding": encoding}

    def add(self, batch: Batch) -> None:
        """Take in event lines, which belong to the last segment."""
        rows = batch.rows
        if not rows:
            return
        number_of_segment = len(self.segments) - 1
        segment = self.segments[number_of_segment]
        kinds = batch.kinds
        times = list(map(float, map(_time, rows)))
        first, last = min(times), max(times)
        self._events += len(rows)
        self._kinds.update(kinds)
        self.last_ms = max(self.last_ms, last)
        segment["events"] += len(rows)
        segment["raw_size"] += len(batch.data)
        segment["first_ms"] = first if segment["first_ms"] is None else min(segment["first_ms"], first)
        segment["last_ms"] = last if segment["last_ms"] is None else max(segment["last_ms"], last)
        if b"snapshot" in kinds or b"checkpoint" in kinds:
            segment["snapshots"] = True
        unseen = set(map(_page_and_doc, rows)) - self._seen
        if unseen:
            self._meet(unseen, rows, times)
        if not kinds.keys().isdisjoint(READERS):
            self._read_lines(batch, times, number_of_segment)
        if not kinds.keys().isdisjoint(ACTING):
            self._follow(rows, times)
        self._stretch(rows, times, kinds, first, last)

    def entries_with(self, batch: Batch) -> int:
        """Return how many pages and documents there are, at most, once the batch is added."""
        return len(self._seen | set(map(_page_and_doc, batch.rows)))

    def raw(self, *, complete: bool, status: str | None = None) -> dict[str, Any]:
        """Return the index object as it stands in a file."""
        for segment in self.segments:
            if segment["first_ms"] is None:
                segment["first_ms"] = segment["last_ms"] = 0
        return {
            "format_version": FORMAT_VERSION,
            "header": self.header,
            "complete": complete,
            "duration_ms": tidy(max(self.last_ms, 0)),
            "events": self._events,
            "kinds": {kind.decode("utf-8", "replace"): count for kind, count in self._kinds.most_common()},
            "lost_events": self.lost_events,
            **({"lost_unknown": True} if self.lost_unknown else {}),
            "status": status if status in STATUSES else self.status,
            "segments": [
                {**segment, "first_ms": tidy(segment["first_ms"]), "last_ms": tidy(segment["last_ms"])}
                for segment in self.segments
            ],
            "pages": sorted(self._pages.values(), key=lambda page: (page["opened_ms"], page["id"])),
            "documents": list(self._documents.values()),
            "resources": sorted(self._resources, key=itemgetter(0)),
            "untimed": sorted(self._untimed),
            "redirects": sorted(self._redirects, key=itemgetter(0)),
            "omitted": self._omitted,
            "assets": self._assets,
            "marks": sorted(self._marks, key=itemgetter("t")),
            "active": _changes(sorted(self._active, key=itemgetter(0))),
            "activity": _merged(sorted(self._activity)),
        }

    def _meet(self, unseen: set[tuple[bytes, bytes]], rows: list[Row], times: list[float]) -> None:
        """Make entries for pages and documents that are named for the first time, in the order of their events."""
        for row, t in zip(rows, times, strict=True):
            pair = (row[0], row[1])
            if pair not in unseen:
                continue
            unseen.discard(pair)
            self._seen.add(pair)
            page = int(row[0]) if row[0] else None
            if page is not None:
                self._page(page, t)
            if row[1]:
                document = self._document(row[1].decode("utf-8", "replace"), t)
                if document["page"] is None:
                    document["page"] = page
            if not unseen:
                return

    def _page(self, page: int, t: float) -> dict[str, Any]:
        if page not in self._pages:
            self._pages[page] = {
                "id": page,
                "url": "",
                "title": "",
                "opened_ms": tidy(t),
                "closed_ms": None,
                "opener": None,
                "viewport": None,
            }
        return self._pages[page]

    def _document(self, doc: str, t: float) -> dict[str, Any]:
        if doc not in self._documents:
            self._documents[doc] = {
                "doc": doc,
                "page": None,
                "url": "",
                "title": "",
                "start_ms": tidy(t),
                "end_ms": None,
                "top": True,
                "parent": None,
                "node": None,
                "snapshots": [],
            }
        return self._documents[doc]

    def _read_lines(self, batch: Batch, times: list[float], segment: int) -> None:
        lines = batch.data.split(b"\n")
        for line, row, t in zip(lines, batch.rows, times, strict=False):
            read = READERS.get(row[3])
            if read is None:
                continue
            page = int(row[0]) if row[0] else None
            doc = row[1].decode("utf-8", "replace")
            if read is _snapshot:  # never parsed: snapshots are the largest lines there are
                if doc:
                    self._documents[doc]["snapshots"].append([tidy(t), segment])
                continue
            try:
                data = json.loads(line).get("data")
            except (ValueError, RecursionError, AttributeError):
                continue
            read(self, tidy(t), page, doc, data if isinstance(data, dict) else {})

    def _follow(self, rows: list[Row], times: list[float]) -> None:
        last = self._active[-1][1] if self._active else None
        if set(map(_page, rows)) <= {b"", b"" if last is None else b"%d" % last}:
            return  # the usual batch: all of it is of the page that was acted on before
        for row, t in zip(rows, times, strict=True):
            if row[3] in ACTING and row[0] and int(row[0]) != last:
                last = int(row[0])
                self._active.append([tidy(t), last])

    def _stretch(self, rows: list[Row], times: list[float], kinds: Counter[bytes], first: float, last: float) -> None:
        if kinds.keys().isdisjoint(PASSIVE) and (
            last - first <= ACTIVITY_GAP_MS or max(map(abs, map(sub, times[1:], times))) <= ACTIVITY_GAP_MS
        ):
            self._extend(first, last)  # the usual batch: all of it lies within one span
            return
        for row, t in zip(rows, times, strict=True):
            if row[3] not in PASSIVE:
                self._extend(t, t)

    def _extend(self, first: float, last: float) -> None:
        spans = self._activity
        if spans and spans[-1][0] - ACTIVITY_GAP_MS <= last and first <= spans[-1][1] + ACTIVITY_GAP_MS:
            spans[-1][0] = min(spans[-1][0], first)
            spans[-1][1] = max(spans[-1][1], last)
        else:
            spans.append([first, last])

    # What each kind tells the index; `page` may be None and `doc` empty, `data` is whatever the event holds.

    def _page_open(self, t: float, page: int | None, doc: str, data: dict[str, Any]) -> None:
        if page is None:
            return
        entry = self._page(page, t)
        entry["opened_ms"] = min(entry["opened_ms"], t)
        entry["url"] = entry["url"] or text(data.get("url"))
        entry["opener"] = _page_number(data.get("opener"))
        viewport = data.get("viewport")
        entry["viewport"] = viewport if isinstance(viewport, dict) else None

    def _page_close(self, t: float, page: int | None, doc: str, data: dict[str, Any]) -> None:
        if page is not None:
            self._page(page, t)["closed_ms"] = t

    def _document_start(self, t: float, page: int | None, doc: str, data: dict[str, Any]) -> None:
        if not doc:
            return
        entry = self._document(doc, t)
        parent = data.get("parent")
        entry["page"] = entry["page"] if page is None else page
        entry["start_ms"] = min(entry["start_ms"], t)
        entry["parent"] = parent if isinstance(parent, str) else entry["parent"]
        entry["top"] = data.get("top") is not False and entry["parent"] is None
        entry["url"] = text(data.get("url"))
        entry["title"] = text(data.get("title"))
        if page is not None and entry["top"]:
            shown = self._page(page, t)
            shown["url"], shown["title"] = entry["url"], entry["title"]

    def _document_frame(self, t: float, page: int | None, doc: str, data: dict[str, Any]) -> None:
        if not doc:
            return
        entry = self._document(doc, t)
        parent, node = data.get("parent"), data.get("node")
        entry["parent"] = parent if isinstance(parent, str) else None
        entry["node"] = node if isinstance(node, int) and not isinstance(node, bool) and node >= 0 else None
        entry["top"] = False

    def _document_end(self, t: float, page: int | None, doc: str, data: dict[str, Any]) -> None:
        if doc:
            self._document(doc, t)["end_ms"] = t

    def _url(self, t: float, page: int | None, doc: str, data: dict[str, Any]) -> None:
        self._set("url", t, page, doc, text(data.get("url")))

    def _title(self, t: float, page: int | None, doc: str, data: dict[str, Any]) -> None:
        self._set("title", t, page, doc, text(data.get("title")))

    def _set(self, key: str, t: float, page: int | None, doc: str, value: str) -> None:
        entry = self._document(doc, t) if doc else None
        if entry is not None:
            entry[key] = value
        if page is not None and (entry is None or entry["top"]):
            self._page(page, t)[key] = value

    def _resource(self, t: float, page: int | None, doc: str, data: dict[str, Any]) -> None:
        url, digest = data.get("url"), data.get("hash")
        if isinstance(url, str) and isinstance(digest, str):
            since, location = data.get("since"), data.get("location")
            from_ms = min(t, float(since)) if isinstance(since, int | float) else t
            if since is None:
                self._untimed.add(url)
            self._resources.append([from_ms, page, url, digest])
            if isinstance(location, str):
                self._redirects.append([from_ms, page, url, location])

    def _resource_omitted(self, t: float, page: int | None, doc: str, data: dict[str, Any]) -> None:
        size = data.get("size")
        size = size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None
        omitted: dict[str, Any] = {
            "t": t,
            "page": page,
            "url": text(data.get("url")),
            "reason": text(data.get("reason")),
        }
        omitted["size"] = size
        for side in ("width", "height"):
            if isinstance(data.get(side), int):
                omitted[side] = data[side]
        self._omitted.append(omitted)

    def _mark(self, t: float, page: int | None, doc: str, data: dict[str, Any]) -> None:
        mark = {"t": t, "label": text(data.get("label")), "data": data.get("data")}
        self._marks.append(mark if page is None else {**mark, "page": page})

    def _gap(self, t: float, page: int | None, doc: str, data: dict[str, Any]) -> None:
        lost = data.get("lost")
        if isinstance(lost, int) and not isinstance(lost, bool) and lost > 0:
            self.lost_events += lost
        elif lost is None and "lost" in data:
            self.lost_unknown = True

    def _status(self, t: float, page: int | None, doc: str, data: dict[str, Any]) -> None:
        if data.get("status") in STATUSES:
            self.status = cast(str, data["status"])


def _snapshot(builder: IndexBuilder, t: float, page: int | None, doc: str, data: dict[str, Any]) -> None:
    """Stands in READERS for lines that are listed without being parsed."""


READERS = {
    b"snapshot": _snapshot,
    b"checkpoint": _snapshot,
    b"page-open": IndexBuilder._page_open,
    b"page-close": IndexBuilder._page_close,
    b"document": IndexBuilder._document_start,
    b"document-frame": IndexBuilder._document_frame,
    b"document-end": IndexBuilder._document_end,
    b"url": IndexBuilder._url,
    b"title": IndexBuilder._title,
    b"resource": IndexBuilder._resource,
    b"resource-omitted": IndexBuilder._resource_omitted,
    b"mark": IndexBuilder._mark,
    b"gap": IndexBuilder._gap,
    b"status": IndexBuilder._status,
}


def text(value: object) -> str:
    return value if isinstance(value, str) else ""


def tidy(value: float) -> float:
    """Return a whole number as an int, so that JSON shows 1200 and not 1200.0."""
    return int(value) if value == int(value) else value


def _page_number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _changes(visits: list[list[Any]]) -> list[list[Any]]:
    return [visit for at, visit in enumerate(visits) if not at or visits[at - 1][1] != visit[1]]


def _merged(spans: list[list[float]]) -> list[list[float]]:
    merged: list[list[float]] = []
    for first, last in spans:
        if merged and first <= merged[-1][1] + ACTIVITY_GAP_MS:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    return [[tidy(first), tidy(last)] for first, last in merged]
