"""The traceback of a program that is recorded, without our frames and those that ran it: as Python alone prints it."""

from __future__ import annotations

import runpy
import traceback
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
# Journeys that harness brings along are programs like others.
_DEMO = _PACKAGE / "demo"
# `runpy` is frozen: its frames have another name than its file.
_RUNNERS = frozenset({runpy.__file__, "<frozen runpy>", "<frozen importlib._bootstrap>"})


def print_own_traceback(error: BaseException) -> None:
    """Print the error, its causes and those of its group on stderr. One of ours alone, a bug, keeps its frames."""
    told = traceback.TracebackException.from_exception(error)
    if isinstance(error, SyntaxError) or not all(_is_in_package(frame.filename) for frame in told.stack):
        _strip(told)
    told.print()


def _strip(told: traceback.TracebackException) -> None:
    told.stack = traceback.StackSummary.from_list([frame for frame in told.stack if not _is_ours(frame.filename)])
    for other in (told.__cause__, told.__context__, *(getattr(told, "exceptions", None) or ())):
        if other is not None:
            _strip(other)


def _is_ours(file: str) -> bool:
    return file in _RUNNERS or _is_in_package(file)


def _is_in_package(file: str) -> bool:
    path = Path(file)
    return path.is_relative_to(_PACKAGE) and not path.is_relative_to(_DEMO)
