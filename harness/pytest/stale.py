"""Recordings of the same test from an earlier run: a new run of the test takes their place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from harness.errors import HarnessError
from harness.pytest.names import SUFFIX, base_name
from harness.pytest.run import Run, is_alive

_NUMBERS = re.compile(r"(--(attempt|context|copy)-\d+)+$")


class Stale:
    """What lay in the directory when this process began, by the name of the test."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._by_base: dict[str, list[str]] | None = None

    def remove(self, nodeid: str) -> None:
        """Remove the recordings of this test, with their exports, that no running process writes."""
        for name in self._known().pop(base_name(nodeid), ()):
            path = self._run.settings.directory / name
            header = header_of(path)
            test = header.get("test") if header else None
            if not header or not isinstance(test, dict) or test.get("nodeid") != nodeid:
                continue
            if header.get("run") == self._run.id or is_alive(header.get("process")):
                continue
            for found in (path, path.with_suffix(".html")):
                found.unlink(missing_ok=True)

    def _known(self) -> dict[str, list[str]]:
        if self._by_base is None:
            self._by_base = {}
            try:
                paths = list(self._run.settings.directory.iterdir())
            except OSError:
                paths = []
            for name in (path.name for path in paths):
                if name.endswith(SUFFIX):
                    self._by_base.setdefault(_NUMBERS.sub("", name.removesuffix(SUFFIX)), []).append(name)
        return self._by_base


def header_of(path: Path) -> dict[str, Any] | None:
    """Return the header of a recording; None for what is none, or cannot be read."""
    from harness.storage.source import Source

    try:
        source = Source(path)
    except (HarnessError, OSError):
        return None
    try:
        return dict(source.head()[0])
    except HarnessError:
        return None
    finally:
        source.close()
