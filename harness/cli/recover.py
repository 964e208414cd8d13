"""`harness recover`: what can be read of a damaged recording, as a new one."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.paths import PATH


@click.command()
@click.argument("file", type=PATH)
@click.option("-o", "--output", required=True, type=PATH, help="The new recording.")
@click.option("--force", is_flag=True, help="Overwrite the output file if it is there.")
def command(file: Path, output: Path, force: bool) -> None:
    """Save what can be read of a cut-off or damaged recording, and say what is lost."""
    from harness.storage.recover import recover

    click.echo(f"{output}: {recover(file, output, force=force)}")
