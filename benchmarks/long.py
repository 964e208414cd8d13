"""Long recordings: how fast one of an hour and one of ten hours opens and seeks, beside rrweb's own Replayer.

The session is synthetic (benchmarks/synthetic.py): 200,000 events an hour. The Replayer is given the hour's events as
an array, which is what it takes; ours the file that `harness import` makes of the same events.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from playwright.async_api import Browser, Page

from benchmarks import stock_rrweb
from benchmarks.chromium import VIEWPORT
from benchmarks.figures import Figure, Part, Run, Spread
from benchmarks.synthetic import EVENTS_PER_HOUR, HOUR_MS, Session
from harness.importing.rrweb import import_events
from harness.storage import RecordingReader

SEEKS = 40
OPEN_MS, SEEK_MS, WORST_MS, HEAP_MB, GROWTH, IMPORT_S = 500, 60, 150, 100, 1.3, 15

_PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_OPENED = f"async () => {{ await harness.ready; await {_PAINTED}; return performance.now(); }}"
_SEEK = (
    """async (t) => { const before = performance.now(); await harness.seek(t); return performance.now() - before; }"""
)

_SEEK = "async (t) => { const before = performance.now(); await harness.seek(t); return performance.now() - before; }"

_OPEN_STOCK = f"""async () => {{
    const before = performance.now();
    const events = await (await fetch("/events.json")).json();
    window.replayer = new rrweb.Replayer(events, {{ root: document.body, mouseTail: false, showWarning: false }});
    replayer.pause(0);
    await {_PAINTED};
    return performance.now() - before;
}}"""
_SEEK_STOCK = f"""async (t) => {{
    const before = performance.now();
    replayer.pause(t);
    await {_PAINTED.replace("requestAnimationFrame(() => requestAnimationFrame(done))", "requestAnimationFrame(done)")};
    return performance.now() - before;
}}"""


async def run(run: Run) -> Part:
    return await measure(run.browser, run.directory, hours=(0.1, 1) if run.quick else (1, 10))


async def measure(browser: Browser, directory: Path, *, hours: tuple[float, float], stock: bool = True) -> Part:
    """Return the part: a recording of `hours[0]` hours, the Replayer with the same, and one of `hours[1]` hours."""
    short, long = hours
    events = directory / "short.json"
    write_events(events, short)
    began = time.perf_counter()
    import_events(events, directory / "short.replay")
    import_s = time.perf_counter() - began
    write_events(directory / "long.json", long)
    import_events(directory / "long.json", directory / "long.replay")
    ours = await _ours(browser, directory / "short.replay", short)
    peer = await _stock(browser, events, short) if stock else None
    longer = await _ours(browser, directory / "long.replay", long)

    count = f"{EVENTS_PER_HOUR * short:,.0f} events"
    figures = [
        Figure(f"import of {count}", Spread.of([import_s]), " s", 1, f"≤ {IMPORT_S} s", import_s <= IMPORT_S),
        *_figures(f"{short:g} h", ours, promised=True),
        *(_figures(f"{short:g} h, rrweb's Replayer", peer) if peer else ()),
        *_figures(f"{long:g} h", longer),
        _growth("open", ours, longer, "open"),
        _growth("median seek", ours, longer, "seek"),
        _growth("worst seek", ours, longer, "worst"),
        Figure(f"size of {long:g} h", Spread.of([_size(directory / "long.replay") / 1e6]), " MB", 1),
        Figure(f"index of {long:g} h", Spread.of([_index_size(directory / "long.replay") / 1e3]), " kB"),
    ]
    samples = {"short": ours, "stock": peer, "long": longer}
    return Part("Long recordings: open and seek", figures, samples=samples)


def write_events(path: Path, hours: float) -> None:
    """Write the session of so many hours as an rrweb event array."""
    with path.open("w", encoding="utf-8") as file:
        for number, event in enumerate(Session(hours=hours).events()):
            file.write(("," if number else "[") + json.dumps(event, separators=(",", ":")))
        file.write("]")


Times = dict[str, list[float]]


def _figures(what: str, times: Times, *, promised: bool = False) -> list[Figure]:
    seeks = Spread.of(times["seek"])
    limits = [
        ("open to first paint", Spread.of(times["open"]), " ms", OPEN_MS),
        ("seek", seeks, " ms", SEEK_MS),
        ("worst seek", Spread.of([seeks.high]), " ms", WORST_MS),
        ("JS heap at most", Spread.of([max(times["heap_mb"])]), " MB", HEAP_MB),
    ]
    return [
        Figure(
            f"{what}: {name}", spread, unit, must=f"≤ {limit}{unit}" if promised else "",
            met=spread.middle <= limit if promised else None,
        )
        for name, spread, unit, limit in limits
    ]  # fmt: skip


def _growth(what: str, short: Times, long: Times, key: str) -> Figure:
    def of(times: Times) -> float:
        return max(times["seek"]) if key == "worst" else Spread.of(times[key]).middle

    ratio = of(long) / of(short)
    return Figure(f"{what}: long / short", Spread.of([ratio]), "×", 2, f"≤ {GROWTH}×", ratio <= GROWTH)


async def _ours(browser: Browser, path: Path, hours: float) -> Times:
    async with viewer(path) as url:
        opened = []
        for _ in range(5):
            page = await browser.new_page(viewport=VIEWPORT)  # type: ignore[arg-type]
            await page.goto(f"{url}?bare=1")
            opened.append(float(await page.evaluate(_OPENED)))
            if len(opened) < 5:
                await page.close()
        times = await _seeks(page, _SEEK, hours)
        await page.close()
    return {"open": opened, **times}


async def _stock(browser: Browser, events: Path, hours: float) -> Times:
    page = await browser.new_page(viewport=VIEWPORT)  # type: ignore[arg-type]
    page.set_default_timeout(300_000)
    await page.route("**/events.json", lambda route: route.fulfill(path=events, content_type="application/json"))
    await page.route("**/", lambda route: route.fulfill(body="<!doctype html><body>", content_type="text/html"))
    await page.goto("http://127.0.0.1:1/")
    await page.add_script_tag(content=stock_rrweb.file("rrweb.js"))
    opened = float(await page.evaluate(_OPEN_STOCK))
    times = await _seeks(page, _SEEK_STOCK, hours)
    await page.close()
    return {"open": [opened], **times}


async def _seeks(page: Page, expression: str, hours: float) -> Times:
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    random = Random(1)
    seeks, heaps = [], []
    for _ in range(SEEKS):
        seeks.append(float(await page.evaluate(expression, random.random() * hours * HOUR_MS)))
        metrics = (await session.send("Performance.getMetrics"))["metrics"]
        heaps.append(next(metric["value"] for metric in metrics if metric["name"] == "JSHeapUsedSize") / 1e6)
    return {"seek": seeks, "heap_mb": heaps}


@asynccontextmanager
async def viewer(path: Path) -> AsyncIterator[str]:
    """The viewer's server in a process of its own; gives its address."""
    code = "from harness.cli.main import main; main()"
    command = [sys.executable, "-u", "-c", code, "view", str(path), "--no-open"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = next((word for word in line.split() if word.startswith("http")), None)
        if address is None:
            raise RuntimeError(f"the viewer did not start: {line}")
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _size(path: Path) -> float:
    return path.stat().st_size


def _index_size(path: Path) -> int:
    with RecordingReader(path) as reader:
        return len(json.dumps(reader.index.raw, separators=(",", ":")))
