"""GitHub Actions: the job's summary, and an annotation at each line that failed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.pytest.report_markdown import body
from harness.pytest.saved import Saved, view_command

if TYPE_CHECKING:
    from harness.pytest.collector import Collector

MAX_ANNOTATIONS = 10  # GitHub shows ten a step


def write(collector: Collector) -> None:
    """Add to the summary; do nothing elsewhere than on GitHub Actions."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with open(summary, "a", encoding="utf-8") as file:  # noqa: PTH123 – other steps write to it too
            file.write(body(collector.kept(), collector.run.settings.directory))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        terminal = collector.config.pluginmanager.get_plugin("terminalreporter")
        if terminal is None:
            return
        for entry in [entry for entry in collector.kept() if entry.failed][:MAX_ANNOTATIONS]:
            terminal.ensure_newline()
            placed = replace(entry, file=_in_workspace(entry.file, collector.config.rootpath))
            terminal.write_line(annotation(placed, collector.shown(entry.path)))


def annotation(entry: Saved, path: str) -> str:
    """Return the workflow command of one failure."""
    place = f"file={_property(entry.file)}," if entry.file else ""
    line = f"line={entry.line}," if entry.line else ""
    text = f"{entry.message or entry.outcome}\nrecording: {view_command(path)}"
    return f"::{'warning' if entry.flaky else 'error'} {place}{line}title={_property(entry.title)}::{_data(text)}"


def _in_workspace(file: str, root: Path) -> str:
    """Return a file, relative to pytest's root directory, as GitHub wants it: relative to where the project lies."""
    path, workspace = Path(root, file), os.environ.get("GITHUB_WORKSPACE")
    return path.relative_to(workspace).as_posix() if file and workspace and path.is_relative_to(workspace) else file


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
