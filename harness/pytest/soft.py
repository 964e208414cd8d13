"""Soft assertions: `expect.soft(…)` collects an error and goes on; each becomes a mark at its moment."""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import Any

import pytest


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
