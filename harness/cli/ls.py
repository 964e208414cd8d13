"""`harness ls`: the recordings of a directory and of those below it, newest first."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from harness.cli.paths import PATH
from harness.cli.units import duration, moment, printable, size
from harness.errors import HarnessError, UsageError

SUFFIX = ".replay"
SKIPPED = ("node_modules", "__pycache__")


@click.command()
@click.argument("directory", metavar="[DIR]", default=".", type=PATH)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, for programs.")
def command(directory: Path, as_json: bool) -> None:
    """List the recordings of a directory and of those below it, newest first."""
    found = sorted((_entry(path) for path in recordings(directory)), key=lambda e: (-e["started_at"], e["file"]))
    if as_json:
        click.echo(json.dumps(found, indent=2))
    elif not found:
        click.echo(f"{directory}: no recordings here; `harness record URL -o run.replay` makes one")
    else:
        _print(found, directory)


def recordings(directory: Path) -> Iterator[Path]:
    """Yield the .replay files of a directory and of those below it, hidden ones left out.

    Raises UsageError if it is no directory or cannot be read.
    """
    if not directory.is_dir():
        what = (
            "is a file; `harness info` shows it"
            if directory.exists()
            else "no such directory; tests and `harness run` make one, or name another"
        )
        raise UsageError(f"{directory}: {what}", path=directory)
    try:
        next(directory.iterdir(), None)
    except OSError as exc:
        raise UsageError(
            f"{directory}: cannot be listed: {(exc.strerror or str(exc)).lower()}; ask its owner", path=directory
        ) from exc
    for folder, folders, files in os.walk(directory):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in SKIPPED)
        for name in sorted(files):
            if name.endswith(SUFFIX) and not name.startswith("."):
                yield Path(folder, name)


def _entry(path: Path) -> dict[str, Any]:
    """Return one recording in short; of one that cannot be read, `error` says why."""
    from harness.storage import RecordingReader

    try:
        modified_ms = path.stat().st_mtime * 1000
    except OSError:
        modified_ms = 0.0
    try:
        with RecordingReader(path) as reader:
            return {
                "file": str(path),
                "title": reader.header.get("title"),
                "status": reader.index.status,
                "started_at": reader.header["started_at"],
                "duration_ms": reader.index.duration_ms,
                "complete": reader.complete,
                "events": reader.index.events,
                "lost_events": None if reader.index.lost_unknown else reader.index.lost_events,
                "pages": len(reader.index.pages),
                "size_bytes": reader.size_bytes,
                "error": None,
            }
    except HarnessError as exc:
        return {"file": str(path), "started_at": modified_ms, "error": str(exc)}


def _print(found: list[dict[str, Any]], directory: Path) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rows = [_row(entry, directory) for entry in found]
    console = Console(highlight=False)
    if not console.is_terminal:
        for row in rows:
            click.echo("\t".join(row))
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("file", "recorded", "duration", "pages", "events", "size", "status", "title"):
        table.add_column(heading, overflow="fold", no_wrap=heading not in ("file", "title"))
    for entry, row in zip(found, rows, strict=True):
        style = "red" if entry["error"] else ""
        table.add_row(*(Text(cell, style=style) for cell in row))
    console.print(table)


def _row(entry: dict[str, Any], directory: Path) -> list[str]:
    path = Path(entry["file"])
    name = printable(path.relative_to(directory) if path.is_relative_to(directory) else path)
    if entry["error"]:
        why = entry["error"].removeprefix(f"{path}: ")
        return [name, moment(entry["started_at"]), "-", "-", "-", "-", "unreadable", printable(why)]
    return [
        name,
        moment(entry["started_at"]),
        duration(entry["duration_ms"]),
        str(entry["pages"]),
        f"{entry['events']:,}",
        size(entry["size_bytes"]),
        entry["status"] if entry["complete"] else f"{entry['status']}, incomplete",
        printable(entry["title"] or "", 60),
    ]
