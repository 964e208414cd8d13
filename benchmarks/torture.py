"""Tests that fail in every way there is: has each failure its replay, and does a viewer show it at its moment?

The suites are those of the plugin's own tests, tests/suites: failures that leave pytest alive, those that end its
process, and the async API. Each says in `shown.json` what the page's heading was when the test failed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import harness
from benchmarks.figures import Figure, Part, Run, Spread
from benchmarks.long import viewer

SUITES = Path(__file__).parents[1] / "tests" / "suites"
ROUNDS = 6  # of 35 failures
MAY_BE_OFF_MS = 1000
_PLAIN = ["-p", "no:playwright", "-p", "no:pytest_playwright"]
_ENDS = {
    "test_exits": [], "test_hangs": [], "test_is_interrupted": [], "test_kills_the_process": ["-n", "2"],
    "test_kills_the_session": [], "test_fails": ["-x"],
}  # fmt: skip
# Where this runs in the background, Ctrl-C is ignored by all that it starts.
_PYTEST = """
import signal, sys, pytest
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, "")
sys.exit(pytest.main(sys.argv[1:]))
"""
_SHOWN = """async ([t, selector]) => {
    await harness.ready;
    const shown = [];
    for (const page of harness.pages) {
        await harness.seek(t, {page: page.id});
        const inner = document.querySelector("iframe[data-harness-document]").contentDocument;
        shown.push(inner?.querySelector(selector)?.textContent ?? null);
    }
    return shown;
}"""


@dataclass
class Found:
    """`off_ms`: how far from its failure each replay shows it; `wrong`: what is missing, or shows something else."""

    off_ms: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    passing: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def failures(self) -> int:
        return len(self.off_ms) + len(self.wrong)


async def run(run: Run) -> Part:
    found = Found()
    temporary = run.directory / "temporary"
    temporary.mkdir()
    for number in range(1 if run.quick else ROUNDS):
        place = run.directory / str(number)
        shown = _shown_by("ways")
        _run_suite(place, "ways", [], temporary)
        await _look(run, place, {name: text for name, text in shown.items() if text is not None}, found)
        shown = _shown_by("ends")
        for name, options in _ENDS.items():
            place = run.directory / f"{number}-{name}"
            _run_suite(place, "ends", [*_PLAIN, "-k", name, *options], temporary)
            if name == "test_kills_the_session":  # nobody was left to finish it: the next run does
                _run_suite(place, "ends", [*_PLAIN, "-k", "passes"], temporary)
            await _look(run, place, {key: shown[key] for key in shown if key.startswith(name)}, found)
        place = run.directory / f"{number}-async"
        _run_suite(place, "asynchronous", _PLAIN, temporary)
        await _look(run, place, _shown_by("asynchronous"), found)
    # What tests put into pytest's own `tmp_path` is theirs.
    own = [path for path in temporary.iterdir() if not path.name.startswith("pytest-of-")]
    inside = [inner for path in own for inner in (path, *path.rglob("*"))]
    found.left += [str(path) for path in inside if "harness" in path.name or path.suffix == ".replay"]
    good = len([off for off in found.off_ms if off <= MAY_BE_OFF_MS])
    figures = [
        Figure(
            "failing tests whose replay opens and shows the failure", Spread.of([good]), must=f"{found.failures}",
            met=good == found.failures,
        ),
        Figure("shown away from its moment by at most", Spread.of([max(found.off_ms, default=0)]), " ms",
               must=f"≤ {MAY_BE_OFF_MS} ms", met=max(found.off_ms, default=0) <= MAY_BE_OFF_MS),
        Figure("replays of passing tests", Spread.of([len(found.passing)]), must="0", met=not found.passing),
        Figure("files left in temporary folders", Spread.of([len(found.left)]), must="0", met=not found.left),
    ]  # fmt: skip
    samples = {"wrong": found.wrong, "passing": found.passing, "left": found.left, "off_ms": found.off_ms}
    return Part("Ways to fail", figures, samples=samples)


def _shown_by(suite: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads((SUITES / suite / "shown.json").read_text())
    return shown


def _run_suite(place: Path, suite: str, options: list[str], temporary: Path) -> None:
    if not place.exists():
        shutil.copytree(SUITES / suite, place)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "GITHUB"))}
    subprocess.run(
        [sys.executable, "-c", _PYTEST, "-p", "no:cacheprovider", "-q", "--tb=no", *options],
        cwd=place, env={**environment, "TMPDIR": str(temporary)}, capture_output=True, check=False, timeout=300,
    )  # fmt: skip


async def _look(run: Run, place: Path, shown: dict[str, str], found: Found) -> None:
    """Open each recording in a viewer at the moment of its failure."""
    directory = place / "recordings"
    paths = {path.stem.partition("--")[2].replace("-chromium", ""): path for path in directory.glob("*.replay")}
    found.left += [str(path) for path in directory.glob(".*")]
    failed_at: dict[str, float | None] = {name: _failed_at(path) for name, path in paths.items()}
    found.passing += [name for name, t in failed_at.items() if t is None and name != "test_on_passes"]
    async with viewer(directory) as url:
        page = await run.browser.new_page()
        for name, text in shown.items():
            t = failed_at.get(name)
            off_ms = None
            for try_ms in (0, 250, -250, 500, -500, 1000, -1000) if t is not None else ():
                try:
                    await page.goto(f"{url.rstrip('/')}/r/{paths[name].name}/?bare=1")
                    at = await page.evaluate(_SHOWN, [max(0.0, (t or 0) + try_ms), "h1"])
                except Exception as error:
                    found.wrong.append(f"{paths[name]}: {error}")
                    break
                if text in at:
                    off_ms = abs(try_ms)
                    break
            else:
                found.wrong.append(f"{place.name}/{name}: does not show {text!r}")
            if off_ms is not None:
                found.off_ms.append(off_ms)
        await page.close()


def _failed_at(path: Path) -> float | None:
    """Return when the test failed, in ms of the recording; None where it did not."""
    with harness.open(path) as replay:
        tests = [event for event in replay.events(kinds=("test",)) if event["data"]["outcome"] == "failed"]
    return float(tests[-1]["t"]) if tests else None
