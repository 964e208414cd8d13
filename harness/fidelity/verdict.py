"""What is known of a recording's fidelity: the scores that an earlier check wrote into it."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean
from typing import Any

from harness.storage import RecordingReader
from harness.storage.events import parse

GOOD = 0.999  # of layout and of pixels: a checkpoint that is reproduced
WORST = 5
KIND = "fidelity"


def verdict_of(reader: RecordingReader) -> dict[str, Any] | None:
    """Return {checks, good, layout, pixels, worst} of the latest check of a recording, None if there was none.

    `layout` and `pixels` are means from 0 to 1 (`pixels` None without pictures), `worst` the checks with the least.
    """
    latest: dict[tuple[Any, Any, Any], dict[str, Any]] = {}
    for event in _events(reader):
        data = event.get("data")
        if isinstance(data, dict) and isinstance(data.get("layout"), int | float):
            key = event["t"], event.get("page"), data.get("label")
            latest[key] = {"t": event["t"], "page": event.get("page"), **data}
    if not latest:
        return None
    scores = list(latest.values())
    pixels = [score["pixels"] for score in scores if isinstance(score.get("pixels"), int | float)]

    def least(score: dict[str, Any]) -> float:
        known = score.get("pixels")
        return min(float(score["layout"]), float(known) if isinstance(known, int | float) else 1.0)

    return {
        "checks": len(scores),
        "good": sum(least(score) >= GOOD for score in scores),
        "layout": fmean(float(score["layout"]) for score in scores),
        "pixels": fmean(pixels) if pixels else None,
        "worst": sorted((s for s in scores if least(s) < GOOD), key=least)[:WORST],
    }


def _events(reader: RecordingReader) -> Iterator[dict[str, Any]]:
    """Yield the `fidelity` events in the order of the file; they stand in segments of their own at its end."""
    if KIND not in reader.index.kinds:
        return
    texts: list[str] = []
    for number in range(len(reader.index.segments) - 1, -1, -1):
        text = reader.segment_text(number)
        if f'"kind":"{KIND}"' not in text:
            break
        texts.insert(0, text)
    for line in "".join(texts).split("\n"):
        event = parse(line) if line else ""
        if isinstance(event, dict) and event["kind"] == KIND:
            yield event
