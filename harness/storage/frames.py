"""Frames: how a `.replay` file is cut into zstd frames (events) and skippable frames (everything else).

Layout: RFC 8878, sections 3.1.1 (frames, blocks) and 3.1.2 (skippable frames). Ours is a skippable frame whose
payload is a 4-byte tag, the CRC-32 of tag and body, and the body. Ordinary zstd tools pass over skippable frames,
which is why `zstd -dc run.replay` prints the events and nothing else.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from harness.errors import CorruptRecordingError

ZSTD_MAGIC = 0xFD2FB528
SKIPPABLE_MAGIC = 0x184D2A50  # the first of the sixteen that RFC 8878 reserves; the only one we write
SKIPPABLE_MASK = 0xFFFFFFF0

HEAD = b"HEAD"  # what recording this is: the first frame of every file
ASSET = b"ASET"  # one stylesheet, image, font … as the browser received it
INDEX = b"INDX"  # where everything is: the last frame but one of a closed file
FOOT = b"FOOT"  # where the index is: the last 32 bytes of a closed file

PREFIX = struct.Struct("<II4sI")  # skippable magic, payload bytes, tag, CRC-32: 16 bytes before every body
TAG_AND_CRC_BYTES = 8
FOOT_BODY = struct.Struct("<QQ")  # offset of the INDX frame, its whole size
FOOT_BYTES = PREFIX.size + FOOT_BODY.size

MAX_WINDOW_BYTES = 8 << 20  # RFC 9659: what a browser must accept as Content-Encoding: zstd
BLOCK_BYTES = 128 << 10  # RFC 8878, 3.1.1.2.4: no block is larger
LAST_BLOCK, RAW_BLOCK, RLE_BLOCK, RESERVED_BLOCK = 1, 0, 1, 3
DICTIONARY_ID_BYTES = (0, 1, 2, 4)

ZSTD, OURS = struct.pack("<I", ZSTD_MAGIC), struct.pack("<I", SKIPPABLE_MAGIC)
MAGICS = (ZSTD, *(struct.pack("<I", SKIPPABLE_MAGIC + low) for low in range(16)))

Read = Callable[[int, int], bytes]
"""`read(offset, size)` returns that part of the file, shorter only where the file ends."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame and where it stands; `tag` is None for a zstd frame, b"" for a skippable frame that is not ours."""

    offset: int
    size: int  # bytes that are there, also of a frame that is cut off
    tag: bytes | None
    whole: bool  # False: the file ends inside it
    crc: int = 0
    usable: int = 0  # zstd frame that is cut off: bytes up to the end of its last whole block
    checksummed: bool = False  # zstd frame: ends with a checksum of its content

    @property
    def end(self) -> int:
        return self.offset + self.size

    @property
    def body_offset(self) -> int:
        return self.offset + PREFIX.size

    @property
    def body_bytes(self) -> int:
        return self.size - PREFIX.size


def pack(tag: bytes, body: bytes) -> bytes:
    """Return the skippable frame of ours that holds `body`."""
    crc = checksum(body, checksum(tag))
    return PREFIX.pack(SKIPPABLE_MAGIC, TAG_AND_CRC_BYTES + len(body), tag, crc) + body


def pack_foot(index_offset: int, index_bytes: int) -> bytes:
    """Return the last 32 bytes of a file whose INDX frame stands there."""
    return pack(FOOT, FOOT_BODY.pack(index_offset, index_bytes))


def unpack_foot(tail: bytes) -> tuple[int, int] | None:
    """Return (offset, size) of the INDX frame from the last 32 bytes of a file, or None if they are not a footer."""
    if len(tail) != FOOT_BYTES:
        return None
    magic, size, tag, crc = PREFIX.unpack_from(tail)
    body = tail[PREFIX.size :]
    if (
        magic != SKIPPABLE_MAGIC
        or size != TAG_AND_CRC_BYTES + FOOT_BODY.size
        or tag != FOOT
        or crc != checksum(body, checksum(tag))
    ):
        return None
    offset, index_bytes = FOOT_BODY.unpack(body)
    return offset, index_bytes


def checksum(data: bytes, before: int = 0) -> int:
    """Return the CRC-32 (as in zlib, gzip, PNG) of what `before` is the checksum of, and `data`."""
    return zlib.crc32(data, before)


def frame_at(read: Read, offset: int, file_bytes: int) -> Frame | None:
    """Return the frame at `offset`, or None at the end of the file. Decompresses nothing, checks no checksum.

    Raises CorruptRecordingError, with the offset, where the bytes cannot be a frame.
    """
    head = read(offset, PREFIX.size)
    if not head:
        return None
    left = file_bytes - offset
    if len(head) < 4:
        if not any(magic.startswith(head) for magic in MAGICS):
            raise CorruptRecordingError("not the start of a frame", offset=offset)
        return Frame(offset, left, b"", whole=False)
    (magic,) = struct.unpack_from("<I", head)
    if magic == ZSTD_MAGIC:
        return _zstd_frame(read, offset, file_bytes)
    if magic & SKIPPABLE_MASK != SKIPPABLE_MAGIC:
        raise CorruptRecordingError("not the start of a frame", offset=offset)
    if len(head) < 8:
        return Frame(offset, left, b"", whole=False)
    (payload_bytes,) = struct.unpack_from("<I", head, 4)
    size = 8 + payload_bytes
    ours = magic == SKIPPABLE_MAGIC and payload_bytes >= TAG_AND_CRC_BYTES and len(head) == PREFIX.size
    _, _, tag, crc = PREFIX.unpack(head) if ours else (0, 0, b"", 0)
    return Frame(offset, min(size, left), tag, whole=size <= left, crc=crc)


def _zstd_frame(read: Read, offset: int, file_bytes: int) -> Frame:
    """Return the zstd frame at `offset`, found by walking its block headers (3 bytes for each 128 kB of content)."""
    left = file_bytes - offset
    header = read(offset, 18)  # RFC 8878, 3.1.1.1: at most 18 bytes with the magic
    if len(header) < 6:
        return Frame(offset, left, None, whole=False)
    descriptor = header[4]
    single_segment = descriptor >> 5 & 1
    if descriptor & 0x08:
        raise CorruptRecordingError("zstd frame header has its reserved bit set", offset=offset)
    content_size_bytes = (1 if single_segment else 0, 2, 4, 8)[descriptor >> 6]
    at = offset + 5 + (1 - single_segment) + DICTIONARY_ID_BYTES[descriptor & 3] + content_size_bytes
    if at > file_bytes:
        return Frame(offset, left, None, whole=False)
    if not single_segment and window_bytes(header[5]) > MAX_WINDOW_BYTES:
        raise CorruptRecordingError("zstd window is larger than 8 MiB", offset=offset)
    checksum_bytes = 4 if descriptor & 4 else 0
    usable = 0
    chunk, chunk_at = b"", at
    while True:
        if at + 3 - chunk_at > len(chunk):
            # Blocks are 3 bytes to 128 kB: small ones are walked inside one read, large ones take a read each.
            chunk, chunk_at = read(at, 4096), at
        block = chunk[at - chunk_at : at - chunk_at + 3]
        if len(block) < 3:
            return Frame(offset, left, None, whole=False, usable=usable)
        value = int.from_bytes(block, "little")
        kind, size = value >> 1 & 3, value >> 3
        if kind == RESERVED_BLOCK or size > BLOCK_BYTES:
            raise CorruptRecordingError("zstd block header is not valid", offset=at)
        at += 3 + (1 if kind == RLE_BLOCK else size)
        if at > file_bytes:
            return Frame(offset, left, None, whole=False, usable=usable)
        usable = at - offset
        if value & LAST_BLOCK:
            if at + checksum_bytes > file_bytes:
                return Frame(offset, left, None, whole=False, usable=usable)
            return Frame(
                offset, at + checksum_bytes - offset, None, whole=True, usable=usable, checksummed=bool(checksum_bytes)
            )


def window_bytes(descriptor: int) -> int:
    """Return the window size that the window descriptor byte of a zstd frame asks for (RFC 8878, 3.1.1.1.2)."""
    base = 1 << (10 + (descriptor >> 3))
    return base + base // 8 * (descriptor & 7)
