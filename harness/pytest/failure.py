"""What pytest says about a failure, taken apart for the timeline: its text, its place, and what an assertion was."""

from __future__ import annotations

import linecache
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

MAX_TEXT_CHARS = 100_000  # of a traceback; the end says more than the beginning
MAX_MESSAGE_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Failure:
    """`message` is the error in short, `text` pytest's whole report of it; `file` is relative to the root directory
    where it lies in it, `path` absolute, `line` counts from 1."""

    phase: str
    kind: str
    message: str
    text: str
    file: str
    path: str
    line: int | None
    function: str
    is_assertion: bool
    assertion_text: str

    @property
    def headline(self) -> str:
        return self.message.strip().partition("\n")[0] or self.kind

    def without_values(self) -> Failure:
        """Return it without what the page may have shown: for recordings in which all text is masked."""
        return replace(self, message=self.kind, text="", assertion_text=self.kind)


def failure_of(item: pytest.Item, call: Any, report: Any) -> Failure:
    """Return the failure that a report of pytest tells of."""
    crash = getattr(getattr(report, "longrepr", None), "reprcrash", None)
    excinfo = getattr(call, "excinfo", None)
    message = str(getattr(crash, "message", "") or "") or (_in_short(excinfo.value) if excinfo else report.longreprtext)
    return _failure(item, report.when, excinfo, message, report.longreprtext, report.location)


def failure_of_exception(item: pytest.Item, phase: str, error: BaseException) -> Failure:
    """Return the failure of what ended the run before pytest made a report: Ctrl-C, `pytest.exit`."""
    excinfo = pytest.ExceptionInfo.from_exception(error)
    return _failure(item, phase, excinfo, _in_short(error), _in_short(error), item.location)


def failure_of_text(item: pytest.Item, phase: str, text: str) -> Failure:
    """Return a failure of which nothing but a text is known: a timeout that ends the process."""
    return _failure(item, phase, None, text, text, item.location)


def finalizer_raised(frame: FrameType | None) -> bool:
    """Whether a finalizer of the fixture that is being torn down, somewhere above `frame`, has raised.

    pytest goes on with the other fixtures and tells of the error at the end, when contexts are closed. Until then it
    stands nowhere but in the list that `FixtureDef.finish` gathers.
    """
    while frame is not None:
        if frame.f_code.co_name == "finish" and isinstance(frame.f_locals.get("self"), pytest.FixtureDef):
            return bool(frame.f_locals.get("exceptions"))
        frame = frame.f_back
    return False


def _failure(item: pytest.Item, phase: str, excinfo: Any, message: str, text: str, location: Any) -> Failure:
    file, line, function = location[0], location[1], location[2]
    line = None if line is None else line + 1
    root = item.config.rootpath
    for entry in reversed(list(excinfo.traceback) if excinfo else []):
        path = Path(str(entry.path))
        if path == item.path or (path.is_relative_to(root) and not {"site-packages", ".venv"} & set(path.parts)):
            file, line, function = str(entry.path), entry.lineno + 1, entry.name
            break
    source = linecache.getline(str(Path(root, file)), line).strip() if line else ""
    error = excinfo.value if excinfo else None
    return Failure(
        phase=phase,
        kind=type(error).__name__ if error is not None else "Error",
        message=message[:MAX_MESSAGE_CHARS],
        text=text[-MAX_TEXT_CHARS:],
        file=_relative(file, root),
        path=str(Path(root, file)),
        line=line,
        function=function,
        is_assertion=isinstance(error, AssertionError) and not _is_playwrights(excinfo),
        assertion_text=source or message.partition("\n")[0],
    )


def _is_playwrights(excinfo: Any) -> bool:
    """Whether the assertion is one of Playwright's, which is a step of its own already."""
    entries = list(excinfo.traceback)
    return bool(entries) and any("playwright" in part for part in Path(str(entries[-1].path)).parts)


def _in_short(error: BaseException) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _relative(file: str, root: Path) -> str:
    path = Path(root, file)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
