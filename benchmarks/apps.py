"""`make test-apps`: real applications recorded and replayed, a line for each: checkpoints, layout, pixels.

Each journey is made twice in one run, once recorded by harness and once by stock rrweb; the application is stopped
before the replay, so what a recording does not hold cannot show. Exit status 1 if a checkpoint of harness's falls below
`LEAST`, or fewer than `MUST` of all are reproduced.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

import click
from playwright.async_api import Browser, Page, async_playwright
from rich.console import Console
from rich.table import Table

import harness
from benchmarks.chromium import VIEWPORT, launch
from benchmarks.journeys import TIMEOUT_MS, Journey, corpus_journeys, demo_journey
from benchmarks.stock_rrweb import StockRecorder, StockReplay
from harness.errors import HarnessError
from harness.fidelity.layout import Layout, layout_script, same_share
from harness.fidelity.pixels import equal_share
from harness.fidelity.verdict import GOOD
from harness.fidelity.verify import measure

MUST, LEAST = 0.98, 0.98
SETTLE_MS = 400


@dataclass
class Scores:
    """(label, layout, pixels) of each checkpoint; `fault` says why a journey ended early."""

    checkpoints: list[tuple[str, float, float]] = field(default_factory=list)
    fault: str | None = None

    @property
    def good(self) -> int:
        return sum(min(layout, pixels) >= GOOD for _, layout, pixels in self.checkpoints)

    @property
    def least(self) -> float:
        return min((min(layout, pixels) for _, layout, pixels in self.checkpoints), default=0.0)

    def cells(self) -> list[str]:
        if not self.checkpoints:
            return ["-", "-", "-", "-"]
        layout = fmean(layout for _, layout, _ in self.checkpoints)
        pixels = fmean(pixels for _, _, pixels in self.checkpoints)
        return [f"{self.good}/{len(self.checkpoints)}", f"{layout:.4f}", f"{pixels:.4f}", f"{self.least:.3f}"]


@click.command()
@click.argument("names", nargs=-1)
@click.option("--corpus", help="Directory with real applications, their apps.py and journeys.py; else the demo shop.")
@click.option("--without-rrweb", is_flag=True, help="Leave stock rrweb out.")
@click.option("--pictures", type=click.Path(path_type=Path), help="Where pictures of what differs are written.")
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write the scores there.")
def main(
    names: tuple[str, ...], corpus: str | None, without_rrweb: bool, pictures: Path | None, target: Path | None
) -> None:
    """Record and replay the applications NAMES (default: all)."""
    try:
        results = asyncio.run(_run(names, corpus, not without_rrweb, pictures))
    except HarnessError as error:
        click.echo(f"test-apps: {error}", err=True)
        sys.exit(2)
    if target is not None:
        target.write_text(json.dumps({name: {k: vars(v) for k, v in own.items()} for name, own in results.items()}))
    ours = [own["harness"] for own in results.values()]
    total, good = sum(len(scores.checkpoints) for scores in ours), sum(scores.good for scores in ours)
    least = min((scores.least for scores in ours), default=0.0)
    click.echo(f"{good} of {total} checkpoints reproduced (layout and pixels ≥ {GOOD}); the least is {least:.3f}")
    sys.exit(int(total == 0 or good < MUST * total or least < LEAST or any(scores.fault for scores in ours)))


async def _run(
    names: tuple[str, ...], corpus: str | None, with_rrweb: bool, pictures: Path | None
) -> dict[str, dict[str, Scores]]:
    journeys = list(corpus_journeys(Path(corpus))) if corpus else [demo_journey()]
    unknown = set(names) - {journey.name for journey in journeys}
    if unknown:
        raise harness.UsageError(f"{', '.join(sorted(unknown))}: no such application; there are: "
                                 f"{', '.join(journey.name for journey in journeys)}")  # fmt: skip
    results: dict[str, dict[str, Scores]] = {}
    console = Console(highlight=False)
    with Console(stderr=True).status("") as status:  # shows nothing in a pipe
        async with async_playwright() as playwright:
            browser = await launch(playwright)
            for journey in journeys:
                if names and journey.name not in names:
                    continue
                status.update(journey.name)
                results[journey.name] = own = {}
                with tempfile.TemporaryDirectory(prefix="harness-apps-") as directory:
                    own["harness"] = await _by_harness(browser, journey, Path(directory), pictures)
                if with_rrweb:
                    own["rrweb"] = await _by_rrweb(browser, journey)
                for name, scores in own.items():
                    if scores.fault:
                        console.print(f"{journey.name}, recorded by {name}, ended early: {scores.fault}")
            await browser.close()
    console.print(_table(results, with_rrweb))
    return results


def _table(results: dict[str, dict[str, Scores]], with_rrweb: bool) -> Table:
    table = Table(box=None, header_style="dim")
    table.add_column("", no_wrap=True)
    for name in ("harness", "rrweb") if with_rrweb else ("harness",):
        for heading in (name, "layout", "pixels", "least"):
            table.add_column(heading, justify="right", no_wrap=True)
    for name, own in results.items():
        table.add_row(name, *(cell for scores in own.values() for cell in scores.cells()))
    return table


async def _by_harness(browser: Browser, journey: Journey, directory: Path, pictures: Path | None) -> Scores:
    """Record with a check at every checkpoint, stop the application, and let the product compare."""
    path, scores = directory / "run.replay", Scores()
    with journey.serve() as base_url:
        context = await _context(browser)
        async with harness.record(context, path, title=journey.name) as recording:

            async def mark(page: Page, label: str) -> None:
                await page.wait_for_timeout(SETTLE_MS)
                await recording.mark(label, check=True)

            scores.fault = await _visit(journey, await context.new_page(), base_url, mark)
        await context.close()
    folder = pictures / journey.name if pictures else None
    for score in await asyncio.to_thread(measure, path, pictures=folder):
        pixels = 0.0 if score.pixels is None else score.pixels
        scores.checkpoints.append((score.check.label, score.layout, pixels))
    return scores


async def _by_rrweb(browser: Browser, journey: Journey) -> Scores:
    scores, recorder = Scores(), StockRecorder()
    looks: list[tuple[Page, str, float, Layout, bytes]] = []
    with journey.serve() as base_url:
        context = await _context(browser)
        await recorder.start(context)

        async def mark(page: Page, label: str) -> None:
            await page.wait_for_timeout(SETTLE_MS)
            await recorder.flush(page)
            layout = Layout.from_json(await page.evaluate(layout_script()))
            png = await page.screenshot(animations="allow", caret="initial")
            looks.append((page, label, layout.now_ms, layout, png))

        scores.fault = await _visit(journey, await context.new_page(), base_url, mark)
        await context.close()
    for page in dict.fromkeys(look[0] for look in looks):
        own = [look for look in looks if look[0] is page]
        try:
            replay = await StockReplay.open(browser, recorder.events.get(page, []), viewport=VIEWPORT)
        except Exception:  # rrweb gives up on a recording in many ways; all of them mean that nothing is shown
            scores.checkpoints += [(label, 0.0, 0.0) for _, label, _, _, _ in own]
            continue
        for _, label, now_ms, live, png in own:
            scores.checkpoints.append((label, *await _compared(replay, now_ms, live, png)))
        await replay.page.close()
    return scores


async def _compared(replay: StockReplay, now_ms: float, live: Layout, png: bytes) -> tuple[float, float]:
    try:
        frame = await replay.seek(now_ms)
        await replay.page.wait_for_timeout(SETTLE_MS)
        shown = await frame.content_frame()
        assert shown is not None
        layout = Layout.from_json(await shown.evaluate(layout_script()))
        picture = await frame.screenshot(animations="allow", caret="initial")
    except Exception:  # see above
        return 0.0, 0.0
    return same_share(live, layout), equal_share(png, picture, [], 1)


async def _context(browser: Browser) -> Any:
    context = await browser.new_context(viewport=VIEWPORT, locale="en-US", timezone_id="UTC", service_workers="block")  # type: ignore[arg-type]
    context.set_default_timeout(TIMEOUT_MS)
    return context


async def _visit(journey: Journey, page: Page, base_url: str, mark: Any) -> str | None:
    """Make the journey; return what ended it early, if anything did."""
    start = time.monotonic()
    try:
        await journey.visit(page, base_url, mark)
    except Exception as error:
        lines = str(error).splitlines()
        return f"{type(error).__name__}: {lines[0] if lines else ''} (after {time.monotonic() - start:.0f} s)"
    return None


if __name__ == "__main__":
    main()
