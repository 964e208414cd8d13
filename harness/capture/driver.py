"""The one module that knows Playwright from within.

Both of Playwright's APIs are shells around the same objects, whose calls are coroutines on one event loop. Capture
talks to those objects, so that there is one recorder and not a twin for each API. Arguments are passed by position:
their names vary with Playwright's version, their order has not.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from harness.capture import calls
from harness.errors import BrowserError, UsageError

# Playwright's objects have no public types on this side; each alias says what is meant.
Context = Any
Page = Any
Frame = Any
Request = Any
Response = Any


def context_of(target: Any) -> tuple[Context, bool]:
    """Return the inner context of a public BrowserContext or Page, and whether it belongs to the sync API.

    Raises UsageError for anything else.
    """
    impl = getattr(target, "_impl_obj", None)
    kind = type(impl).__name__
    if impl is None or kind not in ("BrowserContext", "Page"):
        raise UsageError(f"harness.record takes a Playwright BrowserContext or Page, not {type(target).__name__}")
    return (impl.context if kind == "Page" else impl), hasattr(target, "_sync")


def run_sync(target: Any, work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end inside the sync API's own event loop."""
    return target._sync(work)


def loop_of(context: Context) -> asyncio.AbstractEventLoop:
    loop: asyncio.AbstractEventLoop = context._loop
    return loop


def spawn(context: Context, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Run capture's own work as a task of the context's event loop; its calls are no calls of the program."""
    return calls.spawn(loop_of(context), work)


def connection_of(context: Context) -> Any:
    return context._connection


def belongs_to(owner: Any, context: Context) -> bool:
    """Whether an object of Playwright's lives in this context: a page, frame, handle, dialog, request …"""
    while owner is not None:
        if owner is context:
            return True
        owner = getattr(owner, "_parent", None)
    return False


def page_of(owner: Any) -> Page | None:
    """Return the page that an object of Playwright's belongs to, None where it has none."""
    while owner is not None:
        if type(owner).__name__ == "Page":
            return owner
        page = getattr(owner, "_page", None)
        if type(page).__name__ == "Page":
            return page
        owner = getattr(owner, "_parent", None)
    return None


def page_of_request(request: Request) -> Page | None:
    """Return the page that asks; None for a service worker, and for a frame that is not there yet."""
    try:
        return request.frame.page
    except Exception:
        return None


_bodies: WeakKeyDictionary[Response, asyncio.Task[bytes]] = WeakKeyDictionary()


async def body_of(response: Response) -> bytes:
    """Return a response's body; those who ask while it is under way share one transfer."""
    task = _bodies.get(response)
    if task is None:
        task = calls.spawn(asyncio.get_running_loop(), response.body())
        _bodies[response] = task

        def came(task: asyncio.Task[bytes]) -> None:
            _bodies.pop(response, None)
            if not task.cancelled():
                task.exception()  # nobody may be waiting any more

        task.add_done_callback(came)
    return await asyncio.shield(task)


async def sizes_of(response: Response) -> dict[str, int]:
    """Return the sizes of a response and its request, by the driver's names, in one round trip."""
    channel = response._channel
    if hasattr(channel, "sizes"):
        return dict((await channel.sizes(timeout=0))["sizes"])
    parameters = inspect.signature(channel.send).parameters
    return dict(await (channel.send("sizes", None) if "timeout_calculator" in parameters else channel.send("sizes")))


def has_other_listeners(emitter: Any, event: str, ours: int) -> bool:
    """Whether the program, too, listens to `event`, besides `ours` listeners of capture's own."""
    return emitter is not None and len(emitter.listeners(event)) > ours


def is_closed(context: Context) -> bool:
    """Whether nothing more can be asked of the context: closed, or its browser or connection is gone."""
    browser = context.browser
    gone = getattr(context._connection, "_closed_error", None) is not None or loop_of(context).is_closed()
    return bool(gone or _was_closed(context) or (browser is not None and not browser.is_connected()))


def _was_closed(context: Context) -> bool:
    if hasattr(context, "is_closed"):
        return bool(context.is_closed())
    # Before 1.6x there was a mark of its own, under one name or another.
    return bool(getattr(context, "_closing_or_closed", getattr(context, "_close_was_called", False)))


def run_between(context: Context, work: Callable[[], Coroutine[Any, Any, Any]], timeout_s: float) -> bool:
    """Run `work()` on the context's event loop from outside, as a test runner stands between a test's calls.

    Returns whether it ran to its end: where the loop runs just now, or is gone, nothing can be asked. Of what the
    context answers to, no error is raised.
    """
    loop = loop_of(context)
    if is_closed(context):
        return False
    try:
        if getattr(context, "_dispatcher_fiber", None) is not None:
            base = importlib.import_module("playwright._impl._sync_base").SyncBase(context)
            base._sync(asyncio.wait_for(work(), timeout_s))
        elif not loop.is_running():
            loop.run_until_complete(asyncio.wait_for(work(), timeout_s))
        else:
            return False
    except Exception:  # late, or the browser went away meanwhile
        return False
    return True


def browser_of(context: Context) -> dict[str, str] | None:
    """Return {"name", "version"} of the context's browser, None where Playwright does not tell (persistent
    contexts)."""
    browser = context.browser
    if browser is None:
        return None
    return {"name": browser.browser_type.name, "version": browser.version}


def opener_of(page: Page) -> Page | None:
    """Return the page that opened this one, also when it is closed by now."""
    return getattr(page, "_opener", None)


async def expose_binding(context: Context, name: str, callback: Callable[..., Any]) -> Callable[[], Awaitable[None]]:
    """Expose `callback(source, argument)` in every frame; return what takes it back."""
    return _undo(await _call(context.expose_binding, name, callback))


async def add_init_script(context: Context, script: str) -> Callable[[], Awaitable[None]]:
    """Run `script` in every document to come before its own scripts; return what takes it back."""
    return _undo(await _call(context.add_init_script, script))


async def _call(method: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
    """Call a method with None for each further argument that this version of Playwright insists on."""
    required = _required(getattr(method, "__func__", method)) - inspect.ismethod(method)
    return await method(*arguments, *[None] * (required - len(arguments)))


@functools.cache
def _required(function: Callable[..., Any]) -> int:
    """Return how many arguments a function insists on."""
    parameters = inspect.signature(function).parameters.values()
    optional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return sum(p.default is p.empty and p.kind not in optional for p in parameters)


def _undo(disposable: Any) -> Callable[[], Awaitable[None]]:
    async def undo() -> None:
        if disposable is not None:  # older versions of Playwright cannot take it back
            await disposable.dispose()

    return undo


async def evaluate(frame: Frame, expression: str, argument: Any = None) -> Any:
    return await _call(frame.evaluate, expression, argument)


def is_routed(context: Context, page: Page) -> bool:
    """Whether the program answers requests of this page itself."""
    return any(getattr(owner, "_routes", None) for owner in (context, page))


async def fetch(context: Context, url: str, timeout_ms: float) -> tuple[int, str, bytes]:
    """Ask for a URL outside any page, with the context's cookies and proxy; return (status, MIME type, body)."""
    get = context.request.get
    needed = [name for name, p in inspect.signature(get).parameters.items() if p.default is p.empty]
    response = await get(**{**dict.fromkeys(needed), "url": url, "timeout": timeout_ms})
    try:
        mime = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return response.status, mime, await response.body()
    finally:
        await response.dispose()


async def screenshot(page: Page) -> bytes:
    """Return a PNG of the viewport as it stands: nothing in the page is changed for it."""
    signature = inspect.signature(page.screenshot).parameters
    wanted = {"type": "png", "animations": "allow", "caret": "initial", "scale": "device"}
    options = {name: wanted.get(name) for name, p in signature.items() if name in wanted or p.default is p.empty}
    png: bytes = await page.screenshot(**options)
    return png


async def find_element(frame: Frame, expression: str, argument: Any) -> Any | None:
    """Return a handle of the element that `expression` returns in the frame, None if it is no element; dispose it."""
    handle = await _call(frame.evaluate_handle, expression, argument)
    element = handle.as_element()
    if element is None:
        await handle.dispose()
    return element


async def query(frame: Frame, selector: str) -> Any | None:
    """Return a handle of the first element that a selector of Playwright's finds now, None if none; dispose it."""
    return await _call(frame.query_selector, selector)


async def element_evaluate(element: Any, expression: str) -> Any:
    return await _call(element.evaluate, expression)


async def box_of(element: Any) -> dict[str, float] | None:
    """Return {"x", "y", "width", "height"} of an element in its page's viewport, None where it has no box."""
    box: dict[str, float] | None = await element.bounding_box()
    return box


async def loaded(frame: Frame) -> None:
    """Return once the frame's document is loaded."""
    await _call(frame.wait_for_load_state, "load")


async def owner_evaluate(frame: Frame, expression: str) -> Any:
    """Evaluate `element => …` on the iframe element that holds `frame`, in the frame above it."""
    element = await frame.frame_element()
    try:
        return await _call(element.evaluate, expression)
    finally:
        await element.dispose()


async def cdp_session(context: Context, page: Page) -> Any:
    """Return a CDP session of a Chromium page. Raises BrowserError in other browsers."""
    browser = context.browser
    if browser is not None and browser.browser_type.name != "chromium":
        raise BrowserError("only Chromium speaks CDP")
    return await context.new_cdp_session(page)


async def cdp_send(session: Any, method: str, parameters: dict[str, Any]) -> Any:
    return await _call(session.send, method, parameters)


def before_close(context: Context, hook: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    """Await `hook` before the program's own `close()` of the context or its browser; return what takes the hook off."""
    return _before_close_of([context] if context.browser is None else [context, context.browser], hook)


def before_page_close(page: Page, hook: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    """Await `hook` before the program's own `close()` of the page; return what takes the hook off."""
    return _before_close_of([page], hook)


def _before_close_of(closers: list[Any], hook: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    for closer in closers:
        _hooks(closer).append(hook)

    def undo() -> None:
        for closer in closers:
            if hook in closer._harness_hooks:
                closer._harness_hooks.remove(hook)

    return undo


def _hooks(closer: Any) -> list[Callable[[], Awaitable[None]]]:
    """Return the hooks of one context, browser or page; the first call puts them in front of its `close`."""
    if not hasattr(closer, "_harness_hooks"):
        original = closer.close

        @functools.wraps(original)
        async def close(*arguments: Any, **options: Any) -> Any:
            await asyncio.gather(*(hook() for hook in list(closer._harness_hooks)), return_exceptions=True)
            return await original(*arguments, **options)

        closer._harness_hooks = []
        closer.close = close
    hooks: list[Callable[[], Awaitable[None]]] = closer._harness_hooks
    return hooks


@contextmanager
def every_context(on_context: Callable[[Context], Awaitable[None]]) -> Iterator[None]:
    """Await `on_context` for each context that any Playwright call makes meanwhile, before the program gets it."""
    browser = _inner_class("browser", "Browser")
    browser_type = _inner_class("browser_type", "BrowserType")

    async def met(result: Any) -> Any:
        for context in [result] if type(result).__name__ == "BrowserContext" else list(getattr(result, "contexts", ())):
            await on_context(context)
        return result

    def wrap(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(original)
        async def wrapped(*arguments: Any, **options: Any) -> Any:
            return await met(await original(*arguments, **options))

        return wrapped

    # `new_page` of a browser goes through its `new_context`; a browser connected to may have contexts already.
    makers = [(browser, "new_context"), (browser_type, "launch_persistent_context"), (browser_type, "connect_over_cdp")]
    originals = [(owner, name, getattr(owner, name)) for owner, name in makers]
    try:
        for owner, name, original in originals:
            setattr(owner, name, wrap(original))
        yield
    finally:
        for owner, name, original in originals:
            setattr(owner, name, original)


@contextmanager
def before_stop(hook: Callable[[], None], hook_async: Callable[[], Awaitable[None]]) -> Iterator[None]:
    """Call the hook, by API, before a Playwright that was started meanwhile stops, and its browsers with it."""
    sync = importlib.import_module("playwright.sync_api._context_manager").PlaywrightContextManager
    apart = importlib.import_module("playwright.async_api._context_manager").PlaywrightContextManager
    leave, leave_async = sync.__exit__, apart.__aexit__

    @functools.wraps(leave)
    def left(*arguments: Any) -> Any:
        hook()
        return leave(*arguments)

    @functools.wraps(leave_async)
    async def left_async(*arguments: Any) -> Any:
        await hook_async()
        return await leave_async(*arguments)

    try:
        sync.__exit__, apart.__aexit__ = left, left_async
        yield
    finally:
        sync.__exit__, apart.__aexit__ = leave, leave_async


def _inner_class(module: str, name: str) -> Any:
    """Return a class of Playwright's inside, whose modules were called `_browser` and the like before 1.6x."""
    for candidate in (module, f"_{module}"):
        try:
            return getattr(importlib.import_module(f"playwright._impl.{candidate}"), name)
        except ModuleNotFoundError:
            continue
    raise UsageError(f"this Playwright has no {name} where harness looks for it; run `harness doctor`")
