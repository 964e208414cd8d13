"""An array of rrweb events becomes a recording.

rrweb's events say nothing of pages: all are of page 1, which shows one document after the other. A new document begins
with a `meta` event that names another address; a snapshot in between is one of the same document.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from harness.errors import UsageError
from harness.importing.json_array import NotAnArray, elements
from harness.replay.checkpoints import Checkpointer
from harness.storage.kinds import RRWEB, RRWEB_INCREMENTAL
from harness.storage.writer import RecordingWriter

BATCH_EVENTS = 200
SNAPSHOT, INCREMENTAL, META = 2, 3, 4
MUTATION = 0
KIND_OF_TYPE = {number: kind for kind, numbers in RRWEB.items() for number in numbers}
KIND_OF_SOURCE = {number: kind for kind, number in RRWEB_INCREMENTAL.items()}
# In the file, but the viewer has no picture of it.
NOT_SHOWN = frozenset({"canvas-commands"})

Event = dict[str, Any]


@dataclass
class Imported:
    """What was done: events written, their span in ms, and those that are kept without being shown."""

    events: int = 0
    duration_ms: float = 0
    not_shown: Counter[str] = field(default_factory=Counter)
    cut_off: str = ""


def import_events(
    source: Path,
    target: Path,
    *,
    force: bool = False,
    partial: bool = False,
    progress: Callable[[int], None] = lambda read: None,
) -> Imported:
    """Write the events of `source` into the recording `target`; `progress` is told how many bytes were read.

    Raises UsageError where there is no such file, the target exists, or at the first thing that is no rrweb event; with
    `partial` what stands before that is kept.
    """
    done = Imported()
    try:
        file = source.open("rb")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(
            f"{source}: cannot be read: {reason}; name a JSON file of rrweb events", path=source
        ) from error
    with file:
        events = _checked(source, elements(file, progress=progress), done, partial)
        first = next(events, None)
        if first is None:
            raise UsageError(f"{source}: holds no events; name the array that rrweb's `emit` was given", path=source)
        header = {"started_at": first["timestamp"], "title": source.stem, "imported_from": "rrweb"}
        try:
            with RecordingWriter(target, header, force=force, checkpoints=Checkpointer()) as writer:
                _write(writer, first, events, done)
        except UsageError:
            if done.events:
                target.unlink(missing_ok=True)
            raise
    if writer.error is not None:
        raise UsageError(f"{target}: cannot be written: {writer.error.strerror}; free some space", path=target)
    return done


def _checked(source: Path, found: Iterator[Any], done: Imported, partial: bool) -> Iterator[Event]:
    """Yield the events as long as they are some."""
    number = 0
    try:
        for number, event in enumerate(found, 1):
            fault = _fault(event)
            if fault:
                what = f"event {number} is none of rrweb's ({fault})"
                if partial and number > 1:
                    done.cut_off = what
                    return
                advice = "name the array that rrweb's `emit` was given"
                if number == 1 and isinstance(event, dict) and "pages" in event:
                    advice = "it holds several pages: `harness export rrweb --page N` writes the array of one"
                raise UsageError(f"{source}: {what}; {advice}", path=source)
            yield event
    except NotAnArray as error:
        what = f"{'cut off' if error.cut_off else 'not JSON of events'} at character {error.offset:,}: {error}"
        if partial and number:
            done.cut_off = what
            return
        advice = f"--partial imports the {number:,} events before it" if number else "name a JSON array of rrweb events"
        raise UsageError(f"{source}: {what}; {advice}", path=source) from error


def _fault(event: Any) -> str:
    if not isinstance(event, dict):
        return "not an object"
    type_, time, data = event.get("type"), event.get("timestamp"), event.get("data")
    if isinstance(type_, bool) or (type_ not in KIND_OF_TYPE and type_ != INCREMENTAL):
        return "no `type` from 0 to 6"
    if isinstance(time, bool) or not isinstance(time, int | float) or not 0 <= time < 1e15:
        return "no `timestamp`"
    if not isinstance(data, dict) and type_ not in (0, 1):
        return "no `data`"
    if type_ == SNAPSHOT and not (isinstance(data, dict) and isinstance(data.get("node"), dict)):
        return "a snapshot without its `node`"
    return ""


def _write(writer: RecordingWriter, first: Event, events: Iterator[Event], done: Imported) -> None:
    start = first["timestamp"]
    page = _Page(start)
    lines: list[bytes] = []
    for event in _chained(first, events):
        lines += page.lines(event, done)
        done.events += 1
        done.duration_ms = max(done.duration_ms, event["timestamp"] - start)
        if len(lines) >= BATCH_EVENTS:
            _hand_over(writer, lines)
            lines = []
    if done.cut_off:
        lines.append(
            _line(None, None, done.duration_ms, "gap", {"reason": "cut-off", "lost": 0, "detail": done.cut_off})
        )
    _hand_over(writer, lines)


def _hand_over(writer: RecordingWriter, lines: list[bytes]) -> None:
    if lines:
        writer.write_events(b"\n".join(lines), count=len(lines), first_ms=0, last_ms=0)


def _chained(first: Event, events: Iterator[Event]) -> Iterator[Event]:
    yield first
    yield from events


class _Page:
    """The one page of an array, and the document that it shows."""

    def __init__(self, start: float) -> None:
        self._start = start
        self._address: str | None = None
        self._documents = 0
        self._opened = False

    def lines(self, event: Event, done: Imported) -> list[bytes]:
        """Return the lines for one event of rrweb: itself, and what it tells of page and document."""
        type_, data = event["type"], event.get("data") or {}
        t = event["timestamp"] - self._start
        lines = []
        if not self._opened:
            self._opened = True
            size = {key: data.get(key) for key in ("width", "height")}
            viewport = size if type_ == META and None not in size.values() else None
            opening = {"url": _text(data.get("href")), "opener": None, "viewport": viewport}
            lines.append(_line(1, None, t, "page-open", opening))
        if type_ == META or not self._documents:
            lines += self._document(t, _text(data.get("href")))
        kind = KIND_OF_TYPE.get(type_)
        if kind is None:
            source = data.get("source")
            kind = KIND_OF_SOURCE.get(source, "custom") if isinstance(source, int) else "custom"
        if kind in NOT_SHOWN:
            done.not_shown[kind] += 1
        title = None
        if type_ == SNAPSHOT:
            title = _take_in(data["node"])
        elif type_ == INCREMENTAL and data.get("source") == MUTATION:
            for added in data.get("adds") or ():
                if isinstance(added, dict):
                    _take_in(added.get("node"))
        lines.append(_line(1, self._doc, t, kind, data, type_))
        if title:
            lines.append(_line(1, self._doc, t, "title", {"title": title}))
        return lines

    @property
    def _doc(self) -> str:
        return f"rrweb{self._documents}"

    def _document(self, t: float, address: str) -> list[bytes]:
        """Return the line with which another document begins, if one does."""
        bare = address.partition("#")[0]
        if self._documents and (not bare or bare == self._address):
            return []
        self._address = bare
        ended = [_line(1, self._doc, t, "document-end", {})] if self._documents else []
        self._documents += 1
        begun = {"url": address, "title": "", "referrer": None, "top": True}
        return [*ended, _line(1, self._doc, t, "document", begun)]


def _take_in(root: Any) -> str | None:
    """Turn links that carry their sheet's rules into styles, as rrweb's own replayer does; return the title, if any."""
    title = None
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict):
            continue
        tag, children = node.get("tagName"), node.get("childNodes")
        if tag == "link":
            attributes = node.get("attributes")
            if isinstance(attributes, dict) and "_cssText" in attributes:
                node["tagName"] = "style"
                node["attributes"] = {name: attributes[name] for name in ("_cssText", "media") if name in attributes}
        elif tag == "title" and title is None and children and isinstance(children[0], dict):
            title = _text(children[0].get("textContent")) or None
        if isinstance(children, list):
            waiting += reversed(children)
    return title


def _line(page: int | None, doc: str | None, t: float, kind: str, data: Any, type_: int | None = None) -> bytes:
    event: Event = {}
    if page is not None:
        event["page"] = page
    if doc is not None:
        event["doc"] = doc
    event |= {"t": int(t) if t == int(t) else t, "kind": kind}
    if type_ is not None:
        event["type"] = type_
    event["data"] = data
    try:
        return orjson.dumps(event)
    except TypeError:
        return json.dumps(event, separators=(",", ":")).encode()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
