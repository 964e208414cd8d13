"""The list of a directory's recordings, as one HTML page; `directory.js` adds filters, pictures, and keeps it fresh."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from harness.viewer.recordings import Entry


def directory_page(title: str, entries: Iterable[Entry]) -> str:
    """Return the page. What recordings say is escaped, and isolated so that its writing direction stays its own."""
    rows = "".join(_row(entry) for entry in entries)
    empty = "<p class=empty>No recordings here yet. <code>harness run -o DIR SCRIPT.py</code> makes one.</p>"
    return (
        "<!doctype html><html lang=en class=directory><head><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'>"
        f"<link rel=icon href='data:,'><title>{escape(title)} – recordings</title>"
        "<link rel=stylesheet href='/static/viewer.css'><link rel=stylesheet href='/static/window.css'>"
        "<link rel=stylesheet href='/static/directory.css'><script type=module src='/static/directory.js'></script>"
        f"</head><body><header class=directory-head><h1>Recordings in <bdi>{escape(title)}</bdi></h1></header>"
        "<main><table class=recordings><thead><tr><th class=shot><span class=offscreen>Picture</span>"
        "<th>Recording<th>Status<th class=number>Duration<th class=number>Size"
        "<th class=number>Started (UTC)</tr></thead>"
        f"<tbody>{rows}</tbody></table>{'' if rows else empty}</main></body></html>"
    )


def _row(entry: Entry) -> str:
    name = f"<bdi>{escape(entry.name)}</bdi>"
    words = f"{entry.title} {entry.name}".lower()
    state = _state(entry)
    data = f"data-name='{escape(entry.name)}' data-status='{state}' data-words='{escape(words)}'"
    if entry.error:
        return f"<tr {data}><td class=shot><td>{name}<td colspan=4 class=error><bdi>{escape(entry.error)}</bdi></tr>"
    link = f"<a href='r/{quote(entry.name, safe='')}/'><bdi>{escape(entry.title or entry.name)}</bdi></a>"
    if entry.title:
        link += f"<small>{name}</small>"
    started = datetime.fromtimestamp(entry.started_at / 1000, UTC)
    shown = {"unknown": "", "incomplete": "not complete"}.get(state, state)
    status = f"<span class=status data-status='{state}'>{shown}</span>" if shown else ""
    return (
        f"<tr {data} data-version='{entry.size_bytes}-{entry.duration_ms:.0f}'><td class=shot><td class=what>{link}"
        f"<td>{status}<td class=number>{_duration(entry.duration_ms)}<td class=number>{entry.size_bytes / 1000:,.0f} kB"
        f"<td class=number><time datetime='{started:%Y-%m-%dT%H:%M:%SZ}'>{started:%Y-%m-%d %H:%M:%S}</time></tr>"
    )


def _state(entry: Entry) -> str:
    if entry.error:
        return "unreadable"
    if entry.running:
        return "running"
    if entry.status in ("passed", "failed"):
        return entry.status
    return "unknown" if entry.complete else "incomplete"


def _duration(ms: float) -> str:
    minutes, seconds = divmod(ms / 1000, 60)
    return f"{minutes:.0f} min {seconds:.0f} s" if minutes else f"{seconds:.1f} s"
