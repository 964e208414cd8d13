"""pytest-html: the player inside the report, from a file beside it, or in it where the report is one file."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from harness.pytest.saved import Saved, view_command

# A report that is one file holds every player in it; beyond this, the rest are links.
MAX_INLINE_BYTES = 60_000_000
_inline_bytes = pytest.StashKey[int]()

_FRAME = (
    "<details class='harness-recording'><summary>Recording of {title}</summary>"
    "<iframe {source} loading='lazy' allow='fullscreen' title='{title}' "
    "style='width:100%;height:75vh;min-height:30rem;border:1px solid #8888;border-radius:4px'></iframe>"
    "<p><a href='{link}'>{name}</a> – <code>{command}</code></p></details>"
)


def add_extras(config: pytest.Config, report: Any, saved: list[Saved]) -> None:
    """Add the players to the report of a test, in the form in which pytest-html takes extras."""
    html = getattr(config.option, "htmlpath", None)
    if not html or not saved:
        return
    place = Path(config.invocation_params.dir, os.path.expandvars(html)).expanduser().parent
    single = bool(getattr(config.option, "self_contained_html", False))
    extras = getattr(report, "extras", [])
    for entry in saved:
        content = _player(config, entry, place, single=single)
        extras.append({"name": None, "format_type": "html", "content": content, "mime_type": None, "extension": None})
    report.extras = extras


def escape_nodeid(report: Any, cells: list[str]) -> None:
    """Make the node id of a row of the report text: pytest-html (4.2 and before) puts it there as markup."""
    nodeid = report.nodeid
    for number, cell in enumerate(cells):
        if cell.startswith('<td class="col-testId">') and nodeid != escape(nodeid) and nodeid in cell:
            cells[number] = cell.replace(nodeid, escape(nodeid))


def _player(config: pytest.Config, entry: Saved, place: Path, *, single: bool) -> str:
    link = _link(entry.path, place)
    source = ""
    if entry.html is not None:
        size = Path(entry.html).stat().st_size
        used = config.stash.get(_inline_bytes, 0)
        if single and used + size <= MAX_INLINE_BYTES:
            config.stash[_inline_bytes] = used + size
            source = f"srcdoc='{escape(Path(entry.html).read_text('utf-8'))}'"
        else:
            source = f"src='{_link(entry.html, place)}'"
    return _FRAME.format(
        title=escape(entry.title),
        source=source,
        link=link,
        name=escape(Path(entry.path).name),
        command=escape(view_command(Path(entry.path).name)),
    )


def _link(path: str, place: Path) -> str:
    try:
        return quote(Path(os.path.relpath(path, place)).as_posix())
    except ValueError:  # another drive
        return escape(Path(path).as_uri())
