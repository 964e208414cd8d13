"""Faults of ours stay ours: what Playwright calls back must never raise into the recorded program."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol, TypeVar


class Guarded(Protocol):
    """What has guarded methods counts their faults."""

    def on_fault(self, error: Exception) -> None: ...


Method = TypeVar("Method", bound=Callable[..., Any])


def guarded(method: Method) -> Method:
    """Return the method with its errors handed to `on_fault` of its object; it returns None then."""

    @functools.wraps(method)
    def call(self: Guarded, *arguments: Any, **named: Any) -> Any:
        try:
            return method(self, *arguments, **named)
        except Exception as error:
            self.on_fault(error)
            return None

    return call  # type: ignore[return-value]
