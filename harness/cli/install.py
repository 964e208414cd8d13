"""`harness install`: the published files, and a browser where none is found, with nothing to be done by hand.

Playwright's own download comes first: it is the build that Playwright was tested with. Where it cannot be reached, or
where what it brought does not start, the system's package manager brings a Chromium.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from harness import published
from harness.browser import PATH_VARIABLE, FoundBrowser, browser_version, find_browser
from harness.errors import BrowserError

# Playwright waits 30 s for a connection, several times over; where there is no way out that is two minutes of silence.
PLAYWRIGHT_CONNECTION_TIMEOUT_MS = 10_000
COMMAND_TIMEOUT_S = 1800


@dataclass(frozen=True)
class PackageManager:
    """How one package manager brings a browser; the lists hold packages to install together, first choice first."""

    command: str
    install: tuple[str, ...]
    headless: tuple[tuple[str, ...], ...]
    headed: tuple[tuple[str, ...], ...]
    refresh: tuple[str, ...] = ()
    needs_root: bool = True


# A browser without any font draws no text, hence fonts where the package does not ask for them itself.
PACKAGE_MANAGERS = (
    PackageManager(
        "apt-get",
        install=("-o", "DPkg::Lock::Timeout=120", "install", "-y", "--no-install-recommends"),
        headless=(("chromium-headless-shell", "fonts-liberation"), ("chromium", "fonts-liberation")),
        headed=(("chromium", "fonts-liberation"),),
        refresh=("-o", "DPkg::Lock::Timeout=120", "update"),
    ),
    PackageManager(
        "dnf",
        install=("install", "-y"),
        headless=(("chromium-headless", "liberation-fonts"), ("chromium", "liberation-fonts")),
        headed=(("chromium", "liberation-fonts"),),
    ),
    PackageManager(
        "apk",
        install=("add", "--no-cache"),
        headless=(("chromium", "font-liberation"),),
        headed=(("chromium", "font-liberation"),),
    ),
    PackageManager(
        "pacman",
        install=("-Sy", "--noconfirm", "--needed"),
        headless=(("chromium", "ttf-liberation"),),
        headed=(("chromium", "ttf-liberation"),),
    ),
    PackageManager(
        "zypper",
        install=("--non-interactive", "install"),
        headless=(("chromium", "liberation-fonts"),),
        headed=(("chromium", "liberation-fonts"),),
    ),
    PackageManager(
        "brew",
        install=("install", "--cask"),
        headless=(("google-chrome",),),
        headed=(("google-chrome",),),
        needs_root=False,
    ),
)


@click.command()
@click.option("--headed", is_flag=True, help="Get a browser that can open windows, for `harness record URL --headed`.")
@click.option("--dry-run", is_flag=True, help="Only print what would be run.")
def command(headed: bool, dry_run: bool) -> None:
    """Get what recording needs: the published files of other projects, and a browser if none is found."""
    for entry in published.missing():
        if dry_run:
            click.echo(f"would fetch {entry.name}: {entry}")
    if not dry_run:
        for file in published.fetch_all(say=lambda line: click.echo(f"fetching {line}")):
            click.echo(f"fetched {file.name}")
    found, why_not = _working_browser(headed)
    if found is not None:
        click.echo(f"browser: {found.version}, {found.path} ({found.source})")
        return
    if os.environ.get(PATH_VARIABLE):
        raise BrowserError(f"{why_not}; correct {PATH_VARIABLE}, or unset it and run this again")
    click.echo(f"browser: {why_not}")
    if dry_run:
        for line in planned_commands(headed):
            click.echo(f"would run: {' '.join(line)}")
        return
    found = get_browser(headed, why_not)
    click.echo(f"browser: {found.version}, {found.path} ({found.source})")


def planned_commands(headed: bool) -> list[list[str]]:
    """Return the commands that `get_browser` tries, in order; each is run only while there is no working browser."""
    lines = [_playwright_command(headed)]
    for manager in PACKAGE_MANAGERS:
        if shutil.which(manager.command):
            prefix = _root_prefix(manager)
            if manager.refresh:
                lines.append([*(prefix or []), manager.command, *manager.refresh])
            lines += [
                [*(prefix or []), manager.command, *manager.install, *packages]
                for packages in (manager.headed if headed else manager.headless)
            ]
            break
    return lines


def get_browser(headed: bool, why_not: str = "") -> FoundBrowser:
    """Install a browser and return it, its version filled in; BrowserError with what was tried if none can be had."""
    tried = [why_not] if why_not else []

    def attempt(line: Sequence[str], what: str) -> FoundBrowser | None:
        click.echo(f"{what}: {' '.join(line)}")
        problem = _run(line)
        if problem:
            tried.append(f"{what}: {problem}")
            click.echo(f"{what}: no ({problem})")
            return None
        found, why_not = _working_browser(headed)
        if found is None:
            tried.append(why_not)
            click.echo(f"{what}: {why_not}")
        return found

    playwright = _playwright_command(headed)
    found = attempt(playwright, "Playwright's download")
    if found:
        return found
    if _playwright_has_it(headed) and sys.platform.startswith("linux") and (prefix := _sudo()) is not None:
        # Downloaded, but the system lacks libraries.
        found = attempt([*prefix, *playwright[:-2], "install-deps", playwright[-1]], "Playwright's libraries")
        if found:
            return found
    for manager in PACKAGE_MANAGERS:
        if not shutil.which(manager.command):
            continue
        prefix = _root_prefix(manager)
        choices = manager.headed if headed else manager.headless
        if prefix is None:
            by_hand = " ".join([manager.command, *manager.install, *choices[0]])
            raise BrowserError(f"no browser ({_last(tried)}); installing one needs root: run `{by_hand}` as root")
        if manager.refresh:
            _run([*prefix, manager.command, *manager.refresh])  # offline, what it knows already may do
        for packages in choices:
            found = attempt([*prefix, manager.command, *manager.install, *packages], manager.command)
            if found:
                return found
        break
    raise BrowserError(
        f"no browser could be installed ({'; '.join(tried)}); install Chromium or Google Chrome by hand, "
        "then `harness doctor` says whether it is found"
    )


def _last(tried: list[str]) -> str:
    return tried[-1] if tried else "none found"


def _playwright_command(headed: bool) -> list[str]:
    return [sys.executable, "-m", "playwright", "install", "chromium" if headed else "chromium-headless-shell"]


def _playwright_has_it(headed: bool) -> bool:
    try:
        return find_browser(headed=headed).source == "Playwright's download"
    except BrowserError:
        return False


def _root_prefix(manager: PackageManager) -> list[str] | None:
    return _sudo() if manager.needs_root else []


def _sudo() -> list[str] | None:
    """Return what to put before a command that needs root: nothing, sudo that asks nothing, None if there is no way."""
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and _run([sudo, "-n", "true"]) is None:
        return [sudo, "-n"]
    return None


def _working_browser(headed: bool) -> tuple[FoundBrowser | None, str]:
    """Return the browser that is found and starts, its version filled in; else None and one line on what is wrong."""
    try:
        found = find_browser(headed=headed)
        version = browser_version(found.path)
    except BrowserError as error:
        return None, str(error).partition(";")[0]
    return FoundBrowser(found.path, found.name, found.source, version), ""


def _run(line: Sequence[str]) -> str | None:
    """Run a command that must not ask anything; return None, or one line on why it failed."""
    environment = {
        "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": str(PLAYWRIGHT_CONNECTION_TIMEOUT_MS),
        **os.environ,
        "DEBIAN_FRONTEND": "noninteractive",
    }
    try:
        done = subprocess.run(
            line,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
            timeout=COMMAND_TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    if done.returncode == 0:
        return None
    # Playwright ends with a stack trace, apt with its own counts: the first line marked as an error is the reason.
    lines = [text.strip() for text in done.stdout.splitlines() if text.strip()]
    errors = [text for text in lines if text.startswith(("E:", "Error:", "ERROR:", "error:"))]
    return (errors or lines[-1:] or [f"exit status {done.returncode}"])[0]
