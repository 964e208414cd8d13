"""`harness install` and `harness doctor`, on machines made of shell scripts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness import browser
from harness.cli import doctor, install
from harness.errors import BrowserError

PLAYWRIGHT_OFFLINE = "echo 'Downloading'; echo 'Error: getaddrinfo ENOTFOUND host'; echo '    at stack'; exit 1"


def program(path: Path, script: str) -> Path:
    """Write an executable shell script, in the place of a link if there is one, and return its path."""
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without a browser, for root, where Playwright's download fails; returns its PATH's directory."""
    directory = tmp_path / "bin"
    directory.mkdir()
    for tool in ("sh", "chmod", "cat", "true"):
        (directory / tool).symlink_to(Path("/bin") / tool)
    monkeypatch.setenv("PATH", str(directory))
    monkeypatch.delenv(browser.PATH_VARIABLE, raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "downloads"))
    monkeypatch.setattr(browser, "APPLICATIONS", {})
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(sys, "executable", str(program(tmp_path / "python", PLAYWRIGHT_OFFLINE)))
    return directory


def apt_get(machine: Path, brings: str) -> None:
    """Give the machine an apt-get that knows one package and writes down what it was asked."""
    program(
        machine / "apt-get",
        f"""echo "$DEBIAN_FRONTEND $*" >>{machine}/asked
case "$*" in
*" update") ;;
*" install "*" {brings} "*) printf '#!/bin/sh\\necho Chromium 9\\n' >{machine}/{brings}; chmod +x {machine}/{brings};;
*) echo 'E: Unable to locate package'; exit 100;;
esac""",
    )


def test_a_browser_that_works_is_left_alone(machine: Path) -> None:
    program(machine / "chromium", "echo Chromium 9")
    done = CliRunner().invoke(install.command)
    assert done.exit_code == 0
    assert done.output.splitlines() == [f"browser: Chromium 9, {machine}/chromium (of the system)"]


def test_package_manager_is_asked_when_the_download_fails(machine: Path) -> None:
    apt_get(machine, brings="chromium")
    done = CliRunner().invoke(install.command)
    assert done.exit_code == 0, done.output
    assert "Playwright's download: no (Error: getaddrinfo ENOTFOUND host)" in done.output
    assert done.output.splitlines()[-1] == f"browser: Chromium 9, {machine}/chromium (of the system)"
    update, first, second = (machine / "asked").read_text(encoding="utf-8").splitlines()
    assert update.startswith("noninteractive ")
    assert update.endswith(" update")
    assert "chromium-headless-shell" in first
    assert "chromium " in second


def test_dry_run_only_prints(machine: Path) -> None:
    apt_get(machine, brings="chromium")
    done = CliRunner().invoke(install.command, ["--dry-run", "--headed"])
    assert done.exit_code == 0
    planned = [line for line in done.output.splitlines() if line.startswith("would run: ")]
    assert planned[0].endswith("-m playwright install chromium")
    assert [line.split()[2] for line in planned[1:]] == ["apt-get", "apt-get"]
    assert not (machine / "asked").exists()


def test_nothing_works_says_what_was_tried(machine: Path) -> None:
    apt_get(machine, brings="nothing")
    done = CliRunner().invoke(install.command)
    assert isinstance(done.exception, BrowserError)
    assert "ENOTFOUND" in str(done.exception)
    assert "E: Unable to locate package" in str(done.exception)
    assert "harness doctor" in str(done.exception)


def test_without_root_the_command_is_named(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apt_get(machine, brings="chromium")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    done = CliRunner().invoke(install.command)
    assert isinstance(done.exception, BrowserError)
    assert "needs root" in str(done.exception)
    assert "apt-get" in str(done.exception)
    assert not (machine / "asked").exists()


def test_sudo_that_asks_nothing_is_used(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apt_get(machine, brings="chromium-headless-shell")
    program(machine / "sudo", '[ "$1" = -n ] || exit 1; shift; exec "$@"')
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    done = CliRunner().invoke(install.command)
    assert done.exit_code == 0, done.output
    assert "sudo -n apt-get" in done.output


def test_browser_named_by_hand_is_never_replaced(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apt_get(machine, brings="chromium")
    monkeypatch.setenv(browser.PATH_VARIABLE, "/nowhere/chromium")
    done = CliRunner().invoke(install.command)
    assert isinstance(done.exception, BrowserError)
    assert f"correct {browser.PATH_VARIABLE}" in str(done.exception)


def test_doctor_is_content_with_a_browser_that_starts(machine: Path) -> None:
    program(machine / "chromium", "echo Chromium 9")
    done = CliRunner().invoke(doctor.command, standalone_mode=False)
    assert done.return_value == 0
    assert f"Chromium 9, {machine}/chromium" in done.output
    assert done.output.splitlines()[-1] == "Ready: recording and viewing work."


@pytest.mark.parametrize(
    ("script", "said"), [(None, "no browser found"), ("echo 'lib.so: missing' >&2; exit 127", "lib.so: missing")]
)
def test_doctor_gives_the_next_step_for_a_browser(machine: Path, script: str | None, said: str) -> None:
    if script:
        program(machine / "chromium", script)
    done = CliRunner().invoke(doctor.command, standalone_mode=False)
    assert done.return_value == 1
    assert said in done.output
    assert "next: `harness install`" in done.output
    assert done.output.splitlines()[-1] == "Not ready: browser."


def test_doctor_does_not_ask_for_what_is_optional(machine: Path) -> None:
    program(machine / "chromium-headless-shell", "echo Chromium 9")
    done = CliRunner().invoke(doctor.command, standalone_mode=False)
    assert done.return_value == 0
    assert "ffmpeg           not found" in done.output
    assert "no browser with windows" in done.output
