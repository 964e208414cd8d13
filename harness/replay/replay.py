"""A recording, opened to be asked: what happened, in which order, and what a page looked like at a moment.

Only the index is read on opening. `events` reads the segments that its times touch, `at` those between the last
snapshot of the document and the moment, so an hour's recording answers as fast as a minute's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.errors import CorruptRecordingError, ReplayError
from harness.replay.document_mirror import DocumentMirror
from harness.replay.info import recording_info
from harness.replay.nodes import ELEMENT, Node
from harness.replay.signals import (
    ERRORS,
    Action,
    ConsoleMessage,
    Lasting,
    NetworkRequest,
    PageError,
    Signal,
    Step,
    WebSocket,
    actions_of,
    lasting_of,
    requests_of,
    signals_of,
    steps_of,
    vars_of,
    vitals_of,
    websockets_of,
)
from harness.storage import Document as DocumentEntry
from harness.storage import Mark, Page, RecordingReader
from harness.storage.events import parse

if TYPE_CHECKING:
    from harness.replay.document import Document

SNAPSHOTS = ("snapshot", "checkpoint")
# Writers put these keys first and in this order; a line that looks otherwise is parsed to be known.
_ENVELOPE = re.compile(
    r'\{(?:"page":(\d{1,9}),)?(?:"doc":"([^"\\]*)",)?"t":(-?\d{1,15}(?:\.\d{1,9})?),"kind":"([a-z][a-z0-9-]*)"'
)


class Line(NamedTuple):
    """One event line with its envelope, not parsed yet."""

    page: int | None
    doc: str | None
    t: float
    kind: str
    text: str


def open_replay(path: str | PathLike[str]) -> Replay:
    """Open a recording to be asked; a context manager.

    Raises UsageError where there is no such file, CorruptRecordingError or UnsupportedVersionError for other content.
    """
    return Replay(RecordingReader(path))


class Replay:
    """An open recording. `pages` and `marks` are in order of time, `t` and `…_ms` count from the recording's start."""

    def __init__(self, reader: RecordingReader) -> None:
        """Take over `reader`, which `close` closes."""
        self._reader = reader
        self._index = reader.index

    def __enter__(self) -> Replay:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._reader.close()

    @property
    def info(self) -> dict[str, Any]:
        """The recording in short, as `harness info --json` prints it."""
        return recording_info(self._reader)

    @property
    def header(self) -> dict[str, Any]:
        """What the file says of itself, as docs/format.md has it."""
        return self._reader.header

    @property
    def pages(self) -> list[Page]:
        """The pages and popups, with the last URL and title of each."""
        return self._index.pages

    @property
    def marks(self) -> list[Mark]:
        """What `recording.mark` and the page's `harnessRecorder.mark` set."""
        return self._index.marks

    @property
    def steps(self) -> list[Step]:
        """The program's calls of Playwright and the blocks around them, in the order in which they began."""
        return steps_of(self.events(kinds=("step", "step-target", "step-end")))

    @property
    def network(self) -> list[NetworkRequest]:
        """The requests of all pages, with their responses."""
        return requests_of(self.events(kinds=("request", "response", "request-end")), self._asset)

    @property
    def websockets(self) -> list[WebSocket]:
        """The WebSockets, each with its messages."""
        return websockets_of(self.events(kinds=("websocket", "websocket-message", "websocket-close")))

    @property
    def console(self) -> list[ConsoleMessage]:
        """What the pages wrote to the console, in order."""
        messages = [ConsoleMessage(**vars_of(signal)) for signal in self._signals("console")]
        return sorted(messages, key=lambda message: message.t)

    @property
    def errors(self) -> list[PageError]:
        """Errors that no page caught, those that were reported as such, and crashes, in order."""
        errors = [PageError(**vars_of(signal)) for signal in self._signals(*ERRORS)]
        return sorted(errors, key=lambda error: error.t)

    @property
    def actions(self) -> list[Action]:
        """What the user did, named as a person would, and what frustrated them."""
        return actions_of(self.events(kinds=("action", "frustration")))

    @property
    def dialogs(self) -> list[Lasting]:
        """Alerts, confirmations and prompts; the end has the answer."""
        return lasting_of(self.events(kinds=("dialog", "dialog-end")), "dialog")

    @property
    def downloads(self) -> list[Lasting]:
        """Files that pages gave their user."""
        return lasting_of(self.events(kinds=("download", "download-end")), "download")

    @property
    def navigations(self) -> list[Signal]:
        """How pages came to their addresses, those within a document too."""
        return self._signals("navigation")

    @property
    def vitals(self) -> list[Signal]:
        """The Web Vitals of each document, the last value of each."""
        return vitals_of(self.events(kinds=("vital",)))

    def events(
        self, start_ms: float = 0, end_ms: float | None = None, kinds: Iterable[str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield the events from `start_ms` to `end_ms`, both included, in the order of the file.

        A recording may begin with events a moment before its start; they come too unless `start_ms` is above 0.
        """
        wanted = None if kinds is None else {kinds} if isinstance(kinds, str) else set(kinds)
        first = start_ms if start_ms > 0 else float("-inf")
        last = float("inf") if end_ms is None else end_ms
        if wanted is not None and not wanted & self._index.kinds.keys():
            return
        for number, segment in enumerate(self._index.segments):
            if segment.last_ms < first or segment.first_ms > last:
                continue
            for line in self._lines(number):
                if first <= line.t <= last and (wanted is None or line.kind in wanted):
                    yield self._event(line, number)

    def at(self, t_ms: float, page: int | None = None) -> Document:
        """Return the document that `page` showed at `t_ms`, without a browser; by default of the page in use then.

        A moment beyond the end is the end; a page that was closed before shows what it showed last.
        Raises ReplayError where the page showed nothing yet, or has no snapshot.
        """
        from harness.replay.document import Document

        t_ms = min(t_ms, self._index.duration_ms)
        number = self._page_at(t_ms) if page is None else page
        top = self._top_document(number, t_ms)
        shown = {top.doc: top} | self._frames_of(top, t_ms)
        mirrors, urls = self._mirrors(shown.values(), t_ms)
        known: dict[Node, str] = {}
        for doc, entry in shown.items():
            root = mirrors[doc].root
            if root is None:
                continue
            known[root] = urls.get(doc, entry.url)
            holder = mirrors[entry.parent].nodes.get(entry.node) if entry.parent in mirrors and entry.node else None
            if entry is not top and holder is not None and holder.type == ELEMENT:
                holder.attach(root)
        top_root = mirrors[top.doc].root
        if top_root is None:
            raise ReplayError(f"{self._reader.path}: the snapshot of page {number} is not where the index says")
        return Document(top_root, t=t_ms, page=number, urls=known)

    def _page_at(self, t_ms: float) -> int:
        """Return the page that was acted on last, else the one opened last, of those that showed something."""
        showing = {d.page for d in self._index.documents if d.top and _last_snapshot(d, t_ms) is not None}
        for t, page in reversed(self._index.active):
            if t <= t_ms and page in showing:
                return page
        opened = [page.id for page in self._index.pages if page.id in showing]
        if opened:
            return opened[-1]
        first = min((t for d in self._index.documents if d.top for t, _ in d.snapshots), default=None)
        if first is None:
            raise ReplayError(f"{self._reader.path}: holds no snapshot of any page; was it recorded without the DOM?")
        raise ReplayError(f"{self._reader.path}: no page showed anything at {t_ms:g} ms; the first did at {first:g} ms")

    def _top_document(self, page: int, t_ms: float) -> DocumentEntry:
        """Return the document whose snapshot is the page's last before `t_ms`."""
        if page not in {entry.id for entry in self._index.pages}:
            known = ", ".join(str(entry.id) for entry in self._index.pages) or "none"
            raise ReplayError(f"{self._reader.path}: has no page {page}; its pages: {known}")
        own = [d for d in self._index.documents if d.top and d.page == page]
        found = _latest(own, t_ms)
        if found is not None:
            return found
        first = min((t for d in own for t, _ in d.snapshots), default=None)
        if first is None:
            raise ReplayError(
                f"{self._reader.path}: holds no snapshot of page {page}; was it recorded without the DOM?"
            )
        raise ReplayError(
            f"{self._reader.path}: page {page} showed nothing yet at {t_ms:g} ms; it did from {first:g} ms"
        )

    def _frames_of(self, top: DocumentEntry, t_ms: float) -> dict[str, DocumentEntry]:
        """Return the documents that recorded themselves inside iframes of `top`, at any depth, outer ones first."""
        alive = [d for d in self._index.documents if d.node is not None and (d.end_ms is None or d.end_ms > t_ms)]
        found: dict[str, DocumentEntry] = {}
        parents = [top.doc]
        for parent in parents:
            inside = [d for d in alive if d.parent == parent and d.doc not in found and d.doc != top.doc]
            for node in {d.node for d in inside}:
                entry = _latest([d for d in inside if d.node == node], t_ms)
                if entry is not None:
                    found[entry.doc] = entry
                    parents.append(entry.doc)
        return found

    def _mirrors(
        self, entries: Iterable[DocumentEntry], t_ms: float
    ) -> tuple[dict[str, DocumentMirror], dict[str, str]]:
        """Return each document as it stood at `t_ms`, and its URL where an event told it."""
        mirrors: dict[str, DocumentMirror] = {}
        starts: dict[str, float] = {}
        begin = len(self._index.segments)
        urls: dict[str, str] = {}
        for entry in entries:
            snapshot = _last_snapshot(entry, t_ms)
            if snapshot is not None:
                mirrors[entry.doc] = DocumentMirror()
                starts[entry.doc] = snapshot[0]
                begin = min(begin, snapshot[1])
        for number, segment in enumerate(self._index.segments[begin:], begin):
            if segment.first_ms > t_ms:
                continue
            for line in self._lines(number):
                if line.doc not in mirrors or line.t > t_ms:
                    continue
                if line.kind in ("url", "document", "meta"):
                    data = self._event(line, number).get("data")
                    url = data.get("href" if line.kind == "meta" else "url") if isinstance(data, dict) else None
                    if isinstance(url, str):
                        urls[line.doc] = url
                    continue
                mirror = mirrors[line.doc]
                if line.kind in SNAPSHOTS:
                    if line.t < starts[line.doc]:
                        continue
                elif mirror.root is None or line.kind not in DocumentMirror.KINDS:
                    continue
                try:
                    mirror.apply(self._event(line, number))
                except ReplayError as error:
                    raise ReplayError(f"{self._reader.path}: {error}", path=self._reader.path) from error
        return mirrors, urls

    def _asset(self, digest: str) -> bytes | None:
        return self._reader.asset(digest)[0] if digest in self._index.assets else None

    def _signals(self, *kinds: str) -> list[Signal]:
        return list(signals_of(self.events(kinds=kinds)))

    def _lines(self, number: int) -> Iterator[Line]:
        """Yield the event lines of a segment; what is in them is not parsed yet where the envelope stands first."""
        for text in self._reader.segment_text(number).split("\n"):
            if match := _ENVELOPE.match(text):
                page, doc, t, kind = match.groups()
                yield Line(None if page is None else int(page), doc, float(t), kind, text)
            elif text.strip():
                line = Line(None, None, 0, "", text)
                event = self._event(line, number)
                yield Line(event.get("page"), event.get("doc"), event["t"], event["kind"], text)

    def _event(self, line: Line, number: int) -> dict[str, Any]:
        event = parse(line.text)
        if isinstance(event, str):
            offset, path = self._index.segments[number].offset, self._reader.path
            raise CorruptRecordingError(
                f"{path}: byte {offset}: segment {number} holds a line that is no event ({event}); "
                "`harness recover` saves what can be read",
                path=path,
                offset=offset,
            )
        return event


def _last_snapshot(document: DocumentEntry, t_ms: float) -> tuple[float, int] | None:
    """Return (t, segment) of the last snapshot at or before `t_ms`."""
    return max((snapshot for snapshot in document.snapshots if snapshot[0] <= t_ms), default=None)


def _latest(documents: list[DocumentEntry], t_ms: float) -> DocumentEntry | None:
    """Return the document with the last snapshot at or before `t_ms`: a navigation's new one, or one that came back."""
    found = [(snapshot, document) for document in documents if (snapshot := _last_snapshot(document, t_ms)) is not None]
    return max(found, key=lambda pair: pair[0])[1] if found else None
