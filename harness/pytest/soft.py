"""Soft assertions: an error is collected and the test goes on; each becomes a mark at its moment.

Those of Playwright (`expect.soft(…)`) and those of pytest-check.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest

# Each of these holds pytest-check's function that notes a failure, under its own name of it.
_CHECKS = ("pytest_check.check_functions", "pytest_check.context_manager", "pytest_check.check_raises")


class SoftAssertions:
    """Stands inside pytest-playwright's own wrapper of the call, which opens the list that errors are put into."""

    def __init__(self, recorder: Any) -> None:
        self._recorder = recorder

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        module = sys.modules.get("playwright._impl._assertions")
        errors = getattr(module, "_soft_errors", None)
        if isinstance(errors, list):
            module._soft_errors = _Watched(errors, lambda error: self._recorder.soft_failure(item.nodeid, error))  # type: ignore[union-attr]
        with _watched_checks(lambda message: self._recorder.soft_failure(item.nodeid, message)):
            return (yield)


class _Watched:
    """Takes the place of the list for those who append to it."""

    def __init__(self, errors: list[Any], then: Any) -> None:
        self._errors = errors
        self._then = then

    def append(self, error: Any) -> None:
        self._errors.append(error)
        self._then(error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._errors, name)


@contextmanager
def _watched_checks(then: Callable[[Any], None]) -> Generator[None, None, None]:
    """Have `then(message)` called meanwhile for each failure that pytest-check notes: it has no hook for that."""
    modules = [module for name in _CHECKS if callable(getattr(module := sys.modules.get(name), "log_failure", None))]
    originals = [(module, module.log_failure) for module in modules]  # type: ignore[union-attr]

    def watched(original: Callable[..., Any]) -> Callable[..., Any]:
        def log_failure(message: Any = "", *arguments: Any, **options: Any) -> Any:
            __tracebackhide__ = True  # pytest-check tells where by the stack
            then(message)
            return original(message, *arguments, **options)

        return log_failure

    for module, original in originals:
        module.log_failure = watched(original)  # type: ignore[union-attr]
    try:
        yield
    finally:
        for module, original in originals:
            module.log_failure = original  # type: ignore[union-attr]
