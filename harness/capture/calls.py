"""The calls that a program makes of Playwright, as they leave for its driver.

Both APIs, and all versions from 1.49 on, send every call through one method of the connection, once for each message,
and keep in a zone which call of the API it belongs to. The first message of a zone is the call; the future of its
reply says how it ended. What Playwright itself marks as internal, and what capture asks for (`quietly`), is no call of
the program.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

# Waiting for an event is told to the driver by a pair of messages that get no reply.
WAIT_METHODS = frozenset({"__waitInfo__", "waitForEventInfo"})
_quiet: contextvars.ContextVar[bool] = contextvars.ContextVar("harness_quiet", default=False)


@dataclass(frozen=True)
class Call:
    """One call: `type` and `method` are the protocol's words, `api_name` those of the Python API (`Page.goto`)."""

    owner: Any
    type: str
    method: str
    params: dict[str, Any]
    api_name: str
    title: str | None
    frames: list[dict[str, Any]]  # file, line, function of the program's code, the innermost first


OnEnd = Callable[[Any, BaseException | None], None]
OnCall = Callable[[Call], OnEnd | None]
"""Called as a call leaves; what it returns is called with the driver's reply or error."""


@contextmanager
def quietly() -> Iterator[None]:
    """What is called inside is capture's own, and no call of the program."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def spawn(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Run a coroutine of capture's own as a task."""
    context = contextvars.copy_context()
    context.run(_quiet.set, True)
    return loop.create_task(work, context=context)


def watch_calls(connection: Any, on_call: OnCall) -> Callable[[], None]:
    """Tell `on_call` of every call on this connection from now on; return what ends that. `on_call` must not raise."""
    watchers = _watchers(connection)
    watchers.append(on_call)

    def undo() -> None:
        if on_call in watchers:
            watchers.remove(on_call)

    return undo


def _watchers(connection: Any) -> list[OnCall]:
    """Return the watchers of a connection; the first call puts them in front of its sending method."""
    if not hasattr(connection, "_harness_watchers"):
        connection._harness_watchers = []
        name = "send_message_to_server" if hasattr(connection, "send_message_to_server") else "_send_message_to_server"
        original = getattr(connection, name)
        describe = _described_by_options if name[0] == "s" else functools.partial(_described_by_zone, connection)
        parameters = list(inspect.signature(original).parameters)

        @functools.wraps(original)
        def send(*arguments: Any, **named: Any) -> Any:
            watchers: list[OnCall] = connection._harness_watchers
            if not watchers or _quiet.get():
                return original(*arguments, **named)
            given = dict(zip(parameters, arguments, strict=False)) | named
            try:
                call = describe(given)
            except Exception:  # a connection that is not as we know it: the program's call goes on, untold
                call = None
            if call is None:
                return original(*arguments, **named)
            ends = [end for watcher in list(watchers) if (end := watcher(call)) is not None]
            try:
                reply = original(*arguments, **named)
            except BaseException as error:
                for end in ends:
                    end(None, error)
                raise
            future = getattr(reply, "future", reply)
            if ends and isinstance(future, asyncio.Future) and call.method not in WAIT_METHODS:
                future.add_done_callback(functools.partial(_tell, ends))
            return reply

        setattr(connection, name, send)
    watchers: list[OnCall] = connection._harness_watchers
    return watchers


def _tell(ends: list[OnEnd], future: asyncio.Future[Any]) -> None:
    if future.cancelled():
        error: BaseException | None = asyncio.CancelledError("the call was given up")
    else:
        error = future.exception()
    for end in ends:
        end(None if error is not None else future.result(), error)


def _described_by_options(given: dict[str, Any]) -> Call | None:
    """From Playwright 1.6x on: the zone's fields come as options of the message, those of further ones as internal."""
    options = given.get("options") or {}
    is_end_of_wait = given["method"] in WAIT_METHODS and given["params"].get("phase") != "before"
    if options.get("internal") and not is_end_of_wait:
        return None
    if not options.get("api_name") and not options.get("title") and not is_end_of_wait:
        return None
    owner = given["object"]
    return Call(
        owner,
        owner._type,
        given["method"],
        given["params"],
        options.get("api_name") or "",
        options.get("title"),
        options.get("frames") or [],
    )


def _described_by_zone(connection: Any, given: dict[str, Any]) -> Call | None:
    """Before 1.6x: the zone is a context variable of the connection."""
    zone = connection._api_zone.get() or {}
    params = given.get("params") or {}
    if given["method"] in WAIT_METHODS:
        params = params.get("info") or params
    is_end_of_wait = given["method"] in WAIT_METHODS and params.get("phase") != "before"
    if not is_end_of_wait and (not zone.get("apiName") or zone.get("isInternal") or zone.get("harness_told")):
        return None
    if isinstance(zone, dict):
        zone["harness_told"] = True
    owner = given["object"]
    return Call(
        owner,
        owner._type,
        given["method"],
        params,
        zone.get("apiName") or "",
        zone.get("title"),
        zone.get("frames") or [],
    )
