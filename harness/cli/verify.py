"""`harness verify`: every checksum and event of a recording, and the place of the first fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from harness.cli.units import counted, printable


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def command(context: click.Context, file: Path) -> None:
    """Check every checksum and event of a recording; exit status 1 and the place of the first fault if there is one."""
    from harness.storage.verify import verify

    with _progress() as progress:
        verdict = verify(file, progress=progress)
    seen = ", ".join(
        counted(count, noun)
        for count, noun in ((verdict.events, "event"), (verdict.segments, "segment"), (verdict.assets, "asset"))
    )
    if verdict.fault is not None:
        click.echo(f"harness: {file}: {printable(verdict.fault)}; before it: {seen}; see `harness recover`", err=True)
        context.exit(1)
    end = "" if verdict.complete else "; the recorder says that it did not end as it should"
    click.echo(f"{file}: good: {seen}{end}")


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """Give a function that draws a bar on a terminal, and None elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    with Progress(BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("")
        yield lambda done, total: bar.update(task, completed=done, total=total)
