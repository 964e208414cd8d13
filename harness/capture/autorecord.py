"""Recording every context that a program opens, without the program knowing: what `harness run` stands on."""

from __future__ import annotations

import asyncio
import itertools
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from harness.capture import driver
from harness.capture.options import RecordingOptions
from harness.capture.session import Session
from harness.errors import HarnessError, HarnessWarning

_active = 0
_COLLECT_S = 2


def is_active() -> bool:
    """Whether a program of this process is being recorded as a whole."""
    return _active > 0


class AutoRecorder:
    """Gives each context of a program a file `NAME-TIME-N.replay` in `directory`. A fault of ours never reaches the
    program."""

    def __init__(self, directory: Path, name: str, options: RecordingOptions) -> None:
        self.directory = directory
        self.sessions: list[Session] = []
        self._options = options
        self._name = f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
        self._numbers = itertools.count(1)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record all contexts opened meanwhile."""
        global _active
        _active += 1
        try:
            with driver.every_context(self._on_context), driver.before_stop(self._collect, self._collect_async):
                yield
        finally:
            _active -= 1

    def finish(self, status: str, error: str | None = None) -> None:
        """Close the files that are still open, with the outcome of the program. The event loop no longer runs."""
        for session in self.sessions:
            was_open = session.is_open
            session.end_now(status, error)
            if not was_open:
                _tell_outcome(session.path, status, error)

    def _collect(self) -> None:
        """A program that fails closes nothing: take what its pages still hold, while they can be asked."""
        for session in list(self.sessions):
            session.collect_between()

    async def _collect_async(self) -> None:
        sessions = [session for session in self.sessions if session.is_open and not session.context_is_closed]
        if sessions:
            await asyncio.wait([asyncio.ensure_future(session.collect()) for session in sessions], timeout=_COLLECT_S)

    async def _on_context(self, context: driver.Context) -> None:
        options = replace(self._options, title=self._options.title or self._name)
        session = Session(context, self._free_path(), options, ends_with_context=True)
        try:
            await session.begin()
        except HarnessError as error:
            warnings.warn(f"harness: not recorded: {error}", HarnessWarning, stacklevel=2)
        except Exception as error:  # the context may have gone away, or the driver may differ from what we know
            warnings.warn(f"harness: not recorded: {type(error).__name__}: {error}", HarnessWarning, stacklevel=2)
        else:
            self.sessions.append(session)

    def _free_path(self) -> Path:
        while True:
            path = self.directory / f"{self._name}-{next(self._numbers)}.replay"
            if not path.exists():
                return path


def _tell_outcome(path: Path, status: str, error: str | None) -> None:
    """Write the program's outcome into a file that was closed with its context, before anyone knew it."""
    from harness.storage import RecordingReader
    from harness.storage.append import append_events

    try:
        with RecordingReader(path) as reader:
            if not reader.complete or reader.index.status != "unknown":
                return
            end_ms = reader.index.duration_ms
        data = {"status": status, **({"error": error} if error else {})}
        append_events(path, [{"t": end_ms, "kind": "status", "data": data}])
    except HarnessError as fault:  # it was moved or removed, or there is no room; it stays as it is
        warnings.warn(f"harness: outcome not written: {fault}", HarnessWarning, stacklevel=2)
