"""Assets: one body as the browser received it, in an ASET frame, stored once for each content hash.

Body of the frame: length of the meta JSON (LE u32), the meta JSON, the content (as it is, or zstd).
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import zstandard

from harness.storage import frames

META_LENGTH = struct.Struct("<I")
MAX_META_BYTES = 64 << 10
MAX_ASSET_BYTES = 128 << 20  # a reader holds one asset in memory
SMALL_BYTES = 256  # below this, compression saves less than it costs to undo
WORTHWHILE = 0.95
MOST_SAVED, ALWAYS_PACKED_BYTES = 400, 32 << 20
ASSET_LEVEL = 6
COMPRESSED_ALREADY = (
    "image/",
    "video/",
    "audio/",
    "font/woff",
    "application/font-woff",
    "application/zip",
    "application/gzip",
)
PLAIN_IMAGES = ("image/svg", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon")


@dataclass(frozen=True, slots=True)
class Meta:
    """What stands before the content: `size` is that of the content when unpacked, `encoding` identity or zstd."""

    hash: str
    mime: str
    size: int
    encoding: str
    start: int = 0  # of the content, in the body of the frame

    def stored(self, body_bytes: int) -> int:
        """Return how many bytes the content takes in the file."""
        return body_bytes - self.start


def content_hash(content: bytes) -> str:
    """Return the SHA-256 by which an asset is named, in lower-case hex."""
    return hashlib.sha256(content).hexdigest()


def pack_asset(
    content: bytes, mime: str, digest: str, *, parameters: zstandard.ZstdCompressionParameters | None = None
) -> tuple[bytes, Meta, int]:
    """Return (ASET frame, its meta, stored bytes of the content); `parameters` are others than those for all assets."""
    stored, encoding = content, "identity"
    if len(content) >= SMALL_BYTES and (not mime.startswith(COMPRESSED_ALREADY) or mime.startswith(PLAIN_IMAGES)):
        compressor = zstandard.ZstdCompressor(level=ASSET_LEVEL)
        if parameters is not None:
            compressor = zstandard.ZstdCompressor(compression_params=parameters)
        packed = compressor.compress(content)
        # What packs better than a reader believes stays as it is.
        if len(content) / MOST_SAVED <= len(packed) < len(content) * WORTHWHILE or (
            len(packed) < len(content) * WORTHWHILE and len(content) <= ALWAYS_PACKED_BYTES
        ):
            stored, encoding = packed, "zstd"
    meta = Meta(digest, mime[:1000], len(content), encoding)
    words = {"hash": meta.hash, "mime": meta.mime, "size": meta.size, "encoding": meta.encoding}
    head = json.dumps(words, separators=(",", ":")).encode()
    return frames.pack(frames.ASSET, META_LENGTH.pack(len(head)) + head + stored), meta, len(stored)


def read_meta(start: bytes) -> Meta:
    """Return what the first bytes of an ASET body say about the asset.

    `start` need not hold more than META_LENGTH.size + MAX_META_BYTES. Raises ValueError if it is not understood.
    """
    if len(start) < META_LENGTH.size:
        raise ValueError("asset without its description")
    (length,) = META_LENGTH.unpack_from(start)
    if length > MAX_META_BYTES or META_LENGTH.size + length > len(start):
        raise ValueError("asset description is longer than its frame")
    try:
        words: Mapping[str, Any] = json.loads(start[META_LENGTH.size : META_LENGTH.size + length])
        digest, mime, size, encoding = words["hash"], words["mime"], words["size"], words["encoding"]
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        raise ValueError("asset description is not understood") from exc
    if not isinstance(digest, str) or not isinstance(mime, str) or isinstance(size, bool) or not isinstance(size, int):
        raise ValueError("asset description is not understood")
    if encoding not in ("identity", "zstd") or not 0 <= size <= MAX_ASSET_BYTES:
        raise ValueError(f"asset of {size} bytes, encoding {encoding!r}: not readable")
    return Meta(digest, mime, size, encoding, META_LENGTH.size + length)
