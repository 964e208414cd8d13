"""`make help` and the set-up script."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_help_has_a_line_for_each_target() -> None:
    said = subprocess.run(["make", "--silent", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony is not None
    assert {line.split()[1] for line in said.splitlines()} == set(phony[1].split())
    assert all(len(line.split()) > 3 for line in said.splitlines())


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with nothing but what the set-up script reads, and a bin/ that is its whole PATH."""
    for name in (".ci/setup", "pyproject.toml", "hatch_build.py", "js/published.lock.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "dirname", "cat", "cksum", "head", "rm", "id", "mkdir", "cp", "chmod"):
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def program(path: Path, script: str) -> None:
    """Write an executable shell script; one of the links to the real tools is replaced, never written through."""
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def set_up(checkout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the set-up script on a machine that has only the checkout's bin/."""
    return subprocess.run(
        [checkout / ".ci" / "setup"],
        env={"PATH": str(checkout / "bin"), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


# A Python that says what it was asked; `-m venv` makes an environment of itself and of a harness that only answers.
PYTHON = """echo "$*" >>{here}/asked
case "$*" in
*"import ensurepip"*) [ -e {here}/has-venv ];;
"-m venv "*) mkdir -p .venv/bin; cp "$0" .venv/bin/python; cp {here}/bin/harness .venv/bin/harness;;
*" pip "*) [ ! -e {here}/pip-fails ];;
*python%d*) echo python3.12-venv;;
-VV) echo Python 3.12.0;;
esac"""


def add_python(checkout: Path, name: str = "python3") -> None:
    program(checkout / "bin" / name, PYTHON.format(here=checkout))
    program(checkout / "bin" / "harness", f'echo "harness $*" >>{checkout}/asked')


def asked(checkout: Path) -> list[str]:
    """Return what Python and harness were asked since the last call."""
    lines = (checkout / "asked").read_text(encoding="utf-8").splitlines()
    (checkout / "asked").unlink()
    return [line for line in lines if not line.startswith(("-c", "-VV"))]


def test_no_python_says_which_and_how_to_name_one(checkout: Path) -> None:
    program(checkout / "bin" / "python3", "exit 1")  # too old
    done = set_up(checkout)
    assert done.returncode == 1
    assert "no Python 3.11, 3.12 or 3.13 found" in done.stderr
    assert "make setup PYTHON=" in done.stderr


def test_python_named_by_hand_is_the_only_one_tried(checkout: Path) -> None:
    add_python(checkout)
    done = set_up(checkout, PYTHON="python3.99")
    assert done.returncode == 1
    assert "found as python3.99" in done.stderr


def test_second_run_installs_nothing(checkout: Path) -> None:
    add_python(checkout)
    (checkout / "has-venv").touch()
    assert set_up(checkout).returncode == 0
    assert asked(checkout) == [
        "-m venv .venv",
        "-m pip install --quiet --disable-pip-version-check --editable .[dev]",
        "harness install",
    ]
    assert set_up(checkout).returncode == 0
    assert asked(checkout) == ["harness install"]


def test_changed_project_file_installs_into_the_same_environment(checkout: Path) -> None:
    add_python(checkout)
    (checkout / "has-venv").touch()
    set_up(checkout)
    asked(checkout)
    (checkout / "pyproject.toml").write_text("# another dependency", encoding="utf-8")
    assert set_up(checkout).returncode == 0
    first, _ = asked(checkout)
    assert first.startswith("-m pip install")


def test_set_up_that_failed_is_done_again(checkout: Path) -> None:
    add_python(checkout)
    (checkout / "has-venv").touch()
    (checkout / "pip-fails").touch()
    done = set_up(checkout)
    assert done.returncode == 1
    assert "pip could not install harness" in done.stderr
    asked(checkout)
    (checkout / "pip-fails").unlink()
    assert set_up(checkout).returncode == 0
    assert any("pip install" in line for line in asked(checkout))


def test_moved_checkout_gets_a_new_environment(checkout: Path) -> None:
    add_python(checkout)
    (checkout / "has-venv").touch()
    set_up(checkout)
    asked(checkout)
    stamp = checkout / ".venv" / "set-up"
    stamp.write_text("/elsewhere\n" + stamp.read_text(encoding="utf-8").partition("\n")[2], encoding="utf-8")
    assert set_up(checkout).returncode == 0
    assert asked(checkout)[0] == "-m venv .venv"


def test_missing_venv_module_is_installed_where_apt_is(checkout: Path) -> None:
    add_python(checkout)
    program(checkout / "bin" / "id", "echo 0")
    program(checkout / "bin" / "apt-get", f'case "$*" in *install*python3.12-venv) : >{checkout}/has-venv;; esac')
    done = set_up(checkout)
    assert done.returncode == 0, done.stderr
    assert "installing python3.12-venv" in done.stderr


def test_missing_venv_module_without_a_package_manager_names_the_package(checkout: Path) -> None:
    add_python(checkout)
    done = set_up(checkout)
    assert done.returncode == 1
    assert "apt-get install python3.12-venv" in done.stderr
