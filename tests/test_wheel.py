"""The built wheel works by itself: in an empty environment, away from the checkout, with the declared dependencies."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import venv
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(*line: str | Path, cwd: Path) -> str:
    """Run a command to its end and return what it printed; its errors are part of the failure."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(line, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
    return done.stdout


def declared_dependencies(name: str, known: set[str]) -> set[str]:
    """Return the distributions that `name` needs, and that those need, as far as they are installed here."""
    for requirement in distribution(name).requires or []:
        needed = re.match(r"[\w.-]+", requirement)
        if needed is None or "extra ==" in requirement or needed[0] in known:
            continue
        try:
            distribution(needed[0])
        except PackageNotFoundError:
            continue  # for another platform or Python
        known.add(needed[0])
        declared_dependencies(needed[0], known)
    return known


def files_below(directory: Path) -> set[Path]:
    """Return the relative paths of all files that are not hidden, as an editor's or an unfinished download is."""
    files = (file.relative_to(directory) for file in directory.rglob("*") if file.is_file())
    return {file for file in files if not file.name.startswith(".")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the checkout, built as `make wheel` does."""
    directory = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", directory, ROOT, cwd=directory)
    (built,) = directory.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with that wheel and what it declares to need; returns its bin directory.

    The dependencies are links to the ones installed here: the test needs no network, and a package that is used but not
    declared is missing there as it would be for a user.
    """
    directory = tmp_path_factory.mktemp("environment")
    venv.create(directory, with_pip=False, symlinks=True)
    (packages,) = directory.glob("lib/python*/site-packages")
    for name in declared_dependencies("replay-harness", set()):
        for file in distribution(name).files or []:
            top = Path(str(file)).parts[0]
            source = Path(str(distribution(name).locate_file(top)))
            if top not in ("..", "__pycache__") and source.exists() and not (packages / top).exists():
                (packages / top).symlink_to(source)
    pip = [sys.executable, "-m", "pip", "--python", str(directory / "bin" / "python")]
    run(*pip, "install", "--no-index", "--no-deps", "--disable-pip-version-check", wheel, cwd=directory)
    return directory / "bin"


def test_wheel_holds_our_javascript_and_the_published_files(environment: Path, tmp_path: Path) -> None:
    code = """if True:
        import json
        from harness import javascript, published
        print(json.dumps({
            "js": str(javascript.js_dir()),
            "files": [str(published.path(entry.name)) for entry in published.read_lock()],
            "missing": [entry.name for entry in published.missing()],
        }))"""
    said = json.loads(run(environment / "python", "-c", code, cwd=tmp_path))
    installed = Path(said["js"])
    assert environment.parent in installed.parents
    assert said["missing"] == []
    assert all(installed in Path(file).parents for file in said["files"])
    assert files_below(installed) == files_below(ROOT / "js")


def test_program_runs_and_every_module_is_importable(environment: Path, tmp_path: Path) -> None:
    assert run(environment / "harness", "--version", cwd=tmp_path).startswith("harness, version ")
    code = """if True:
        import importlib, pkgutil, harness
        for module in pkgutil.walk_packages(harness.__path__, "harness."):
            # The plugin is loaded by pytest alone, which this environment has not.
            if not module.name.endswith("__main__") and not module.name.startswith("harness.pytest"):
                importlib.import_module(module.name)"""
    run(environment / "python", "-W", "error", "-c", code, cwd=tmp_path)


def test_doctor_finds_everything(environment: Path, tmp_path: Path, browser_path: str) -> None:
    said = run(environment / "harness", "doctor", "--browser-path", browser_path, cwd=tmp_path)
    assert said.splitlines()[-1] == "Ready: recording and viewing work."


def test_source_distribution_leaves_the_published_files_out(tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", tmp_path, ROOT, cwd=tmp_path)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    assert {"js/published.lock.json", "hatch_build.py", "harness/published.py", "LICENSE"} <= names
    assert not [name for name in names if "vendor" in name or name.startswith((".venv", "tests"))]
