"""`harness record`: a journey function of a Python file, or a person at a URL."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import logging
import re
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from harness.cli.fidelity import check_fidelity
from harness.cli.options import recording_options
from harness.cli.own_traceback import print_own_traceback
from harness.errors import BrowserError, OutputExistsError, UsageError

Journey = Callable[[Any], Any]


@click.command()
@click.option("-o", "--output", help="The file to write; default: recordings/NAME-TIME.replay.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
@click.option("--headed", is_flag=True, help="Show the browser's window.")
@click.option("--for", "seconds", type=click.FloatRange(min=0), help="For a URL: end after so many seconds.")
@click.option("--browser-path", help="The browser to start; else HARNESS_BROWSER_PATH, or the one that is found.")
@click.option("--viewport", default="1280x720", show_default=True, help="Width and height in CSS pixels.")
@recording_options
@click.argument("source", metavar="JOURNEY.py[:FUNCTION]|URL")
def command(
    source: str,
    output: str | None,
    force: bool,
    headed: bool,
    seconds: float | None,
    browser_path: str | None,
    viewport: str,
    **options: Any,
) -> None:
    """Open a browser, run a journey in it (or wait for a person at a URL), and record it.

    FUNCTION (default: journey) takes a Playwright page and may be plain or `async def`. When it raises, the recording
    is kept and the exit status is 1.
    """
    from harness.browser import launch_options
    from harness.capture.options import RecordingOptions

    size = _viewport(viewport)
    if _is_url(source):
        journey, name = _visit(source, seconds, headed), urlsplit(source).hostname or "page"
    elif seconds is not None:
        raise UsageError("--for goes with a URL; a journey ends by itself")
    else:
        journey, name = _load_journey(source)
    path = Path(output) if output else Path("recordings") / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}.replay"
    if path.exists() and not force:
        raise OutputExistsError(path)
    chosen = RecordingOptions(**{**options, "title": options["title"] or name, "force": force})
    launch = launch_options(browser_path, headed=headed)
    run = _run_async if inspect.iscoroutinefunction(journey) else _run_sync
    try:
        failure = run(journey, path, chosen, launch, size)
    except KeyboardInterrupt:
        # A terminal's Ctrl-C ends the driver, too, and Playwright leaves a future with that error unread.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        if path.exists():
            click.echo(f"Recorded {path} up to here; see it with: harness view {path}")
        raise
    if failure is not None:
        print_own_traceback(failure)
    if path.exists():
        click.echo(f"Recorded {path} ({path.stat().st_size / 1000:.0f} kB)")
        click.echo(f"See it with: harness view {path}")
        if chosen.check:
            check_fidelity(path, browser_path=browser_path)
    else:
        click.echo("Not recorded: this session was not sampled")
    if failure is not None:
        raise SystemExit(1)


def _is_url(source: str) -> bool:
    return re.match(r"(https?|file)://|about:|data:", source) is not None


def _viewport(text: str) -> dict[str, int]:
    match = re.fullmatch(r"(\d{2,5})x(\d{2,5})", text)
    if match is None:
        raise UsageError(f"--viewport is {text!r}; give WIDTHxHEIGHT, for example 1280x720")
    return {"width": int(match[1]), "height": int(match[2])}


def _load_journey(source: str) -> tuple[Journey, str]:
    """Return the function of `FILE.py[:FUNCTION]` and the file's name without its ending."""
    file, _, function = source.partition(":") if re.search(r"\.py(:|$)", source) else (source, "", "")
    path = Path(file)
    if not path.is_file():
        raise UsageError(f"{file}: no such file; give a journey's Python file or a URL with its http://")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{file}: not a Python file; give a journey's .py file or a URL with its http://")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.resolve().parent))
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{place.filename}:{place.lineno}"
        raise UsageError(f"{file}: cannot be loaded: {type(error).__name__}: {error} ({where})") from error
    journey = getattr(module, function or "journey", None)
    if not callable(journey):
        raise UsageError(f"{file}: has no function {function or 'journey'!r}; name one with {file}:FUNCTION")
    return journey, path.stem


def _visit(url: str, seconds: float | None, headed: bool) -> Journey:
    """Return the journey of a person: open the URL and wait until the window closes or the time is up."""
    if seconds is None and not headed:
        raise UsageError("a headless window is closed by nobody; give --for SECONDS or --headed")

    async def visit(page: Any) -> None:
        from playwright.async_api import Error

        from harness.capture.calls import quietly

        closed = asyncio.Event()
        page.context.on("close", lambda _: closed.set())
        page.on(
            "close", lambda closing: closed.set() if not [p for p in closing.context.pages if p != closing] else None
        )
        try:
            with quietly():  # the person's visit has no steps of a program
                await page.goto(url)
        except Error as error:
            raise UsageError(f"{url}: {error.message.splitlines()[0]}") from error
        try:
            await asyncio.wait_for(closed.wait(), seconds)
        except TimeoutError:
            return

    return visit


def _run_async(journey: Journey, path: Path, options: Any, launch: dict[str, Any], viewport: Any) -> Any:
    from playwright.async_api import Error, async_playwright

    from harness.capture.calls import quietly
    from harness.capture.recording import Recording

    async def run() -> BaseException | None:
        async with async_playwright() as playwright:
            browser = await _started(playwright.chromium.launch(**launch))
            context = await browser.new_context(viewport=viewport)
            try:
                async with Recording(context, path, options):
                    with quietly():  # the journey's steps begin with its own
                        page = await context.new_page()
                    await journey(page)
            except UsageError:
                raise
            except Exception as error:
                return error
            finally:
                with suppress(Error):  # the driver may be gone already
                    await browser.close()
        return None

    return asyncio.run(run())


async def _started(launch: Any) -> Any:
    from playwright.async_api import Error

    try:
        return await launch
    except Error as error:
        raise _no_browser(error) from error


def _run_sync(journey: Journey, path: Path, options: Any, launch: dict[str, Any], viewport: Any) -> Any:
    from playwright.sync_api import Error, sync_playwright

    from harness.capture.calls import quietly
    from harness.capture.recording import Recording

    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(**launch)
        except Error as error:
            raise _no_browser(error) from error
        context = browser.new_context(viewport=viewport)
        try:
            with Recording(context, path, options):
                with quietly():
                    page = context.new_page()
                journey(page)
        except UsageError:
            raise
        except Exception as error:
            return error
        finally:
            with suppress(Error):  # the driver may be gone already
                browser.close()
    return None


def _no_browser(error: Any) -> BrowserError:
    return BrowserError(f"the browser did not start: {error.message.splitlines()[0]}; run `harness doctor`")
