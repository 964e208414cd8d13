"""Where the time goes: profiles of the recorder in a page and of the thread that writes, for tools that show them.

`python -m benchmarks.profiles [DIR]` writes them; so does the test suite, fewer of them (tests/e2e/test_profiles.py,
into test-results/profiles/). A `.cpuprofile` opens in the DevTools of Chromium and in speedscope, a
`.pstats` in snakeviz or `python -m pstats`; the `.txt` beside each says the same in short.
"""

from __future__ import annotations

import asyncio
import cProfile
import io
import json
import pstats
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

from benchmarks import page_cost, python_cost
from benchmarks.chromium import VIEWPORT, launch
from harness.replay.checkpoints import Checkpointer
from harness.storage.writer import RecordingWriter

DIRECTORY = Path("test-results/profiles")
INTERVAL_US = 100
LINES = 40


async def profile_page(browser: Browser, name: str, directory: Path) -> Counter[str]:
    """Record one of benchmarks/pages and write NAME.cpuprofile and NAME.txt; return the ms in each function itself."""
    directory.mkdir(parents=True, exist_ok=True)
    context = await browser.new_context(viewport=VIEWPORT)  # type: ignore[arg-type]
    with page_cost.serving() as base:
        async with page_cost.BACKENDS["harness"](context, directory):
            page = await context.new_page()
            session = await context.new_cdp_session(page)
            await page.goto(f"{base}/{name}.html")
            await page.evaluate(page_cost.START)
            await session.send("Profiler.enable")
            await session.send("Profiler.setSamplingInterval", {"interval": INTERVAL_US})
            await session.send("Profiler.start")
            await page.mouse.click(5, 5)
            await page.evaluate("() => window.done")
            profile = (await session.send("Profiler.stop"))["profile"]
    await context.close()
    (directory / "run.replay").unlink()
    (directory / f"{name}.cpuprofile").write_text(json.dumps(profile))
    spent = _self_ms(profile)
    shown = [f"{ms:9.2f} ms  {function}" for function, ms in spent.most_common(LINES)]
    (directory / f"{name}.txt").write_text("\n".join([f"{name}: time in each function by itself", *shown, ""]))
    return spent


def _self_ms(profile: dict[str, Any]) -> Counter[str]:
    """Return what a CDP profile's samples add up to, in ms, by function."""
    names = {}
    for node in profile["nodes"]:
        frame = node["callFrame"]
        place = f"{frame['url'].rpartition('/')[2]}:{frame['lineNumber'] + 1}" if frame["url"] else ""
        names[node["id"]] = f"{frame['functionName'] or '(anonymous)'} {place}".rstrip()
    spent: Counter[str] = Counter()
    for sample, delta_us in zip(profile["samples"], profile["timeDeltas"], strict=True):
        spent[names[sample]] += delta_us / 1000
    return spent


def profile_python(directory: Path, *, events: int = python_cost.EVENTS) -> pstats.Stats:
    """Write the synthetic session as benchmarks/python_cost.py does, and python.pstats and python.txt of the writer's
    thread; return the figures.
    """
    directory.mkdir(parents=True, exist_ok=True)
    profiler = cProfile.Profile()

    class Profiled(RecordingWriter):
        def _run(self) -> None:
            profiler.runcall(super()._run)

    path = directory / "python.replay"
    with Profiled(path, {}, force=True, checkpoints=Checkpointer(), compacts=True) as writer:
        python_cost.write(writer, list(python_cost.batches(events)))
    path.unlink()
    profiler.dump_stats(directory / "python.pstats")
    text = io.StringIO()
    figures = pstats.Stats(profiler, stream=text)
    figures.sort_stats("tottime").print_stats(LINES)
    (directory / "python.txt").write_text(text.getvalue())
    return figures


async def _main(directory: Path) -> None:
    profile_python(directory)
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        for name in page_cost.NAMES:
            await profile_page(browser, name, directory)
        await browser.close()
    print(f"Profiles: {directory}/")


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]) if len(sys.argv) > 1 else DIRECTORY))
