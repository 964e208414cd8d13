"""Small vector pictures that become PNG or SVG, with nothing but the standard library.

A `Scene` is a list of filled outlines in units of its own; the same scene is written as SVG, or scan-converted row by
row and packed as PNG. The shop's pictures are drawn with it, so that no picture file has to be kept or licensed.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

Point = tuple[float, float]
Rgb = tuple[int, int, int]
_SUBROWS = 4  # scan lines per pixel row: enough for edges without visible steps
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FILTER_UP = 2  # PNG 1.2, 6.4: each byte minus the one above; our fills are gradients, so most of them become zero


def rgb(colour: str) -> Rgb:
    """The three bytes of "#rrggbb"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@dataclass(frozen=True)
class Fill:
    """A linear gradient over a shape's bounding box: along x (`across`) or y; one stop is a plain colour."""

    stops: tuple[tuple[float, str], ...]
    across: bool = False
    opacity: float = 1.0

    def colour_at(self, position: float) -> Rgb:
        """The colour at `position`, 0 to 1."""
        before = self.stops[0]
        for stop in self.stops:
            if stop[0] >= position:
                span = stop[0] - before[0]
                part = (position - before[0]) / span if span else 0.0
                a, b = rgb(before[1]), rgb(stop[1])
                return _mix(a, b, min(max(part, 0.0), 1.0))
            before = stop
        return rgb(before[1])


def plain(colour: str, opacity: float = 1.0) -> Fill:
    """One colour."""
    return Fill(((0.0, colour),), opacity=opacity)


def down(*colours: str, opacity: float = 1.0) -> Fill:
    """A gradient from top to bottom through `colours`, evenly spaced."""
    return Fill(_even(colours), opacity=opacity)


def across(*colours: str, opacity: float = 1.0) -> Fill:
    """A gradient from left to right through `colours`, evenly spaced."""
    return Fill(_even(colours), across=True, opacity=opacity)


def _even(colours: Sequence[str]) -> tuple[tuple[float, str], ...]:
    return tuple((index / max(len(colours) - 1, 1), colour) for index, colour in enumerate(colours))


def _mix(a: Rgb, b: Rgb, part: float) -> Rgb:
    return (
        round(a[0] + (b[0] - a[0]) * part),
        round(a[1] + (b[1] - a[1]) * part),
        round(a[2] + (b[2] - a[2]) * part),
    )


# Outlines ------------------------------------------------------------------------------------------------------------


def ellipse(cx: float, cy: float, rx: float, ry: float, corners: int = 72) -> list[Point]:
    """A closed ellipse."""
    angles = [math.tau * step / corners for step in range(corners)]
    return [(cx + rx * math.cos(angle), cy + ry * math.sin(angle)) for angle in angles]


def box(x: float, y: float, width: float, height: float, radius: float = 0) -> list[Point]:
    """A rectangle, with rounded corners if `radius` is given."""
    if not radius:
        return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    points = []
    for cx, cy, start in (
        (x + width - radius, y + radius, -90),
        (x + width - radius, y + height - radius, 0),
        (x + radius, y + height - radius, 90),
        (x + radius, y + radius, 180),
    ):
        for step in range(13):
            angle = math.radians(start + step * 7.5)
            points.append((cx + radius * math.cos(angle), cy + radius * math.sin(angle)))
    return points


def curve(points: Sequence[Point], closed: bool = False, steps: int = 10) -> list[Point]:
    """A smooth line through `points` (Catmull-Rom)."""
    count = len(points)
    result: list[Point] = []
    for index in range(count if closed else count - 1):
        if closed:
            p0, p1, p2, p3 = (points[(index + offset) % count] for offset in (-1, 0, 1, 2))
        else:
            p0, p1, p2, p3 = (points[min(max(index + offset, 0), count - 1)] for offset in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            result.append((_catmull_rom(p0[0], p1[0], p2[0], p3[0], t), _catmull_rom(p0[1], p1[1], p2[1], p3[1], t)))
    if not closed:
        result.append(points[-1])
    return result


def _catmull_rom(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def turned(cx: float, profile: Sequence[Point]) -> list[Point]:
    """The outline of something made on a wheel: `profile` is (radius, y) from top to bottom, smoothed and mirrored."""
    right = curve(profile)
    return [(cx + radius, y) for radius, y in right] + [(cx - radius, y) for radius, y in reversed(right)]


def stroke(points: Sequence[Point], width: float, end_width: float | None = None) -> list[Point]:
    """The outline of a line of `width` along `points`, tapering to `end_width`."""
    last = width if end_width is None else end_width
    left, right = [], []
    for index, (x, y) in enumerate(points):
        before, after = points[max(index - 1, 0)], points[min(index + 1, len(points) - 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1.0
        half = (width + (last - width) * index / max(len(points) - 1, 1)) / 2
        left.append((x - dy / length * half, y + dx / length * half))
        right.append((x + dy / length * half, y - dx / length * half))
    return left + right[::-1]


# Scenes --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """A filled, closed outline."""

    outline: Sequence[Point]
    fill: Fill


@dataclass(frozen=True)
class Glow:
    """A soft ellipse, strongest in the middle: light or shadow."""

    cx: float
    cy: float
    rx: float
    ry: float
    colour: str
    opacity: float


@dataclass
class Scene:
    """A picture `width` by `height` units: a background and what lies on it, from back to front."""

    width: float
    height: float
    background: Fill
    items: list[Shape | Glow] = field(default_factory=list)

    def add(self, outline: Iterable[Point], fill: Fill) -> Scene:
        """Put a filled outline on top."""
        self.items.append(Shape(list(outline), fill))
        return self

    def glow(self, cx: float, cy: float, rx: float, ry: float, colour: str, opacity: float) -> Scene:
        """Put a soft light or shadow on top."""
        self.items.append(Glow(cx, cy, rx, ry, colour, opacity))
        return self

    def svg(self) -> str:
        """The scene as an SVG document."""
        definitions: list[str] = []
        body: list[str] = []

        def paint(fill: Fill) -> str:
            if len(fill.stops) == 1:
                return fill.stops[0][1]
            name = f"f{len(definitions)}"
            stops = "".join(f'<stop offset="{offset:.3g}" stop-color="{colour}"/>' for offset, colour in fill.stops)
            end = 'x2="1" y2="0"' if fill.across else 'x2="0" y2="1"'
            definitions.append(f'<linearGradient id="{name}" x1="0" y1="0" {end}>{stops}</linearGradient>')
            return f"url(#{name})"

        body.append(f'<rect width="{self.width:g}" height="{self.height:g}" fill="{paint(self.background)}"/>')
        for item in self.items:
            if isinstance(item, Glow):
                name = f"f{len(definitions)}"
                definitions.append(
                    f'<radialGradient id="{name}">'
                    + "".join(
                        f'<stop offset="{part:g}" stop-color="{item.colour}" stop-opacity="{_falloff(part):.3g}"/>'
                        for part in (0, 0.25, 0.5, 0.75, 1)
                    )
                    + "</radialGradient>"
                )
                body.append(
                    f'<ellipse cx="{item.cx:g}" cy="{item.cy:g}" rx="{item.rx:g}" ry="{item.ry:g}" '
                    f'fill="url(#{name})" opacity="{item.opacity:g}"/>'
                )
            else:
                path = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in item.outline) + "Z"
                opacity = f' opacity="{item.fill.opacity:g}"' if item.fill.opacity < 1 else ""
                body.append(f'<path d="{path}" fill="{paint(item.fill)}"{opacity}/>')
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'width="{self.width * 4:g}" height="{self.height * 4:g}">'
            f"<defs>{''.join(definitions)}</defs>{''.join(body)}</svg>"
        )

    def png(self, width_px: int) -> bytes:
        """The scene as an 8-bit RGB PNG, `width_px` wide."""
        scale = width_px / self.width
        raster = _Raster(width_px, round(self.height * scale))
        raster.fill(box(0, 0, raster.width, raster.height), self.background)
        for item in self.items:
            if isinstance(item, Glow):
                raster.glow(item, scale)
            else:
                raster.fill([(x * scale, y * scale) for x, y in item.outline], item.fill)
        return raster.png()


def _falloff(part: float) -> float:
    """How strong a glow is at `part` of its radius."""
    return (1 - part * part) ** 2 if part < 1 else 0.0


class _Raster:
    """Rows of RGB bytes, and the scan conversion that fills them."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.rows = [bytearray(width * 3) for _ in range(height)]

    def fill(self, outline: Sequence[Point], fill: Fill) -> None:
        """Fill a closed outline (even-odd), its edges smoothed."""
        left, right = min(x for x, _ in outline), max(x for x, _ in outline)
        top, bottom = min(y for _, y in outline), max(y for _, y in outline)
        crossings: dict[int, list[float]] = {}
        x0, y0 = outline[-1]
        for x1, y1 in outline:
            upper, lower = ((x0, y0), (x1, y1)) if y0 < y1 else ((x1, y1), (x0, y0))
            if lower[1] > upper[1]:
                slope = (lower[0] - upper[0]) / (lower[1] - upper[1])
                first = max(math.ceil(upper[1] * _SUBROWS - 0.5), 0)
                end = min(math.ceil(lower[1] * _SUBROWS - 0.5), self.height * _SUBROWS)
                for subrow in range(first, end):
                    x = upper[0] + ((subrow + 0.5) / _SUBROWS - upper[1]) * slope
                    crossings.setdefault(subrow, []).append(min(max(x, 0.0), float(self.width)))
            x0, y0 = x1, y1

        if fill.across:
            low, high = max(math.floor(left), 0), min(math.ceil(right), self.width)
            extent = max(right - left, 1e-9)
            strip = b"".join(bytes(fill.colour_at((x + 0.5 - left) / extent)) for x in range(low, high))
        for y in range(max(math.floor(top), 0), min(math.ceil(bottom), self.height)):
            spans = []
            for subrow in range(y * _SUBROWS, (y + 1) * _SUBROWS):
                xs = sorted(crossings.get(subrow, ()))
                spans.append(list(zip(xs[::2], xs[1::2], strict=False)))
            if fill.across:
                self._row(y, spans, fill.opacity, lambda a, b: strip[(a - low) * 3 : (b - low) * 3])
            else:
                colour = bytes(fill.colour_at((y + 0.5 - top) / max(bottom - top, 1e-9)))
                self._row(y, spans, fill.opacity, lambda a, b, colour=colour: colour * (b - a))  # type: ignore[misc]

    def _row(
        self, y: int, spans: list[list[tuple[float, float]]], opacity: float, colours: Callable[[int, int], bytes]
    ) -> None:
        """Lay one pixel row: what all scan lines of the row cover at once, the pixels at the edges one by one."""
        filled = [line for line in spans if line]
        if not filled:
            return
        count = len(filled[0])
        alike = len(filled) == _SUBROWS and all(len(line) == count for line in filled)
        for index in range(count) if alike else range(1):
            # Spans that meet from line to line are one piece; anything else is taken pixel by pixel.
            pieces = [line[index] for line in filled] if alike else [span for line in filled for span in line]
            begin, end = math.floor(min(a for a, _ in pieces)), math.ceil(max(b for _, b in pieces))
            solid_from = math.ceil(max(a for a, _ in pieces)) if alike else end
            solid_to = math.floor(min(b for _, b in pieces)) if alike else end
            if solid_to <= solid_from:
                solid_from = solid_to = end
            self._edge(y, begin, solid_from, pieces, opacity, colours)
            if solid_to > solid_from:
                if opacity >= 1:
                    self.rows[y][solid_from * 3 : solid_to * 3] = colours(solid_from, solid_to)
                else:
                    self._blend(y, solid_from, colours(solid_from, solid_to), [opacity] * (solid_to - solid_from))
                self._edge(y, solid_to, end, pieces, opacity, colours)

    def _edge(
        self,
        y: int,
        begin: int,
        end: int,
        pieces: list[tuple[float, float]],
        opacity: float,
        colours: Callable[[int, int], bytes],
    ) -> None:
        begin, end = max(begin, 0), min(end, self.width)
        if end <= begin:
            return
        cover = [
            sum(max(min(b, x + 1) - max(a, x), 0.0) for a, b in pieces) / _SUBROWS * opacity for x in range(begin, end)
        ]
        self._blend(y, begin, colours(begin, end), cover)

    def _blend(self, y: int, begin: int, colours: bytes, cover: Iterable[float]) -> None:
        # One comprehension over the three channels: half the time of indexing them, and glows cover whole pictures.
        parts = [part for share in cover for part in (round(share * 256),) * 3]
        span = slice(begin * 3, begin * 3 + len(parts))
        under = self.rows[y][span]
        self.rows[y][span] = bytes(
            [old + ((new - old) * part >> 8) for old, new, part in zip(under, colours, parts, strict=True)]
        )

    def glow(self, glow: Glow, scale: float) -> None:
        """Lay a soft ellipse."""
        cx, cy, rx, ry = glow.cx * scale, glow.cy * scale, glow.rx * scale, glow.ry * scale
        colour = bytes(rgb(glow.colour))
        for y in range(max(math.floor(cy - ry), 0), min(math.ceil(cy + ry), self.height)):
            dy = ((y + 0.5 - cy) / ry) ** 2
            if dy >= 1:
                continue
            half = rx * math.sqrt(1 - dy)
            begin, end = max(math.floor(cx - half), 0), min(math.ceil(cx + half), self.width)
            cover = [max(1 - dy - ((x + 0.5 - cx) / rx) ** 2, 0.0) ** 2 * glow.opacity for x in range(begin, end)]
            self._blend(y, begin, colour * max(end - begin, 0), cover)

    def png(self) -> bytes:
        """Pack the rows: https://www.w3.org/TR/png-3/"""
        packed = bytearray()
        above = bytes(self.width * 3)
        for row in self.rows:
            packed.append(_FILTER_UP)
            packed += bytes((now - before) & 0xFF for now, before in zip(row, above, strict=True))
            above = bytes(row)
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        return (
            _PNG_SIGNATURE
            + _chunk(b"IHDR", header)
            + _chunk(b"IDAT", zlib.compress(bytes(packed), 9))
            + _chunk(b"IEND", b"")
        )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
