"""What a test does, as events of the recording: its phases, its steps, its assertions, its failure and its outcome."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any, Protocol

from harness.pytest.failure import Failure

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Step:
    """A step that is open in all recordings of a test: a phase of pytest's, or a line of a scenario inside it."""

    category: str
    title: str
    params: dict[str, Any] = field(default_factory=dict)
    location: dict[str, Any] | None = None
    parent: str | None = None
    id: str = field(default_factory=lambda: f"t{next(_numbers)}")

    def data(self) -> dict[str, Any]:
        more = {"parent": self.parent, "params": self.params, "location": self.location}
        known = {key: value for key, value in more.items() if value}
        return {"id": self.id, "category": self.category, "title": self.title[:500], **known}


class Notes(Protocol):
    """What takes the events: a session."""

    def note(self, kind: str, data: dict[str, Any], *, at_ms: float | None = None) -> None: ...

    def mark(self, label: str, data: dict[str, Any]) -> None: ...

    def keep_source(self, file: str) -> None: ...


class Timeline:
    """Writes the events of one recording. `masked` recordings hold no text that a page may have shown."""

    def __init__(self, notes: Notes, *, masked: bool) -> None:
        self._notes = notes
        self._masked = masked

    def begin(self, step: Step) -> None:
        self._notes.note("step", step.data())

    def end(self, step: Step, failure: Failure | None = None) -> None:
        seen = self._seen(failure)
        error = {"error": {"name": seen.kind, "message": seen.message}} if seen is not None else {}
        self._notes.note("step-end", {"id": step.id, **error})

    def assertion(
        self, title: str, location: dict[str, Any], parent: str | None, failure: Failure | None = None
    ) -> None:
        step = Step("assert", title, location=location, parent=parent)
        self.begin(step)
        self.end(step, failure)
        self._notes.keep_source(str(location["file"]))

    def failure(self, nodeid: str, failure: Failure, parent: str | None) -> None:
        """Put the failure where it happens: an assertion as a step, and pytest's own report of it."""
        seen = self._seen(failure)
        assert seen is not None
        if seen.is_assertion:
            location = {"file": seen.path, "line": seen.line, "function": seen.function}
            self.assertion(seen.assertion_text, location, parent, seen)
        self._test(nodeid, "failed", seen.phase, {"message": seen.message, "longrepr": seen.text}, seen.file, seen.line)

    def subtest_failure(self, nodeid: str, failure: Failure, parent: str | None) -> None:
        """A part of the test fails, and the test goes on."""
        self.failure(nodeid, failure, parent)
        seen = self._seen(failure)
        self._notes.mark(f"subtest failed: {seen.headline if seen else ''}"[:200], {"soft": True, "nodeid": nodeid})

    def soft_failure(self, text: str, nodeid: str) -> None:
        """An assertion that fails without ending the test."""
        label = "soft assertion failed" if self._masked else text.strip().partition("\n")[0]
        self._notes.mark(
            label[:200], {"soft": True, "nodeid": nodeid, **({} if self._masked else {"text": text[:2000]})}
        )

    def outcome(self, nodeid: str, outcome: str, location: tuple[str, int | None, str]) -> None:
        line = None if location[1] is None else location[1] + 1
        self._test(nodeid, outcome, "teardown", {}, location[0], line)

    def _test(self, nodeid: str, outcome: str, phase: str, more: dict[str, Any], file: str, line: int | None) -> None:
        self._notes.note(
            "test", {"nodeid": nodeid, "outcome": outcome, "phase": phase, **more, "file": file, "line": line}
        )

    def _seen(self, failure: Failure | None) -> Failure | None:
        return failure.without_values() if failure is not None and self._masked else failure
