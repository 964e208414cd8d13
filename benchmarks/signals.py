"""What the signals cost: journeys recorded with everything beside the DOM, against the same with the DOM alone.

Pairs are made one right after the other and in turns of order, so that a busy machine disturbs both alike.
"""

from __future__ import annotations

import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from statistics import median

from playwright.async_api import Browser

import harness
from benchmarks.chromium import VIEWPORT
from benchmarks.figures import Figure, Part, Run, Spread
from benchmarks.journeys import TIMEOUT_MS, Journey, corpus_journeys, demo_journey, unmarked

MUST = 1.05
ROUNDS, QUICK_ROUNDS = 7, 2
_EVERYTHING, _DOM = "all signals", "DOM alone"


async def run(run: Run) -> Part:
    journeys = list(corpus_journeys(Path(run.corpus)) if run.corpus else [demo_journey()])
    walls: dict[str, dict[str, list[float]]] = {journey.name: {_EVERYTHING: [], _DOM: []} for journey in journeys}
    for number in range(QUICK_ROUNDS if run.quick else ROUNDS):
        for journey in journeys:
            order = [_EVERYTHING, _DOM] if number % 2 else [_DOM, _EVERYTHING]
            for way in order:
                path = run.directory / f"{journey.name}-{number}-{way}.replay"
                walls[journey.name][way].append(await _once(run.browser, journey, way, path))
    spreads = {name: Spread.of_ratios(by[_EVERYTHING], by[_DOM]) for name, by in walls.items()}
    overall = Spread.of([spread.middle for spread in spreads.values()])
    promised = "" if run.quick else f"≤ {MUST}×"
    met = None if run.quick else overall.middle <= MUST
    figures = [Figure("wall time", overall, "×", digits=3, must=promised, met=met)]
    for name, spread in spreads.items():
        seconds = median(walls[name][_DOM])
        figures.append(Figure(f"  {name} ({seconds:.1f} s)", spread, "×", digits=3))
    return Part("Signals: journeys recorded with all of them against the DOM alone", figures, samples=walls)


async def _once(browser: Browser, journey: Journey, way: str, path: Path) -> float:
    """Make the journey once; return its wall time in seconds, without opening and closing the file."""
    with journey.serve() as base_url:
        context = await browser.new_context(viewport=VIEWPORT, locale="en-US", timezone_id="UTC")  # type: ignore[arg-type]
        context.set_default_timeout(TIMEOUT_MS)
        recording: AbstractAsyncContextManager[object] = harness.record(
            context, path, signals=None if way == _EVERYTHING else ()
        )
        try:
            async with recording:
                page = await context.new_page()
                start = time.perf_counter()
                await journey.visit(page, base_url, unmarked)
                return time.perf_counter() - start
        finally:
            await context.close()
