"""Allure: the recording, and its HTML export, as attachments of the test."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from harness.pytest.saved import Saved


def attach(config: pytest.Config, saved: list[Saved]) -> None:
    """Attach to the test that is being reported, where allure-pytest writes results."""
    if not getattr(config.option, "allure_report_dir", None) or "allure_pytest" not in sys.modules:
        return
    import allure

    attach_file: Any = allure.attach.file
    for entry in saved:
        for path, mime, extension in ((entry.html, "text/html", "html"), (entry.path, "application/zstd", "replay")):
            if path is not None:
                attach_file(path, name=f"recording: {Path(path).name}", attachment_type=mime, extension=extension)
