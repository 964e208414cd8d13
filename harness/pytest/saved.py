"""A recording that was kept, in the few words that travel from a worker to the reports: plain values in a dict."""

from __future__ import annotations

import os
import shlex
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

# The name of the report's attribute, and of the property in JUnit XML and the like.
ATTRIBUTE = "harness_recordings"
PROPERTY = "harness_recording"


@dataclass(frozen=True, slots=True)
class Saved:
    """`path` and `html` are absolute; `outcome` is that of the attempt; `ended_at` is epoch seconds;
    `settled` is the outcome of the test's last attempt where that came later."""

    nodeid: str
    path: str
    outcome: str
    attempt: int
    size_bytes: int
    ended_at: float
    html: str | None = None
    message: str = ""
    file: str = ""
    line: int | None = None
    interrupted: bool = False
    settled: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def failed(self) -> bool:
        return self.outcome == "failed"

    @property
    def flaky(self) -> bool:
        """Whether the attempt failed and a later one did not."""
        return self.failed and self.settled == "passed"

    @property
    def title(self) -> str:
        return self.nodeid + (f" (attempt {self.attempt})" if self.attempt > 1 else "")


def saved_of(report: Any) -> list[Saved]:
    """Return what a report, perhaps of another process, says about recordings."""
    return [Saved(**entry) for entry in getattr(report, ATTRIBUTE, ())]


def shown_path(path: str | Path, config: pytest.Config) -> str:
    """Return the path as a person at the command line would write it: relative where it lies below."""
    path = Path(path)
    start = config.invocation_params.dir
    return str(path.relative_to(start)) if path.is_relative_to(start) else str(path)


def view_command(path: str) -> str:
    """Return the command that opens a recording."""
    return f"harness view {path if os.name == 'nt' else shlex.quote(path)}"
