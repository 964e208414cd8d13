"""The digest of a page's layout that a check keeps, and how two of them differ."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from harness.javascript import js_dir, link

MAX_SHIFT = 1  # CSS px that an edge may be off
MASKED = "*"

# place, tag, x, y, width, height, hash of the text or MASKED, length of the text; see js/check/layout.js
Box = tuple[str, str, int, int, int, int, str, int]


@dataclass(frozen=True, slots=True)
class Layout:
    """What js/check/layout.js tells of a page; lengths in CSS px, `now_ms` is epoch ms by the page's clock."""

    boxes: list[Box]
    unseen: list[str]
    masked: list[tuple[float, float, float, float]]
    width: int
    height: int
    scale: float
    url: str
    now_ms: float

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Layout:
        """Raises KeyError, TypeError or ValueError for something else."""
        return cls(
            [_box(box) for box in raw["boxes"]],
            [str(place) for place in raw["unseen"]],
            [(float(x), float(y), float(w), float(h)) for x, y, w, h in raw["masked"]],
            int(raw["width"]),
            int(raw["height"]),
            float(raw["scale"]),
            str(raw.get("url", "")),
            float(raw.get("now", 0)),
        )

    def to_bytes(self) -> bytes:
        """Return what is kept in the recording: JSON, without what the event says already."""
        kept = {"boxes": self.boxes, "unseen": self.unseen, "masked": self.masked}
        kept |= {"width": self.width, "height": self.height, "scale": self.scale}
        return json.dumps(kept, separators=(",", ":")).encode()


def _box(raw: Any) -> Box:
    place, tag, x, y, width, height, text, length = raw
    return str(place), str(tag), int(x), int(y), int(width), int(height), str(text), int(length)


# Of a page in which nothing is masked or hidden: a replay, or a page that is not recorded by us.
PLAIN_SCOPE = "{ closedRootOf: () => null, isMasked: () => false, isHidden: () => false }"


@cache
def layout_script(scope: str = PLAIN_SCOPE) -> str:
    """Return the function, as JavaScript, that returns the layout of the window it is called in.

    `scope` is an expression for the second argument of `layoutOf`.
    """
    return f"() => {link(js_dir() / 'check' / 'layout.js')}.layoutOf(window, {scope})"


def same_share(live: Layout, replay: Layout) -> float:
    """Return the share of boxes that stand in both, from 0 to 1: same tag and text, edges within MAX_SHIFT."""
    there = list(_readable(live, replay))
    left: defaultdict[tuple[str, str], list[Box]] = defaultdict(list)
    for box in there:
        left[box[:2]].append(box)
    found = 0
    for box in live.boxes:
        candidates = left[box[:2]]
        partner = next((other for other in candidates if _same(box, other)), None)
        if partner is not None:
            candidates.remove(partner)
            found += 1
    return found / max(1, len(live.boxes), len(there))


def _readable(live: Layout, replay: Layout) -> Iterator[Box]:
    """Yield the replay's boxes without those in frames that could not be read in the page; all can be in a replay."""
    for box in replay.boxes:
        if not any(box[0].startswith(place) for place in live.unseen):
            yield box


def _same(live: Box, replay: Box) -> bool:
    if live[6] != replay[6] and not (live[6] == MASKED and live[7] == replay[7]):
        return False
    return all(abs(a - b) <= MAX_SHIFT for a, b in zip(live[2:6], replay[2:6], strict=True))
