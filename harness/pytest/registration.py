"""Which of the plugin's parts a process needs, and when: a recorder where tests run, a collector where reports arrive.

The recorder is not even imported before Playwright is: a run without a browser pays for two small plugins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.pytest.attach import PlaywrightImport
from harness.pytest.options import Settings
from harness.pytest.run import Run

if TYPE_CHECKING:
    from harness.pytest.recorder import Recorder

_RECORDER = "harness-recorder"


def register(config: pytest.Config, settings: Settings) -> None:
    """Add the parts to pytest's plugins. A controller of pytest-xdist runs no test, a worker shows no report."""
    manager = config.pluginmanager
    run = Run.of(config, settings)
    is_worker = hasattr(config, "workerinput")
    option = config.option
    is_controller = not is_worker and bool(getattr(option, "numprocesses", None) or getattr(option, "tx", None))
    # First: of wrappers that want to be last, the later one is the inner one, and the collector waits for the recorder.
    if not is_worker:
        from harness.pytest.collector import Collector

        manager.register(Collector(config, run), "harness-collector")
    if not is_controller:
        manager.register(Waiting(config, run), "harness-waiting")


def recorder_of(config: pytest.Config) -> Recorder | None:
    """Return the recorder of this process, None where nothing is recorded, or not yet."""
    found: Recorder | None = config.pluginmanager.get_plugin(_RECORDER)
    return found


class Waiting:
    """Adds the recorder when Playwright is imported, and tells it which test runs at that moment."""

    def __init__(self, config: pytest.Config, run: Run) -> None:
        self._config = config
        self._run = run
        self._item: pytest.Item | None = None
        self._phase = "setup"
        self._import = PlaywrightImport(self._add_recorder)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        self._import.wait()

    def pytest_unconfigure(self) -> None:
        self._import.stop()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self._item, self._phase = item, "setup"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self) -> None:
        self._phase = "call"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self) -> None:
        self._phase = "teardown"

    def pytest_runtest_logfinish(self) -> None:
        self._item = None

    def _add_recorder(self) -> None:
        from harness.pytest.recorder import Recorder
        from harness.pytest.soft import SoftAssertions
        from harness.pytest.timeout import Timeouts

        manager = self._config.pluginmanager
        recorder = Recorder(self._config, self._run)
        manager.register(recorder, _RECORDER)
        manager.register(SoftAssertions(recorder), "harness-soft-assertions")
        manager.register(Timeouts(recorder), "harness-timeouts")
        recorder.start(self._item, self._phase)
