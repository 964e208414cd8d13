"""`python -m benchmarks`: runs the parts, prints a table, writes the figures as JSON."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click
from playwright.async_api import async_playwright
from rich.console import Console
from rich.table import Table

from benchmarks.chart import CHART, chart
from benchmarks.chromium import launch
from benchmarks.figures import Part, Run
from benchmarks.parts import PARTS, SLOW
from harness.errors import HarnessError
from harness.version import __version__

RESULTS = Path("benchmarks/results")


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
@click.option("--quick", is_flag=True, help="Fewer runs and parts: a check, not figures to keep.")
@click.option("--corpus", help="Directory with real applications, their apps.py and journeys.py.")
@click.option("--json", "target", type=click.Path(path_type=Path), help=f"Default: a file in {RESULTS}/.")
def main(parts: tuple[str, ...], quick: bool, corpus: str | None, target: Path | None) -> None:
    """Measure PARTS (default: all) side by side. Exit status 1 if a promised figure is missed."""
    chosen = parts or tuple(name for name in PARTS if not (quick and name in SLOW))
    try:
        done = asyncio.run(_run(chosen, quick, corpus))
    except HarnessError as error:
        click.echo(f"benchmarks: {error}", err=True)
        sys.exit(2)
    _print(done)
    target = target or RESULTS / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    machine = {**_machine(), "harness": __version__, "quick": quick}
    results = {"machine": machine, "parts": [part.as_json() for part in done]}
    target.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    # Only a whole run of full length is what the documentation shows.
    picture = CHART if not parts and not quick else target.with_suffix(".svg")
    picture.write_text(chart([results]), "utf-8")
    click.echo(f"Figures: {target}\nChart: {picture}")
    if quick and not parts:
        click.echo(f"Left out, as this is quick: {', '.join(SLOW)}; name them to run them")
    sys.exit(int(any(figure.met is False for part in done for figure in part.figures)))


async def _run(parts: tuple[str, ...], quick: bool, corpus: str | None) -> list[Part]:
    done: list[Part] = []
    with Console(stderr=True).status("") as status:  # shows nothing in a pipe
        async with async_playwright() as playwright:
            for name in parts:
                status.update(f"{name} ({len(done) + 1} of {len(parts)})")
                began = time.monotonic()
                browser = await launch(playwright)  # one for each part: nothing is left of the one before
                with tempfile.TemporaryDirectory(prefix=f"harness-{name}-") as directory:
                    done.append(await PARTS[name](Run(browser, Path(directory), quick, corpus)))
                await browser.close()
                done[-1].seconds = time.monotonic() - began
    return done


def _print(parts: list[Part]) -> None:
    console = Console(highlight=False)
    for part in parts:
        table = Table(
            title=f"{part.title} [dim]({part.seconds:.0f} s)[/dim]",
            title_justify="left",
            title_style="bold",
            box=None,
            header_style="dim",
        )
        table.add_column("")
        for heading in ("median", "lowest", "highest", "promised", ""):
            table.add_column(heading, justify="right")
        for figure in part.figures:
            spread = (figure.spread.middle, figure.spread.low, figure.spread.high)
            verdict = {None: "", True: "met", False: "[red]missed[/red]"}[figure.met]
            table.add_row(figure.what, *map(figure.shown, spread), figure.must, verdict)
        if part.skipped:
            table.add_row(f"skipped: {part.skipped}")
        console.print(table)
        console.print()


def _machine() -> dict[str, Any]:
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


if __name__ == "__main__":
    main()
