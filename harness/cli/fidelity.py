"""How the commands check a replay against its recording's checks, and tell of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harness.cli.progress import bar
from harness.cli.units import counted, duration, printable


def shares(score: dict[str, Any]) -> str:
    """Return "layout 99.95 %, pixels 99.98 %"."""
    pixels = score.get("pixels")
    return f"layout {score['layout']:.2%}" + ("" if pixels is None else f", pixels {pixels:.2%}")


def worst_line(score: dict[str, Any]) -> str:
    """Return one check in a line."""
    fault = f": {printable(score['fault'])}" if score.get("fault") else ""
    return f"{duration(score['t'])}  page {score['page']}  {printable(score['label'], 60)}  {shares(score)}{fault}"


def check_fidelity(file: Path, *, browser_path: str | None = None, pictures: Path | None = None) -> bool:
    """Compare the replay with the recording's checks, keep the scores in the file, and print them.

    Returns whether every check is reproduced. Raises what `harness.fidelity.verify.measure` raises.
    """
    from harness.fidelity.verify import check_and_keep

    with bar("checking") as progress:
        scores = check_and_keep(file, browser_path=browser_path, pictures=pictures, progress=progress)
    good = sum(score.good for score in scores)
    layout = sum(score.layout for score in scores) / len(scores)
    known = [score.pixels for score in scores if score.pixels is not None]
    mean = {"layout": layout, "pixels": sum(known) / len(known) if known else None}
    click.echo(f"{file}: fidelity: {good} of {counted(len(scores), 'check')} reproduced; {shares(mean)}")
    for score in sorted((s for s in scores if not s.good), key=lambda s: s.worst):
        entry = {"t": score.check.t, "page": score.check.page, "label": score.check.label, "fault": score.fault}
        click.echo(f"  {worst_line({**entry, 'layout': score.layout, 'pixels': score.pixels})}")
    return good == len(scores)
