"""pytest's terminal summary: a line for each recording, with the command that opens it, as a link where that can be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.pytest.saved import Saved, view_command

if TYPE_CHECKING:
    from harness.pytest.collector import Collector

MAX_PASSING = 5  # of more, one line says where they are


def write(terminal: Any, collector: Collector) -> None:
    """Write the section on recordings."""
    kept = list(collector.saved.values())
    failed = [entry for entry in kept if entry.failed]
    others = [entry for entry in kept if not entry.failed]
    terminal.section("recordings", sep="=", bold=True)
    for entry in failed:
        markup = {"yellow": True} if entry.flaky else {"red": True}
        _line(terminal, collector, entry, "FLAKY" if entry.flaky else "FAILED", **markup)
    for entry in others[:MAX_PASSING]:
        _line(terminal, collector, entry, entry.outcome.upper(), green=entry.outcome == "passed")
    directory = collector.shown(collector.run.settings.directory)
    if len(others) > MAX_PASSING:
        terminal.write_line(f"and {len(others) - MAX_PASSING} of tests that did not fail: {view_command(directory)}")
    for entry in collector.left:
        _line(terminal, collector, entry, "KILLED in an earlier run", red=True)
    if collector.removed:
        failing = sum(entry.failed for entry in collector.removed)
        what = f"{len(collector.removed)} recordings ({failing} of failing tests)"
        limit = f"--recording-max-mb={collector.run.settings.run_mb:g}"
        terminal.write_line(f"{what} were removed to stay within {limit}", yellow=True)


def _line(terminal: Any, collector: Collector, entry: Saved, word: str, **markup: bool) -> None:
    terminal.write(word, **markup)
    command = view_command(collector.shown(entry.path))
    terminal.write(f" {entry.title}: {_linked(command, entry.html or entry.path, terminal)}\n")


def _linked(text: str, path: str, terminal: Any) -> str:
    """Return the text as a link (OSC 8) on a terminal that shows colours, and as it is elsewhere."""
    writer = getattr(terminal, "_tw", None)
    if not getattr(writer, "hasmarkup", False) or not terminal.isatty:
        return text
    return f"\x1b]8;;{Path(path).resolve().as_uri()}\x1b\\{text}\x1b]8;;\x1b\\"
