"""`harness import`: an rrweb event array becomes a recording."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from harness.cli.paths import PATH
from harness.cli.units import counted, duration, size

LONG_BYTES = 20 << 20  # below this an import is done before a progress bar could be read


@click.command("import")
@click.argument("events", type=PATH)
@click.option("-o", "--output", required=True, type=PATH, help="The recording to write.")
@click.option("--force", is_flag=True, help="Overwrite the output file if it is there.")
@click.option("--partial", is_flag=True, help="Of a file that is cut off, import what comes before that.")
def command(events: Path, output: Path, force: bool, partial: bool) -> None:
    """Make a recording of EVENTS, a JSON array of rrweb events (or a file with one on each line)."""
    from harness.importing.rrweb import import_events

    with _progress(events) as progress:
        done = import_events(events, output, force=force, partial=partial, progress=progress)
    written = output.stat().st_size
    click.echo(f"{output}: {counted(done.events, 'event')} over {duration(done.duration_ms)}, {size(written)}")
    for kind, count in done.not_shown.items():
        click.echo(f"{output}: {counted(count, f'{kind} event')} kept, but the viewer does not show them")
    if done.cut_off:
        click.echo(f"{output}: {done.cut_off}; the rest is missing")


@contextmanager
def _progress(path: Path) -> Iterator[Callable[[int], None]]:
    """Give a function that shows how far the import is: a bar on a terminal, for what takes long; else nothing."""
    total = path.stat().st_size if path.is_file() else 0
    if total < LONG_BYTES or not sys.stderr.isatty():
        yield lambda read: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("importing", total=total)
        yield lambda read: bar.update(task, completed=read)
