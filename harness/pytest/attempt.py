"""An attempt: one run of one test from its setup to its teardown, and all that is recorded of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from harness.pytest.failure import Failure
from harness.pytest.options import Settings
from harness.pytest.retention import is_kept, is_recorded

if TYPE_CHECKING:
    from harness.pytest.timeline import Step
    from harness.pytest.track import Track


@dataclass(eq=False, slots=True)
class Attempt:
    """`started` has, for each shared track, where it stood when the attempt began: (ms, calls made in it)."""

    item: pytest.Item
    number: int
    settings: Settings
    run_id: str
    phase: str = "setup"
    in_phase: bool = False  # its code runs; False while pytest makes the report of it
    failures: list[Failure] = field(default_factory=list)
    skipped: bool = False
    breaks: bool = False  # a fixture's teardown raised, and pytest tells of it when all is torn down
    contexts: int = 0
    tracks: list[Track] = field(default_factory=list)
    started: dict[Track, tuple[float, int]] = field(default_factory=dict)
    interrupted: bool = False
    steps: list[Step] = field(default_factory=list)  # those that are open, from the phase inwards

    @property
    def nodeid(self) -> str:
        return self.item.nodeid

    @property
    def parent(self) -> str | None:
        """The id of the step that is open now."""
        return self.steps[-1].id if self.steps else None

    @property
    def outcome(self) -> str:
        return "failed" if self.failures else "skipped" if self.skipped else "passed"

    @property
    def status(self) -> str:
        """The outcome in the words of the file."""
        return self.outcome if self.outcome != "skipped" else "unknown"

    @property
    def is_recorded(self) -> bool:
        if not is_recorded(self.settings.mode, self.number):
            return False
        rate = self.settings.sample_rate
        digest = hashlib.sha256(f"{self.run_id}:{self.nodeid}".encode("utf-8", "surrogatepass")).digest()
        return rate >= 100 or int.from_bytes(digest[:8], "big") / 2**64 * 100 < rate

    @property
    def is_kept(self) -> bool:
        return self.is_recorded and is_kept(self.settings.mode, self.number, failed=bool(self.failures))

    @property
    def is_wanted(self) -> bool:
        """Whether the recording will be kept as things stand now."""
        return self.phase != "teardown" or self.is_kept or self.breaks

    def error(self, *, masked: bool) -> str | None:
        """Return in short what went wrong; of a masked recording without anything that the page may have shown."""
        if not self.failures:
            return None
        return (self.failures[0].without_values() if masked else self.failures[0]).headline

    def used(self, track: Track) -> bool:
        """Whether the test has to do with a context that tests share: it asks for the fixture, or made it work."""
        if track.fixture is not None and track.fixture in getattr(self.item, "fixturenames", ()):
            return True
        if track.is_closed and any(failure.phase == "teardown" for failure in self.failures):
            return True  # closing it may be what went wrong
        return track.session.calls > self.started.get(track, (0.0, 0))[1]
