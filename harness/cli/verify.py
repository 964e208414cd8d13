"""`harness verify`: every checksum and event of a recording, and the place of the first fault."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.fidelity import check_fidelity
from harness.cli.paths import DIRECTORY, PATH
from harness.cli.progress import bar
from harness.cli.units import counted, printable


@click.command()
@click.argument("file", type=PATH)
@click.option("--fidelity", is_flag=True, help="Compare the replay with the looks that --check kept, in a browser.")
@click.option(
    "--pictures",
    type=DIRECTORY,
    help="With --fidelity: a directory for live and replayed pictures of what differs.",
)
@click.option("--browser-path", help="With --fidelity: the browser; else HARNESS_BROWSER_PATH, or the one found.")
@click.pass_context
def command(
    context: click.Context, file: Path, fidelity: bool, pictures: Path | None, browser_path: str | None
) -> None:
    """Check every checksum and event of a recording; exit status 1 and the place of the first fault if there is one.

    With --fidelity: drive the replay to each check of the recording and compare boxes and pixels; the scores are kept
    in the file and shown by `harness info`. Exit status 1 if a check is not reproduced.
    """
    from harness.storage.verify import verify

    if fidelity:
        context.exit(0 if check_fidelity(file, browser_path=browser_path, pictures=pictures) else 1)
    with bar("verifying", of_bytes=True) as progress:
        verdict = verify(file, progress=progress)
    seen = ", ".join(
        counted(count, noun)
        for count, noun in ((verdict.events, "event"), (verdict.segments, "segment"), (verdict.assets, "asset"))
    )
    if verdict.fault is not None:
        click.echo(f"harness: {file}: {printable(verdict.fault)}; before it: {seen}; see `harness recover`", err=True)
        context.exit(1)
    end = "" if verdict.complete else "; the recorder says that it did not end as it should"
    click.echo(f"{file}: good: {seen}{end}")
