"""The recorder: follows pytest through each attempt of each test, and records the contexts that are opened meanwhile.

It runs where tests run: in pytest's own process, or in each worker of pytest-xdist. A context belongs to the attempt in
which it is opened; one that a fixture of a wider scope opens, or that is still open when its test is over, is shared,
and each test that is kept gets its slice of it. Whatever goes wrong here becomes a warning.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.pytest import keep
from harness.pytest.attach import Attachment
from harness.pytest.attempt import Attempt
from harness.pytest.failure import Failure, failure_of, failure_of_exception, failure_of_text, finalizer_raised
from harness.pytest.names import file_name, shared_file_name
from harness.pytest.options import settings_for
from harness.pytest.run import Run
from harness.pytest.saved import ATTRIBUTE, PROPERTY, Saved, shown_path
from harness.pytest.stale import Stale
from harness.pytest.timeline import Step
from harness.pytest.warn import reason, warn

_COUNT = pytest.StashKey[int]()
_SAVED = pytest.StashKey[list[Saved]]()
_ENDS = (KeyboardInterrupt, pytest.exit.Exception)


class Recorder:
    """The plugin of one process. `current` is the attempt that runs, `shared` the tracks that outlive tests."""

    def __init__(self, config: pytest.Config, run: Run) -> None:
        self.config = config
        self.run = run
        self.current: Attempt | None = None
        self.shared: list[Any] = []
        self.saved: list[Saved] = []
        self._scopes: list[tuple[str, str, str]] = []  # (scope, fixture, node id) of the fixtures being set up
        self._attachment = Attachment(self._on_context)
        self._stale = Stale(run)
        self._origin: dict[str, Any] | None = None
        self._warned: set[str] = set()
        option = config.option
        self.wants_html = bool(getattr(option, "htmlpath", None) or getattr(option, "allure_report_dir", None))

    # ------------------------------------------------------------------------------------------ the run

    def start(self, item: pytest.Item | None, phase: str) -> None:
        """Begin; if a test runs already, in the middle of its phase."""
        autorecord = sys.modules.get("harness.capture.autorecord")
        if autorecord is not None and autorecord.is_active():
            return  # `harness run -m pytest` records every context itself
        self._guarded("", self._attachment.start)
        if item is not None:
            self._guarded(item.nodeid, self._begin_attempt, item)
            self._guarded(item.nodeid, self._begin_step, Step("phase", phase, {"nodeid": item.nodeid}))

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        try:
            return (yield)
        finally:
            self._guarded("", self._end_run)

    def pytest_unconfigure(self) -> None:
        self._guarded("", self._end_run)
        self._guarded("", self._attachment.stop)

    def _end_run(self) -> None:
        attempt = self.current
        if attempt is not None:
            if not attempt.failures:
                attempt.interrupted = True
                self._fail(attempt, failure_of_text(attempt.item, attempt.phase, "the run was interrupted"))
            self._finish_attempt(attempt)
        for track in self.shared:
            track.session.discard()
        self.shared.clear()

    # ------------------------------------------------------------------------------------------ phases

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        self._guarded(item.nodeid, self._begin_attempt, item)
        return (yield from self._phase(item, "setup"))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        return (yield from self._phase(item, "call"))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        return (yield from self._phase(item, "teardown"))

    def _phase(self, item: pytest.Item, phase: str) -> Generator[None, object, object]:
        attempt = self.current
        if attempt is None or attempt.item is not item:
            return (yield)
        attempt.phase, attempt.in_phase = phase, True
        self._guarded(item.nodeid, self._begin_step, Step("phase", phase, {"nodeid": item.nodeid}))
        try:
            return (yield)
        except _ENDS as error:
            self._guarded(item.nodeid, self._interrupted, attempt, error)
            raise
        finally:
            attempt.in_phase = False

    def _interrupted(self, attempt: Attempt, error: BaseException) -> None:
        """The run ends here, and pytest makes no report of the test."""
        attempt.interrupted = True
        self._fail(attempt, failure_of_exception(attempt.item, attempt.phase, error))

    def _begin_attempt(self, item: pytest.Item) -> None:
        if self.current is not None:
            self._finish_attempt(self.current)
        self._scopes.clear()
        count = item.stash[_COUNT] = item.stash.get(_COUNT, 0) + 1
        number = max(count, getattr(item, "execution_count", 1))
        settings = self.run.settings
        try:
            settings = settings_for(item, settings)
        except (ValueError, TypeError) as error:
            self._warn(item.nodeid, str(error))
        self.current = attempt = Attempt(item, number, settings, self.run.id)
        for track in self.shared:
            attempt.started[track] = (track.session.now_ms, track.session.calls)
        if number == 1 and settings.mode != "off":
            self._stale.remove(item.nodeid)

    # Outside of pytest's own wrapper, which makes a failure that was expected something else.
    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        self._guarded(item.nodeid, self._on_report, item, call, report)
        return report

    def _on_report(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        attempt = self.current
        if attempt is None or attempt.item is not item:
            return
        failure = failure_of(item, call, report) if report.failed else None
        if failure is not None and not attempt.in_phase:
            for track in self.tracks():
                track.session.hear_of_fields()
        if attempt.in_phase:  # a subtest ends inside of its test
            if failure is not None:
                attempt.failures.append(failure)
                parent = attempt.parent
                self._on_timelines(lambda timeline: timeline.subtest_failure(item.nodeid, failure, parent))
            return
        if failure is not None:
            self._fail(attempt, failure)
        elif report.skipped and not hasattr(report, "wasxfail"):
            attempt.skipped = True
        self._end_steps(0, failure)
        if report.when == "teardown":
            self._finish_attempt(attempt)
            self._tell(item, report, attempt)

    def _fail(self, attempt: Attempt, failure: Failure) -> None:
        attempt.failures.append(failure)
        parent = attempt.parent
        self._on_timelines(lambda timeline: timeline.failure(attempt.nodeid, failure, parent))

    def _finish_attempt(self, attempt: Attempt) -> None:
        self._end_steps(0, None)
        self.current = None
        self._set_ground()
        saved = keep.finish(attempt, self)
        item = attempt.item
        item.stash.setdefault(_SAVED, []).extend(saved)
        for entry in saved:
            self.saved.append(entry)
            item.user_properties.append((PROPERTY, shown_path(entry.path, self.config)))
            self._guarded(
                item.nodeid,
                lambda entry=entry: item.ihook.pytest_harness_recording_saved(item=item, path=Path(entry.path)),
            )

    def _tell(self, item: pytest.Item, report: pytest.TestReport, last: Attempt) -> None:
        """Let the report name the recordings of this attempt and of the earlier ones, whose reports may not be sent."""
        saved = [
            entry if entry.attempt == last.number else replace(entry, settled=last.outcome)
            for entry in item.stash.get(_SAVED, [])
        ]
        if not saved:
            return
        setattr(report, ATTRIBUTE, [entry.as_dict() for entry in saved])
        known = {(str(name), str(value)) for name, value in report.user_properties}
        report.user_properties += [pair for pair in item.user_properties if (str(pair[0]), str(pair[1])) not in known]
        from harness.pytest import report_allure, report_html

        report_allure.attach(self.config, saved)
        report_html.add_extras(self.config, report, saved)

    # ------------------------------------------------------------------------------------------ steps and assertions

    def pytest_assertion_pass(self, item: pytest.Item, lineno: int, orig: str, expl: str) -> None:
        """Called only where the project sets `enable_assertion_pass_hook`."""
        location = {"file": str(item.path), "line": lineno, "function": item.location[2]}
        parent = self.current.parent if self.current is not None else None
        self._guarded(
            item.nodeid, self._on_timelines, lambda timeline: timeline.assertion(f"assert {orig}", location, parent)
        )

    @pytest.hookimpl(optionalhook=True)
    def pytest_bdd_before_step(self, request: Any, feature: Any, scenario: Any, step: Any) -> None:
        file, line = getattr(feature, "filename", None), getattr(step, "line_number", None)
        title = f"{getattr(step, 'keyword', '') or getattr(step, 'type', '')} {step.name}".strip()
        location = {"file": str(file), "line": line, "function": scenario.name} if file else None
        self._guarded("", self._begin_step, Step("step", title, location=location))

    @pytest.hookimpl(optionalhook=True)
    def pytest_bdd_after_step(self, request: Any) -> None:
        self._guarded("", self._end_steps, 1, None)

    def _begin_step(self, step: Step) -> None:
        """Begin a step in all recordings of the test; the calls that the test makes then stand below it."""
        attempt = self.current
        if attempt is None:
            return
        step = replace(step, parent=attempt.parent)
        attempt.steps.append(step)
        self._on_timelines(lambda timeline: timeline.begin(step))
        self._set_ground()

    def _end_steps(self, depth: int, failure: Failure | None) -> None:
        """End the open steps from the innermost to the one at `depth`."""
        attempt = self.current
        while attempt is not None and len(attempt.steps) > depth:
            step = attempt.steps.pop()
            self._end_step(step, failure)
        self._set_ground()

    def _end_step(self, step: Step, failure: Failure | None) -> None:
        self._on_timelines(lambda timeline: timeline.end(step, failure))

    def _set_ground(self) -> None:
        blocks: Any = sys.modules.get("harness.capture.signals.blocks")
        if blocks is None:
            return
        step = self.current.steps[-1] if self.current is not None and self.current.steps else None
        if step is None:
            blocks.ground = None
        else:
            blocks.ground = blocks.Block(step.title, step.category, id=step.id, is_told=True)

    def soft_failure(self, nodeid: str, error: object) -> None:
        self._guarded(nodeid, self._on_timelines, lambda timeline: timeline.soft_failure(str(error), nodeid))

    def finish_now(self, item: pytest.Item, text: str) -> list[Saved]:
        """Finish the attempt from another thread, as the process is about to be ended, and return what is kept."""
        attempt = self.current
        if attempt is None or attempt.item is not item:
            return []
        attempt.interrupted = True
        self._fail(attempt, failure_of_text(item, attempt.phase, text))
        self.current = None
        for track in attempt.tracks:
            track.ends_now = True
        saved = keep.finish(attempt, self)
        for track in self.shared:
            track.session.discard()
        return saved

    def _on_timelines(self, call: Callable[[Any], None]) -> None:
        for track in self.tracks():
            if track.session.is_open:
                call(track.timeline)

    def tracks(self) -> list[Any]:
        """The tracks of the test that runs: its own, and those that it shares with others."""
        return [*(self.current.tracks if self.current is not None else ()), *self.shared]

    # ------------------------------------------------------------------------------------------ contexts

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, object, object]:
        node = getattr(request, "node", None)
        self._scopes.append((fixturedef.scope, fixturedef.argname, getattr(node, "nodeid", "")))
        depth = len(self._scopes)
        try:
            return (yield)
        finally:
            del self._scopes[depth - 1 :]

    def pytest_fixture_post_finalizer(self) -> None:
        attempt = self.current
        if attempt is not None and attempt.phase == "teardown" and not attempt.breaks:
            attempt.breaks = finalizer_raised(sys._getframe(1))

    async def _on_context(self, context: Any) -> None:
        """Playwright has made a context and the program does not have it yet. Runs on Playwright's event loop."""
        nodeid = self.current.nodeid if self.current is not None else ""
        try:
            await self._record(context)
        except Exception as error:  # a full disk, a browser that went away, a fault of ours
            self._warn(nodeid, f"not recorded: {reason(error)}")

    async def _record(self, context: Any) -> None:
        scope, fixture, place = self._scopes[-1] if self._scopes else ("function", "", "")
        attempt = self.current
        if attempt is None or scope != "function":
            await self._record_shared(context, scope if scope != "function" else "session", fixture, place)
        elif attempt.is_recorded:
            await self._record_own(context, attempt)

    async def _record_own(self, context: Any, attempt: Attempt) -> None:
        attempt.contexts += 1
        item = attempt.item
        title = attempt.settings.title or item.nodeid
        test = {
            "nodeid": item.nodeid,
            "file": item.location[0],
            "line": None if item.location[1] is None else item.location[1] + 1,
            "attempt": attempt.number,
        }
        metadata = {"test": test, **self.header()}
        item.ihook.pytest_harness_recording_metadata(item=item, metadata=metadata)
        if attempt.contexts > 1:
            title += f" (context {attempt.contexts})"

        def path(copy: int) -> Path:
            name = file_name(item.nodeid, attempt=attempt.number, context=attempt.contexts, copy=copy)
            return self.run.settings.directory / name

        track = await self._begin(context, path, title, attempt.settings.privacy, metadata, None)
        track.number = attempt.contexts
        # What has arrived when a context closes is kept in any case, if its test fails after that; so a test that did
        # not fail until then need not wait for the rest.
        track.session.is_wanted = lambda: attempt.is_wanted
        attempt.tracks.append(track)
        self._catch_up(track, attempt)

    async def _record_shared(self, context: Any, scope: str, fixture: str, place: str) -> None:
        settings = self.run.settings
        attempt = self.current
        if settings.mode == "off" and not (attempt is not None and attempt.is_recorded):
            return
        title = f"{fixture or 'a context'} ({scope} fixture{f' of {place}' if place else ''})"
        metadata = {"fixture": {"name": fixture, "scope": scope, "nodeid": place}, **self.header()}
        privacy = settings.privacy if attempt is None else attempt.settings.privacy

        def path(copy: int) -> Path:
            return settings.directory / shared_file_name(scope, place, fixture or "context", copy=copy)

        track = await self._begin(context, path, title, privacy, metadata, fixture or None)
        self.shared.append(track)
        if attempt is not None:
            attempt.started[track] = (0.0, -1)
            self._catch_up(track, attempt)

    def _catch_up(self, track: Any, attempt: Attempt) -> None:
        """Tell a recording that has just begun which steps are open."""
        for step in attempt.steps:
            track.timeline.begin(step)
        self._set_ground()

    async def _begin(
        self,
        context: Any,
        path: Callable[[int], Path],
        title: str,
        privacy: Any,
        metadata: dict[str, Any],
        fixture: str | None,
    ) -> Any:
        """Begin a recording under the first name that is free: another process may take one in the same moment."""
        from harness.capture.options import RecordingOptions
        from harness.capture.session import Session
        from harness.errors import UsageError
        from harness.pytest.track import Track

        options = RecordingOptions(title=title, privacy=privacy, metadata=metadata)
        copy = 1
        while True:
            target = path(copy)
            session = Session(context, target, options, automatic=True, patient=fixture is None)
            try:
                await session.begin()
            except UsageError:
                if not target.exists() or copy > 1000:
                    raise
                copy += 1
            else:
                return Track(session, fixture=fixture, shared=fixture is not None)

    def header(self) -> dict[str, Any]:
        """Return what every file of this process says in its header."""
        if self._origin is None:
            from harness.pytest.metadata import origin

            self._origin = origin(self.config.rootpath)
        worker = {"worker": self.run.worker} if self.run.worker else {}
        return {**self._origin, "run": self.run.id, **worker, "process": self.run.process()}

    # ------------------------------------------------------------------------------------------ faults

    def _guarded(self, nodeid: str, call: Callable[..., None], *arguments: Any) -> None:
        try:
            call(*arguments)
        except Exception as error:  # a test's outcome must not depend on its recorder
            self._warn(nodeid, f"the recording is not as it should be: {reason(error)}")

    def _warn(self, nodeid: str, text: str) -> None:
        if nodeid not in self._warned:
            self._warned.add(nodeid)
            warn(self.config, nodeid, text)

    def warn_of(self, attempt: Attempt, text: str) -> None:
        self._warn(attempt.nodeid, text)
