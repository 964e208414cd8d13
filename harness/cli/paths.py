"""The types of arguments that name files and directories.

Whether one may be read is not asked here: the command that opens it says what is wrong and what to do next, which
click's own words do not.
"""

from __future__ import annotations

from pathlib import Path

import click

PATH = click.Path(path_type=Path, readable=False)
DIRECTORY = click.Path(path_type=Path, readable=False, file_okay=False)
