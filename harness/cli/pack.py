"""`harness pack` and `harness unpack`: recordings of a directory share their assets."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from harness.cli.paths import PATH
from harness.cli.units import counted, size


@click.command("pack")
@click.argument("directory", type=PATH)
def command(directory: Path) -> None:
    """Let the recordings in DIRECTORY share stylesheets, images and fonts that several of them have."""
    _run(directory, "packing", undo=False)


@click.command("unpack")
@click.argument("directory", type=PATH)
def unpack_command(directory: Path) -> None:
    """Give the recordings in DIRECTORY all their assets again: each can be moved and sent by itself."""
    _run(directory, "unpacking", undo=True)


def _run(directory: Path, doing: str, *, undo: bool) -> None:
    from harness.storage.pack import pack, unpack

    with _progress(doing) as progress:
        outcome = (unpack if undo else pack)(directory, progress=progress)
    for _, reason in outcome.left or ():
        click.echo(f"left alone: {reason}", err=True)
    did = f"{counted(outcome.changed, 'recording')} {'unpacked' if undo else 'packed'}"
    click.echo(f"{directory}: {did}, {size(outcome.before_bytes)} before, {size(outcome.after_bytes)} now")


@contextmanager
def _progress(doing: str) -> Iterator[Callable[[int, int], None]]:
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
