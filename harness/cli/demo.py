"""`harness demo`: the demo shop, a scripted visit to it, and the two files that show what a recording is."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.own_traceback import print_own_traceback
from harness.cli.paths import DIRECTORY
from harness.errors import BrowserError, HarnessError, UsageError

if TYPE_CHECKING:
    from playwright.async_api import ViewportSize

_VIEWPORT: ViewportSize = {"width": 1280, "height": 720}
_TITLE = "Demo shop"


@click.command()
@click.option(
    "--dir",
    "directory",
    default="recordings",
    show_default=True,
    type=DIRECTORY,
    help="Where demo.replay and demo.html are written.",
)
@click.option("--headed", is_flag=True, help="Show the browser's window.")
@click.option("--force/--no-force", default=True, show_default=True, help="Replace the two files of an earlier run.")
@click.option("--browser-path", help="The browser to start; else HARNESS_BROWSER_PATH, or the one that is found.")
def command(directory: Path, headed: bool, force: bool, browser_path: str | None) -> None:
    """Run the demo shop, record a scripted visit to it, and write DIR/demo.replay and DIR/demo.html.

    When the visit fails, what was recorded is kept and the exit status is 1.
    """
    from rich.console import Console

    from harness.browser import launch_options

    replay, page = directory / "demo.replay", directory / "demo.html"
    for path in (replay, page):
        if path.exists() and not force:
            raise UsageError(f"{path}: exists already; leave out --no-force to replace it, or give another --dir")
    launch = launch_options(browser_path, headed=headed)
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{directory}: cannot be made ({error.strerror}); give another --dir", path=directory
        ) from error

    actions: list[str] = []
    console = Console(stderr=True)
    with console.status("Starting the shop and a browser") as status:  # shows nothing in a pipe

        def on_action(label: str) -> None:
            actions.append(label)
            status.update(f"Recording: {len(actions)}. {label}")

        seconds, failure = asyncio.run(_record(replay, launch, on_action))
        status.update(f"Writing {page}")
        _export(replay, page)

    if failure is not None:
        print_own_traceback(failure)
        where = f"at action {len(actions)}, {actions[-1]!r}" if actions else "before its first action"
        click.echo(f"The visit failed {where}; see what was recorded until then:", err=True)
    click.echo(f"Recorded {len(actions)} actions in {seconds:.1f} s: {replay} ({replay.stat().st_size / 1000:,.0f} kB)")
    click.echo(f"Open it:   {_program()} view {shlex.quote(str(replay))}")
    click.echo(f"Or:        {page} in any browser")
    if failure is not None:
        raise SystemExit(1)


async def _record(
    replay: Path, launch: dict[str, Any], on_action: Callable[[str], None]
) -> tuple[float, Exception | None]:
    """Return how long the visit took in seconds, and what it failed with, if it did."""
    from playwright.async_api import Error, async_playwright

    from harness.capture.recording import record
    from harness.demo import artwork
    from harness.demo.journey import journey
    from harness.demo.server import serve_shop

    async with async_playwright() as playwright:
        try:
            browser, _ = await asyncio.gather(
                playwright.chromium.launch(**launch), asyncio.to_thread(artwork.draw_ahead)
            )
        except Error as error:
            reason = error.message.splitlines()[0]
            raise BrowserError(f"the browser did not start: {reason}; run `harness doctor`") from error
        with serve_shop() as base_url:
            context = await browser.new_context(viewport=_VIEWPORT)
            failure: Exception | None = None
            start = time.monotonic()
            try:
                async with record(context, replay, title=_TITLE, force=True) as recording:

                    def mark(label: str) -> None:
                        recording.mark(label)
                        on_action(label)

                    start = time.monotonic()
                    await journey(await context.new_page(), base_url, on_action=mark)
            except HarnessError:
                raise
            except Exception as error:
                failure = error
            seconds = time.monotonic() - start
            await browser.close()
    return seconds, failure


def _export(replay: Path, page: Path) -> None:
    from harness.export.html import write_html
    from harness.export.output import new_file
    from harness.storage import RecordingReader

    with RecordingReader(replay) as reader, new_file(page, source=replay, force=True) as file:
        write_html(reader, file)


def _program() -> str:
    """How this program is called from here: `.venv/bin/harness`, or `harness` where the shell finds it by itself."""
    called = Path(sys.argv[0])
    found = shutil.which("harness")
    if called.stem != "harness" or (found is not None and Path(found).resolve() == called.resolve()):
        return "harness"
    try:
        return shlex.quote(str(called.absolute().relative_to(Path.cwd())))
    except ValueError:
        return shlex.quote(str(called))
