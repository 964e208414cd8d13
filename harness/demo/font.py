"""The shop's typeface as a WOFF file, its TrueType tables written by hand.

Tables and fields as in https://learn.microsoft.com/typography/opentype/spec/ ; the WOFF wrapping as in
https://www.w3.org/TR/WOFF/ . Chromium checks every web font and refuses it for one wrong length, so all tables that it
asks for are here, padded and in the order of their names.
"""

from __future__ import annotations

import struct
import zlib
from functools import cache

from harness.demo import glyphs

FAMILY = "Small Hours"
MIME = "font/woff"
_EPOCH = 3_786_912_000  # 2024-01-01 in seconds since 1904, so that every build has the same bytes
_ON_CURVE, _OVERLAP = 0x01, 0x40  # glyf flags; a rasteriser may smooth overlapping contours wrongly without the second


@cache
def woff() -> bytes:
    """The typeface as WOFF 1.0."""
    return _woff(_tables())


def _tables() -> dict[bytes, bytes]:
    characters = [character for character in glyphs.CHARACTERS if character != " "]
    outlines = [_missing_glyph(), [], *(glyphs.contours(character) for character in characters)]
    advances = [500, glyphs.advance(" "), *(glyphs.advance(character) for character in characters)]
    # Small letters are capitals here: one set of shapes, two entries in the character map.
    index = {ord(" "): 1, 0xA0: 1}
    for number, character in enumerate(characters, start=2):
        index[ord(character)] = number
        index[ord(character.lower())] = number

    glyf, loca, bounds = b"", [0], []
    for contours in outlines:
        glyf += _glyph(contours)
        loca.append(len(glyf))
        bounds.append(_bounds(contours))
    inked = [bound for bound, contours in zip(bounds, outlines, strict=True) if contours]
    box = (
        min(bound[0] for bound in inked),
        min(bound[1] for bound in inked),
        max(bound[2] for bound in inked),
        max(bound[3] for bound in inked),
    )
    return {
        b"OS/2": _os2(advances, index),
        b"cmap": _cmap(index),
        b"glyf": glyf,
        b"head": _head(box),
        b"hhea": _hhea(advances, bounds, box),
        b"hmtx": b"".join(struct.pack(">Hh", width, bound[0]) for width, bound in zip(advances, bounds, strict=True)),
        b"loca": b"".join(struct.pack(">I", offset) for offset in loca),
        b"maxp": _maxp(outlines),
        b"name": _name(),
        b"post": struct.pack(">IIhhIIIII", 0x00030000, 0, -100, 50, 0, 0, 0, 0, 0),
    }


def _missing_glyph() -> list[glyphs.Contour]:
    outer = [(60, 0), (60, 700), (440, 700), (440, 0)]
    inner = [(110, 50), (390, 50), (390, 650), (110, 650)]
    return [outer, inner]


def _bounds(contours: list[glyphs.Contour]) -> tuple[int, int, int, int]:
    xs = [x for contour in contours for x, _ in contour] or [0]
    ys = [y for contour in contours for _, y in contour] or [0]
    return min(xs), min(ys), max(xs), max(ys)


def _glyph(contours: list[glyphs.Contour]) -> bytes:
    """One simple glyph, with 16-bit coordinates and a flag a point: plain, and WOFF squeezes it anyway."""
    if not contours:
        return b""
    ends, total = [], 0
    for contour in contours:
        total += len(contour)
        ends.append(total - 1)
    points = [point for contour in contours for point in contour]
    flags = bytes([_ON_CURVE | _OVERLAP]) + bytes([_ON_CURVE]) * (total - 1)
    steps = [(x - before[0], y - before[1]) for (x, y), before in zip(points, [(0, 0), *points[:-1]], strict=True)]
    body = struct.pack(f">hhhhh{len(ends)}HH", len(contours), *_bounds(contours), *ends, 0) + flags
    body += b"".join(struct.pack(">h", dx) for dx, _ in steps) + b"".join(struct.pack(">h", dy) for _, dy in steps)
    return body + bytes(-len(body) % 4)


def _cmap(index: dict[int, int]) -> bytes:
    """Format 4, one segment a run of characters whose glyphs run too."""
    runs: list[tuple[int, int, int]] = []
    for code in sorted(index):
        if runs and code == runs[-1][1] + 1 and index[code] - code == runs[-1][2]:
            runs[-1] = (runs[-1][0], code, runs[-1][2])
        else:
            runs.append((code, code, index[code] - code))
    runs.append((0xFFFF, 0xFFFF, 1))
    count = len(runs)
    power = 1 << (count.bit_length() - 1)
    table = struct.pack(">HHHH", count * 2, power * 2, power.bit_length() - 1, count * 2 - power * 2)
    table += b"".join(struct.pack(">H", end) for _, end, _ in runs) + bytes(2)
    table += b"".join(struct.pack(">H", start) for start, _, _ in runs)
    table += b"".join(struct.pack(">H", delta & 0xFFFF) for _, _, delta in runs) + bytes(2 * count)
    table = struct.pack(">HHH", 4, len(table) + 6, 0) + table
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + table


def _head(box: tuple[int, int, int, int]) -> bytes:
    # The checksum of the whole file (third field) is filled in by _woff.
    return struct.pack(
        ">IIIIHHQQhhhhHHhhh",
        *(0x00010000, 0x00010000, 0, 0x5F0F3CF5, 0b1011, glyphs.EM, _EPOCH, _EPOCH),
        *(*box, 0, 8, 2, 1, 0),
    )


def _hhea(advances: list[int], bounds: list[tuple[int, int, int, int]], box: tuple[int, int, int, int]) -> bytes:
    right = min(width - bound[2] for width, bound in zip(advances, bounds, strict=True))
    return struct.pack(
        ">IhhhHhhhhhhhhhhhH",
        *(0x00010000, glyphs.ASCENT, -glyphs.DESCENT, 0, max(advances), box[0], right, box[2], 1, 0, 0, 0, 0, 0, 0, 0),
        len(advances),
    )


def _maxp(outlines: list[list[glyphs.Contour]]) -> bytes:
    points = max(sum(len(contour) for contour in contours) for contours in outlines)
    contours = max(len(contours) for contours in outlines)
    return struct.pack(">IHHHHHHHHHHHHHH", 0x00010000, len(outlines), points, contours, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)


def _name() -> bytes:
    texts = {
        1: FAMILY,
        2: "Regular",
        3: "harness demo: Small Hours",
        4: FAMILY,
        5: "Version 1.000",
        6: FAMILY.replace(" ", "") + "-Regular",
    }
    records, strings = b"", b""
    for number, text in texts.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x0409, number, len(encoded), len(strings))
        strings += encoded
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + strings


def _os2(advances: list[int], index: dict[int, int]) -> bytes:
    used = [width for width in advances if width]
    return struct.pack(
        ">HhHHHhhhhhhhhhhh10sIIII4sHHHhhhHHIIhhHHH",
        *(4, sum(used) // len(used), 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 300, 0),
        *(bytes(10), 0b11, 0, 0, 0, b"NONE", 0x0040, min(index), max(index)),
        *(glyphs.ASCENT, -glyphs.DESCENT, 0, glyphs.ASCENT, glyphs.DESCENT),
        *(1, 0, glyphs.CAP_HEIGHT, glyphs.CAP_HEIGHT, 0, 32, 1),
    )


def _checksum(table: bytes) -> int:
    padded = table + bytes(-len(table) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF


def _woff(tables: dict[bytes, bytes]) -> bytes:
    """Tables, each squeezed where that helps, behind the WOFF header and directory."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    # The plain TrueType file exists only to be summed up: head carries its checksum.
    directory = struct.pack(">IHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, (count - power) * 16)
    offset = 12 + 16 * count
    sums = _checksum(b"".join(table + bytes(-len(table) % 4) for table in tables.values()))
    for tag, table in tables.items():
        directory += struct.pack(">4sIII", tag, _checksum(table), offset, len(table))
        offset += len(table) + -len(table) % 4
    total_sfnt = offset
    adjustment = (0xB1B0AFBA - _checksum(directory) - sums) & 0xFFFFFFFF
    head = tables[b"head"]
    stored = {**tables, b"head": head[:8] + struct.pack(">I", adjustment) + head[12:]}

    entries, body = b"", b""
    begin = 44 + 20 * count
    for tag, table in stored.items():
        squeezed = zlib.compress(table, 9)
        packed = squeezed if len(squeezed) < len(table) else table
        checksum = _checksum(tables[tag])
        entries += struct.pack(">4sIIII", tag, begin + len(body), len(packed), len(table), checksum)
        body += packed + bytes(-len(packed) % 4)
    header = struct.pack(
        ">4sIIHHIHHIIIII", b"wOFF", 0x00010000, begin + len(body), count, 0, total_sfnt, 1, 0, 0, 0, 0, 0, 0
    )
    return header + entries + body
