"""Memory of the recording process while a page changes without a pause: ten minutes, or half a minute if quick.

The page replaces a list of thousands of nodes as often as it comes to it. A process of its own records it, so that its
memory is nobody else's; it says what it takes as it goes, from the moment at which the storm is under way.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from playwright.async_api import async_playwright

import harness
from benchmarks.chromium import launch
from benchmarks.figures import Figure, Part, Run, Spread

FLAT_MB = 50
SECONDS, QUICK_SECONDS, WARM_SECONDS, EVERY_SECONDS = 600, 30, 5, 5
_PAGE = """<!doctype html><title>storm</title><div id=root></div><script>
    const items = Array.from({ length: 5000 }, (_, i) => i);
    let round = 0;
    const change = () => {
        round += 1;
        document.getElementById('root').innerHTML = items.map((i) => `<i data-round="${round}">${i}</i>`).join('');
        setTimeout(change, 10);
    };
    addEventListener('storm', change, { once: true });
</script>"""


async def run(run: Run) -> Part:
    if not Path("/proc/self/statm").exists():
        return Part("A page that changes without a pause", skipped="the system does not say what a process takes")
    seconds = QUICK_SECONDS if run.quick else SECONDS
    command = [sys.executable, "-m", "benchmarks.storm", str(run.directory / "storm.replay"), str(seconds)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"the recording of the storm ended with status {process.returncode}")
    said = json.loads(output)
    grown = max(said["rss_mb"]) - said["rss_mb"][0]
    rss = Figure(f"memory while it lasts ({seconds} s)", Spread.of(said["rss_mb"]), " MB")
    flat = Figure("growth", Spread.of([grown]), " MB", 0, f"≤ {FLAT_MB} MB", grown <= FLAT_MB)
    closed = Figure("memory once the file is closed", Spread.of([said["closed_mb"]]), " MB")
    figures = [rss, flat, closed, Figure("changes of the page", Spread.of([said["rounds"]]))]
    return Part("A page that changes without a pause", figures, samples=said)


def _rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


async def _record(path: Path, seconds: float) -> None:
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        context = await browser.new_context()
        rss = []
        async with harness.record(context, path):
            page = await context.new_page()
            page.set_default_timeout(120_000)
            await page.set_content(_PAGE)
            await page.evaluate("() => { dispatchEvent(new Event('storm')); }")
            await asyncio.sleep(WARM_SECONDS)
            for _ in range(round(seconds / EVERY_SECONDS)):
                rss.append(_rss_mb())
                await asyncio.sleep(EVERY_SECONDS)
            rounds = await page.evaluate("() => round")
        print(json.dumps({"rss_mb": rss, "closed_mb": _rss_mb(), "rounds": rounds}))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(_record(Path(sys.argv[1]), float(sys.argv[2])))
