"""A comment body in Markdown, for whatever posts comments: `gh pr comment --body-file recordings/comment.md`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from harness.pytest.saved import Saved, view_command

if TYPE_CHECKING:
    from harness.pytest.collector import Collector

FILE = "comment.md"
MAX_ROWS = 100  # a comment on GitHub takes 65,536 characters


def write(collector: Collector) -> None:
    directory = collector.run.settings.directory
    (directory / FILE).write_text(body(collector.kept(), directory), encoding="utf-8")


def body(saved: list[Saved], directory: Path) -> str:
    """Return the comment: the failed tests with their message, where the code is, and how to open the recording."""
    failed = [entry for entry in saved if entry.failed]
    others = len(saved) - len(failed)
    lines = [f"### {_headline(failed)} with a recording", ""]
    if failed:
        lines += ["| test | what | recording |", "| --- | --- | --- |"]
        for entry in failed[:MAX_ROWS]:
            place = f"<br><sub>{_code(entry.file)}:{entry.line}</sub>" if entry.line else ""
            flaky = " passed when it ran again" if entry.flaky else ""
            lines.append(
                f"| {_code(entry.title)}{flaky}{place} | {_cell(entry.message)} | {_code(_name(entry, directory))} |"
            )
        if len(failed) > MAX_ROWS:
            lines.append(f"| and {len(failed) - MAX_ROWS} more | | |")
        example = _name(failed[0], directory)
        lines += ["", f"Download the artifact and open one: `{view_command(example)}` (`pip install replay-harness`)"]
        if any(entry.html for entry in failed):
            lines[-1] += ", or the `.html` beside it in any browser"
        lines[-1] += "."
    if others:
        lines += ["", f"{_counted(others, 'recording')} of tests that did not fail."]
    return "\n".join(lines) + "\n"


def _headline(failed: list[Saved]) -> str:
    """Return how many tests failed, and how many of the rest did so only at first."""
    lasting = {entry.nodeid for entry in failed if not entry.flaky}
    flaky = {entry.nodeid for entry in failed} - lasting
    text = _counted(len(lasting), "failing test")
    return f"{text} and {_counted(len(flaky), 'flaky one')}" if flaky else text


def _name(entry: Saved, directory: Path) -> str:
    path = Path(entry.path)
    return path.relative_to(directory).as_posix() if path.is_relative_to(directory) else path.name


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _code(text: str) -> str:
    """Return the text so that Markdown shows it as it is: in a cell of a table, as code."""
    text = re.sub(r"\s+", " ", text).replace("`", "'").replace("|", "¦")
    return f"`{text}`" if text else ""


def _cell(text: str) -> str:
    """Return text of a test, or of a page, so that it is nothing but text: no link, mention, image or HTML."""
    return _code(text[:200])
