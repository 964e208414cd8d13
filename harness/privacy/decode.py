"""One content in all forms that a secret may hide in: unpacked, decoded from UTF-16, base64, URLs, HTML and JSON."""

from __future__ import annotations

import base64
import binascii
import html
import re
import zlib
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from harness.storage.decompress import unpack

MAX_DEPTH = 4
MAX_BYTES = 256 << 20
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_SHORT = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f"}
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


def views(content: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield (bytes, whether they are text) of the content itself and of everything that can be decoded from it."""
    seen: set[int] = set()
    left = [MAX_BYTES]
    yield from _views(content, MAX_DEPTH, seen, left)


def _views(content: bytes, depth: int, seen: set[int], left: list[int]) -> Iterator[tuple[bytes, bool]]:
    mark = hash(content)
    if mark in seen or len(content) > left[0]:
        return
    seen.add(mark)
    left[0] -= len(content)
    readable = is_text(content)
    yield content, readable
    if depth:
        for decoded in _decoded(content, readable):
            if len(decoded) >= 4:
                yield from _views(decoded, depth - 1, seen, left)


def is_text(content: bytes) -> bool:
    """Whether it reads as text, from a sample."""
    sample = content[:4096]
    return len(_NOT_TEXT.findall(sample)) * 20 <= len(sample)


def _decoded(content: bytes, readable: bool) -> Iterator[bytes]:
    if content.startswith(_GZIP):
        yield _gunzip(content)
    elif content.startswith(_ZSTD):
        yield unpack(content, MAX_BYTES)[0]
    elif not readable:
        wide = _from_utf16(content)
        if wide is not None:
            yield wide
    else:
        if b"%" in content:
            yield unquote_to_bytes(content)
            if b"+" in content:
                yield unquote_to_bytes(content.replace(b"+", b" "))
        if b"&" in content and b";" in content:
            yield html.unescape(content.decode("utf-8", "replace")).encode("utf-8", "replace")
        if b"\\" in content:
            yield _ESCAPE.sub(_unescaped, content)
        yield from _from_base64(content)


def _unescaped(match: re.Match[bytes]) -> bytes:
    digits = match[1] or match[2]
    if digits:
        return chr(int(digits, 16)).encode("utf-8", "replace")
    return _SHORT.get(match[3], match[3])


def _gunzip(content: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        return unpacker.decompress(content, MAX_BYTES)
    except zlib.error:
        return b""


def _from_utf16(content: bytes) -> bytes | None:
    """Return UTF-8 where half of the bytes are zero, as they are in most text of two bytes a letter."""
    sample = content[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 4 < len(sample) or min(even, odd) * 8 > len(sample):
        return None
    return content.decode("utf-16-be" if even > odd else "utf-16-le", "replace").encode("utf-8", "replace")


def _from_base64(content: bytes) -> Iterator[bytes]:
    """Yield what long runs of base64 hold; the short ones, most of which are words, in one piece."""
    short = []
    for match in _BASE64.finditer(content):
        run = match[0].rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        run = run[: len(run) - (len(run) % 4 == 1)]
        try:
            decoded = base64.b64decode(run + b"=" * (-len(run) % 4))
        except (binascii.Error, ValueError):
            continue
        if len(decoded) > 256 or decoded.startswith((_GZIP, _ZSTD)):
            yield decoded
        elif is_text(decoded) or b"\0" in decoded:
            short.append(decoded)
    if short:
        texts = [part if is_text(part) else _from_utf16(part) or b"" for part in short]
        yield b"\n".join(texts)
