"""Texts of style sheets and pictures of canvases that stand in the asset store: a closed file keeps each of them once.

Applications bring their styles as scripts, which put them into `<style>` elements or constructed sheets: 530 kB of them
in the first second of one (JupyterLab), and again in each checkpoint, each document and each recording of it. In a
closed file they are assets, as sheets and pictures from the network are, and `harness pack` keeps them once for a
directory. Where one was, its event has {"at":[n,from,bytes]}: bytes of the n-th asset that the event's data name first,
in `texts_in`. So an event line still stands for itself, and the texts come back without it being parsed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any

import orjson

KINDS = frozenset({"mutation", "snapshot", "checkpoint", "sheet", "canvas"})
KEY = "texts_in"
MIME = "application/x-harness-texts"
MARK = b'"data":{"texts_in":['

LONG_CHARS = 400
# What one event brings is an asset of its own: it is the same in another document, and in another recording.
OWN_BYTES = 64 << 10
LEAST_BYTES = 2 << 10  # in all: below, an asset's frame and its entry in the index outweigh what they save

_NAMES = re.compile(
    rb'\{[^{}]*"kind":"(?:mutation|snapshot|checkpoint|sheet|canvas)",(?:"type":\d+,)?"data":\{'
    rb'("texts_in":\[("[0-9a-f]{64}"(?:,"[0-9a-f]{64}")*)\],?)'
)
# A quote within a text is escaped, so this is no text's.
_PLACE = re.compile(rb'\{"at":\[(\d{1,6}),(\d{1,9}),(\d{1,9})\]\}')

_PLAIN = {"sheet": "text", "canvas": "image"}  # kind: the key of the text

_Slot = tuple[dict[str, Any], str, str]  # (object, key, the text that stands there)
_Place = tuple[str, int, int]  # (hash, from, bytes)


class TextStore:
    """Takes long texts out of the events of one file, and makes assets of them."""

    def __init__(self, keep: Callable[[bytes], str]) -> None:
        """`keep` writes an asset and returns its hash."""
        self._keep = keep
        self._places: dict[bytes, _Place] = {}

    def take_out(self, events: list[dict[str, Any]]) -> list[bool]:
        """Return of each event, whose kind is in KINDS, whether texts were taken out of it."""
        slots = [list(_slots(event)) for event in events]
        rest = bytearray()
        waiting: dict[bytes, tuple[int, int]] = {}
        for own in slots:
            fresh = {key: text for _, _, text in own if (key := _key(text)) not in self._places and key not in waiting}
            encoded = {key: text.encode() for key, text in fresh.items()}
            if sum(map(len, encoded.values())) >= OWN_BYTES:
                self._store(b"".join(encoded.values()), _ranges(encoded, 0))
                continue
            waiting |= _ranges(encoded, len(rest))
            rest += b"".join(encoded.values())
        if len(rest) >= LEAST_BYTES:
            self._store(bytes(rest), waiting)
        return [self._put(event, own) for event, own in zip(events, slots, strict=True)]

    def _store(self, content: bytes, ranges: dict[bytes, tuple[int, int]]) -> None:
        digest = self._keep(content)
        self._places |= {key: (digest, start, size) for key, (start, size) in ranges.items()}

    def _put(self, event: dict[str, Any], slots: list[_Slot]) -> bool:
        names: dict[str, int] = {}
        for container, key, text in slots:
            place = self._places.get(_key(text))
            if place is not None:
                digest, start, size = place
                container[key] = {"at": [names.setdefault(digest, len(names)), start, size]}
        if names:
            event["data"] = {KEY: list(names), **event["data"]}
        return bool(names)


def put_back(content: bytes, asset: Callable[[str], bytes | None], *, most_bytes: int = 1 << 30) -> bytes:
    """Return event lines with their texts; those of an asset that is not there (None) stay as they are.

    Raises ValueError where they, or the assets that they stand in, come to more than `most_bytes`.
    """
    if MARK not in content:
        return content
    known: dict[bytes, bytes | None] = {}
    lines, size, held = [], 0, 0
    for line in content.split(b"\n"):
        found = _NAMES.match(line) if b"texts_in" in line[:300] else None
        if found is not None:
            for name in set(_names(found)) - known.keys():
                known[name] = text = asset(name.decode())
                held += len(text or b"")
                if held > most_bytes:
                    raise ValueError(f"the assets of its texts come to more than {most_bytes} bytes")
            contents = [known[name] for name in _names(found)]
            if all(text is not None for text in contents):
                spent = sum(int(place[3]) for place in _PLACE.finditer(line))
                if size + spent > most_bytes:
                    raise ValueError(f"its texts come to more than {most_bytes} bytes")
                line = line[: found.start(1)] + _PLACE.sub(_text_of(contents), line[found.end(1) :])
        lines.append(line)
        size += len(line)
    return b"\n".join(lines)


def named(line: bytes) -> list[str]:
    """Return the hashes of the assets that hold texts of an event."""
    found = _NAMES.match(line) if b"texts_in" in line[:300] else None
    return [] if found is None else [name.decode() for name in _names(found)]


def without(line: bytes, lost: set[str]) -> bytes:
    """Return an event line in which texts of lost assets are empty."""
    names = named(line)
    kept = [name for name in names if name not in lost]
    found = _NAMES.match(line)
    if found is None or len(kept) == len(names):
        return line
    head = b'"texts_in":%s,' % json.dumps(kept, separators=(",", ":")).encode() if kept else b""

    def place(at: re.Match[bytes]) -> bytes:
        number = int(at[1])
        if number >= len(names) or names[number] in lost:
            return b'""'
        return b'{"at":[%d,%s,%s]}' % (kept.index(names[number]), at[2], at[3])

    return line[: found.start(1)] + head + _PLACE.sub(place, line[found.end(1) :])


def _names(found: re.Match[bytes]) -> list[bytes]:
    return [name.strip(b'"') for name in found[2].split(b",")]


def _text_of(contents: list[bytes | None]) -> Callable[[re.Match[bytes]], bytes]:
    def text(place: re.Match[bytes]) -> bytes:
        number, start, size = map(int, place.groups())
        content = contents[number] if number < len(contents) else None
        return orjson.dumps((content or b"")[start : start + size].decode("utf-8", "replace"))

    return text


def _key(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def _ranges(encoded: dict[bytes, bytes], start: int) -> dict[bytes, tuple[int, int]]:
    ranges = {}
    for key, text in encoded.items():
        ranges[key] = start, len(text)
        start += len(text)
    return ranges


def _slots(event: dict[str, Any]) -> Iterator[_Slot]:
    """Yield where long texts of style sheets and pictures of canvases stand in an event."""
    data = event.get("data")
    if not isinstance(data, dict) or KEY in data:
        return
    kind = event.get("kind")
    if kind in _PLAIN:
        yield from _long(data, _PLAIN[kind])
        return
    state = data.get("state") if kind == "checkpoint" else None
    for told in state if isinstance(state, list) else ():
        if isinstance(told, dict) and told.get("kind") != "checkpoint":
            yield from _slots(told)
    adds = data.get("adds")
    tops = [add.get("node") for add in adds if isinstance(add, dict)] if isinstance(adds, list) else []
    waiting = [*reversed(tops), data.get("node")]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict):
            continue
        children = node.get("childNodes")
        children = children if isinstance(children, list) else []
        attributes = node.get("attributes")
        if isinstance(attributes, dict) and "_cssText" in attributes:
            yield from _long(attributes, "_cssText")
        if node.get("tagName") == "style":
            for child in children:
                if isinstance(child, dict):
                    yield from _long(child, "textContent")
        else:
            waiting.extend(reversed(children))


def _long(container: dict[str, Any], key: str) -> Iterator[_Slot]:
    text = container.get(key)
    if isinstance(text, str) and len(text) >= LONG_CHARS:
        yield container, key, text
