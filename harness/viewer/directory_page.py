"""The list of a directory's recordings, as one HTML page without scripts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from harness.viewer.recordings import Entry

_STYLE = """
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.2rem; font-weight: 600; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .4rem .8rem .4rem 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid #8884; }
td { overflow-wrap: anywhere; } th { font-weight: 600; }
td:first-child { width: 40%; }
.number { text-align: right; white-space: nowrap; padding-right: 2rem; font-variant-numeric: tabular-nums; }
.passed { color: light-dark(#116329, #7ee787); } .failed, .error { color: light-dark(#b31d28, #ff7b72); }
"""


def directory_page(title: str, entries: Iterable[Entry]) -> str:
    """Return the page. What recordings say is escaped, and isolated so that its writing direction stays its own."""
    rows = "".join(_row(entry) for entry in entries)
    table = (
        "<table><thead><tr><th>Recording<th>Status<th class=number>Duration<th class=number>Size<th>Started (UTC)"
        f"</tr></thead><tbody>{rows}</tbody></table>"
        if rows
        else "<p>No recordings here yet. <code>harness run -o DIR SCRIPT.py</code> makes one.</p>"
    )
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<link rel=icon href='data:,'><title>{escape(title)} – recordings</title><style>{_STYLE}</style></head>"
        f"<body><h1>Recordings in <bdi>{escape(title)}</bdi></h1>{table}</body></html>"
    )


def _row(entry: Entry) -> str:
    name = f"<bdi>{escape(entry.name)}</bdi>"
    if entry.error:
        return f"<tr><td>{name}<td colspan=4 class=error><bdi>{escape(entry.error)}</bdi></tr>"
    link = f"<a href='r/{quote(entry.name, safe='')}/'><bdi>{escape(entry.title or entry.name)}</bdi></a>"
    if entry.title:
        link += f"<br><small>{name}</small>"
    status = entry.status if entry.status in ("passed", "failed") else ""
    shown = status or ("" if entry.complete else "not complete")
    started = datetime.fromtimestamp(entry.started_at / 1000, UTC)
    return (
        f"<tr><td>{link}<td class='{status}'>{shown}<td class=number>{_duration(entry.duration_ms)}"
        f"<td class=number>{entry.size_bytes / 1000:,.0f} kB<td>{started:%Y-%m-%d %H:%M:%S}</tr>"
    )


def _duration(ms: float) -> str:
    minutes, seconds = divmod(ms / 1000, 60)
    return f"{minutes:.0f} min {seconds:.0f} s" if minutes else f"{seconds:.1f} s"
