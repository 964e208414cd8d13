"""A track: one browser context of the run, being recorded, with the timeline of the tests that use it."""

from __future__ import annotations

from pathlib import Path

from harness.capture.session import Session
from harness.privacy.levels import MASK
from harness.pytest.attempt import Attempt
from harness.pytest.timeline import Timeline


class Track:
    """`fixture` is the name of the fixture that opened the context, for one that tests share; None for a test's own."""

    def __init__(self, session: Session, *, fixture: str | None, shared: bool) -> None:
        self.session = session
        self.fixture = fixture
        self.shared = shared
        self.number = 1  # of the contexts of its test
        self.ends_now = False  # the process is about to end: nothing more is asked of the browser
        self.timeline = Timeline(session, masked=self.masked)

    @property
    def path(self) -> Path:
        return self.session.path

    @property
    def is_closed(self) -> bool:
        return self.ends_now or self.session.context_is_closed or not self.session.is_open

    def error(self, attempt: Attempt) -> str | None:
        """Return what went wrong, in short, as it may stand in this recording."""
        text = attempt.error(masked=self.masked)
        return text if text is None else self.session.redactor.clean(text)

    @property
    def masked(self) -> bool:
        return self.session.redactor.level >= MASK
