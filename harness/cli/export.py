"""`harness export`: a recording in another form."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from harness.errors import UsageError

FORMS = ("har", "html", "json", "rrweb")
LATER = ("png", "script", "video")
LONG_BYTES = 20 << 20  # below this an export is done before a progress bar could be read


@click.command()
@click.argument("form", metavar="har|html|json|rrweb")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="File to write.")
@click.option("--page", type=int, help="rrweb: the events of this page only, as one array.")
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
def command(form: str, file: Path, output: Path, page: int | None, force: bool) -> None:
    """Write a recording in another form.

    html: the viewer with the recording in it, one file that opens without a server. json: the events, an array, or a
    line each where the output is called .ndjson or .jsonl. rrweb: the events of each page as rrweb's Replayer takes
    them. har: the requests with their bodies, as HAR 1.2.
    """
    if form in LATER:
        raise UsageError(f"export {form}: comes with a later version; this one writes {', '.join(FORMS)}")
    if form not in FORMS:
        raise UsageError(f"export {form}: there is no such form; choose {', '.join(FORMS)}")
    if page is not None and form != "rrweb":
        raise UsageError(f"export {form}: --page is for rrweb only; leave it out")

    from harness.export.har import write_har
    from harness.export.html import write_html
    from harness.export.json_lines import write_json
    from harness.export.output import new_file
    from harness.export.rrweb import write_rrweb
    from harness.storage import RecordingReader

    with RecordingReader(file) as reader, new_file(output, source=file, force=force) as target:
        if form == "html":
            with _progress(reader.size_bytes) as progress:
                write_html(reader, target, progress=progress)
        elif form == "har":
            write_har(reader, target)
        elif form == "json":
            write_json(reader, target, lines=output.suffix in (".ndjson", ".jsonl"))
        else:
            write_rrweb(reader, target, page=page)
    click.echo(f"{output}: {output.stat().st_size / 1000:,.0f} kB")


@contextmanager
def _progress(size_bytes: int) -> Iterator[Callable[[int, int], None]]:
    """Give a function that shows how far the export is: a bar on a terminal, for what takes long; else nothing."""
    if size_bytes < LONG_BYTES or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("exporting", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
