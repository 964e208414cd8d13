"""Room for a run: what is beyond it goes, the oldest recordings of passing tests first, of failing ones last."""

from __future__ import annotations

from pathlib import Path

from harness.pytest.saved import Saved

MB = 1_000_000


def beyond(saved: list[Saved], limit_mb: float) -> list[Saved]:
    """Return those that have to go so that the rest is within the limit, in the order in which they go."""
    left = sum(map(size_of, saved)) - limit_mb * MB
    gone = []
    for entry in sorted(saved, key=lambda entry: (entry.failed, entry.ended_at)):
        if left <= 0:
            break
        gone.append(entry)
        left -= size_of(entry)
    return gone


def size_of(entry: Saved) -> int:
    """Return the bytes of a recording with its export."""
    try:
        return entry.size_bytes + (Path(entry.html).stat().st_size if entry.html else 0)
    except OSError:
        return entry.size_bytes


def remove(entry: Saved) -> None:
    for path in (entry.path, entry.html):
        if path is not None:
            Path(path).unlink(missing_ok=True)
