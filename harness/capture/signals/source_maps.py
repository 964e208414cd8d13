"""Source maps: where in the author's files a place in a served script comes from.

Maps are taken from scripts that carry theirs inside (`sourceMappingURL=data:…`), read from the browser's memory when an
error names the script. Maps in files of their own are not fetched: the page did not ask for them, and the server
would see a request that no user made.
"""

from __future__ import annotations

import base64
import json
import re
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urljoin

from harness.capture import driver
from harness.capture.signals.sink import Sink

MAX_SCRIPTS = 500  # remembered responses; the oldest are forgotten
MAX_SCRIPT_BYTES = 16 << 20
_PLACE = re.compile(r"((?:https?|file)://[^\s()]+?):(\d+):(\d+)")
_INLINE = re.compile(rb"//[#@] ?sourceMappingURL=data:application/json([^,\s]*),(\S+)\s*(?:\*/)?\s*$")
_DIGITS = {char: value for value, char in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")}


@dataclass(frozen=True)
class Place:
    """A place in an author's file; `line` and `column` count from 1."""

    file: str
    line: int
    column: int


class SourceMap:
    """One map, of version 3 (tc39.es/ecma426). Raises ValueError for anything else."""

    def __init__(self, raw: dict[str, Any], script_url: str) -> None:
        if raw.get("version") != 3 or not isinstance(raw.get("mappings"), str):
            raise ValueError("not a source map of version 3")
        base = urljoin(script_url, str(raw.get("sourceRoot") or ""))
        self._sources = [urljoin(base, str(source or "")) for source in raw.get("sources", ())]
        self._lines = _decoded(raw["mappings"])

    def place_of(self, line: int, column: int) -> Place | None:
        """Return where line and column of the script, from 1, come from."""
        if not 1 <= line <= len(self._lines):
            return None
        segments = self._lines[line - 1]
        at = bisect_right(segments, column - 1, key=lambda segment: segment[0]) - 1
        if at < 0 or len(segments[at]) < 4:
            return None
        _, source, source_line, source_column = segments[at][:4]
        if not 0 <= source < len(self._sources):
            return None
        return Place(self._sources[source], source_line + 1, source_column + 1)


class SourceMaps:
    """The maps of the scripts that this context loaded."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._responses: OrderedDict[str, Any] = OrderedDict()
        self._maps: dict[str, SourceMap | None] = {}

    def start(self) -> None:
        self._sink.listen(self._sink.context, "response", self._on_response)

    def _on_response(self, response: Any) -> None:
        if response.request.resource_type != "script":
            return
        self._responses[response.url] = response
        self._responses.move_to_end(response.url)
        self._maps.pop(response.url, None)
        if len(self._responses) > MAX_SCRIPTS:
            self._responses.popitem(last=False)

    def knows_any_in(self, stack: str) -> bool:
        """Whether the stack names a script that may have a map."""
        return any(
            self._maps.get(url, True) is not None and url in self._responses for url, _, _ in _PLACE.findall(stack)
        )

    async def mapped_stack(self, stack: str) -> str | None:
        """Return the stack with the author's places in it; None if there is no map for any of them."""
        maps = {url: await self._map_of(url) for url in {url for url, _, _ in _PLACE.findall(stack)}}
        changed = False

        def put(match: re.Match[str]) -> str:
            nonlocal changed
            found = maps.get(match[1])
            place = found.place_of(int(match[2]), int(match[3])) if found is not None else None
            if place is None:
                return match[0]
            changed = True
            return f"{place.file}:{place.line}:{place.column}"

        mapped = _PLACE.sub(put, stack)
        return mapped if changed else None

    async def _map_of(self, url: str) -> SourceMap | None:
        if url not in self._maps and url in self._responses:
            self._maps[url] = None
            try:
                self._maps[url] = inline_map(await driver.body_of(self._responses[url]), url)
            except Exception:  # evicted from the browser's memory, or not a map
                pass
        return self._maps.get(url)


def inline_map(script: bytes, url: str) -> SourceMap | None:
    """Return the map that a script carries. Raises ValueError if it carries something else."""
    if len(script) > MAX_SCRIPT_BYTES:
        return None
    at = script.rfind(b"sourceMappingURL=")
    match = _INLINE.search(script, max(at - 4, 0)) if at >= 0 else None
    if match is None:
        return None
    raw = base64.b64decode(match[2]) if b";base64" in match[1] else unquote(match[2].decode()).encode()
    return SourceMap(json.loads(raw), url)


def _decoded(mappings: str) -> list[list[list[int]]]:
    """Return for each line its segments: [column, source, line, column, name], what follows `column` maybe missing."""
    lines: list[list[list[int]]] = []
    state = [0, 0, 0, 0, 0]
    for line in mappings.split(";"):
        segments: list[list[int]] = []
        state[0] = 0
        for text in filter(None, line.split(",")):
            for at, delta in enumerate(_numbers(text)[:5]):
                state[at] += delta
            segments.append(state[: min(len(_numbers(text)), 5)])
        lines.append(segments)
    return lines


def _numbers(text: str) -> list[int]:
    """Decode base64 VLQ."""
    numbers, value, shift = [], 0, 0
    for char in text:
        digit = _DIGITS.get(char)
        if digit is None:
            raise ValueError(f"{char!r} is no digit of a source map")
        value |= (digit & 31) << shift
        if digit & 32:
            shift += 5
            continue
        numbers.append(-(value >> 1) if value & 1 else value >> 1)
        value = shift = 0
    return numbers
