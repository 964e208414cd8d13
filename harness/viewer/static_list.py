"""`index.html` for a directory of recordings: the list as a file, without a server and without scripts.

It is meant to be published with the recordings, as an artifact of any CI. A recording that has an HTML export beside it
opens with a click; the others are downloads, and the page says how to open them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import quote

from harness.viewer.policy import STATIC_LIST
from harness.viewer.recordings import Entry, Recordings

FILE = "index.html"
_MADE_BY = "<meta name=generator content='harness index'>"
_STYLE = """
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.2rem; font-weight: 600; margin: 0 0 .3rem; overflow-wrap: anywhere; }
p { margin: 0 0 1.2rem; opacity: .75; } code { font: .92em ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .45rem 1rem .45rem 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid #8884; }
th { font-weight: 600; opacity: .75; } td { overflow-wrap: anywhere; }
small { opacity: .75; } td small { display: block; }
.said { opacity: 1; font: .86em ui-monospace, monospace; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.failed, .error { color: light-dark(#b31d28, #ff7b72); } .passed { color: light-dark(#116329, #7ee787); }
td:nth-child(2) { white-space: nowrap; }
"""


def write_list(directory: Path, said: Mapping[str, str] | None = None) -> Path:
    """Write `index.html` into the directory and return its path; failed recordings stand first, newest first.

    `said` has, by file name, a line on what happened.

    Raises OSError where it cannot be written. An `index.html` that harness did not make stays as it is.
    """
    target = directory / FILE
    if target.exists() and _MADE_BY not in target.read_text("utf-8", errors="replace")[:1000]:
        return target
    entries = Recordings(directory).entries()
    entries.sort(key=lambda entry: entry.status != "failed")  # stable: newest first within
    part = directory / f".{os.getpid()}-{FILE}.part"
    part.write_text(list_page(directory, entries, said or {}), encoding="utf-8")
    part.replace(target)
    return target


def list_page(directory: Path, entries: list[Entry], said: Mapping[str, str]) -> str:
    """Return the page. What recordings say is escaped, and isolated so that its writing direction stays its own."""
    failed = sum(entry.status == "failed" for entry in entries)
    counts = f"{len(entries)} recordings, {failed} failed"
    rows = "".join(_row(directory, entry, said.get(entry.name, "")) for entry in entries)
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8>{_MADE_BY}"
        f'<meta http-equiv=Content-Security-Policy content="{escape(STATIC_LIST)}">'
        "<meta name=viewport content='width=device-width'><link rel=icon href='data:,'>"
        f"<title>Recordings: {failed} failed</title><style>{_STYLE}</style></head>"
        f"<body><h1>Recordings</h1><p>{counts}. A <code>.replay</code> file opens with "
        "<code>harness view FILE</code>, this directory with <code>harness view .</code></p>"
        "<table><thead><tr><th>Recording<th>Status<th class=number>Duration<th class=number>Size<th>Started (UTC)"
        f"</tr></thead><tbody>{rows}</tbody></table></body></html>\n"
    )


def _row(directory: Path, entry: Entry, said: str) -> str:
    file = f"<a href='{quote(entry.name)}' download><bdi>{escape(entry.name)}</bdi></a>"
    if entry.error:
        return f"<tr><td>{file}<td colspan=4 class=error><bdi>{escape(entry.error)}</bdi></tr>\n"
    export = Path(entry.name).with_suffix(".html")
    title = f"<bdi>{escape(entry.title or entry.name)}</bdi>"
    if (directory / export).is_file():
        title = f"<a href='{quote(str(export))}'>{title}</a>"
    what = f"<small class='said'><bdi>{escape(said[:300])}</bdi></small>" if said else ""
    status = entry.status if entry.status in ("passed", "failed") else ""
    shown = status + ("" if entry.complete else f"{', ' if status else ''}cut off")
    started = datetime.fromtimestamp(entry.started_at / 1000, UTC)
    minutes, seconds = divmod(entry.duration_ms / 1000, 60)
    duration = f"{minutes:.0f} min {seconds:.0f} s" if minutes else f"{seconds:.1f} s"
    return (
        f"<tr><td>{title}{what}<small>{file}</small><td class='{status}'>{shown}<td class=number>{duration}"
        f"<td class=number>{entry.size_bytes / 1000:,.0f} kB<td>{started:%Y-%m-%d %H:%M:%S}</tr>\n"
    )
