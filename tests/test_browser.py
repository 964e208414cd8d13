"""Which browser is found, in which order, and what is said when there is none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness import browser
from harness.errors import BrowserError


def program(path: Path, script: str = "echo Chromium 1.2.3") -> Path:
    """Write an executable shell script and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system without any browser; returns the only directory of its PATH."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    monkeypatch.delenv(browser.PATH_VARIABLE, raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "downloads"))
    monkeypatch.setattr(browser, "APPLICATIONS", {})
    return directory


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Playwright driver that wants revision 7; returns the directory of its downloads."""
    package = tmp_path / "package"
    package.mkdir()
    names = ("chromium", "chromium-headless-shell", "firefox")
    listed = [{"name": name, "revision": "7", "browserVersion": "1.0"} for name in names]
    (package / "browsers.json").write_text(json.dumps({"browsers": listed}), encoding="utf-8")
    monkeypatch.setattr(browser, "playwright_driver", lambda: package)
    return tmp_path / "downloads"


def downloaded(directory: Path, program_path: str) -> Path:
    """Write what a finished download of Playwright looks like and return its program."""
    (directory).mkdir(parents=True)
    (directory / "INSTALLATION_COMPLETE").touch()
    return program(directory / program_path)


def test_no_browser_names_harness_install(bare: Path) -> None:
    with pytest.raises(BrowserError, match="`harness install` gets one"):
        browser.find_browser()


def test_no_browser_with_windows_names_the_headed_form(bare: Path) -> None:
    program(bare / "chromium-headless-shell")
    with pytest.raises(BrowserError, match="`harness install --headed`"):
        browser.find_browser(headed=True)


def test_order_is_given_then_environment_then_playwright_then_system(
    bare: Path, driver: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = program(bare / "chromium")
    assert browser.find_browser().path == str(system)
    own = downloaded(driver / "chromium_headless_shell-7", "chrome-headless-shell-linux64/chrome-headless-shell")
    found = browser.find_browser()
    assert (found.path, found.version, found.source) == (str(own), "1.0", "Playwright's download")
    named = program(tmp_path / "named")
    monkeypatch.setenv(browser.PATH_VARIABLE, str(named))
    assert browser.find_browser().source == browser.PATH_VARIABLE
    given = program(tmp_path / "given")
    assert browser.find_browser(str(given)).path == str(given)


def test_headless_shell_is_preferred_but_never_for_windows(bare: Path) -> None:
    shell, whole = program(bare / "chromium-headless-shell"), program(bare / "chromium")
    found = browser.find_browser()
    assert found.path == str(shell)
    assert found.headless_only
    assert browser.find_browser(headed=True).path == str(whole)


def test_headed_takes_the_whole_browser_of_playwright(bare: Path, driver: Path) -> None:
    downloaded(driver / "chromium_headless_shell-7", "chrome-linux/headless_shell")
    whole = downloaded(driver / "chromium-7", "chrome-linux/chrome")
    assert browser.find_browser(headed=True).path == str(whole)


def test_unfinished_or_outdated_download_is_passed_over(bare: Path, driver: Path) -> None:
    program(driver / "chromium_headless_shell-7" / "chrome-linux" / "headless_shell")  # never completed
    downloaded(driver / "chromium_headless_shell-6", "chrome-linux/headless_shell")
    with pytest.raises(BrowserError):
        browser.find_browser()


def test_other_browsers_come_from_playwright_alone(bare: Path, driver: Path) -> None:
    with pytest.raises(BrowserError, match="playwright install firefox"):
        browser.find_browser(browser_type="firefox")
    own = downloaded(driver / "firefox-7", "firefox/firefox")
    assert browser.find_browser(browser_type="firefox").path == str(own)


@pytest.mark.parametrize(
    ("prepare", "wrong"),
    [
        (lambda path: None, "no such file"),
        (lambda path: path.mkdir(), "is a directory"),
        (lambda path: path.touch(mode=0o644), "is not executable"),
    ],
    ids=["missing", "directory", "not executable"],
)
def test_given_path_that_cannot_be_used_says_why(bare: Path, tmp_path: Path, prepare: object, wrong: str) -> None:
    assert callable(prepare)
    path = tmp_path / "mine"
    prepare(path)
    with pytest.raises(BrowserError, match=rf"mine: {wrong} \(from --browser-path\)") as raised:
        browser.find_browser(str(path))
    assert raised.value.path == str(path)


def test_given_headless_shell_is_refused_for_windows(bare: Path, tmp_path: Path) -> None:
    shell = program(tmp_path / "chromium-headless-shell")
    with pytest.raises(BrowserError, match="no window"):
        browser.find_browser(str(shell), headed=True)


def test_placeholder_for_a_snap_is_no_browser(bare: Path) -> None:
    program(bare / "chromium-browser", "echo 'requires the chromium snap to be installed'; exit 1")
    with pytest.raises(BrowserError):
        browser.find_browser()


def test_launch_options_are_for_playwright(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = program(bare / "chromium")
    monkeypatch.setattr(browser, "sandbox_works", lambda: False)
    assert browser.launch_options(headed=True) == {
        "executable_path": str(path),
        "headless": False,
        "chromium_sandbox": False,
    }


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="root and namespaces are a matter of Linux")
@pytest.mark.parametrize(
    ("user", "unshare", "works"), [(0, "exit 0", False), (1000, "exit 0", True), (1000, "exit 1", False)]
)
def test_sandbox_is_left_out_only_where_it_cannot_work(
    bare: Path, monkeypatch: pytest.MonkeyPatch, user: int, unshare: str, works: bool
) -> None:
    program(bare / "unshare", unshare)
    monkeypatch.setattr("os.geteuid", lambda: user)
    browser.sandbox_works.cache_clear()
    try:
        assert browser.sandbox_works() is works
    finally:
        browser.sandbox_works.cache_clear()


def test_version_is_what_the_program_says(tmp_path: Path) -> None:
    assert browser.browser_version(str(program(tmp_path / "chromium"))) == "Chromium 1.2.3"


def test_browser_that_does_not_start_gives_its_last_line(tmp_path: Path) -> None:
    broken = program(tmp_path / "chromium", "echo first >&2; echo 'libnss3.so: cannot open' >&2; exit 127")
    with pytest.raises(BrowserError, match=r"does not start \(libnss3.so: cannot open\)"):
        browser.browser_version(str(broken))


def test_looking_for_a_browser_does_not_import_playwright() -> None:
    code = "import sys, harness.browser as b; b.playwright_driver(); sys.exit('playwright._impl' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
