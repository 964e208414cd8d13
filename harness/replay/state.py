"""What a document shows besides its tree: the last event of each kind that still counts.

A checkpoint is the tree and these events, so that a reader who starts there comes to what one sees who read everything
before. `KEPT` names, for each such kind, what a later event takes the place of; a new kind of event that the viewer
shows needs a line there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import orjson

from harness.replay.nodes import Node

Data = dict[str, Any]
# What an event with the same key replaces; None: nothing, it counts as long as the document lives.
Key = Callable[[Data], Hashable]

# rrweb's MouseInteractions and media events
_DOWN, _FOCUS, _BLUR, _TOUCH_START = 1, 5, 6, 7
_PLAY, _PAUSE = 0, 1


def _by_id(data: Data) -> Hashable:
    return int(data["id"])


def _mouse(data: Data) -> Hashable:
    """Focus stays while buttons are pressed; whether it shows is a matter of presses, where the pointer is of all."""
    if data["type"] in (_FOCUS, _BLUR):
        return "focus"
    return "press" if data["type"] in (_DOWN, _TOUCH_START) else "button"


def _media(data: Data) -> Hashable:
    """Volume or speed may change after the last play or pause, which still says whether it runs."""
    return int(data["id"]), data["type"] in (_PLAY, _PAUSE)


def _defined(data: Data) -> Hashable:
    return str(data["define"]["name"])


# None: one event for the whole document, known without a look into it.
KEPT: dict[str, Key | None] = {
    "meta": None,
    "viewport": None,
    "visual-viewport": None,
    "url": None,
    "title": None,
    "selection": lambda data: str(data.get("document")),
    "key": None,
    "mousemove": None,
    "touchmove": None,
    "drag": None,
    "mouse": _mouse,
    "input": _by_id,
    "control": _by_id,
    "scroll": _by_id,
    "canvas": _by_id,
    "top-layer": None,
    "picker": None,
    "focus": None,
    "text-selection": None,
    "animation": _by_id,
    "svg-time": _by_id,
    "svg-moments": _by_id,
    "media": _media,
    "custom-element": _defined,
    "media-features": None,
    "sheet": lambda data: None,
    "adopted-sheets": _by_id,
    "fonts": _by_id,
    "property": lambda data: (int(data["id"]), str(data["name"])),
    "highlights": _by_id,
    "slot": _by_id,
    "element-state": _by_id,
    "font": lambda data: None,
    "style-rule": lambda data: None,
    "style-declaration": lambda data: None,
    "adopted-style-sheet": lambda data: None,
}
# Their `id` is a node's: with the node goes what was said of it.
OF_NODES = frozenset(
    {
        "input",
        "control",
        "scroll",
        "canvas",
        "media",
        "fonts",
        "property",
        "highlights",
        "slot",
        "element-state",
        "svg-time",
        "svg-moments",
        "sheet",
        "adopted-sheets",
    }
)
# Told so often that they are not parsed: there is no other `id` in them, for within a text a quote is escaped.
_FLAT = frozenset({"scroll", "input"})
_ID = re.compile(rb'[{,]"id":(\d+)[,}]')
MAX_KEPT = 20_000  # a page that adds style rules for ever: beyond this its documents get no checkpoints


class StateTable:
    """The events of one document that still count, in the order in which they happened."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[int | None, Node | None, bytes]] = {}  # key -> (id, node, line)
        self._count = 0

    def take(self, kind: str, line: bytes, nodes: Mapping[int, Node]) -> None:
        """Take in one event line whose kind is in KEPT; `nodes` are those of the tree at that moment.

        Raises KeyError, TypeError or ValueError for other data.
        """
        key_of = KEPT[kind]
        id_ = None
        key: Hashable = kind
        if key_of is not None:
            data: Data
            if kind in _FLAT and (found := _ID.search(line)) is not None:
                data = {"id": int(found[1])}
            else:
                data = json.loads(line)["data"] if b"\\ud" in line else orjson.loads(line)["data"]
            part = key_of(data)
            if part is None:
                self._count += 1
                part = self._count
            if kind in OF_NODES:
                id_ = int(data["document" if "document" in data else "id"])
            key = (kind, part)
            if data.get("removed") is True:
                self._kept.pop(key, None)
                return
            if part == "focus":
                self._pin_modality()
        self._kept.pop(key, None)  # a dict keeps the place of a key: the new one belongs at the end
        self._kept[key] = id_, None if id_ is None else nodes.get(id_), line

    @property
    def is_full(self) -> bool:
        return len(self._kept) > MAX_KEPT

    def forget_nodes(self) -> None:
        """A new snapshot says itself what these said."""
        self._kept = {key: kept for key, kept in self._kept.items() if kept[0] is None}

    def events(self, nodes: Mapping[int, Node]) -> list[bytes]:
        """Return the lines that count, without those of nodes that are gone, or went and came again: they came new."""
        for key, (id_, node, _) in list(self._kept.items()):
            if id_ is not None and nodes.get(id_) is not node:
                del self._kept[key]
        return [line for _, _, line in self._kept.values()]

    def _pin_modality(self) -> None:
        """Whether focus shows is decided by the key or button before it; keep that one with it."""
        for key in ("key", ("mouse", "press")):
            if key in self._kept:
                kept = self._kept.pop(key)
                self._kept.pop(("before focus", key), None)
                self._kept["before focus", key] = kept
