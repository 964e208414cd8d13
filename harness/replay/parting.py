"""Where two recordings of the same journey part: the first step that is another one, or ends in another way."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from harness.replay.replay import Replay


@dataclass(frozen=True, slots=True)
class Taken:
    """One step as it was taken; `error` is None where it went well, `took_ms` where its end is not in the file."""

    t: float
    category: str
    title: str
    error: str | None
    took_ms: float | None
    file: str
    line: int | None

    @property
    def key(self) -> tuple[str, str, str | None]:
        """What is compared: no times, and no place in the source, which may have been edited in between."""
        return self.category, self.title, self.error


@dataclass(frozen=True, slots=True)
class Parting:
    """`number` steps were the same; then come `a` and `b`, one of which is None where a run has no further step."""

    number: int
    a: Taken | None
    b: Taken | None
    before: Taken | None

    @property
    def what(self) -> str:
        if self.a is None or self.b is None:
            return "one run ends here"
        if (self.a.category, self.a.title) != (self.b.category, self.b.title):
            return "another step"
        return "another outcome"


def steps_taken(replay: Replay) -> list[Taken]:
    """Return the steps in the order in which they began, of a slice those in its span.

    What a test runner does for itself (its hooks) is left out.
    """
    cut = replay.header.get("slice")
    start_ms = float(cut.get("start_ms") or 0) if isinstance(cut, dict) else 0
    begun: dict[str, dict[str, Any]] = {}
    ended: dict[str, dict[str, Any]] = {}
    for event in replay.events(start_ms, kinds=("step", "step-end")):
        number = str(event["data"].get("id"))
        (begun if event["kind"] == "step" else ended).setdefault(number, event)
    taken = []
    for number, event in sorted(begun.items(), key=lambda pair: pair[1]["t"]):
        data, end = event["data"], ended.get(number)
        if data.get("category") == "hook":
            continue
        location = data.get("location") or {}
        error = ((end or {}).get("data") or {}).get("error")
        taken.append(
            Taken(
                t=event["t"],
                category=str(data.get("category")),
                title=str(data.get("title")),
                error=None if error is None else str(error.get("message") or error.get("name") or "failed"),
                took_ms=None if end is None else end["t"] - event["t"],
                file=str(location.get("file") or ""),
                line=location.get("line"),
            )
        )
    return taken


def parting(a: list[Taken], b: list[Taken]) -> Parting | None:
    """Return where two runs part, None where they took the same steps with the same outcomes.

    Of a block (a phase, a named step) that ends in another way the step inside it is the place, if there is one.
    """
    before: Taken | None = None
    block: Parting | None = None
    for number, (one, other) in enumerate(zip_longest(a, b)):
        if one is None or other is None or one.key != other.key:
            found = Parting(number, one, other, before)
            is_block = found.what == "another outcome" and one is not None and one.category in ("phase", "step")
            if not is_block:
                return found
            block = block or found
        before = one
    return block
