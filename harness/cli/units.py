"""How the commands show quantities, and text that came from a recorded page."""

from __future__ import annotations

from datetime import datetime


def printable(text: object, width: int = 200) -> str:
    """Return text of a page so that it can do nothing to a terminal: one line, no control characters, not too long."""
    line = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(text))
    return line if len(line) <= width else line[: width - 1] + "…"


def duration(milliseconds: float) -> str:
    """Return 12.4 s, 3:05 or 1:02:03."""
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    hours, minutes = divmod(round(seconds), 3600)
    minutes, rest = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size(count: int) -> str:
    """Return 512 bytes, 81 kB or 12.3 MB."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def moment(epoch_ms: float) -> str:
    """Return a date and time in this machine's time zone."""
    try:
        return f"{datetime.fromtimestamp(epoch_ms / 1000).astimezone():%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return "?"


def counted(count: int, noun: str) -> str:
    """Return 1 segment, 2 segments, 1,000 segments."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
