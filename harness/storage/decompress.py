"""Decompression that never makes more than it was asked for: a small file can hold frames that unpack to terabytes."""

from __future__ import annotations

import io

import zstandard

from harness.storage.frames import MAX_WINDOW_BYTES

PIECE_BYTES = 256 << 10
STEP_BYTES = 512
CHECKSUM_BYTES = 4  # what may stand after the last block of a frame


def unpack(packed: bytes, limit: int) -> tuple[bytes, str | None]:
    """Return (content of one zstd frame, fault or None); at a fault the content is what came before it.

    A frame that is cut off after a whole block is no fault here. More than `limit` bytes are one, and give no content.
    """
    content = io.BytesIO()  # hands out what it holds without another copy
    reader = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW_BYTES).stream_reader(packed)
    while True:
        try:
            piece = reader.read(PIECE_BYTES)
        except (zstandard.ZstdError, MemoryError) as exc:
            return _before_fault(packed, limit) or content.getvalue(), f"does not unpack ({exc})"
        if not piece:
            return content.getvalue(), None
        content.write(piece)
        if content.tell() > limit:
            return b"", f"unpacks to more than {limit >> 20} MB"


def _before_fault(packed: bytes, limit: int) -> bytes:
    """Return all that a damaged frame unpacks to before its fault, at most `limit` bytes.

    A reader keeps the last piece to itself where a fault follows, be it the checksum after all of the content: so the
    frame is handed over in small steps.
    """
    unpacking = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW_BYTES).decompressobj()
    content = bytearray()
    end = len(packed) - CHECKSUM_BYTES
    try:
        for at in range(0, end, STEP_BYTES):
            # A step of a hostile frame may unpack to a great deal: 512 bytes hold 128 blocks of 128 kB at most.
            content += unpacking.decompress(packed[at : min(at + STEP_BYTES, end)])
            if len(content) > limit:
                return b""
    except (zstandard.ZstdError, MemoryError):
        pass
    return bytes(content)
