"""Meeting every browser context that a test run opens, without importing Playwright before the tests do."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

# The module that is imported last of those whose methods are wrapped (`_browser_type` before Playwright 1.6x).
_AWAITED = ("playwright._impl.browser_type", "playwright._impl._browser_type")


class PlaywrightImport:
    """Calls `then` once, when Playwright is there: at once in `wait`, or when somebody imports it later."""

    def __init__(self, then: Callable[[], None]) -> None:
        self._then: Callable[[], None] | None = then
        self._finder = _Finder(self._is_there)

    def wait(self) -> None:
        if any(name in sys.modules for name in _AWAITED):
            self._is_there()
        else:
            sys.meta_path.insert(0, self._finder)

    def stop(self) -> None:
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)

    def _is_there(self) -> None:
        then, self._then = self._then, None
        self.stop()
        if then is not None:
            then()


class Attachment:
    """Calls `on_context` for each new context from `start` to `stop`; Playwright is there."""

    def __init__(self, on_context: Callable[[Any], Awaitable[None]]) -> None:
        self._on_context = on_context
        self._attached: AbstractContextManager[None] | None = None

    def start(self) -> None:
        from harness.capture import driver

        self._attached = driver.every_context(self._on_context)
        self._attached.__enter__()

    def stop(self) -> None:
        if self._attached is not None:
            self._attached.__exit__(None, None, None)
            self._attached = None


class _Finder:
    """Finds nothing itself; notices the import of the awaited module and calls back when it is done."""

    def __init__(self, then: Callable[[], None]) -> None:
        self._then = then
        self._busy = False

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in _AWAITED or self._busy:
            return None
        self._busy = True
        try:
            spec = find_spec(name)
        finally:
            self._busy = False
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self._then)  # type: ignore[assignment]
        return spec


class _Loader:
    """The module's own loader, with a call after it."""

    def __init__(self, loader: Any, then: Callable[[], None]) -> None:
        self._loader = loader
        self._then = then

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        try:
            self._then()
        except Exception as error:  # the program's import must not fail because of us
            print(f"harness: browser contexts are not recorded: {error}", file=sys.stderr)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)
