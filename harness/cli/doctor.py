"""`harness doctor`: what is set up, in plain words, and the next step for each thing that is missing."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import click

from harness import published
from harness.browser import browser_version, find_browser, sandbox_works
from harness.errors import BrowserError, HarnessError
from harness.version import __version__

OLDEST_PYTHON, FIRST_UNTRIED_PYTHON = (3, 11), (3, 14)


@dataclass(frozen=True)
class Finding:
    """One line of the report: `ok` None means a thing that is missing but is not needed for recording and viewing."""

    ok: bool | None
    what: str
    said: str
    next_step: str = ""


@click.command()
@click.option("--browser-path", metavar="PATH", help="Look at this browser instead of the one that would be found.")
def command(browser_path: str | None) -> int:
    """Say what is set up and what is missing; exit status 1 if recording and viewing would not work."""
    findings = list(examine(browser_path))
    for finding in findings:
        mark = {True: "ok", None: "--", False: "NO"}[finding.ok]
        click.echo(f"{mark:<4}{finding.what:<17}{finding.said}")
        if finding.next_step:
            click.echo(f"{'':<21}next: {finding.next_step}")
    missing = [finding.what for finding in findings if finding.ok is False]
    if missing:
        click.echo(f"Not ready: {', '.join(missing)}.")
        return 1
    click.echo("Ready: recording and viewing work.")
    return 0


def examine(browser_path: str | None = None) -> Iterator[Finding]:
    """Yield what there is, one thing after the other; the browser is started to ask its version."""
    yield Finding(True, "harness", __version__)
    yield _python()
    yield _playwright()
    yield _browser(browser_path)
    yield _window(browser_path)
    yield _published_files()
    yield _ffmpeg()


def _python() -> Finding:
    said = f"{platform.python_version()}, {sys.executable}"
    if OLDEST_PYTHON <= sys.version_info[:2] < FIRST_UNTRIED_PYTHON:
        return Finding(True, "Python", said)
    return Finding(False, "Python", said, "use Python 3.11, 3.12 or 3.13")


def _playwright() -> Finding:
    try:
        return Finding(True, "Playwright", importlib.metadata.version("playwright"))
    except importlib.metadata.PackageNotFoundError:
        return Finding(False, "Playwright", "not installed", "`pip install playwright`")


def _browser(browser_path: str | None) -> Finding:
    try:
        found = find_browser(browser_path)
        version = browser_version(found.path)
    except BrowserError as error:
        said, _, advice = str(error).partition("; ")
        return Finding(False, "browser", said, advice or "`harness install` gets one that starts")
    sandbox = "" if sandbox_works() else "; runs without Chromium's sandbox: here it cannot work"
    return Finding(True, "browser", f"{version}, {found.path} ({found.source}){sandbox}")


def _window(browser_path: str | None) -> Finding:
    try:
        found = find_browser(browser_path, headed=True)
    except BrowserError:
        return Finding(
            None,
            "windows",
            "no browser with windows",
            "only for `harness record URL --headed`: `harness install --headed`",
        )
    return Finding(True, "windows", found.path)


def _published_files() -> Finding:
    try:
        missing = published.missing()
        if missing:
            names = ", ".join(entry.name for entry in missing)
            return Finding(False, "published files", f"missing or changed: {names}", "`harness install` fetches them")
        entries = [f"{entry.package} {entry.version}" for entry in published.read_lock()]
    except HarnessError as error:
        return Finding(False, "published files", str(error), "install harness again")
    return Finding(True, "published files", ", ".join(entries))


def _ffmpeg() -> Finding:
    path = shutil.which("ffmpeg")
    if path is None:
        return Finding(None, "ffmpeg", "not found", "only for `harness export video`: install ffmpeg")
    return Finding(True, "ffmpeg", path)
