"""`kill -9` of a recording process at moments of its life: does the file open, and how much is missing?"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.figures import Figure, Part, Run, Spread
from harness.storage import RecordingReader

MAY_LOSE_MS = 1000

# Prints the time of each moment at which the page is known to have changed, until it is killed.
_PROGRAM = """
import sys, time
from playwright.sync_api import sync_playwright
import harness
from harness.browser import launch_options
with sync_playwright() as playwright:
    context = playwright.chromium.launch(**launch_options()).new_context()
    with harness.record(context, sys.argv[1]):
        page = context.new_page()
        page.set_content("<h1 id=clock>0</h1><script>setInterval(() => clock.textContent = Date.now(), 20)</script>")
        while True:
            page.wait_for_timeout(20)
            print(time.time() * 1000, flush=True)
"""


async def run(run: Run) -> Part:
    lost: list[float] = []
    whole = 0
    moments = random.Random(1)
    runs = 3 if run.quick else 10
    for number in range(runs):
        path = run.directory / f"{number}.replay"
        last_ms = _record_and_kill(path, after_s=moments.uniform(0.5, 4))
        with RecordingReader(path) as reader:
            whole += reader.complete
            lost.append(max(0.0, last_ms - reader.header["started_at"] - reader.index.duration_ms))
    return Part(
        "Killed with -9",
        [
            Figure(
                "opens, and says that it is not complete", Spread.of([runs - whole]), must=f"{runs}", met=whole == 0
            ),
            Figure(
                "missing at the end", Spread.of(lost), " ms", must=f"≤ {MAY_LOSE_MS} ms", met=max(lost) <= MAY_LOSE_MS
            ),
        ],
        samples={"lost_ms": lost},
    )


def _record_and_kill(path: Path, *, after_s: float) -> float:
    """Return the time, in epoch ms, of the last moment that the program told of before it was killed."""
    command = [sys.executable, "-c", _PROGRAM, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        told = process.stdout.readline()
        end = time.monotonic() + after_s
        while told and time.monotonic() < end:
            told = process.stdout.readline()
        if not told:
            raise RuntimeError(f"{path.name}: the recording process ended by itself")
        os.killpg(process.pid, signal.SIGKILL)
    return float(told)
