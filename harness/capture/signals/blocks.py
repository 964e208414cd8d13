"""Blocks of steps: `harness.step("…")`, and the phases of a test runner, which the calls inside them belong to.

A block is told to a recording when the first call inside it reaches that recording, so that two journeys that run side
by side do not get each other's blocks; one without a call is told when it ends.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import sys
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class BlockListener(Protocol):
    """A recording that wants to know of blocks."""

    thread: int

    def begin_block(self, block: Block) -> None: ...

    def end_block(self, block: Block, error: BaseException | None) -> None: ...


listeners: list[BlockListener] = []
"""The recordings that are open in this process."""

ground: Block | None = None
"""The block around all others of this process: the phase of a test. Whoever sets it tells the recordings of it."""

_current: ContextVar[Block | None] = ContextVar("harness_block", default=None)
_ids = itertools.count(1)


@dataclass(eq=False)
class Block:
    """One block under way; `started_at` is epoch ms."""

    title: str
    category: str = "step"
    params: dict[str, Any] = field(default_factory=dict)
    location: dict[str, Any] | None = None
    parent: Block | None = None
    started_at: float = field(default_factory=lambda: time.time() * 1000)
    id: str = field(default_factory=lambda: f"b{next(_ids)}")
    told: list[BlockListener] = field(default_factory=list)
    is_told: bool = False  # somebody else tells of it, under the same id


def current_block() -> Block | None:
    """Return the innermost block that is open where this is called."""
    return _current.get() or ground


def tell(block: Block, listener: BlockListener) -> None:
    """Let a recording know of the block and those around it, unless it does."""
    if block.is_told or listener in block.told:
        return
    if block.parent is not None:
        tell(block.parent, listener)
    block.told.append(listener)
    listener.begin_block(block)


class step:
    """A named block of steps: `with harness.step("Check out"):`, `async with`, or `@harness.step("Check out")`.

    What it is given besides stands in the recording as its parameters. `category` is for test runners (`phase`,
    `hook`).
    """

    def __init__(self, title: str, *, category: str = "step", location: dict[str, Any] | None = None, **params: Any):
        self._title = title
        self._category = category
        self._location = location
        self._params = params
        self._open: list[tuple[Block, Token[Block | None]]] = []

    def __enter__(self) -> step:
        self._begin(self._location or _caller(sys._getframe(1)))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._end(error)

    async def __aenter__(self) -> step:
        self._begin(self._location or _caller(sys._getframe(1)))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._end(error)

    def __call__(self, function: F) -> F:
        code = inspect.unwrap(function).__code__
        location = {"file": code.co_filename, "line": code.co_firstlineno, "function": code.co_qualname}

        def again() -> step:
            return step(self._title, category=self._category, location=self._location or location, **self._params)

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaited(*arguments: Any, **named: Any) -> Any:
                async with again():
                    return await function(*arguments, **named)

            return awaited  # type: ignore[return-value]

        @functools.wraps(function)
        def called(*arguments: Any, **named: Any) -> Any:
            with again():
                return function(*arguments, **named)

        return called  # type: ignore[return-value]

    def _begin(self, location: dict[str, Any]) -> None:
        block = Block(self._title, self._category, self._params, location, current_block())
        self._open.append((block, _current.set(block)))

    def _end(self, error: BaseException | None) -> None:
        block, token = self._open.pop()
        try:
            _current.reset(token)
        except ValueError:  # ended in another task than it began in
            _current.set(block.parent)
        if not block.told:
            for listener in list(listeners):
                if listener.thread == threading.get_ident():
                    tell(block, listener)
        for listener in block.told:
            listener.end_block(block, error)


def _caller(frame: Any) -> dict[str, Any]:
    code = frame.f_code
    return {"file": code.co_filename, "line": frame.f_lineno, "function": code.co_qualname}
