"""Which browser to start, and how.

Looked for in this order: a path given by hand (--browser-path, then HARNESS_BROWSER_PATH), the one that Playwright
downloaded for itself, a Chromium or Chrome of the system. Playwright is neither imported nor started for it: its driver
takes half a second, and the commands that only look must stay quick.

Chromium's sandbox is left out only where it cannot work: for root on Linux, and where user namespaces are forbidden, as
in many containers. (Playwright itself leaves it out everywhere unless it is told otherwise.)
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from harness.errors import BrowserError

PATH_VARIABLE = "HARNESS_BROWSER_PATH"
START_TIMEOUT_S = 30

# Commands of the system, first choice first. The headless shell starts faster than a whole browser, but has no window.
HEADLESS_COMMANDS = ("chromium-headless-shell",)
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
APPLICATIONS = {
    "darwin": (
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ),
    "win32": (
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ),
}

# Where the program lies in a directory that Playwright downloaded; it differs by platform and by Playwright's version.
_PLAYWRIGHT_PROGRAMS = {
    "chromium-headless-shell": ("*/chrome-headless-shell", "*/headless_shell", "*/*headless*.exe"),
    "chromium": ("*/chrome", "*/chrome.exe", "*/*.app/Contents/MacOS/*"),
    "firefox": ("firefox/firefox", "firefox/firefox.exe", "firefox/*.app/Contents/MacOS/firefox"),
    "webkit": ("pw_run.sh", "Playwright.exe"),
}


@dataclass(frozen=True)
class FoundBrowser:
    """A browser to start; `source` says where it was found, `version` is None where only the program knows it."""

    path: str
    name: str
    source: str
    version: str | None = None

    @property
    def headless_only(self) -> bool:
        """True for a headless shell, which cannot open a window."""
        return "headless" in self.name


def find_browser(explicit: str | None = None, browser_type: str = "chromium", *, headed: bool = False) -> FoundBrowser:
    """Return the browser to use; `explicit` is what stood in --browser-path, `headed` asks for one that has windows.

    Raises BrowserError if there is none, or if the one given by hand cannot be used.
    """
    for given, source in ((explicit, "--browser-path"), (os.environ.get(PATH_VARIABLE), PATH_VARIABLE)):
        if given:
            return _given(given, source, headed)
    for found in _playwright_browsers(browser_type, headed):
        return found
    if browser_type == "chromium":
        for found in _system_browsers(headed):
            return found
        wanted = "browser with windows" if headed else "browser"
        command = "harness install --headed" if headed else "harness install"
        raise BrowserError(
            f"no {wanted} found: none downloaded by Playwright, no Chromium or Chrome on this system; "
            f"`{command}` gets one, --browser-path or {PATH_VARIABLE} names one"
        )
    raise BrowserError(f"no {browser_type} found; `playwright install {browser_type}` gets it")


def launch_options(browser_path: str | None = None, *, headed: bool = False) -> dict[str, Any]:
    """Return keyword arguments for Playwright's `chromium.launch`: the program, with windows or without, the sandbox.

    Raises BrowserError like `find_browser`.
    """
    found = find_browser(browser_path, headed=headed)
    return {"executable_path": found.path, "headless": not headed, "chromium_sandbox": sandbox_works()}


def browser_version(path: str) -> str:
    """Start the program with --version and return what it says, for example "Chromium 156.0.8078.79".

    Raises BrowserError if it does not start; its message is the program's own last line.
    """
    try:
        done = subprocess.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=START_TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise BrowserError(f"{path}: does not start ({error})", path=path) from error
    said = done.stdout.strip().splitlines()
    if done.returncode or not said:
        complaint = (done.stderr.strip() or done.stdout.strip() or f"exit status {done.returncode}").splitlines()
        raise BrowserError(f"{path}: does not start ({complaint[-1]})", path=path)
    return said[-1].strip()


@functools.cache
def sandbox_works() -> bool:
    """Return whether Chromium can be started with its sandbox; asked once in a process."""
    if not sys.platform.startswith("linux"):
        return True
    if os.geteuid() == 0:
        return False
    unshare = shutil.which("unshare")
    if unshare is None:
        return False
    # What Chromium does first: a user namespace of its own. Containers and some distributions forbid it.
    try:
        tried = subprocess.run(
            [unshare, "--user", "--map-root-user", "true"], stdin=subprocess.DEVNULL, capture_output=True, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return tried.returncode == 0


def _given(given: str, source: str, headed: bool) -> FoundBrowser:
    path = shutil.which(given)
    if path is None:
        file = Path(given)
        wrong = "is a directory" if file.is_dir() else "is not executable" if file.exists() else "no such file"
        raise BrowserError(f"{given}: {wrong} (from {source}); name the program of a Chromium or Chrome", path=given)
    found = FoundBrowser(path, Path(path).name, source)
    if headed and ("headless-shell" in found.name or "headless_shell" in found.name):
        raise BrowserError(
            f"{given}: a headless shell has no window (from {source}); `harness install --headed` gets a whole browser",
            path=given,
        )
    return found


def _playwright_browsers(browser_type: str, headed: bool) -> Iterator[FoundBrowser]:
    """Yield what Playwright downloaded for exactly the version that is installed."""
    package = playwright_driver()
    if package is None:
        return
    try:
        listed = json.loads((package / "browsers.json").read_text(encoding="utf-8"))["browsers"]
    except (OSError, ValueError, KeyError):
        return
    known = {entry.get("name"): entry for entry in listed}
    names = ["chromium-headless-shell", "chromium"] if browser_type == "chromium" else [browser_type]
    for name in names[1:] if headed and len(names) > 1 else names:
        entry = known.get(name)
        if entry is None:
            continue
        directory = _playwright_cache(package) / f"{name.replace('-', '_')}-{entry.get('revision')}"
        if not (directory / "INSTALLATION_COMPLETE").is_file():
            continue
        for pattern in _PLAYWRIGHT_PROGRAMS.get(name, ()):
            for program in sorted(directory.glob(pattern)):
                yield FoundBrowser(str(program), name, "Playwright's download", entry.get("browserVersion"))


def playwright_driver() -> Path | None:
    """Return the directory of Playwright's driver package, None if Playwright is not installed."""
    spec = find_spec("playwright")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "driver" / "package"


def _playwright_cache(package: Path) -> Path:
    """Return where Playwright keeps its downloads: https://playwright.dev/python/docs/browsers#managing-browser-binaries."""
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if chosen == "0":
        return package / ".local-browsers"
    if chosen:
        return Path(chosen)
    if sys.platform == "darwin":
        cache = Path.home() / "Library" / "Caches"
    elif sys.platform == "win32":
        cache = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "ms-playwright"


def _system_browsers(headed: bool) -> Iterator[FoundBrowser]:
    for command in COMMANDS if headed else HEADLESS_COMMANDS + COMMANDS:
        path = shutil.which(command)
        if path is not None and not _asks_for_snap(Path(path)):
            yield FoundBrowser(path, command, "of the system")
    for application in APPLICATIONS.get(sys.platform, ()):
        if Path(application).is_file():
            yield FoundBrowser(application, Path(application).stem, "of the system")


def _asks_for_snap(path: Path) -> bool:
    """Return whether this is Ubuntu's placeholder script, which only says that the snap has to be installed."""
    try:
        if path.stat().st_size > 8192:
            return False
        text = path.read_bytes()
    except OSError:
        return False
    return b"requires the chromium snap" in text and not Path("/snap/bin/chromium").exists()
