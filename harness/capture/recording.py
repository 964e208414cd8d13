"""The object in the user's hands: the same for both of Playwright's APIs, for contexts and pages."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Collection, Mapping, Sequence
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any

from harness.capture import driver
from harness.capture.options import Privacy, RecordingOptions, Start, chosen_signals
from harness.capture.session import Session
from harness.errors import UsageError
from harness.fidelity.pixels import require_pillow


class Recording:
    """A recording, to be used with `with` (sync API) or `async with` (async API), or by `start()` and `stop()`.

    In the async API `start()` and `stop()` return an awaitable; the work begins at once, whether it is awaited or not.
    """

    def __init__(self, target: Any, path: str | PathLike[str], options: RecordingOptions) -> None:
        """Raises UsageError if `target` is neither a BrowserContext nor a Page of Playwright."""
        context, self._is_sync = driver.context_of(target)
        self._target = target
        self._loop = driver.loop_of(context)
        self._session = Session(context, path, options)
        self._begun = False

    @property
    def path(self) -> Path:
        return self._session.path

    @property
    def is_recording(self) -> bool:
        """Whether events are being written now. False for a session that was not sampled."""
        return self._session.is_open and self._session.started

    def start(self) -> Awaitable[None]:
        """Begin; with `start="manual"`, after `with`: start recording in the pages.

        Raises UsageError as `harness.record` does for a file or a context that cannot be had.
        """
        if self._begun:
            self._session.start_pages()
            return _done(self._loop)
        self._begun = True
        return self._run(self._session.begin())

    def stop(self, *, status: str = "unknown", error: str | None = None) -> Awaitable[None]:
        """End the recording and close the file. `status` is `passed`, `failed` or `unknown`."""
        return self._run(self._session.end(status, error))

    def pause(self) -> None:
        """Keep nothing until `resume()`."""
        self._session.pause()

    def resume(self) -> None:
        self._session.resume()

    def secret(self, value: str) -> None:
        """From now on, mask this value wherever it would be written: in what pages show, send and get, and in steps.

        Raises UsageError for a value of less than four characters, which could not be told from other text.
        """
        self._session.redactor.add_secret(value)

    def mark(self, label: str, *, check: bool | None = None, **data: Any) -> Awaitable[None]:
        """Put a named moment on the timeline, with data that JSON can hold (else their `str`).

        With `check` (default: what the recording was made with) the look of the open pages is kept too, so that
        `harness verify --fidelity` can compare the replay with it; in the async API, await that. Raises UsageError
        where checks cannot be made.
        """
        self._session.mark(label, data)
        if not (self._session.options.check if check is None else check):
            return _done(self._loop)
        require_pillow()
        return self._run(self._session.check(label))

    def action(self, name: str, **data: Any) -> None:
        """Tell of something the user did that no event shows, in a person's words, for example "pay"."""
        self._session.signal("action", {"type": "custom", "name": name, "data": data or None}, new_id="a")

    def error(self, error: BaseException | str, **data: Any) -> None:
        """Tell of an error that the program noticed and that belongs to the journey."""
        name = type(error).__name__ if isinstance(error, BaseException) else "Error"
        stack = "".join(traceback.format_exception(error)) if isinstance(error, BaseException) else None
        told = {"name": name, "message": str(error), "stack": stack, "data": data or None}
        self._session.signal("custom-error", told)

    def set_user(self, **attributes: Any) -> None:
        """Say who uses the page from now on."""
        self._session.signal("user", {"attributes": attributes})

    def set_context(self, **attributes: Any) -> None:
        """Say what holds for all that follows: tenant, feature flags, build."""
        self._session.signal("context", {"attributes": attributes})

    def _run(self, work: Any) -> Awaitable[None]:
        if self._is_sync:
            driver.run_sync(self._target, work)
            return _done(self._loop)
        task: Awaitable[None] = asyncio.ensure_future(work)
        return task

    def __enter__(self) -> Recording:
        if not self._is_sync:
            work = "async with harness.record(…)"
            raise UsageError(f"{self.path}: this context belongs to Playwright's async API; use `{work}`")
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        status, text = _outcome(error)
        try:
            driver.run_sync(self._target, self._session.end(status, text))
        except Exception:  # the driver is gone; what has arrived is kept
            self._session.end_now(status, text)
        except BaseException:  # interrupted while ending
            self._session.end_now(status, text)
            raise

    async def __aenter__(self) -> Recording:
        if self._is_sync:
            raise UsageError(
                f"{self.path}: this context belongs to Playwright's sync API; use `with harness.record(…)`"
            )
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        status, text = _outcome(error)
        try:
            await self._session.end(status, text)
        except BaseException:
            self._session.end_now(status, text)
            raise


def record(
    target: Any,
    path: str | PathLike[str],
    *,
    title: str | None = None,
    privacy: Privacy | None = None,
    privacy_rules: Sequence[Any] = (),
    unmask: Sequence[str] = (),
    secrets: Sequence[str] = (),
    start: Start = "auto",
    force: bool = False,
    check: bool = False,
    session_sample_rate: float = 100,
    replay_sample_rate: float = 100,
    sample_seed: str | None = None,
    signals: Collection[str] | Mapping[str, bool] | None = None,
    metadata: dict[str, Any] | None = None,
) -> Recording:
    """Return a recording of every page, popup and frame of a Playwright context into the file `path`.

    `target` is a BrowserContext or a Page (whose context is then recorded) of either API. `start="manual"` waits for
    `recording.start()` or the page's `harnessRecorder.start()`. The sample rates are percentages: a session that is not
    sampled writes no file; without replay it keeps its events but no DOM. `sample_seed` makes the choice repeatable.
    `check` keeps at every mark, and at the end, how the pages look, for `harness verify --fidelity`; it needs the extra
    `check`. `signals` says what is recorded besides the DOM, by default everything: names (`{"steps", "network"}`: only
    these) or a mapping (`{"bodies": False}`: all but these). `force` replaces an existing file. `metadata` goes into
    the file's header.

    `privacy` is the level, by default that of `[tool.harness.privacy]` in pyproject.toml, else `allow`. `privacy_rules`
    are mappings with `level` and `selector` or `url` or both; `unmask` is a list of texts that are shown while all
    others are masked; `secrets` are values that are nowhere to be written (see docs/privacy.md).

    Raises UsageError here for impossible options, and on entering if the file exists or the context is being recorded.
    """
    seed = {} if sample_seed is None else {"sample_seed": sample_seed}
    options = RecordingOptions(
        title=title,
        privacy=privacy,
        privacy_rules=privacy_rules,
        unmask=unmask,
        secrets=secrets,
        start=start,
        force=force,
        check=check,
        session_sample_rate=session_sample_rate,
        replay_sample_rate=replay_sample_rate,
        signals=chosen_signals(signals),
        metadata=dict(metadata or {}),
        **seed,
    )
    return Recording(target, path, options)


def _outcome(error: BaseException | None) -> tuple[str, str | None]:
    if error is None:
        return "passed", None
    text = str(error).strip()
    return "failed", f"{type(error).__name__}: {text}" if text else type(error).__name__


def _done(loop: asyncio.AbstractEventLoop) -> Awaitable[None]:
    future: asyncio.Future[None] = loop.create_future()
    future.set_result(None)
    return future
