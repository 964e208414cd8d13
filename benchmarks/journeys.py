"""Wall time of whole journeys: alone, recorded, and with the peers, one after the other, round after round.

The journeys are those of a corpus of real applications (`--corpus DIR`: a directory with `apps.py`, whose
`names(group)` and `start(name)` run an application, and `journeys.py`, whose `JOURNEYS[name](page, base_url)` visits
it), else the demo shop's. Peers: stock rrweb in batches over one binding, Playwright's tracing and its video.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.async_api import Browser, BrowserContext, Error, Page

import harness
from benchmarks import stock_rrweb
from benchmarks.chromium import VIEWPORT
from benchmarks.figures import Figure, Part, Run, Spread
from harness.storage import RecordingReader

MUST = 1.05
OF_TRACE = 0.15
MINUTE_KB, ONE_MINUTE_KB, ACTIONS_A_MINUTE = 40, 100, 30  # one action each 2 s: a person's pace
TIMEOUT_MS = 20_000

Mark = Callable[[Page, str], Awaitable[None]]


@dataclass(frozen=True)
class Journey:
    """`serve` starts the application afresh and gives its base URL; `visit(page, base_url, mark)` makes the journey
    and awaits `mark(page, label)` at each checkpoint."""

    name: str
    serve: Callable[[], Any]
    visit: Callable[[Page, str, Mark], Awaitable[None]]


@dataclass
class Cost:
    wall_s: float
    size: int | None
    minute_kb: float | None = None  # events of a minute of actions at a person's pace


async def run(run: Run) -> Part:
    journeys = list(corpus_journeys(Path(run.corpus)) if run.corpus else [demo_journey()])
    rounds = 1 if run.quick else 3
    backends = [name for name in BACKENDS if name != "video" or await _has_video(run.browser, run.directory)]
    costs: dict[str, dict[str, list[Cost]]] = {journey.name: {} for journey in journeys}
    for number in range(rounds):
        for journey in journeys:
            for backend in backends:
                directory = run.directory / f"{journey.name}-{backend}-{number}"
                directory.mkdir()
                cost = await _once(run.browser, journey, backend, directory)
                costs[journey.name].setdefault(backend, []).append(cost)
    figures = [figure for backend in backends[1:] for figure in _figures(backend, costs, run.quick)]
    figures += sizes(costs, promised=run.corpus is not None)
    samples = {
        name: {backend: [vars(cost) for cost in own] for backend, own in by.items()} for name, by in costs.items()
    }
    return Part("Journeys: wall time against the same journey alone", figures, samples=samples)


def corpus_journeys(directory: Path) -> Iterator[Journey]:
    """Yield the public applications of a corpus directory. Raises UsageError if it is none."""
    if not (directory / "apps.py").is_file() or not (directory / "journeys.py").is_file():
        raise harness.UsageError(f"{directory}: holds no apps.py and journeys.py; give a corpus with --corpus")
    sys.path.insert(0, str(directory.resolve()))
    try:
        apps, journeys = importlib.import_module("apps"), importlib.import_module("journeys")
    finally:
        sys.path.pop(0)

    def serving(name: str) -> Callable[[], Any]:
        @contextmanager
        def serve() -> Iterator[str]:
            with apps.start(name) as (base_url, _):
                yield base_url

        return serve

    for name in apps.names("public"):
        yield Journey(name, serving(name), journeys.JOURNEYS[name])


def demo_journey() -> Journey:
    """Return the demo shop's journey; its one checkpoint is the end."""
    from harness.demo.journey import journey
    from harness.demo.server import serve_shop

    async def visit(page: Page, base_url: str, mark: Mark) -> None:
        await journey(page, base_url, pace=0)
        await mark(page, "end")

    return Journey("demo shop", serve_shop, visit)


async def unmarked(page: Page, label: str) -> None:
    """Be at a checkpoint without looking at anything."""


def _figures(backend: str, costs: dict[str, dict[str, list[Cost]]], quick: bool) -> Iterator[Figure]:
    """Yield the median over the journeys of each one's median ratio, then each journey's ratio."""

    def ratios(name: str) -> list[float]:
        pairs = zip(costs[name][backend], costs[name]["alone"], strict=True)
        return [cost.wall_s / alone.wall_s for cost, alone in pairs]

    middles = [median(ratios(name)) for name in costs]
    promised = backend == "harness" and not quick
    overall = Spread.of(middles)
    must = f"≤ {MUST}×" if promised else ""
    yield Figure(backend, overall, "×", digits=3, must=must, met=overall.middle <= MUST if promised else None)
    for name in costs:
        found = [cost.size for cost in costs[name][backend] if cost.size is not None]
        size = f" ({median(found) / 1000:,.0f} kB)" if found else ""
        yield Figure(f"  {name}{size}", Spread.of(ratios(name)), "×", digits=3)


def sizes(costs: dict[str, dict[str, list[Cost]]], *, promised: bool) -> Iterator[Figure]:
    """Yield what the recordings take: against the traces of the same journeys, and for a person's minute."""

    def size(name: str, backend: str) -> float:
        return median(cost.size for cost in costs[name][backend] if cost.size is not None)

    shares = [size(name, "harness") / size(name, "tracing") for name in costs]
    total = sum(size(name, "harness") for name in costs) / sum(size(name, "tracing") for name in costs)
    spread = Spread(total, min(shares), max(shares))
    yield Figure("size, harness / tracing, in total", spread, "×", 3, f"≤ {OF_TRACE}×", total <= OF_TRACE)
    minutes = {}
    for name in costs:
        found = [cost.minute_kb for cost in costs[name]["harness"] if cost.minute_kb is not None]
        if found:
            minutes[name] = Spread.of(found)
    if not minutes:
        return
    what = "events of a minute, one action each 2 s"
    overall = Spread.of([minute.middle for minute in minutes.values()])
    # Of real applications: the demo shop shows off canvases and animations at each step.
    if promised:
        yield Figure(what, overall, " kB", 1, f"≤ {MINUTE_KB} kB", overall.middle <= MINUTE_KB)
        most = Spread.of([overall.high])
        yield Figure(f"{what}: most", most, " kB", 1, f"≤ {ONE_MINUTE_KB} kB", overall.high < ONE_MINUTE_KB)
    else:
        yield Figure(what, overall, " kB", 1)
    for name, minute in minutes.items():
        yield Figure(f"  {name}", minute, " kB", 1)


def _minute_kb(path: Path) -> float | None:
    """Return the kB of events, without assets, in 30 actions of a recording; None where there are none."""
    with RecordingReader(path) as reader:
        actions = reader.index.kinds.get("action", 0)
        events = sum(segment.size for segment in reader.index.segments)
    return events / 1000 / actions * ACTIONS_A_MINUTE if actions else None


async def _has_video(browser: Browser, directory: Path) -> bool:
    context = await browser.new_context(record_video_dir=str(directory / "video"))
    try:
        await context.new_page()
    except Error:  # its ffmpeg is not there
        return False
    finally:
        await context.close()
    return True


async def _once(browser: Browser, journey: Journey, backend: str, directory: Path) -> Cost:
    with journey.serve() as base_url:
        video = {"record_video_dir": str(directory)} if backend == "video" else {}
        context = await browser.new_context(viewport=VIEWPORT, locale="en-US", timezone_id="UTC", **video)  # type: ignore[arg-type]
        context.set_default_timeout(TIMEOUT_MS)
        try:
            async with BACKENDS[backend](context, directory):
                page = await context.new_page()
                start = time.perf_counter()
                await journey.visit(page, base_url, unmarked)
                wall_s = time.perf_counter() - start
        finally:
            await context.close()
    files = [file.stat().st_size for file in directory.iterdir()]
    recorded = directory / "run.replay"
    return Cost(wall_s, sum(files) if files else None, _minute_kb(recorded) if recorded.exists() else None)


@asynccontextmanager
async def _alone(_: BrowserContext, __: Path) -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def _harness(context: BrowserContext, directory: Path) -> AsyncIterator[None]:
    async with harness.record(context, directory / "run.replay"):
        yield


@asynccontextmanager
async def _tracing(context: BrowserContext, directory: Path) -> AsyncIterator[None]:
    await context.tracing.start(snapshots=True, screenshots=True, sources=True)
    yield
    await context.tracing.stop(path=directory / "trace.zip")


# Playwright's video needs an ffmpeg of its own, which `playwright install ffmpeg` gets where its downloads are reached.
BACKENDS: dict[str, Callable[[BrowserContext, Path], Any]] = {
    "alone": _alone,
    "harness": _harness,
    "rrweb in batches": stock_rrweb.in_batches,
    "tracing": _tracing,
    "video": _alone,
}
