"""How much a file may make its readers do: little if it is small, else in proportion to its size.

A few hundred bytes of zstd can hold gigabytes of zeros, a hundred thousand events, or a line of empty lists that takes
twenty times its length as objects. All bounds lie far above what recordings are. Measured on real ones: they unpack to
5 to 100 times their size (a snapshot of 100,000 like rows: 40 times), take 25 bytes and more for an event (synthetic
ones: 4), and about as many for a value.
"""

from __future__ import annotations

MAX_SEGMENT_BYTES = 128 << 20
# A writer cuts at 4 MB, and one batch of a page or one snapshot may come on top.
MAX_SEGMENT_EVENTS = 500_000
FRAME_RATIO, SEGMENT_FLOOR_BYTES, ASSET_FLOOR_BYTES = 500, 16 << 20, 64 << 20
TEXTS_FLOOR_BYTES = 32 << 20
SCAN_RATIO, SCAN_FLOOR_BYTES = 500, 64 << 20
# Of all segments together. Synthetic events that differ in little but their time take twice as many bytes.
EVENT_FLOOR, BYTES_PER_EVENT = 150_000, 2
FRAME_FLOOR, BYTES_PER_FRAME = 20_000, 256
ENTRY_FLOOR, BYTES_PER_ENTRY = 20_000, 100  # pages and documents: each has a snapshot, or at least an address
# Numbers, texts, lists and objects of one line of JSON, which take up to some 90 bytes each when it is read.
VALUES_FLOOR, VALUES_PER_BYTE = 1_000_000, 8
_SIGNS = (b",", b":", b"[", b"{")


def segment_bytes(packed_bytes: int) -> int:
    """Return how many bytes a segment, or an index, of this size may unpack to."""
    return max(SEGMENT_FLOOR_BYTES, FRAME_RATIO * packed_bytes)


def asset_bytes(packed_bytes: int) -> int:
    return max(ASSET_FLOOR_BYTES, FRAME_RATIO * packed_bytes)


def texts_bytes(file_bytes: int) -> int:
    """Return how many bytes the texts may have that come back into one segment from the asset store."""
    return min(MAX_SEGMENT_BYTES, max(TEXTS_FLOOR_BYTES, FRAME_RATIO * file_bytes))


def entries(file_bytes: int) -> int:
    """Return how many pages and documents a file of this size may have."""
    return max(ENTRY_FLOOR, file_bytes // BYTES_PER_ENTRY)


def values_fault(content: bytes, packed_bytes: int) -> str | None:
    """Return what is wrong where a line of JSON holds more values than can be read in little memory."""
    most = max(VALUES_FLOOR, VALUES_PER_BYTE * packed_bytes)
    if len(content) <= most or _values(content) <= most:
        return None
    if any(len(line) > most and _values(line) > most for line in content.split(b"\n")):
        return f"has a line of more than {most} values"
    return None


def _values(content: bytes) -> int:
    return sum(map(content.count, _SIGNS))


class Budget:
    """What is left of what a file of this size may unpack to. What is read again costs nothing again."""

    def __init__(self, file_bytes: int) -> None:
        self._bytes = max(SCAN_FLOOR_BYTES, SCAN_RATIO * file_bytes)
        self._events = max(EVENT_FLOOR, file_bytes // BYTES_PER_EVENT)
        self._frames = max(FRAME_FLOOR, file_bytes // BYTES_PER_FRAME)
        self._counted: set[int] = set()
        self._last_frame = -1

    def segment(self, offset: int, content: bytes) -> str | None:
        """Count what the segment there unpacks to; return the fault where that is too much."""
        if offset not in self._counted:
            self._counted.add(offset)
            self._bytes -= len(content)
            self._events -= content.count(b"\n")
        if self._bytes < 0:
            return f"is one too many: the file unpacks to more than {SCAN_RATIO} times its size"
        return "is one too many: the file holds more events than its size allows" if self._events < 0 else None

    def frame(self, offset: int) -> bool:
        """Count the frame there; return whether the file may have as many."""
        if offset > self._last_frame:
            self._last_frame = offset
            self._frames -= 1
        return self._frames >= 0
