"""What recording adds to a page's main thread, on six pages that change their DOM all at once (benchmarks/pages/).

Ways: nothing; rrweb's own recorder whose `emit` does nothing; `harness.record` with all its trackers, and the binding;
Playwright's tracing with snapshots, screenshots and sources. The time is the processor time of the page's main thread
(Chromium's TaskDuration in thread ticks) from before the change until all that it set off is done, less what the same
page takes by itself. `longest` is the longest task of the recorded page, where the page alone has none as long.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

from playwright.async_api import Browser, BrowserContext

import harness
from benchmarks import stock_rrweb
from benchmarks.chromium import VIEWPORT
from benchmarks.figures import Figure, Part, Run, Spread
from harness.storage import RecordingReader

PAGES = Path(__file__).parent / "pages"
NAMES = ("add", "add-and-remove", "nest", "move", "attributes", "prepend")
ONE_PAGE, LONGEST_MS = 1.2, 50

# Two frames and a batch's time after the change: what a recorder has put off is done by then.
_WORK = """async () => {
    await window.workload();
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await frame(); await frame();
    await new Promise((done) => setTimeout(done, 250));
    await frame();
    return window.longest;
}"""
START = f"""() => {{
    window.longest = 0;
    new PerformanceObserver((list) => {{
        for (const {{ duration }} of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }}).observe({{ type: "longtask" }});
    addEventListener("click", () => {{ window.done = ({_WORK})(); }}, {{ once: true }});
}}"""

Cost = dict[str, float]
Backend = Callable[[BrowserContext, Path], AbstractAsyncContextManager[Any]]


@asynccontextmanager
async def _nothing(context: BrowserContext, directory: Path) -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def _rrweb(context: BrowserContext, directory: Path) -> AsyncIterator[None]:
    start = "addEventListener('DOMContentLoaded', () => rrweb.record({ emit() {} }));"
    await context.add_init_script(f"if (self === self.top) {{ {stock_rrweb.file('rrweb.js')}\n{start} }}")
    yield


@asynccontextmanager
async def _harness(context: BrowserContext, directory: Path) -> AsyncIterator[None]:
    path = directory / "run.replay"
    async with harness.record(context, path, force=True):
        yield
    with RecordingReader(path) as reader:
        if not reader.index.kinds.get("mutation") or reader.index.lost_events:
            raise RuntimeError("the page's changes were not recorded")


@asynccontextmanager
async def _tracing(context: BrowserContext, directory: Path) -> AsyncIterator[None]:
    await context.tracing.start(snapshots=True, screenshots=True, sources=True)
    yield
    await context.tracing.stop(path=directory / "trace.zip")


BACKENDS: dict[str, Backend] = {"nothing": _nothing, "rrweb": _rrweb, "harness": _harness, "tracing": _tracing}


async def run(run: Run) -> Part:
    return await measure(run.browser, run.directory, rounds=1 if run.quick else 11)


async def measure(
    browser: Browser, directory: Path, *, rounds: int, names: tuple[str, ...] = NAMES, backends: tuple[str, ...] = ()
) -> Part:
    """Return the part; all ways take turns on each page, round after round."""
    chosen = backends or tuple(BACKENDS)
    costs: dict[str, dict[str, list[Cost]]] = {name: {backend: [] for backend in chosen} for name in names}
    with serving() as base:
        for number in range(-1, rounds):  # the first round warms up
            for name in names:
                for backend in chosen:
                    cost = await _once(browser, f"{base}/{name}.html", BACKENDS[backend], directory)
                    if number >= 0:
                        costs[name][backend].append(cost)
    return Part("Main-thread time added to six pages", _figures(costs, chosen), samples={"costs": costs})


async def _once(browser: Browser, url: str, backend: Backend, directory: Path) -> Cost:
    context = await browser.new_context(viewport=VIEWPORT)  # type: ignore[arg-type]
    try:
        async with backend(context, directory):
            page = await context.new_page()
            session = await context.new_cdp_session(page)
            await session.send("Performance.enable", {"timeDomain": "threadTicks"})
            await page.goto(url)
            await page.evaluate(START)
            await asyncio.sleep(0.3)
            before = await _task_ms(session)
            await page.mouse.click(5, 5)  # an action, as in a test: tracing looks at the page before and after it
            longest = float(await page.evaluate("() => window.done"))
            return {"task_ms": await _task_ms(session) - before, "longest_ms": longest}
    finally:
        await context.close()


async def _task_ms(session: Any) -> float:
    metrics = (await session.send("Performance.getMetrics"))["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")) * 1000


def _figures(costs: dict[str, dict[str, list[Cost]]], backends: tuple[str, ...]) -> list[Figure]:
    figures = []
    added: dict[str, dict[str, list[float]]] = {backend: {} for backend in backends}
    for name, by in costs.items():
        for backend in backends:
            pairs = zip(by[backend], by["nothing"], strict=True)
            own = [cost["task_ms"] - alone["task_ms"] for cost, alone in pairs]
            if backend == "nothing":
                own = [cost["task_ms"] for cost in by[backend]]
            else:
                added[backend][name] = own
            what = "by itself" if backend == "nothing" else f"added by {backend}"
            figures.append(Figure(f"{name}: {what}", Spread.of(own), " ms"))
        if "harness" in backends:
            alone_ms = median(cost["longest_ms"] for cost in by["nothing"])
            longest = Spread.of([cost["longest_ms"] for cost in by["harness"]])
            if alone_ms < LONGEST_MS:
                met = longest.middle <= LONGEST_MS
                figures.append(Figure(f"{name}: longest task", longest, " ms", must=f"≤ {LONGEST_MS} ms", met=met))
    for peer in ("rrweb", "tracing"):
        if peer in backends and "harness" in backends:
            figures += _against(peer, added["harness"], added[peer])
    return figures


def _against(peer: str, ours: dict[str, list[float]], theirs: dict[str, list[float]]) -> list[Figure]:
    """Return the ratios of what is added, in total and on the worst page: of medians, for single runs jump."""
    total = sum(median(own) for own in ours.values()) / sum(median(own) for own in theirs.values())
    worst = max(median(ours[name]) / max(median(theirs[name]), 1) for name in ours)
    return [
        Figure(f"in total, harness / {peer}", Spread.of([total]), "×", 2, "≤ 1.0×", total <= 1),
        Figure(f"worst page, harness / {peer}", Spread.of([worst]), "×", 2, f"≤ {ONE_PAGE}×", worst <= ONE_PAGE),
    ]


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


class serving:
    """A server for the pages; gives its address."""

    def __enter__(self) -> str:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(PAGES)))
        Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
