"""What every module of signals is handed: the recorded context, the clock, and where its events go."""

from __future__ import annotations

import asyncio
import functools
import itertools
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from harness.capture import driver

MAX_TEXT_CHARS = 64 * 1024

# The names by which each kind is switched on and off.
SIGNALS = (
    *("steps", "sources", "network", "bodies", "sockets", "console", "errors", "dialogs", "files", "navigations"),
    *("performance", "actions"),
)


# What lasts, and what tells its end; of an end in a silence nothing is told but that it was one.
_BEGINS = frozenset({"request", "websocket", "download", "dialog"})
_PAUSED = "the recording was paused"
_ENDS: dict[str, dict[str, Any]] = {
    "request-end": {"body": {"omitted": _PAUSED}},
    "websocket-close": {"omitted": _PAUSED},
    "download-end": {"omitted": _PAUSED},
    "dialog-end": {"omitted": _PAUSED},
}


class Emit(Protocol):
    """`Session._emit`: the one place at which events of ours are written."""

    def __call__(
        self,
        kind: str,
        data: dict[str, Any],
        page: driver.Page | None = None,
        doc: str | None = None,
        *,
        at_ms: float | None = None,
    ) -> None: ...


class Sink:
    """Takes signals in. While the recording is paused, or not begun, they go nowhere."""

    def __init__(
        self,
        context: driver.Context,
        emit: Emit,
        *,
        now_ms: Callable[[], float],
        started_at: float,
        hears: Callable[[], bool],
        keep: Callable[[bytes, str], str],
        privacy: str,
        signals: frozenset[str],
        learn: Callable[[str], None] = lambda value: None,
        suspect: Callable[[frozenset[str]], None] = lambda values: None,
    ) -> None:
        """`keep(content, mime)` stores an asset and returns its hash; `started_at` is epoch ms; `learn(value)` is told
        of what the program typed into a sensitive field, `suspect(values)` of all that may turn out to be so."""
        self.learn = learn
        self.suspect = suspect
        self.context = context
        self.now_ms = now_ms
        self.started_at = started_at
        self.keep = keep
        self.privacy = privacy
        self.signals = signals
        self._emit = emit
        self._hears = hears
        self._ids = itertools.count(1)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._idle: set[asyncio.Task[Any]] = set()
        self._undo: list[Callable[[], None]] = []
        self._observers: list[Callable[[str, dict[str, Any], Any, float], None]] = []
        self._begun: set[str] = set()  # ids of what has begun, and not ended, in the file

    @property
    def hears(self) -> bool:
        return self._hears()

    def new_id(self, letter: str) -> str:
        """Return an id that is unique in the recording."""
        return f"{letter}{next(self._ids)}"

    def emit(
        self,
        kind: str,
        data: dict[str, Any],
        page: driver.Page | None = None,
        doc: str | None = None,
        *,
        at_ms: float | None = None,
        ends: bool = False,
    ) -> None:
        """Write a signal; None among the values of `data` means that there is no such key. One that `ends` what was
        told before is written in a silence, too."""
        hears = self._hears()
        if kind in _ENDS:
            if data["id"] not in self._begun:
                return
            self._begun.remove(data["id"])
            if not hears:
                data = {"id": data["id"], **_ENDS[kind]}
        elif not hears and not ends:
            return
        elif kind in _BEGINS:
            self._begun.add(data["id"])
        told = {key: value for key, value in data.items() if value is not None}
        for observer in self._observers:
            observer(kind, told, page, self.now_ms() if at_ms is None else at_ms)
        self._emit(kind, told, page, doc, at_ms=at_ms)

    def observe(self, observer: Callable[[str, dict[str, Any], driver.Page | None, float], None]) -> None:
        """Let `observer(kind, data, page, t)` see every signal before it is written."""
        self._observers.append(self.guarded(observer))

    def listen(self, emitter: Any, event: str, listener: Callable[..., None]) -> Callable[[], None]:
        """Listen to one of Playwright's objects until `stop`; a fault of the listener stays here, and is told.

        Returns what ends it earlier.
        """
        guarded = self.guarded(listener)
        emitter.on(event, guarded)

        def undo() -> None:
            if driver.is_closed(self.context):
                return  # nothing comes any more, and taking the listener off would tell the driver so by a message
            try:
                emitter.remove_listener(event, guarded)
            except Exception:  # the object, or the connection to it, is gone
                return

        self._undo.append(undo)
        return undo

    def guarded(self, listener: Callable[..., Any]) -> Callable[..., Any]:
        """Return the listener with its errors kept from the program: they are counted as losses."""

        @functools.wraps(listener)
        def call(*arguments: Any) -> Any:
            try:
                return listener(*arguments)
            except Exception as error:
                detail = f"{type(error).__name__}: {error}"[:500]
                self._emit("gap", {"reason": "a signal could not be taken", "lost": 1, "detail": detail})
                return None

        return call

    def spawn(self, work: Coroutine[Any, Any, Any], *, waits: bool = True) -> None:
        """Run work that asks the driver something, beside everything else; its errors are nobody's.

        With `waits` the end of the recording waits for it for a while, else it is given up then.
        """
        task = driver.spawn(self.context, work)
        own = self._tasks if waits else self._idle
        own.add(task)
        task.add_done_callback(own.discard)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def settle(self, timeout_s: float) -> None:
        """Wait for work under way; what is not done in time is given up, and says so itself."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=timeout_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def on_stop(self, undo: Callable[[], None]) -> None:
        self._undo.append(undo)

    def stop(self) -> None:
        """Take all listeners off."""
        for undo in self._undo:
            undo()
        self._undo.clear()
        for task in list(self._idle):
            # From another thread, or when the loop has ended, there is nothing to be cancelled.
            if not task.get_loop().is_closed():
                task.cancel()


class Dropped:
    """Counts what is too much to be kept, and tells of it once: an event `thinned`."""

    def __init__(self, sink: Sink, reason: str) -> None:
        self._sink = sink
        self._reason = reason
        self._count = 0
        self._from_ms = 0.0

    def add(self) -> None:
        if not self._count:
            self._from_ms = self._sink.now_ms()
        self._count += 1

    def tell(self, page: driver.Page | None = None) -> None:
        """Write what was dropped since it was told last."""
        if self._count:
            span = {"from_ms": round(self._from_ms), "to_ms": round(self._sink.now_ms())}
            self._sink.emit("thinned", {"reason": self._reason, "count": self._count, **span}, page)
            self._count = 0


def bounded(text: str, chars: int = MAX_TEXT_CHARS) -> str:
    return text if len(text) <= chars else f"{text[:chars]}… ({len(text) - chars} more characters)"
