"""`harness prune`: old recordings go, failed ones later; without --delete it only says which."""

from __future__ import annotations

import re
import time
from pathlib import Path

import click

from harness.cli.paths import PATH
from harness.cli.units import counted, moment, printable, size

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")


class Age(click.ParamType):  # type: ignore[type-arg]
    """30d, 12h, 2w: a span of time in seconds."""

    name = "AGE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        match = _AGE.fullmatch(str(value).strip().lower())
        if match is None:
            self.fail(f"{value!r} is no age; write 30d, 12h or 2w", param, ctx)
        return float(match[1]) * _UNITS[match[2]]


@click.command()
@click.argument("directory", metavar="[DIR]", default="recordings", type=PATH)
@click.option("--older-than", type=Age(), default="30d", show_default=True, help="Age from which recordings go.")
@click.option("--keep-failed", type=Age(), default="90d", show_default=True, help="Age from which failed ones go.")
@click.option("--delete", is_flag=True, help="Delete them; without it nothing is touched.")
def command(directory: Path, older_than: float, keep_failed: float, delete: bool) -> None:
    """Delete old recordings of a directory and of those below it, with their HTML exports.

    Nothing but recordings is touched: a file is one if its first bytes say so, whatever its name.
    Recordings that did not end as they should count as failed.
    """
    from harness.cli.ls import recordings
    from harness.pruning import old_recordings, remove

    found = list(old_recordings(recordings(directory), time.time(), older_than, max(older_than, keep_failed)))
    for old in found:
        what = "failed" if old.failed else "passed" if old.status == "passed" else "ended"
        verb = "deleted" if delete else "would delete"
        if delete:
            remove(old)
        click.echo(f"{verb} {printable(old.path)}  ({what} {moment(old.ended_ms)}, {size(old.size_bytes)})")
    total = f"{counted(len(found), 'recording')}, {size(sum(old.size_bytes for old in found))}"
    if not found:
        click.echo(f"{printable(directory)}: nothing is old enough")
    elif delete:
        click.echo(f"deleted {total}")
    else:
        click.echo(f"would delete {total}; nothing was touched: add --delete to do it")
