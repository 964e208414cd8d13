"""Hooks that a conftest.py may implement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def pytest_harness_recording_saved(item: pytest.Item, path: Path) -> None:
    """A recording of `item` is kept and finished at `path`: the moment to copy it to a storage of one's own.

    Called in the process that ran the test, once for each file.
    """


def pytest_harness_recording_metadata(item: pytest.Item, metadata: dict[str, Any]) -> None:
    """A recording of `item` begins; what is put into `metadata` (JSON values) stands in the file's header."""
