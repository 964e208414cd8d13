"""`index.html` of the run's directory: the list of its recordings, static, to publish as an artifact."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.pytest.collector import Collector

FILE = "index.html"


def write(collector: Collector) -> None:
    from harness.viewer.static_list import write_list

    said = {}
    for entry in collector.kept():
        attempt = f"attempt {entry.attempt}" if entry.attempt > 1 or entry.settled else ""
        words = [attempt, "passed when it ran again" if entry.flaky else "", entry.message]
        said[Path(entry.path).name] = ": ".join(filter(None, (", ".join(filter(None, words[:2])), words[2])))
    write_list(collector.run.settings.directory, said)
