"""Contents that a server hands out in pieces (206), as browsers ask for media: put together once all of it has come."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
MAX_HELD_BYTES = 64 << 20


@dataclass(slots=True)
class _Pieces:
    total: int
    bodies: dict[int, bytes] = field(default_factory=dict)  # by offset


class Ranges:
    """The pieces that have come so far, by URL and version."""

    def __init__(self) -> None:
        self._pieces: dict[tuple[str, tuple[str | None, ...]], _Pieces] = {}
        self._held_bytes = 0

    def add(self, url: str, version: tuple[str | None, ...], content_range: str, body: bytes) -> bytes | None:
        """Take a piece; return the whole content if this was the last that was missing."""
        found = _RANGE.fullmatch(content_range.strip())
        if found is None or self._held_bytes + len(body) > MAX_HELD_BYTES:
            return None
        start, total = int(found[1]), int(found[3])
        pieces = self._pieces.setdefault((url, version), _Pieces(total))
        if pieces.total != total or len(pieces.bodies.get(start, b"")) >= len(body):
            return None
        self._held_bytes += len(body) - len(pieces.bodies.get(start, b""))
        pieces.bodies[start] = body
        whole = _joined(pieces)
        if whole is not None:
            del self._pieces[url, version]
            self._held_bytes -= sum(map(len, pieces.bodies.values()))
        return whole

    def incomplete(self) -> list[tuple[str, int]]:
        """Return URL and size of those of which pieces are missing."""
        return [(url, pieces.total) for (url, _), pieces in self._pieces.items()]


def _joined(pieces: _Pieces) -> bytes | None:
    content = bytearray()
    for start, body in sorted(pieces.bodies.items()):
        if start > len(content):
            return None
        content += body[len(content) - start :]
    return bytes(content) if len(content) == pieces.total else None


def size_of(content_range: str) -> int | None:
    """Return the size of the whole of which `bytes 0-99/1000` is a piece; None where that is not said."""
    found = _RANGE.fullmatch(content_range.strip())
    return int(found[3]) if found else None
