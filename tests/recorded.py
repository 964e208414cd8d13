"""What the tests ask of a recording: its events by kind, as they stand in the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.storage.reader import RecordingReader

Event = dict[str, Any]


def events_of(path: Path, *kinds: str) -> list[Event]:
    """Return the events of these kinds (all without any), in the file's order; the file must be complete."""
    with RecordingReader(path) as reader:
        assert reader.complete, f"{path} is not complete"
        return [event for event in reader.events() if not kinds or event["kind"] in kinds]


def texts_in(value: Any) -> str:
    """Return all text of serialised nodes in an event's data, joined by line breaks."""
    if isinstance(value, dict):
        own = [value["textContent"]] if isinstance(value.get("textContent"), str) else []
        if isinstance(value.get("value"), str):
            own.append(value["value"])
        return "\n".join(own + [texts_in(part) for part in value.values()])
    if isinstance(value, list):
        return "\n".join(texts_in(part) for part in value)
    return ""


def has_text(path: Path, text: str) -> bool:
    """Whether any snapshot or mutation brought this text."""
    return any(text in texts_in(event["data"]) for event in events_of(path, "snapshot", "mutation"))


def first(path: Path, kind: str, matches: Callable[[Event], bool] = lambda event: True) -> Event:
    """Return the first event of a kind that matches; fails the test if there is none."""
    return next(event for event in events_of(path, kind) if matches(event))
