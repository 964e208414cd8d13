"""A fault of the recorder, told as one of pytest's warnings: it must never change a test's outcome."""

from __future__ import annotations

import warnings

import pytest

from harness.errors import HarnessWarning


def warn(config: pytest.Config, nodeid: str, text: str) -> None:
    """Put a warning that names the test into pytest's summary.

    Not by `warnings.warn`: where a project turns warnings into errors, that would fail the test.
    """
    where = nodeid or "the run"
    warning = warnings.WarningMessage(HarnessWarning(f"{where}: {text}"), HarnessWarning, __file__, 0)
    config.hook.pytest_warning_recorded.call_historic(
        kwargs={"warning_message": warning, "when": "runtest", "nodeid": nodeid, "location": None}
    )


def reason(error: BaseException) -> str:
    """Return an error in one line."""
    text = str(error).strip().replace("\n", " ")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
