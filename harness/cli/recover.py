"""`harness recover`: what can be read of a damaged recording, as a new one."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, readable=False), help="The new recording."
)
@click.option("--force", is_flag=True, help="Overwrite the output file if it is there.")
def command(file: Path, output: Path, force: bool) -> None:
    """Save what can be read of a cut-off or damaged recording, and say what is lost."""
    from harness.storage.recover import recover

    click.echo(f"{output}: {recover(file, output, force=force)}")
