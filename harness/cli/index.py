"""`harness index`: a static list of a directory's recordings, to publish with them."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.paths import PATH
from harness.cli.units import printable
from harness.errors import UsageError


@click.command()
@click.argument("directory", metavar="[DIR]", default="recordings", type=PATH)
def command(directory: Path) -> None:
    """Write index.html into a directory of recordings: their list, without a server and without scripts.

    Recordings that have an HTML export beside them open from it with a click.
    """
    from harness.viewer.static_list import write_list

    if not directory.is_dir():
        raise UsageError(
            f"{directory}: no such directory; tests and `harness run` make one, or name another", path=directory
        )
    try:
        path = write_list(directory)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{directory}: cannot be written: {reason}; make room in it, or ask its owner") from error
    click.echo(f"wrote {printable(path)}")
