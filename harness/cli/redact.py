"""`harness redact`: a recording without the secrets that are in it."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.paths import PATH
from harness.cli.scan import given_values, value_options
from harness.cli.units import counted


@click.command()
@click.argument("file", type=PATH)
@click.option("-o", "--output", required=True, type=PATH, help="The new recording.")
@click.option("--force", is_flag=True, help="Overwrite the output file if it is there.")
@value_options
@click.pass_context
def command(
    context: click.Context,
    file: Path,
    output: Path,
    force: bool,
    values: tuple[str, ...],
    values_from: Path | None,
    secret_env: tuple[str, ...],
    no_shapes: bool,
    patterns: bool,
) -> None:
    """Write FILE anew with every secret in it as asterisks, and look through the new file.

    Exit status 1 if something is left that cannot be taken out, such as a picture or packed data that holds a secret.
    """
    from harness.privacy.rewrite import Mask, redact
    from harness.privacy.scan import Wanted, scan

    given = given_values(values, values_from, secret_env)
    result = redact(file, output, Mask(given, shapes=not no_shapes, patterns=patterns), force=force)
    changed = f"{counted(result.segments, 'segment')} and {counted(result.assets, 'asset')}"
    click.echo(f"{output}: {changed} are other than in {file}")
    left = list(scan(output, Wanted(given, shapes=not no_shapes, patterns=patterns)))
    for find in left[:20]:
        click.echo(f"harness: {output}: still there: {find}", err=True)
    if left:
        context.exit(1)
