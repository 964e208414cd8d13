"""The collector: gathers, where reports arrive, what was kept; mends what was left behind; has the reports written."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.pytest.run import Run, is_alive

if TYPE_CHECKING:
    from harness.pytest.saved import Saved

# As in `saved`, which is imported only where there is something.
ATTRIBUTE = "harness_recordings"


class Collector:
    """`saved` are the recordings of this run by path, `left` those that an earlier, killed run left behind."""

    def __init__(self, config: pytest.Config, run: Run) -> None:
        self.config = config
        self.run = run
        self.saved: dict[str, Saved] = {}
        self.left: list[Saved] = []
        self.removed: list[Saved] = []
        self._summarized = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        self._guarded(self._mend_earlier)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """A worker of pytest-xdist is about to start."""
        self.run.tell(node.workerinput)

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: Any, sched: Any) -> None:
        """A worker of pytest-xdist died in the middle of a test."""
        self._guarded(self._mend_crashed, crashitem, report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        if not getattr(report, ATTRIBUTE, None):
            return
        from harness.pytest.saved import saved_of

        found = saved_of(report)
        removed = {entry.path for entry in self.removed}
        self.saved |= {entry.path: entry for entry in found if entry.path not in removed}
        self._guarded(self._limit)
        from harness.pytest import report_junit

        self._guarded(report_junit.attach, self.config, report, found)

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:
        """pytest-html is about to write a row of its report."""
        from harness.pytest import report_html

        self._guarded(report_html.escape_nodeid, report, cells)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        try:
            return (yield)
        finally:
            self._guarded(self._sweep)
            self._guarded(self._limit)
            self._guarded(self._write)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        self._summarize(terminalreporter)

    def pytest_unconfigure(self) -> None:
        """pytest shows no summary after `pytest.exit` with a status of one's own, nor where the end of the session
        raises, as it does when Ctrl-C ends Playwright's driver too."""
        if not self._summarized:
            self._summarize(self.config.pluginmanager.get_plugin("terminalreporter"))

    def _summarize(self, terminal: Any) -> None:
        if terminal is not None and (self.saved or self.left or self.removed):
            from harness.pytest import report_terminal

            self._summarized = True
            self._guarded(report_terminal.write, terminal, self)

    def kept(self) -> list[Saved]:
        """Return what there is, in the order of ending."""
        return sorted((*self.left, *self.saved.values()), key=lambda entry: entry.ended_at)

    def _mend_earlier(self) -> None:
        if not self.run.settings.directory.is_dir():
            return
        from harness.pytest import leftover

        for found in leftover.recordings_in(self.run.settings.directory):
            if found.run == self.run.id or leftover.is_finished(found.path) or is_alive(found.header.get("process")):
                continue
            saved = leftover.mend(found)
            if saved is not None:
                self.left.append(saved)

    def _mend_crashed(self, nodeid: str, report: Any) -> None:
        from harness.pytest import leftover
        from harness.pytest.saved import PROPERTY, shown_path

        worker = getattr(getattr(getattr(report, "node", None), "gateway", None), "id", None)
        for found in leftover.recordings_in(self.run.settings.directory, changed_after=self.run.started_at - 1):
            if found.run != self.run.id or found.worker != worker or leftover.is_finished(found.path):
                continue
            saved = leftover.mend(found, str(report.longrepr))
            if saved is not None:
                self.saved[saved.path] = saved
                if saved.nodeid == nodeid:
                    setattr(report, ATTRIBUTE, [*getattr(report, ATTRIBUTE, ()), saved.as_dict()])
                    report.user_properties.append((PROPERTY, shown_path(saved.path, self.config)))

    def _sweep(self) -> None:
        """Find what nobody reported: an interrupted run, or workers that were ended with it."""
        if not self.run.settings.directory.is_dir():
            return
        from harness.pytest import leftover

        removed = {entry.path for entry in self.removed}
        recorder = self.config.pluginmanager.get_plugin("harness-recorder")
        for entry in recorder.saved if recorder is not None else ():
            if entry.path not in removed:
                self.saved.setdefault(entry.path, entry)
        directory = self.run.settings.directory
        for found in leftover.recordings_in(directory, changed_after=self.run.started_at - 1):
            path = str(found.path)
            if found.run != self.run.id or path in self.saved or path in removed:
                continue
            finished = leftover.is_finished(found.path)
            saved = leftover.saved_of_file(found) if finished else leftover.mend(found)
            if saved is not None:
                self.saved[saved.path] = saved

    def _limit(self) -> None:
        if not self.saved:
            return
        from harness.pytest import limits

        for entry in limits.beyond(list(self.saved.values()), self.run.settings.run_mb):
            limits.remove(entry)
            del self.saved[entry.path]
            self.removed.append(entry)

    def _write(self) -> None:
        if not self.saved and not self.left:
            return
        from harness.pytest import report_github, report_index, report_markdown

        report_index.write(self)
        report_markdown.write(self)
        report_github.write(self)

    def _guarded(self, call: Callable[..., None], *arguments: Any) -> None:
        try:
            call(*arguments)
        except Exception as error:
            from harness.pytest.warn import reason, warn

            warn(self.config, "", f"the reports on recordings are not as they should be: {reason(error)}")

    def shown(self, path: str | Path) -> str:
        from harness.pytest.saved import shown_path

        return shown_path(path, self.config)
