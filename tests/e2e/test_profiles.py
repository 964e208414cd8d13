"""Profiles of where the page's and Python's time goes: a run of the tests writes them into test-results/profiles/."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.async_api import async_playwright

from benchmarks import profiles
from benchmarks.chromium import launch

DIRECTORY = Path(__file__).parents[2] / profiles.DIRECTORY


def test_the_recorder_in_a_page_is_profiled() -> None:
    async def run() -> Counter[str]:
        async with async_playwright() as playwright:
            browser = await launch(playwright)
            spent = await profiles.profile_page(browser, "add", DIRECTORY)
            await browser.close()
        return spent

    # In a thread: the tests' own browser has an event loop in this one.
    with ThreadPoolExecutor(1) as pool:
        spent = pool.submit(asyncio.run, run()).result()
    assert sum(spent.values()) > 50
    assert any("processMutation" in function or "serialize" in function for function in spent)
    profile = json.loads((DIRECTORY / "add.cpuprofile").read_text())
    assert {"nodes", "samples", "timeDeltas", "startTime", "endTime"} <= profile.keys()  # what DevTools reads
    assert " ms  " in (DIRECTORY / "add.txt").read_text()


def test_the_writing_of_a_recording_is_profiled() -> None:
    figures = profiles.profile_python(DIRECTORY, events=10_000)
    functions = {name for _, _, name in figures.stats}  # type: ignore[attr-defined]
    assert {"read_batch", "mutate", "compact"} <= functions
    assert "tottime" in (DIRECTORY / "python.txt").read_text()
    assert (DIRECTORY / "python.pstats").stat().st_size > 1000
