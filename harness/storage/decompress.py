"""Decompression that never makes more than it was asked for: a small file can hold frames that unpack to terabytes."""

from __future__ import annotations

import zstandard

from harness.storage.frames import MAX_WINDOW_BYTES

PIECE_BYTES = 256 << 10


def unpack(packed: bytes, limit: int) -> tuple[bytes, str | None]:
    """Return (content of one zstd frame, fault or None); at a fault the content is what came before it.

    A frame that is cut off after a whole block is no fault here. More than `limit` bytes are one, and give no content.
    """
    content = bytearray()
    reader = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW_BYTES).stream_reader(packed)
    while True:
        try:
            piece = reader.read(PIECE_BYTES)
        except (zstandard.ZstdError, MemoryError) as exc:
            return bytes(content), f"does not unpack ({exc})"
        if not piece:
            return bytes(content), None
        content += piece
        if len(content) > limit:
            return b"", f"unpacks to more than {limit >> 20} MB"
