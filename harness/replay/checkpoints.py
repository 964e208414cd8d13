"""Checkpoints: what documents look like, written between their events, so that a reader need not begin at the start.

A mirror in Python follows the events instead of asking the page for snapshots, which costs its main thread. It does
nothing at all for a document that has not said much since its first snapshot, which is most of them: its lines only
wait. A document that has been written down once is followed at once, line by line: what has just been read is parsed in
less time than what has to be fetched from memory again. A document that grows beyond all bounds, or that says what
cannot be applied, gets no more checkpoints until its next snapshot; a reader then begins at that.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import orjson

from harness.replay.document_mirror import DocumentMirror
from harness.replay.nodes import Node
from harness.replay.state import KEPT, StateTable
from harness.storage.events import Batch, Row

# What a seek has to read and apply at most; measured on a table of 2,000 nodes: 60 ms with 1 MB, 45 ms with 512 kB,
# which takes a tenth more room in the file.
EVERY_BYTES = 1 << 20
# A large document is written down less often, so that checkpoints stay a small part of the file …
TIMES_ITS_SIZE = 3
# … and one that says nothing still less often: it is needed where another document of its page has changed.
IDLE_BYTES, IDLE_TIMES_ITS_SIZE = 4 << 20, 8
MAX_NODES = 300_000

_STATE_KINDS = {kind.encode(): kind for kind in KEPT}
# Of these only the last one counts, and nothing else depends on which it is.
_LAST_COUNTS = frozenset(kind.encode() for kind, key in KEPT.items() if key is None and kind != "key")
_doc, _time = itemgetter(1), itemgetter(2)
_loads = orjson.loads
_ENDS = frozenset({b"document-end", b"page-close"})


@dataclass(slots=True)
class _Document:
    page: int
    pending: list[Batch] = field(default_factory=list)  # what the mirror has not seen
    mirror: DocumentMirror = field(default_factory=DocumentMirror)
    state: StateTable = field(default_factory=StateTable)
    bytes_since: int = 0  # of its own lines since its last snapshot or checkpoint
    written_at: int = 0  # bytes of all lines before that
    size: int = 0  # of that
    born_ms: float | None = None
    last_ms: float = 0
    has_snapshot: bool = False
    is_followed: bool = False  # its lines do not wait: it has said much before
    has_media: bool = False
    given_up: bool = False


class Checkpointer:
    """Follows a recording's lines in the order in which they are written; `lines` are the checkpoints that are due."""

    def __init__(self, *, every_bytes: int = EVERY_BYTES, times_its_size: int = TIMES_ITS_SIZE) -> None:
        self._every_bytes = every_bytes
        self._times_its_size = times_its_size
        self._documents: dict[bytes, _Document] = {}
        self._bytes = 0
        self._due = False

    def take(self, batch: Batch) -> None:
        """Take in lines; they are kept until a checkpoint is due."""
        self._bytes += len(batch.data)
        each = len(batch.data) / len(batch.rows) if batch.rows else 0
        counts = Counter(map(_doc, batch.rows))
        for doc, count in counts.items():
            if not doc:
                continue
            document = self._documents.get(doc)
            if document is None:
                page = next(row[0] for row in batch.rows if row[1] == doc)
                document = self._documents[doc] = _Document(int(page or 0))
            document.bytes_since += round(each * count)
            if b"snapshot" in batch.kinds:
                self._meet_snapshot(document, doc, batch)
            if document.given_up:
                continue
            document.pending.append(batch)
            if document.is_followed:
                self._follow(doc, document)
            if self._need(document) <= document.bytes_since and document.has_snapshot and not document.given_up:
                self._due = True
        if not batch.kinds.keys().isdisjoint(_ENDS):
            self._forget_ended(batch)

    @property
    def due(self) -> bool:
        """Whether some document has said so much that it should be written down before the next lines."""
        return self._due

    def lines(self) -> bytes:
        """Return a checkpoint line for each document that is due, and for those a reader needs along with it."""
        self._due = False
        lines = []
        for doc, document in self._documents.items():
            if document.given_up or not document.has_snapshot:
                continue
            idle = self._bytes - document.written_at >= max(IDLE_BYTES, IDLE_TIMES_ITS_SIZE * document.size)
            if not idle and document.bytes_since < self._need(document):
                continue
            if not self._follow(doc, document):
                continue
            try:
                line = _line(doc, document)
            except Exception:  # as in `_follow`
                line = None
            if line is None or document.state.is_full or len(document.mirror.nodes) > MAX_NODES:
                self._give_up(document)
                continue
            document.bytes_since, document.size, document.written_at = 0, len(line), self._bytes
            document.is_followed = True
            lines.append(line)
        return b"".join(lines)

    def _need(self, document: _Document) -> int:
        return max(self._every_bytes, self._times_its_size * document.size)

    def _meet_snapshot(self, document: _Document, doc: bytes, batch: Batch) -> None:
        if not any(row[1] == doc and row[3] == b"snapshot" for row in batch.rows):
            return
        document.has_snapshot = True
        document.given_up = False
        # The snapshot is most of its batch; a page's first one comes with little else.
        document.bytes_since, document.size, document.written_at = 0, len(batch.data), self._bytes

    def _forget_ended(self, batch: Batch) -> None:
        for page, doc, _, kind in batch.rows:
            if kind == b"document-end":
                self._documents.pop(doc, None)
            elif kind == b"page-close" and page:
                for ended in [doc for doc, document in self._documents.items() if document.page == int(page)]:
                    del self._documents[ended]

    def _give_up(self, document: _Document) -> None:
        document.given_up, document.is_followed, document.has_media = True, False, False
        document.pending.clear()
        document.mirror, document.state = DocumentMirror(), StateTable()

    def _follow(self, doc: bytes, document: _Document) -> bool:
        """Let the mirror see what the document has said meanwhile; return whether it could be applied."""
        try:
            self._catch_up(doc, document)
        except Exception:  # what a page sends may be anything, and a checkpoint is never worth the recording
            self._give_up(document)
        return not document.given_up

    def _catch_up(self, doc: bytes, document: _Document) -> None:
        pending, document.pending = document.pending, []
        for batch in pending:
            rows, lines = batch.rows, batch.data.split(b"\n")
            if len(set(map(_doc, rows))) > 1:
                lines = [line for line, row in zip(lines, rows, strict=False) if row[1] == doc]
                rows = [row for row in rows if row[1] == doc]
            self._take_in(document, rows, lines)
            document.last_ms = max(document.last_ms, max(map(float, map(_time, rows))))

    def _take_in(self, document: _Document, rows: list[Row], lines: list[bytes]) -> None:
        """Let the mirror see these events of its document, which came one after the other."""
        mirror, state, loads = document.mirror, document.state, _loads
        last = {row[3]: number for number, row in enumerate(rows)}
        for number, (line, row) in enumerate(zip(lines, rows, strict=False)):
            kind = row[3]
            if kind == b"mutation":
                if mirror.root is None:
                    continue
                try:
                    data = loads(line)["data"]
                except orjson.JSONDecodeError:
                    data = _parse(line)["data"]
                mirror.mutate(data)
                if not data.get("adds"):
                    continue  # audio and video come with nodes
            elif kind in _LAST_COUNTS:
                if last[kind] == number:
                    state.take(_STATE_KINDS[kind], line, mirror.nodes)
                continue
            elif kind in _STATE_KINDS:
                state.take(_STATE_KINDS[kind], line, mirror.nodes)
                continue
            elif kind == b"snapshot":
                mirror.apply(_parse(line))
                state.forget_nodes()
                document.born_ms = float(row[2]) if document.born_ms is None else document.born_ms
            if b'"rr_mediaState"' in line:
                document.has_media = True
                _date_media(mirror, float(row[2]))


def _line(doc: bytes, document: _Document) -> bytes | None:
    """Return the checkpoint of a document as it stands; None before its first snapshot."""
    mirror = document.mirror
    if mirror.root is None:
        return None
    t = document.last_ms
    # The envelope and the state are put together as bytes: they are in the form already in which they are to stand.
    head = b'{"page":%d,"doc":%s,"t":' % (document.page, _dump(doc.decode()))
    state = [
        *(_dump({"t": t, "kind": "mutation", "data": attached}) for attached in mirror.frames(with_state=False)),
        *(_media_events(mirror) if document.has_media else ()),
        *(_stripped(line, head) for line in document.state.events(mirror.nodes)),
    ]
    data = {**mirror.snapshot(with_state=False), "born": document.born_ms}
    when = _dump(int(t) if t == int(t) else t)
    return b'%s%s,"kind":"checkpoint","data":%s,"state":[%s]}}\n' % (head, when, _dump(data)[:-1], b",".join(state))


def _stripped(line: bytes, head: bytes) -> bytes:
    """Return an event as it stands in a checkpoint: without page and document."""
    if line.startswith(head):
        return b'{"t":' + line[len(head) :]
    event = _parse(line)
    return _dump({"t": event["t"], "kind": event["kind"], "data": event["data"]})


def _parse(line: bytes) -> dict[str, Any]:
    try:
        event: dict[str, Any] = _loads(line)
    except orjson.JSONDecodeError:
        event = json.loads(line)  # half a surrogate pair is JSON, though no text
    return event


def _dump(event: Any) -> bytes:
    try:
        return orjson.dumps(event)
    except TypeError:
        return json.dumps(event, separators=(",", ":")).encode()


def _date_media(mirror: DocumentMirror, t: float) -> None:
    """Note when audio and video came: the position that stands in the tree was that of this moment."""
    for node in mirror.nodes.values():
        if node.tag in ("audio", "video") and node.since_ms is None and "rr_mediaState" in node.attributes:
            node.since_ms = t


def _media_events(mirror: DocumentMirror) -> list[bytes]:
    nodes = [node for node in mirror.nodes.values() if node.since_ms is not None]
    return [_dump({"t": node.since_ms, "kind": "media", "data": _media_data(node)}) for node in nodes]


def _media_data(node: Node) -> dict[str, Any]:
    attributes = node.attributes
    return {
        "source": 7,
        "type": 0 if attributes["rr_mediaState"] == "played" else 1,
        "id": node.id,
        "currentTime": attributes.get("rr_mediaCurrentTime") or 0,
        "playbackRate": attributes.get("rr_mediaPlaybackRate") or 1,
        "loop": bool(attributes.get("rr_mediaLoop")),
        "muted": bool(attributes.get("rr_mediaMuted")),
        "volume": attributes.get("rr_mediaVolume", 1),
    }
