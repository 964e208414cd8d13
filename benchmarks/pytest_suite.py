"""A pytest suite of short tests, as it is and with each way of keeping what failed: wall and CPU time, interleaved.

No test fails, so this is what a team pays on every green run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

from benchmarks.figures import Figure, Part, Run, Spread

MOST = 1.05
_VARIANTS = {
    "nothing kept": ["--recording=off"],
    "harness, retain-on-failure": ["--recording=retain-on-failure"],
    "Playwright's tracing, retain-on-failure": ["--recording=off", "--tracing=retain-on-failure"],
    "Playwright's video, retain-on-failure": ["--recording=off", "--video=retain-on-failure"],
}
_CONFTEST = """
import pytest
from harness.browser import launch_options

@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {{**browser_type_launch_args, **launch_options()}}
"""
_TESTS = """
import pytest
from playwright.sync_api import expect

HTML = '''<!doctype html><title>To do</title><style>li {{ color: #345; padding: 4px }}</style><h1>To do</h1>
<script>function add(event) {{
  event.preventDefault(); const li = document.createElement('li'); li.textContent = i.value; l.append(li);
}}</script>
<form onsubmit="add(event)"><input id=i aria-label=New><button>Add</button></form><ul id=l></ul>'''

@pytest.mark.parametrize("number", range({tests}))
def test_short(page, number):
    page.set_content(HTML)
    page.get_by_label("New").fill(f"item {{number}}")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("li")).to_have_text(f"item {{number}}")
"""


async def run(run: Run) -> Part:
    tests, rounds = (40, 2) if run.quick else (200, 5)
    suite = run.directory / "suite"
    suite.mkdir()
    for name, text in (("conftest.py", _CONFTEST), ("test_short.py", _TESTS)):
        (suite / name).write_text(textwrap.dedent(text).format(tests=tests))
    wall: dict[str, list[float]] = {name: [] for name in _VARIANTS}
    cpu: dict[str, list[float]] = {name: [] for name in _VARIANTS}
    failed: dict[str, str] = {}
    for number in range(rounds):
        # The order turns from round to round: what warms up or slows down must not always meet the same one.
        names = list(_VARIANTS)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            if name in failed:
                continue
            seconds, processor, output = _run_suite(suite, _VARIANTS[name])
            if f"{tests} passed" not in output:
                failed[name] = output.strip().splitlines()[-1][:200] if output.strip() else "no output"
                continue
            wall[name].append(seconds)
            cpu[name].append(processor)
    left = [path.name for path in suite.rglob("*.replay")]
    base = next(iter(_VARIANTS))
    figures = []
    for name, values in wall.items():
        if name in failed:
            continue
        ours = name.startswith("harness")
        ratio, processor_ratio = Spread.of_ratios(values, wall[base]), Spread.of_ratios(cpu[name], cpu[base])
        figures.append(Figure(f"{name}: a test", Spread.of([v / tests * 1000 for v in values]), " ms", 1))
        if name != base:
            met = ratio.middle <= MOST if ours else None
            figures.append(Figure(f"{name}: wall time, times", ratio, "", 3, f"≤ {MOST}" if ours else "", met))
            figures.append(Figure(f"{name}: CPU time, times", processor_ratio, "", 3))
    figures.append(Figure("recordings left of passing tests", Spread.of([len(left)]), must="0", met=not left))
    skipped = "; ".join(f"{name}: {why}" for name, why in failed.items()) or None
    return Part(
        f"A pytest suite of {tests} short tests", figures, skipped=skipped, samples={"wall_s": wall, "cpu_s": cpu}
    )


def _run_suite(suite: Path, options: list[str]) -> tuple[float, float, str]:
    """Return (wall seconds, CPU seconds of all its processes, output)."""
    quiet = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:allure_pytest", "-p", "no:pytest-bdd", "-q"]
    # An installed package has its byte code; where none may be written, each run here would compile all anew.
    unwanted = ("PYTEST", "PYTHONDONTWRITEBYTECODE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, *options],
        cwd=suite, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds, after = time.perf_counter() - began, os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, processor, done.stdout + done.stderr
