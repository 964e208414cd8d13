"""What a test does, as events of the recording: its phases, its steps, its assertions, its failure and its outcome."""

from __future__ import annotations

import itertools
from typing import Any, Protocol

from harness.pytest.failure import Failure


class Notes(Protocol):
    """What takes the events: a session."""

    def note(self, kind: str, data: dict[str, Any], *, at_ms: float | None = None) -> None: ...

    def mark(self, label: str, data: dict[str, Any]) -> None: ...


class Timeline:
    """Writes the events of one recording. `masked` recordings hold no text that a page may have shown."""

    def __init__(self, notes: Notes, *, masked: bool) -> None:
        self._notes = notes
        self._masked = masked
        self._numbers = itertools.count(1)
        self._phase: str | None = None  # id of the open phase's step
        self._step: str | None = None

    def begin_phase(self, nodeid: str, phase: str) -> None:
        self._phase = self._begin("phase", phase, {"params": {"nodeid": nodeid}})

    def end_phase(self, failure: Failure | None = None) -> None:
        self.end_step(failure)
        if self._phase is not None:
            self._end(self._phase, self._seen(failure))
        self._phase = None

    def begin_step(self, title: str, location: dict[str, Any] | None) -> None:
        """A step of a test that is written in steps, as those of pytest-bdd."""
        self.end_step()
        where = {"location": location} if location else {}
        self._step = self._begin("step", title, {**self._parent(self._phase), **where})

    def end_step(self, failure: Failure | None = None) -> None:
        if self._step is not None:
            self._end(self._step, self._seen(failure))
        self._step = None

    def assertion(self, title: str, location: dict[str, Any], failure: Failure | None = None) -> None:
        data = {**self._parent(self._step or self._phase), "location": location}
        self._end(self._begin("assert", title, data), self._seen(failure))

    def failure(self, nodeid: str, failure: Failure) -> None:
        """Put the failure where it happens: an assertion as a step, and pytest's own report of it."""
        seen = self._seen(failure)
        assert seen is not None
        if seen.is_assertion:
            location = {"file": seen.file, "line": seen.line, "function": seen.function}
            self.assertion(seen.assertion_text, location, seen)
        self._test(nodeid, "failed", seen.phase, {"message": seen.message, "longrepr": seen.text}, seen.file, seen.line)

    def subtest_failure(self, nodeid: str, failure: Failure) -> None:
        """A part of the test fails, and the test goes on."""
        self.failure(nodeid, failure)
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

    def _begin(self, category: str, title: str, more: dict[str, Any]) -> str:
        number = f"test-{next(self._numbers)}"
        self._notes.note("step", {"id": number, "category": category, "title": title[:500], **more})
        return number

    def _end(self, number: str, failure: Failure | None) -> None:
        error = {"error": {"name": failure.kind, "message": failure.message}} if failure is not None else {}
        self._notes.note("step-end", {"id": number, **error})

    def _parent(self, number: str | None) -> dict[str, str]:
        return {} if number is None else {"parent": number}
