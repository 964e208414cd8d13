"""The console: each message with its level, text, place, and objects among its arguments as readable trees.

The text and the browser's preview of each argument come by themselves. A tree is read in the page, so only a bounded
number of them is asked for; the rest keeps its preview.
"""

from __future__ import annotations

import json
import re
import time
from functools import cache
from typing import Any

from harness.capture import driver
from harness.capture.signals.sink import Dropped, Sink, bounded
from harness.javascript import js_dir, link

MAX_TEXT_CHARS = 16 * 1024
MAX_MESSAGES = 25_000  # of one recording
TREES_PER_S, TREES_AT_ONCE = 10, 40
# How previews of what is no text, number or the like begin.
_OBJECT = re.compile(
    r"[{\[<#]|JSHandle@|[A-Za-z$_][\w$.]*(\(\d+\)|\s?\{)|[\w$.]*(Error|Exception)\b|function|class |async |Array|Object"
)


class Console:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._told = 0
        self._dropped = Dropped(sink, f"more than {MAX_MESSAGES} messages on the console")
        self._trees = float(TREES_AT_ONCE)
        self._refilled = time.monotonic()

    def start(self) -> None:
        self._sink.listen(self._sink.context, "console", self._on_message)

    def _on_message(self, message: Any) -> None:
        objects = [handle for handle in message.args if _OBJECT.match(str(handle))]
        if not self._sink.hears:
            if objects:
                self._sink.spawn(self._let_go(message, objects))
            return
        self._told += 1
        if self._told > MAX_MESSAGES:
            self._dropped.add()
            if objects:
                self._sink.spawn(self._let_go(message, objects))
            return
        page = message.page
        worker = getattr(message, "worker", None)
        data: dict[str, Any] = {
            "level": message.type,
            "text": bounded(message.text, MAX_TEXT_CHARS),
            "location": _location(message.location),
            "worker": worker.url if worker is not None else None,
        }
        at_ms = self._time_of(message)
        if not objects:
            self._sink.emit("console", data, page, at_ms=at_ms)
        elif self._sink.privacy == "mask":
            self._sink.emit("console", data, page, at_ms=at_ms)
            self._sink.spawn(self._let_go(message, objects))
        else:
            self._sink.spawn(self._with_trees(message, objects, data, at_ms))

    async def _with_trees(self, message: Any, objects: list[Any], data: dict[str, Any], at_ms: float) -> None:
        data["args"] = [
            {"$": "more", "text": bounded(str(handle), 1000)} if handle in objects else str(handle)[:1000]
            for handle in message.args
        ]
        try:
            if self._may_ask():
                data["args"] = json.loads(await driver.evaluate(message.args[0], _reader(), message.args))
        except Exception:  # the page navigated or is gone: the previews have to do
            pass
        finally:
            self._sink.emit("console", data, message.page, at_ms=at_ms)
            await self._let_go(message, objects)

    async def _let_go(self, message: Any, objects: list[Any]) -> None:
        """Playwright holds each argument for us, and the page's memory with it; the program's own are its business."""
        if driver.has_other_listeners(self._sink.context, "console", 1):
            return
        if driver.has_other_listeners(message.page, "console", 0):
            return
        for handle in objects:
            try:
                await handle.dispose()
            except Exception:  # gone with its page
                return

    def _may_ask(self) -> bool:
        """Whether one more tree may be read in a page now: a bucket that fills at TREES_PER_S."""
        now = time.monotonic()
        self._trees = min(TREES_AT_ONCE, self._trees + (now - self._refilled) * TREES_PER_S)
        self._refilled = now
        if self._trees < 1:
            return False
        self._trees -= 1
        return True

    def _time_of(self, message: Any) -> float:
        """Return when the page wrote it: the sync API hears of it only inside a call."""
        now_ms = self._sink.now_ms()
        stamped = getattr(message, "timestamp", None)
        if not isinstance(stamped, (int, float)):
            return now_ms
        at_ms = stamped - self._sink.started_at
        return at_ms if 0 <= now_ms - at_ms < 60_000 else now_ms

    def finish(self) -> None:
        self._dropped.tell()


def _location(told: Any) -> dict[str, Any] | None:
    if not told or not told.get("url"):
        return None
    return {"url": told["url"], "line": told.get("lineNumber", 0) + 1, "column": told.get("columnNumber", 0) + 1}


@cache
def _reader() -> str:
    """Return the function, for the page, that reads values as trees."""
    return f"(_, values) => ({link(js_dir() / 'recorder' / 'readable.js')}).readable(values)"
