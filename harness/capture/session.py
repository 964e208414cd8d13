"""A session: one Playwright context being recorded. Joins what the pages send with what only the driver sees.

Everything here runs on Playwright's event loop and stays short; compression and the disk are the writer's thread.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from os import PathLike
from pathlib import Path
from typing import Any

from harness.capture import driver
from harness.capture.assets import AssetCollector
from harness.capture.batch import Batch, parse_batch
from harness.capture.bundle import init_script
from harness.capture.calls import quietly
from harness.capture.canvas_pictures import CanvasPictures
from harness.capture.checks import Checker
from harness.capture.declared_roots import DeclaredRoots
from harness.capture.documents import Documents
from harness.capture.every_frame import TIMEOUT_S, call_of, in_every_frame, in_frames_of, reach_scriptless, removal
from harness.capture.frame_joiner import FrameJoiner
from harness.capture.guard import guarded
from harness.capture.icons import Icons
from harness.capture.options import RecordingOptions
from harness.capture.page_notices import PageNotices
from harness.capture.page_registry import PageRegistry
from harness.capture.pictures import Pictures
from harness.capture.signals import long_texts
from harness.capture.signals.signals import Signals
from harness.capture.signals.sink import Sink
from harness.capture.silence import Silence
from harness.errors import UsageError
from harness.privacy.levels import MASK
from harness.privacy.redactor import Redactor
from harness.replay.checkpoints import Checkpointer
from harness.storage.events import json_line
from harness.storage.writer import RecordingWriter

# A page's clock that is further off than this is not ours: another machine's, or replaced by the test. Delivery alone
# can make a batch late (the sync API delivers only inside its calls), but not early.
_EARLY_MS, _LATE_MS = -250, 60_000
_CLOSING = frozenset({"BrowserContext.close", "Browser.close"})

_recorded: dict[int, Session] = {}


class Session:
    """Records one context into one file, from `begin` until `end` or until the context closes."""

    def __init__(
        self,
        context: driver.Context,
        path: str | PathLike[str],
        options: RecordingOptions,
        *,
        ends_with_context: bool = False,
        automatic: bool = False,
        patient: bool = False,
    ) -> None:
        """With `ends_with_context` the file is closed when the context closes, else it waits for `end` and its
        status. One that is `automatic` was not asked for by name: it ends when somebody wants to record the same
        context, and leaves it to its owner to tell of a full disk (`error`). One that is `patient` will most likely be
        discarded."""
        self.path = Path(path)
        self.options = options
        self._silence = Silence(started=options.start == "auto")
        self.automatic = automatic
        self._patient = patient
        self.is_wanted: Callable[[], bool] = lambda: True  # False: it will be discarded, so nobody needs to wait for it
        self._ends_with_context = ends_with_context
        self._context = context
        self._writer: RecordingWriter | None = None
        self._assets: AssetCollector | None = None
        self._icons: Icons | None = None
        self._roots: DeclaredRoots | None = None
        self._canvases: CanvasPictures | None = None
        self.redactor = Redactor(options.settings)
        self._pages = PageRegistry(self._emit, self, self.on_fault)
        self._documents = Documents(self._emit)
        self._joiner = FrameJoiner(
            self._emit, level=lambda: self.redactor.level, take=self._take, forget=self._documents.forget
        )
        self._notices = PageNotices(self._emit, None)
        self._checker: Checker | None = None
        self._signals: Signals | None = None
        self._started_at = 0.0
        self._calls = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._undo: list[Callable[[], Awaitable[None]]] = []
        self._script = ""
        self._binding = f"__harness_{secrets.token_hex(6)}"
        self._ended = False
        self._closing: asyncio.Future[None] | None = None
        self._unhooks: list[Callable[[], None]] = []

    @property
    def is_open(self) -> bool:
        return self._writer is not None and not self._ended

    @property
    def started(self) -> bool:
        """Whether documents that begin now are recorded: not before a page starts it, nor after it has stopped it."""
        return self._silence.started

    @property
    def now_ms(self) -> float:
        """Milliseconds since the recording's start."""
        return time.time() * 1000 - self._started_at

    async def begin(self) -> None:
        """Create the file and inject the recorder into the documents that are open and those to come.

        Raises UsageError if the file exists, or if the context is being recorded already.
        """
        if driver.is_closed(self._context):
            raise UsageError(f"{self.path}: the context is closed already; record it before it closes")
        other = _recorded.get(id(self._context))
        if other is not None and other.is_open and other.automatic and not self.automatic:
            await other.end()
        elif other is not None and other.is_open:
            raise UsageError(
                f"{self.path}: the context is being recorded into {other.path} already; stop that one first"
            )
        if not self.options.session_sampled:
            return
        self._started_at = float(round(time.time() * 1000))
        self._writer = RecordingWriter(
            self.path,
            self._header(),
            force=self.options.force,
            checkpoints=Checkpointer(),
            compacts=True,
            filters=self.redactor,
            warns=not self.automatic,
            patient=self._patient,
        )
        _recorded[id(self._context)] = self
        try:
            with quietly():
                await self._inject()
        except BaseException:
            self._stop_listening()
            self._let_go()
            self._writer.close(complete=False)
            raise

    async def end(self, status: str = "unknown", error: str | None = None) -> None:
        """Take what the pages still hold, take the recorder out of them, and close the file. A second call waits for
        the first."""
        if self._writer is None:
            return
        if self._closing is not None:
            await asyncio.shield(self._closing)
            return
        if self._ended:
            return
        self._closing = driver.loop_of(self._context).create_future()
        try:
            with quietly():
                if not driver.is_closed(self._context):
                    await self._check_the_end()
                    await in_every_frame(self._context, self._call_of("finish"))
                    await in_every_frame(self._context, self._call_of("stop"))
                await self._settle()
                if not driver.is_closed(self._context):
                    await self._withdraw()
                if self._signals is not None:
                    await self._signals.close()
        finally:
            self._stop_listening()
            self._say_end(status, error)
            self._let_go()
            writer = self._writer
            await asyncio.get_running_loop().run_in_executor(None, lambda: writer.close(status=status))
            self._closing.set_result(None)

    def end_now(self, status: str = "unknown", error: str | None = None) -> None:
        """Close the file without asking the pages anything: the event loop may no longer run. Returns when it is
        closed."""
        if self._writer is None:
            return
        self._say_end(status, error)
        self._let_go()
        self._writer.close(status=status)

    def discard(self) -> None:
        """End as `end_now` does, and remove the file."""
        if self._writer is not None:
            self._let_go()
            self._writer.discard()

    def flush(self) -> None:
        """Return when the file holds all that has arrived."""
        if self._writer is not None:
            self._writer.flush()

    def move(self, path: Path) -> None:
        """Give the file another name while it is being written. Raises OSError where the system does not allow it."""
        self.path.rename(path)
        self.path = path
        if self._writer is not None:
            self._writer.path = path

    @property
    def size_bytes(self) -> int:
        return 0 if self._writer is None else self._writer.size_bytes

    @property
    def error(self) -> OSError | None:
        """Why the file could no longer be written, if so."""
        return None if self._writer is None else self._writer.error

    @property
    def calls(self) -> int:
        """How many steps the program has taken in this context so far, other than to close it."""
        return self._calls

    @property
    def context_is_closed(self) -> bool:
        return driver.is_closed(self._context)

    def collect_between(self, timeout_s: float = 2) -> None:
        """As `collect`, from outside of the event loop; harmless where that is impossible."""
        if self.is_open:
            driver.run_between(self._context, self.collect, timeout_s)

    def hear_of_fields(self) -> None:
        """Wait, for a bounded time and only where something was typed just now, until the pages have said how private
        the fields are: what comes next may quote it. From outside of the event loop, as `collect_between`."""
        if self.is_open and self._signals is not None and self._signals.waits_for_fields:
            self.collect_between()

    def note(self, kind: str, data: dict[str, Any], *, at_ms: float | None = None) -> None:
        """Write an event about the whole recording, for a caller who knows what it means: a test runner's phases."""
        self._emit(kind, data, at_ms=at_ms)
        self._calls -= kind == "step"

    def keep_source(self, file: str) -> None:
        """Keep the text of a file of the program that a `location` names."""
        if self._signals is not None and self.is_open:
            self._signals.keep_source(file)

    def mark(self, label: str, data: dict[str, Any]) -> None:
        self._emit("mark", {"label": label, "data": data})

    async def check(self, label: str) -> None:
        """Keep how the pages that are open look now, for the replay to be compared with."""
        if self._checker is not None and self.is_open and not self._silence.is_on:
            with quietly():
                await asyncio.gather(*(self._checker.check(page, label) for page in list(self._context.pages)))

    def signal(self, kind: str, data: dict[str, Any], *, new_id: str = "") -> None:
        """Take a signal of the program's own; with `new_id` it gets an id that begins with that letter."""
        if self._signals is not None:
            self._signals.tell(kind, data, new_id=new_id)

    def pause(self) -> None:
        """Keep nothing from this moment on; the pages are told to stop looking, which costs them nothing then."""
        if self._silence.is_on or not self.is_open:
            return
        self._emit("pause", {})
        self._silence.begin(self.now_ms)
        self._spawn(in_every_frame(self._context, self._call_of("stop")))

    def resume(self) -> None:
        """Record again: every document starts a stream of its own, from a new snapshot."""
        if not self._silence.is_on or not self.is_open:
            return
        self._silence.end(self.now_ms)
        self._emit("resume", {})
        self._spawn(in_every_frame(self._context, self._call_of("restart")))

    def start_pages(self) -> None:
        """Start recording in all documents, after `start="manual"` or a page's `stop()`."""
        self._start_or_stop(True)

    # ---------------------------------------------------------------------------------------------- beginning and
    # ending

    def _header(self) -> dict[str, Any]:
        options = self.options
        return {
            "started_at": self._started_at,
            "title": options.title,
            "privacy": options.privacy,
            "browser": driver.browser_of(self._context),
            "replay_sampled": options.replay_sampled,
            "sample_seed": options.sample_seed,
            "signals": sorted(options.signals),
            **options.metadata,
        }

    async def _inject(self) -> None:
        assert self._writer is not None
        context = self._context
        if self.options.replay_sampled:
            self._assets = AssetCollector(
                context, self._writer, self._emit, Pictures(kept=self.redactor.level < MASK), self._started_at
            )
            context.on("response", self._assets.on_response)
            self._icons = Icons(context, self._assets)
            self._roots = DeclaredRoots(context, self._assets.on_fault)
            context.on("response", self._roots.on_response)
            # What lies over a canvas is in its picture: only where nothing is masked.
            if self.options.privacy == "allow":
                self._canvases = CanvasPictures(context, self._emit, self._spawn)
            keeps_pictures = self.redactor.level < MASK
            self._checker = Checker(
                self._writer, self._emit, started_at=self._started_at, keeps_pictures=keeps_pictures
            )
        self._notices = PageNotices(self._emit, self._assets, self._roots)
        self._signals = self._new_signals(self._writer)
        self._signals.start()
        context.on("page", self._pages.meet)
        context.on("close", self._on_context_close)
        self._unhooks.append(driver.before_close(context, self.collect))
        for page in context.pages:
            self._pages.meet(page)
        self._script = init_script(
            {
                "binding": self._binding,
                "startedAt": self._started_at,
                **self._page_privacy(),
                "recordsDom": self.options.replay_sampled,
                "starts": self.options.start == "auto",
                "signals": sorted(self.options.signals),
            }
        )
        self._undo.append(await driver.expose_binding(context, self._binding, self._on_binding))
        self._undo.append(await driver.add_init_script(context, self._script))
        # Frames that are open already: parents first, since a frame of the parent's origin is recorded by the parent.
        await in_every_frame(self._context, self._script)
        if self._assets is not None:
            for page in context.pages:
                if page.url != "about:blank":
                    self._assets.collect_loaded(page)

    async def _check_the_end(self) -> None:
        if self.options.check:
            await self.check("end")

    def _page_privacy(self) -> dict[str, Any]:
        """Return what the page's mask is made of. Secrets stay here: a page is no place for them."""
        settings = self.redactor.settings
        return {
            "privacy": settings.level,
            "privacyRules": [rule.as_config() for rule in settings.rules],
            "unmask": list(settings.unmask),
            "privacyPatterns": settings.patterns,
            "privacySalt": self.redactor.salt,
        }

    def _new_signals(self, writer: RecordingWriter) -> Signals:
        sink = Sink(
            self._context,
            self._emit,
            now_ms=lambda: self.now_ms,
            started_at=self._started_at,
            hears=lambda: self.is_open and self._silence.hears,
            keep=writer.write_asset,
            privacy="mask" if self.redactor.level >= MASK else self.redactor.settings.level,
            signals=self.options.signals,
            learn=self.redactor.learn,
            suspect=self.redactor.suspect,
        )
        return Signals(sink)

    async def _settle(self) -> None:
        """Wait, for a bounded time, for the work under way: bodies, frames to be joined, batches on their way."""
        if self._assets is not None:
            await self._assets.finish()
        if self._signals is not None:
            await self._signals.settle()
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=TIMEOUT_S)
            for task in late:
                task.cancel()

    async def _withdraw(self) -> None:
        for undo in self._undo:
            try:
                await asyncio.wait_for(undo(), TIMEOUT_S)
            except Exception:  # the context went away meanwhile; there is nothing left to take back
                return
        await in_every_frame(self._context, removal(self._binding))

    def _say_end(self, status: str, error: str | None) -> None:
        self._emit("status", {"status": status, **({"error": error} if error else {})})
        self._emit("stop", {})

    def _let_go(self) -> None:
        """From now on nothing is written; harmless when it is so already. Asks nothing of the context."""
        if self._ended:
            return
        self._ended = True
        while self._unhooks:
            self._unhooks.pop()()
        if self._signals is not None:
            self._signals.stop()
        if _recorded.get(id(self._context)) is self:
            del _recorded[id(self._context)]

    def _stop_listening(self) -> None:
        if driver.is_closed(self._context):
            return
        self._context.remove_listener("page", self._pages.meet)
        self._context.remove_listener("close", self._on_context_close)
        if self._assets is not None:
            self._context.remove_listener("response", self._assets.on_response)
        if self._roots is not None:
            self._context.remove_listener("response", self._roots.on_response)

    async def collect(self) -> None:
        """Take what the pages and the driver still hold: the program is about to close the context, or to look."""
        if self._closing is None and not self._ended and self.is_wanted():
            with quietly():
                await self._check_the_end()
                await in_every_frame(self._context, self._call_of("finish"))
                if self._signals is not None:
                    self._signals.all_told()
                await self._settle()

    @guarded
    def _on_context_close(self, *_: Any) -> None:
        if self._ends_with_context and self._closing is None and self.is_open and self._writer is not None:
            self._say_end("unknown", None)
            self._let_go()
            # Not as a task: the program may be about to stop the event loop. `end_now` waits for it.
            threading.Thread(target=self._writer.close, name="harness-close").start()

    # ---------------------------------------------------------------------------------------------- pages and frames

    def on_page(self, page: driver.Page) -> None:
        self._unhooks.append(driver.before_page_close(page, lambda: self._collect_page(page)))
        if self._signals is not None:
            self._signals.on_page(page)

    async def _collect_page(self, page: driver.Page) -> None:
        """Take what a page still holds: the program is about to close it."""
        if self.is_open and self._closing is None and self.is_wanted() and self._silence.hears:
            with quietly():
                await in_frames_of(page, self._call_of("finish"))

    def on_page_gone(self, page: driver.Page) -> None:
        self._documents.end_all(page)
        if self._ended:
            return
        self._emit("page-close", {}, page)
        if self._signals is not None:
            self._signals.on_page_gone(page)

    def on_frame_navigated(self, frame: driver.Frame) -> None:
        if frame.parent_frame is not None and self.is_open and self._silence.hears:
            self._spawn(reach_scriptless(frame, self._script))

    def on_frame_gone(self, frame: driver.Frame) -> None:
        self._documents.end(frame)

    # ---------------------------------------------------------------------------------------------- what pages send

    @guarded
    def _on_binding(self, source: dict[str, Any], text: Any = "") -> bool | None:
        """The binding's callback: never raises, since the page would see it."""
        if not self.is_open:
            return None
        try:
            message = parse_batch(text)
        except (ValueError, KeyError, TypeError):
            self._emit("gap", {"reason": "a batch that could not be read", "lost": 1}, source["page"])
            return None
        if isinstance(message, dict):
            return self._on_command(message, source["page"])
        self._on_batch(message, source["page"], source["frame"])
        return None

    def _on_command(self, message: dict[str, Any], page: driver.Page) -> bool | None:
        command, at_ms = message["command"], message.get("t")
        if command == "ask":
            return self._silence.hears
        if command == "replaced":  # nobody knows how much of the page will be missing from now on
            self._emit("gap", {"reason": "another recording took the page over", "lost": None}, page)
        if command in ("start", "stop"):
            is_ours = isinstance(at_ms, (int, float)) and _EARLY_MS <= self.now_ms - at_ms <= _LATE_MS
            self._start_or_stop(command == "start", at_ms if is_ours else None, by={"by": "page"})
        return None

    def _start_or_stop(self, start: bool, at_ms: float | None = None, *, by: dict[str, str] | None = None) -> None:
        """Start or stop all documents. `at_ms` is when a page did so itself: what it has told since then, its snapshot
        before all, is not to be taken for something that happened in the silence."""
        if start == self.started or not self.is_open:
            return
        at_ms = self.now_ms if at_ms is None else at_ms
        self._silence.started = start
        if start and self._silence.is_on:
            self._silence.end(at_ms)
            self._emit("resume", by or {}, at_ms=at_ms)
        elif not start and not self._silence.is_on:
            self._emit("pause", by or {}, at_ms=at_ms)
            self._silence.begin(at_ms)
        self._spawn(in_every_frame(self._context, self._call_of("start" if start else "stop")))

    def _on_batch(self, batch: Batch, page: driver.Page, frame: driver.Frame) -> None:
        offset_ms = self.now_ms - batch.now_ms
        if not _EARLY_MS <= offset_ms <= _LATE_MS:
            batch = batch.shifted(offset_ms)
        self._documents.count_losses(batch, page)
        kept = self._silence.outside(batch)
        if kept is None:
            return
        if self._documents.meet(kept, frame) and frame.parent_frame is not None:
            if page in self._notices.hiding and self.redactor.level < MASK:
                self._joiner.hold(kept.doc)
            self._spawn(self._joiner.join(kept.doc, page, frame, kept.first_ms))
        if not self._joiner.keeps_back((kept, page, frame)):
            self._take(kept, page, frame)

    def _take(self, kept: Batch, page: driver.Page, frame: driver.Frame) -> None:
        """Write what is to be written of a batch."""
        number = self._pages.number_of(page)
        if self._signals is not None:
            kept = self._signals.on_batch(kept, page)
        kept = self._notices.take(kept, page)
        if self._icons is not None:
            self._icons.on_batch(kept, page)
        if self._canvases is not None and page not in self._notices.hiding:
            self._canvases.on_batch(kept, page, frame)
        self._write(kept.addressed(number), kept.count, kept.first_ms, kept.last_ms, has_snapshot=kept.has_snapshot)
        if self.options.check and "mark" in kept.kinds:
            self._spawn(self.check("a mark of the page"))

    # ---------------------------------------------------------------------------------------------- small parts

    def _call_of(self, method: str) -> str:
        return call_of(method, self._binding)

    def on_fault(self, error: Exception) -> None:
        """A listener of ours failed: the program goes on, and the file says so."""
        detail = f"{type(error).__name__}: {error}"[:500]
        self._emit("gap", {"reason": "the recorder failed", "lost": 1, "detail": detail})

    def _emit(
        self,
        kind: str,
        data: dict[str, Any],
        page: driver.Page | None = None,
        doc: str | None = None,
        *,
        at_ms: float | None = None,
    ) -> None:
        """Write an event of our own, now or of the moment `at_ms`."""
        if not self.is_open or (self._silence.is_on and kind == "resource"):
            return
        self._calls += kind == "step" and data.get("method") not in _CLOSING
        event: dict[str, Any] = {}
        if page is not None:
            event["page"] = self._pages.number_of(page)
        if doc is not None:
            event["doc"] = doc
        # What is told of no page, such as a failed test, may be of any.
        strict = page in self._notices.hiding if page is not None else bool(self._notices.hiding)
        data = self.redactor.event(kind, data, strict=strict)
        if kind in long_texts.KINDS and self._writer is not None:
            data = long_texts.stored_apart(data, self._writer.write_asset)
        t = round(self.now_ms if at_ms is None else at_ms)
        self._write(json_line({**event, "t": t, "kind": kind, "data": data}), 1, t, t)

    def _write(self, lines: str, count: int, first_ms: float, last_ms: float, *, has_snapshot: bool = False) -> None:
        if self._writer is not None and lines:
            self._writer.write_events(lines, count=count, first_ms=first_ms, last_ms=last_ms, has_snapshot=has_snapshot)

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = driver.spawn(self._context, work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
