"""The `recording` fixture: what a test may say to the recording of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.pytest.registration import recorder_of


class TestRecording:
    """The recording of one test. Every method is harmless where nothing is recorded, or not yet."""

    __test__ = False

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._config = request.config

    @property
    def is_recording(self) -> bool:
        """Whether a browser context of this test is being recorded now."""
        return any(track.session.is_open for track in self._tracks())

    @property
    def path(self) -> Path | None:
        """The file of the first context of this test; it stays there only if it is kept. None before the context."""
        return next((track.path for track in self._tracks()), None)

    def mark(self, label: str, **data: Any) -> None:
        """Put a named moment on the timeline, with data that JSON can hold."""
        for track in self._tracks():
            track.session.mark(label, data)

    def pause(self) -> None:
        """Keep nothing until `resume()`."""
        for track in self._tracks():
            track.session.pause()

    def resume(self) -> None:
        for track in self._tracks():
            track.session.resume()

    def _tracks(self) -> list[Any]:
        recorder = recorder_of(self._config)
        return [] if recorder is None else recorder.tracks()
