"""`harness diff`: the first step at which two recordings of the same journey part."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.paths import PATH
from harness.cli.units import counted, duration, printable

if TYPE_CHECKING:
    from harness.replay.parting import Taken


@click.command()
@click.argument("a", type=PATH)
@click.argument("b", type=PATH)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object, for programs.")
@click.pass_context
def command(context: click.Context, a: Path, b: Path, as_json: bool) -> None:
    """Name the first step at which two recordings of the same journey part.

    Exit status 0 if they took the same steps with the same outcomes, 1 if they part.
    """
    from harness.errors import UsageError
    from harness.replay.parting import parting, steps_taken
    from harness.replay.replay import open_replay

    taken = []
    for path in (a, b):
        with open_replay(path) as replay:
            taken.append(steps_taken(replay))
        if not taken[-1]:
            raise UsageError(f"{path}: holds no steps; was it recorded from a person, or without the signal `steps`?")
    found = parting(*taken)
    if as_json:
        parts = None if found is None else {"same_steps": found.number, "what": found.what}
        if found is not None and parts is not None:
            parts |= {"a": found.a and asdict(found.a), "b": found.b and asdict(found.b)}
        click.echo(json.dumps({"steps": [len(steps) for steps in taken], "parting": parts}, indent=2))
    elif found is None:
        click.echo(f"the same: {counted(len(taken[0]), 'step')}, with the same outcomes")
    else:
        click.echo(f"{counted(found.number, 'step')} the same, then {found.what}")
        if found.before is not None:
            click.echo(f"  after    {_line(found.before)}")
        for path, step in ((a, found.a), (b, found.b)):
            click.echo(f"  {printable(path)}")
            click.echo(f"           {_line(step)}")
            if step is not None and step.error is not None:
                click.echo(f"           failed: {printable(step.error)}")
    context.exit(0 if found is None else 1)


def _line(step: Taken | None) -> str:
    if step is None:
        return "no further step"
    place = f"  ({printable(step.file)}:{step.line})" if step.file and step.line else ""
    return f"{printable(step.title, 120)}  at {duration(step.t)}{place}"
