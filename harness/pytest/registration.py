"""Which of the plugin's parts a process needs: a recorder where tests run, a collector where reports arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.pytest.options import Settings

if TYPE_CHECKING:
    from harness.pytest.recorder import Recorder

_RECORDER = "harness-recorder"


def register(config: pytest.Config, settings: Settings) -> None:
    """Add the parts to pytest's plugins. A controller of pytest-xdist runs no test, a worker shows no report."""
    from harness.pytest.run import Run

    manager = config.pluginmanager
    run = Run.of(config, settings)
    is_worker = hasattr(config, "workerinput")
    is_controller = not is_worker and bool(
        getattr(config.option, "numprocesses", None) or getattr(config.option, "tx", None)
    )
    # First: of wrappers that want to be last, the later one is the inner one, and the collector waits for the recorder.
    if not is_worker:
        from harness.pytest.collector import Collector

        manager.register(Collector(config, run), "harness-collector")
    if not is_controller:
        from harness.pytest.recorder import Recorder
        from harness.pytest.soft import SoftAssertions
        from harness.pytest.timeout import Timeouts

        recorder = Recorder(config, run)
        manager.register(recorder, _RECORDER)
        manager.register(SoftAssertions(recorder), "harness-soft-assertions")
        manager.register(Timeouts(recorder), "harness-timeouts")


def recorder_of(config: pytest.Config) -> Recorder | None:
    """Return the recorder of this process, None where nothing is recorded."""
    found: Recorder | None = config.pluginmanager.get_plugin(_RECORDER)
    return found
