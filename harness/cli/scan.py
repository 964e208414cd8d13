"""`harness scan`: whether a recording, or anything made of one, holds a secret."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from harness.cli.paths import PATH
from harness.cli.progress import bar
from harness.cli.units import counted, printable, size

MAX_SHOWN = 100
F = TypeVar("F", bound=Callable[..., Any])


def value_options(command: F) -> F:
    """Add the options that say what is looked for; `given_values` reads them."""
    options = [
        click.option("--value", "values", multiple=True, help="A value to look for."),
        click.option("--values-from", type=PATH, help="A file with a value on each line."),
        click.option(
            "--secret-env", multiple=True, metavar="NAME", help="An environment variable whose value to look for."
        ),
        click.option("--no-shapes", is_flag=True, help="Not the secrets that are known by their shape."),
        click.option("--patterns", is_flag=True, help="E-mail addresses, card and telephone numbers and the like too."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def given_values(values: tuple[str, ...], values_from: Path | None, secret_env: tuple[str, ...]) -> frozenset[str]:
    """Return the values of the options above. Raises UsageError where there is none."""
    from harness.errors import UsageError
    from harness.privacy.settings import secret_of

    given = {*values, *(secret_of(name) for name in secret_env)}
    if values_from is not None:
        try:
            given |= {line.strip() for line in values_from.read_text("utf-8").splitlines() if line.strip()}
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{values_from}: cannot be read as text; give a file with a value on each line") from error
    return frozenset(given)


@click.command()
@click.argument("files", nargs=-1, required=True, type=PATH, metavar="FILE…")
@value_options
@click.pass_context
def command(
    context: click.Context,
    files: tuple[Path, ...],
    values: tuple[str, ...],
    values_from: Path | None,
    secret_env: tuple[str, ...],
    no_shapes: bool,
    patterns: bool,
) -> None:
    """Look for secrets in recordings and exports, decoded; exit status 1 and the place of each that is found."""
    from harness.privacy.scan import Scanned, Wanted, scan

    wanted = Wanted(given_values(values, values_from, secret_env), shapes=not no_shapes, patterns=patterns)
    total = 0
    for file in files:
        scanned, found = Scanned(), 0
        with bar(f"looking through {file.name}", of_bytes=True) as progress:
            for find in scan(file, wanted, scanned=scanned, progress=progress):
                found += 1
                if found <= MAX_SHOWN:
                    click.echo(f"{file}: {printable(find, 400)}")
        if found > MAX_SHOWN:
            click.echo(f"{file}: and {found - MAX_SHOWN:,} more")
        if not found:
            parts = (
                f"{counted(scanned.segments, 'segment')}, {counted(scanned.assets, 'asset')}"
                if scanned.segments or scanned.assets
                else size(scanned.bytes)
            )
            click.echo(f"{file}: nothing found in {parts}")
        total += found
    if total:
        context.exit(1)
