"""The one module that knows Playwright from within.

Both of Playwright's APIs are shells around the same objects, whose calls are coroutines on one event loop. Capture talks to those
objects, so that there is one recorder and not a twin for each API. Arguments are passed by position: their names vary with
Playwright's version, their order has not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from harness.errors import BrowserError, UsageError

# Playwright's objects have no public types on this side; each alias says what is meant.
Context = Any
Page = Any
Frame = Any
Response = Any


def context_of(target: Any) -> tuple[Context, bool]:
    """Return the inner context of a public BrowserContext or Page, and whether it belongs to the sync API.

    Raises UsageError for anything else.
    """
    impl = getattr(target, "_impl_obj", None)
    kind = type(impl).__name__
    if kind == "Page":
        impl = impl.context
    elif kind != "BrowserContext":
        raise UsageError(f"harness.record takes a Playwright BrowserContext or Page, not {type(target).__name__}")
    return impl, hasattr(target, "_sync")


def run_sync(target: Any, work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end inside the sync API's own event loop."""
    return target._sync(work)


def loop_of(context: Context) -> asyncio.AbstractEventLoop:
    loop: asyncio.AbstractEventLoop = context._loop
    return loop


def is_closed(context: Context) -> bool:
    """Whether nothing more can be asked of the context: closed, or its browser or connection is gone."""
    browser = context.browser
    return bool(context.is_closed() or (browser is not None and not browser.is_connected()))


def browser_of(context: Context) -> dict[str, str] | None:
    """Return {"name", "version"} of the context's browser, None where Playwright does not tell (persistent contexts)."""
    browser = context.browser
    if browser is None:
        return None
    return {"name": browser.browser_type.name, "version": browser.version}


def opener_of(page: Page) -> Page | None:
    """Return the page that opened this one, also when it is closed by now."""
    return getattr(page, "_opener", None)


async def expose_binding(context: Context, name: str, callback: Callable[..., Any]) -> Callable[[], Awaitable[None]]:
    """Expose `callback(source, argument)` in every frame; return what takes it back."""
    return _undo(await context.expose_binding(name, callback))


async def add_init_script(context: Context, script: str) -> Callable[[], Awaitable[None]]:
    """Run `script` in every document to come before its own scripts; return what takes it back."""
    return _undo(await context.add_init_script(script, None))


def _undo(disposable: Any) -> Callable[[], Awaitable[None]]:
    async def undo() -> None:
        if disposable is not None:  # older versions of Playwright cannot take it back
            await disposable.dispose()

    return undo


async def evaluate(frame: Frame, expression: str, argument: Any = None) -> Any:
    return await frame.evaluate(expression, argument)


async def owner_evaluate(frame: Frame, expression: str) -> Any:
    """Evaluate `element => …` on the iframe element that holds `frame`, in the frame above it."""
    element = await frame.frame_element()
    try:
        return await element.evaluate(expression, None)
    finally:
        await element.dispose()


async def cdp_session(context: Context, page: Page) -> Any:
    """Return a CDP session of a Chromium page. Raises BrowserError in other browsers."""
    browser = context.browser
    if browser is not None and browser.browser_type.name != "chromium":
        raise BrowserError("only Chromium speaks CDP")
    return await context.new_cdp_session(page)


async def cdp_send(session: Any, method: str, parameters: dict[str, Any]) -> Any:
    return await session.send(method, parameters)
