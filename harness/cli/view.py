"""`harness view`: a recording, or a directory of them, in the browser."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.paths import PATH


@click.command()
@click.argument("path", metavar="FILE|DIR", type=PATH)
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; default: 8377, or any that is free.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; other than loopback needs a token."
)
@click.option("--no-open", is_flag=True, help="Only print the address.")
def command(path: Path, port: int | None, host: str, no_open: bool) -> None:
    """Open a recording, or a directory of them, in the viewer on 127.0.0.1."""
    from harness.viewer.server import serve

    serve(path, host=host, port=port, open_browser=not no_open)
