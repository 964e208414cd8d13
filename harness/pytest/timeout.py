"""pytest-timeout's thread method, which ends the whole process at once: the last moment to finish the recordings."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from harness.pytest.saved import shown_path, view_command


class Timeouts:
    """Has the recordings of the test finished, and named, before pytest-timeout ends the process.

    pytest-timeout has no hook for that moment, so the function that its timer calls is wrapped. Where that function is
    not found, the files are still there up to the last second, and the next run says so.
    """

    def __init__(self, recorder: Any) -> None:
        self._recorder = recorder
        self._module: Any = None
        self._original: Any = None
        module = sys.modules.get("pytest_timeout")
        original = getattr(module, "timeout_timer", None)
        if not callable(original):
            return
        self._module, self._original = module, original

        def timeout_timer(item: pytest.Item, settings: Any) -> Any:
            if self._ends(settings):
                self._finish(item, settings)
            return original(item, settings)

        module.timeout_timer = timeout_timer  # type: ignore[union-attr]

    def pytest_unconfigure(self) -> None:
        if self._module is not None:
            self._module.timeout_timer = self._original
            self._module = None

    def _ends(self, settings: Any) -> bool:
        """Whether the timer will end the process: not while somebody debugs."""
        is_debugging = getattr(self._module, "is_debugging", None)
        return getattr(settings, "disable_debugger_detection", False) or not (is_debugging and is_debugging())

    def _finish(self, item: pytest.Item, settings: Any) -> None:
        try:
            saved = self._recorder.finish_now(item, f"Timeout (>{settings.timeout}s) from pytest-timeout.")
            lines = [f"harness: {entry.title}: {view_command(shown_path(entry.path, item.config))}" for entry in saved]
        except Exception as error:  # the process must end all the same
            lines = [f"harness: {item.nodeid}: {error}"]
        _say(item.config, lines)


def _say(config: pytest.Config, lines: list[str]) -> None:
    """Write lines past pytest's capturing, as pytest-timeout does with what it says."""
    try:
        capture = config.pluginmanager.get_plugin("capturemanager")
        if capture is not None:
            capture.suspend_global_capture()
        writer = config.get_terminal_writer()
        for line in lines:
            writer.line(line)
        writer.flush()
    except Exception:  # it would have been a help, no more
        pass
