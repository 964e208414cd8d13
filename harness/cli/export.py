"""`harness export`: a recording in another form."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from harness.cli.paths import PATH
from harness.errors import UsageError

FORMS = ("har", "html", "json", "png", "rrweb", "script", "video")
OF_A_PAGE = ("png", "rrweb", "video")
LONG_BYTES = 20 << 20  # below this an export is done before a progress bar could be read


@click.command()
@click.argument("form", metavar="|".join(FORMS))
@click.argument("file", type=PATH)
@click.option("-o", "--output", required=True, type=PATH, help="File to write.")
@click.option("--page", type=int, help="png, rrweb, video: this page only; default: the one in use, rrweb: all.")
@click.option("--at", "at_ms", type=float, help="png: the moment, in ms from the recording's start; default: the end.")
@click.option("--fps", type=click.FloatRange(0.1, 60), default=5, show_default=True, help="video: pictures a second.")
@click.option("--browser-path", help="png, video: the browser that draws; else the one that is found.")
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
def command(
    form: str,
    file: Path,
    output: Path,
    page: int | None,
    at_ms: float | None,
    fps: float,
    browser_path: str | None,
    force: bool,
) -> None:
    """Write a recording in another form.

    html: the viewer with the recording in it, one file that opens without a server. json: the events, an array, or a
    line each where the output is called .ndjson or .jsonl. rrweb: the events of each page as rrweb's Replayer takes
    them. har: the requests with their bodies, as HAR 1.2. png: a picture of one moment. video: .mp4, .webm or .gif, by
    ffmpeg. script: a Playwright script that does the same again.
    """
    if form not in FORMS:
        raise UsageError(f"export {form}: there is no such form; choose {', '.join(FORMS)}")
    if page is not None and form not in OF_A_PAGE:
        raise UsageError(f"export {form}: --page is for {', '.join(OF_A_PAGE)} only; leave it out")
    if at_ms is not None and form != "png":
        raise UsageError(f"export {form}: --at is for png only; leave it out")

    from harness.export.output import new_file
    from harness.storage import RecordingReader

    with RecordingReader(file) as reader, new_file(output, source=file, force=force) as target:
        if form == "html":
            from harness.export.html import write_html

            with _progress(reader.size_bytes) as progress:
                write_html(reader, target, progress=progress)
        elif form == "har":
            from harness.export.har import write_har

            write_har(reader, target)
        elif form == "json":
            from harness.export.json_lines import write_json

            write_json(reader, target, lines=output.suffix in (".ndjson", ".jsonl"))
        elif form == "png":
            from harness.export.pictures import write_png

            moment = reader.index.duration_ms if at_ms is None else at_ms
            write_png(reader, target, at_ms=moment, page=page, browser_path=browser_path)
        elif form == "video":
            from harness.cli.progress import bar
            from harness.export.pictures import write_video

            with bar("drawing") as drawn:
                shown = {"progress": drawn} if drawn is not None else {}
                ending = output.suffix.lower()
                write_video(
                    reader, target, form=ending, page=page, frames_per_s=fps, browser_path=browser_path, **shown
                )
        elif form == "script":
            from harness.export.script import write_script

            write_script(reader, target)
        else:
            from harness.export.rrweb import write_rrweb

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
