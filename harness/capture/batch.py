"""A batch: the string in which the page's recorder sends event lines. Only its header is parsed on the way in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

# Inside JSON a newline is always escaped: what begins so after a line break is an event, and nothing of the page's own
# can, while `"kind":"…"` may stand in any object that it gives us. (Measured on 39 kB in 200 lines and 250 kB in one:
# all kinds take 57 and 100 us, one search for `"kind":"…"` 16 and 216, a pattern with `^` and MULTILINE 800 and 4,800.)
_EVENT = r'\{"t":(-?\d+(?:\.\d+)?),"kind":"([a-z-]+)"'
_EVENTS = re.compile(r"\n" + _EVENT)
_KINDS = re.compile(r'\n\{"t":-?\d+(?:\.\d+)?,"kind":"([a-z-]+)"')
_HEAD = re.compile(_EVENT)
_TIME = re.compile(r'\n\{"t":(-?\d+(?:\.\d+)?)')


@dataclass
class Batch:
    """Times are ms since the recording's start, by the page's clock until `shifted` is called."""

    doc: str
    sent_before: int  # events of this document in all batches before this one
    count: int
    first_ms: float
    last_ms: float
    has_snapshot: bool
    now_ms: float  # when the page sent it
    faults: int  # errors of the recorder in this document so far
    lines: str  # NDJSON, each line starting with {"t":

    def shifted(self, delta_ms: float) -> Batch:
        """Return the batch with all times moved, for a page whose clock is not ours."""
        if not delta_ms:
            return self

        def move(match: re.Match[str]) -> str:
            return f'\n{{"t":{round(float(match[1]) + delta_ms)}'

        return Batch(
            self.doc,
            self.sent_before,
            self.count,
            self.first_ms + delta_ms,
            self.last_ms + delta_ms,
            self.has_snapshot,
            self.now_ms + delta_ms,
            self.faults,
            _TIME.sub(move, "\n" + self.lines)[1:],
        )

    @cached_property
    def heads(self) -> list[tuple[float, str]]:
        """Time and kind of each event."""
        return [(float(t), kind) for t, kind in _EVENTS.findall("\n" + self.lines)]

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(_KINDS.findall("\n" + self.lines))

    def of_kind(self, kind: str) -> list[str]:
        """Return the lines of a kind, without their ends."""
        return [line for line in self.lines.split("\n") if _kind_of(line) == kind] if kind in self.kinds else []

    def taken(self, kind: str) -> tuple[Batch, list[str]]:
        """Return the batch without the lines of a kind, and these."""
        if kind not in self.kinds:
            return self, []
        taken: list[str] = []
        kept: list[str] = []
        for line in self.lines.split("\n"):
            if line:
                (taken if _kind_of(line) == kind else kept).append(line)
        return replace(self, lines="".join(f"{line}\n" for line in kept), count=len(kept)), taken

    def without(self, start_ms: float, end_ms: float) -> Batch | None:
        """Return the batch with only the events up to `start_ms` and from `end_ms` on; None where that leaves none.

        One batch can have both: what a document that begins to be recorded anew tells of its past, and its present.
        """
        if self.last_ms <= start_ms or self.first_ms >= end_ms:
            return self
        times, kept = [], []
        for line in self.lines.split("\n"):
            match = _HEAD.match(line)
            if match and not start_ms < float(match[1]) < end_ms:
                times.append(float(match[1]))
                kept.append(f"{line}\n")
        if not kept:
            return None
        lines = "".join(kept)
        return Batch(
            self.doc,
            self.sent_before,
            len(kept),
            min(times),
            max(times),
            any(_kind_of(line) == "snapshot" for line in kept),
            self.now_ms,
            self.faults,
            lines,
        )

    def addressed(self, page: int) -> str:
        """Return the lines with page and document put in front, as they stand in the file."""
        prefix = f'{{"page":{page},"doc":"{self.doc}","t":'
        return ("\n" + prefix).join(("\n" + self.lines).split('\n{"t":'))[1:]


def _kind_of(line: str) -> str:
    match = _HEAD.match(line)
    return match[2] if match else ""


def parse_batch(text: str) -> Batch | dict[str, Any]:
    """Return the batch, or the command object if the page asks for something: `{"command": "ask"}`, or
    `{"command": "start"|"stop", "t"}` with the moment by the page's clock.

    Raises ValueError if it is neither: the binding can be called by any script of the page that gets hold of it.
    """
    head, _, lines = text.partition("\n")
    header = json.loads(head)
    if not isinstance(header, dict):
        raise ValueError("the header is no object")
    if "command" in header:
        return header
    doc = header["doc"]
    if not (isinstance(doc, str) and doc.isalnum() and len(doc) <= 32):
        raise ValueError("no document id")
    return Batch(
        doc,
        int(header["total"]),
        int(header["count"]),
        float(header["first"]),
        float(header["last"]),
        bool(header["snapshot"]),
        float(header["now"]),
        int(header["faults"]),
        lines,
    )
