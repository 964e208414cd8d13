"""`index.html` of the run's directory: the list of its recordings, static, to publish as an artifact."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.pytest.collector import Collector

FILE = "index.html"


def write(collector: Collector) -> None:
    from harness.viewer.static_list import write_list

    write_list(collector.run.settings.directory)
