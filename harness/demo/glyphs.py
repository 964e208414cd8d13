"""The letters of the shop's typeface: a geometric, round-ended face, each letter a few pen strokes.

Units are those of the font: 1,000 to the em, capitals 700 high. A letter's strokes overlap; the font is filled by
winding number, so what lies under two of them is filled all the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Point = tuple[float, float]
Contour = list[tuple[int, int]]

EM = 1000
CAP_HEIGHT = 700
ASCENT, DESCENT = 900, 200
WEIGHT = 92  # width of the pen
_STEP = 10  # degrees between two points of an arc: less than a unit off the true curve


def arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float) -> list[Point]:
    """Points along an ellipse from `start` to `end` degrees, counted anticlockwise from the right."""
    steps = max(round(abs(end - start) / _STEP), 2)
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(cx + rx * math.cos(angle), cy + ry * math.sin(angle)) for angle in angles]


def line(*points: Point) -> list[Point]:
    """A stroke straight from point to point."""
    return list(points)


def _ring(cx: float, cy: float, rx: float, ry: float) -> list[Point]:
    points = arc(cx, cy, rx, ry, 0, 360)
    return [*points[:-1], points[0]]


def _outline(points: Sequence[Point], weight: float) -> list[list[Point]]:
    """The contours of one stroke: clockwise outside, as TrueType wants it; anticlockwise holes."""
    half = weight / 2
    if len(points) > 2 and points[0] == points[-1]:
        ring = list(points[:-1])
        around = list(zip([ring[-1], *ring[:-1]], ring, [*ring[1:], ring[0]], strict=True))
        sides = [[_beside(*corner, distance) for corner in around] for distance in (half, -half)]
        inner, outer = sorted(sides, key=lambda side: abs(_area(side)))
        return [_turned(outer, clockwise=True), _turned(inner, clockwise=False)]
    left, right = [], []
    for index, point in enumerate(points):
        before, after = points[max(index - 1, 0)], points[min(index + 1, len(points) - 1)]
        left.append(_beside(before, point, after, half))
        right.append(_beside(before, point, after, -half))
    end = _cap(points[-2], points[-1], half)
    start = _cap(points[1], points[0], half)
    return [_turned([*left, *end, *reversed(right), *start], clockwise=True)]


def _beside(before: Point, point: Point, after: Point, distance: float) -> Point:
    """The point `distance` to the left of a line that bends at `point`."""
    normals = []
    for a, b in ((before, point), (point, after)):
        length = math.dist(a, b)
        if length:
            normals.append(((a[1] - b[1]) / length, (b[0] - a[0]) / length))
    nx, ny = sum(n[0] for n in normals), sum(n[1] for n in normals)
    scale = distance * len(normals) / max(nx * nx + ny * ny, 1e-6)
    return point[0] + nx * scale, point[1] + ny * scale


def _cap(towards: Point, end: Point, half: float) -> list[Point]:
    """The half circle around a stroke's end, from its left side to its right."""
    direction = math.degrees(math.atan2(end[1] - towards[1], end[0] - towards[0]))
    return arc(end[0], end[1], half, half, direction + 90, direction - 90)[1:-1]


def _area(points: Sequence[Point]) -> float:
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True)) / 2


def _turned(points: list[Point], *, clockwise: bool) -> list[Point]:
    return points if (_area(points) < 0) == clockwise else points[::-1]


def _dot(x: float, y: float) -> list[Point]:
    return line((x, y), (x + 0.5, y))


_TOP, _MIDDLE, _LOW = 654.0, 352.0, 46.0  # middles of the strokes at the top, at half height and on the base line
_RX = 270.0
_O = (316.0, 350.0)

# letter -> (width, strokes); x counts from the letter's left edge, the side bearing included
_STROKES: dict[str, tuple[float, list[list[Point]]]] = {
    " ": (300, []),
    "A": (620, [line((60, _LOW), (310, _TOP)), line((310, _TOP), (560, _LOW)), line((135, 230), (485, 230))]),
    "B": (
        560,
        [
            line((98, _LOW), (98, _TOP)),
            [(98, _TOP), *arc(300, 506, 148, 148, 90, -90), (98, 358)],
            [(98, 358), *arc(316, 202, 156, 156, 90, -90), (98, _LOW)],
        ],
    ),
    "C": (630, [arc(*_O, 250, 304, 48, 312)]),
    "D": (640, [line((98, _LOW), (98, _TOP)), [(98, _TOP), *arc(270, 350, 282, 304, 90, -90), (98, _LOW)]]),
    "E": (510, [line((440, _TOP), (98, _TOP), (98, _LOW), (440, _LOW)), line((98, _MIDDLE), (400, _MIDDLE))]),
    "F": (490, [line((430, _TOP), (98, _TOP), (98, _LOW)), line((98, 340), (390, 340))]),
    "G": (670, [arc(*_O, 250, 304, 48, 360), line((370, 350), (566, 350), (566, _LOW + 40))]),
    "H": (620, [line((98, _LOW), (98, _TOP)), line((522, _LOW), (522, _TOP)), line((98, _MIDDLE), (522, _MIDDLE))]),
    "I": (196, [line((98, _LOW), (98, _TOP))]),
    "J": (470, [[(372, _TOP), *arc(220, 198, 152, 152, 0, -165)]]),
    "K": (570, [line((98, _LOW), (98, _TOP)), line((490, _TOP), (104, 318)), line((230, 428), (510, _LOW))]),
    "L": (470, [line((98, _TOP), (98, _LOW), (414, _LOW))]),
    "M": (
        740,
        [
            line((98, _LOW), (98, _TOP)),
            line((98, _TOP), (370, 240)),
            line((370, 240), (642, _TOP)),
            line((642, _TOP), (642, _LOW)),
        ],
    ),
    "N": (640, [line((98, _LOW), (98, _TOP)), line((98, _TOP), (542, _LOW)), line((542, _LOW), (542, _TOP))]),
    "O": (672, [_ring(336, 350, _RX, 304)]),
    "P": (540, [line((98, _LOW), (98, _TOP)), [(98, _TOP), *arc(290, 484, 170, 170, 90, -90), (98, 314)]]),
    "Q": (672, [_ring(336, 350, _RX, 304), line((400, 230), (590, 10))]),
    "R": (
        560,
        [
            line((98, _LOW), (98, _TOP)),
            [(98, _TOP), *arc(290, 484, 170, 170, 90, -90), (98, 314)],
            line((270, 314), (486, _LOW)),
        ],
    ),
    "S": (540, [[*arc(270, 503, 172, 151, 35, 270), *arc(270, 199, 182, 153, 90, -145)[1:]]]),
    "T": (540, [line((56, _TOP), (484, _TOP)), line((270, _TOP), (270, _LOW))]),
    "U": (610, [[(98, _TOP), *arc(305, 253, 207, 207, 180, 360), (512, _TOP)]]),
    "V": (600, [line((56, _TOP), (300, _LOW)), line((300, _LOW), (544, _TOP))]),
    "W": (
        840,
        [
            line((56, _TOP), (230, _LOW)),
            line((230, _LOW), (420, 540)),
            line((420, 540), (610, _LOW)),
            line((610, _LOW), (784, _TOP)),
        ],
    ),
    "X": (570, [line((66, _TOP), (504, _LOW)), line((504, _TOP), (66, _LOW))]),
    "Y": (570, [line((56, _TOP), (285, 330)), line((514, _TOP), (285, 330)), line((285, 330), (285, _LOW))]),
    "Z": (550, [line((76, _TOP), (470, _TOP)), line((470, _TOP), (76, _LOW)), line((76, _LOW), (480, _LOW))]),
    # Figures are all equally wide, so that prices stand under one another.
    "0": (560, [_ring(280, 350, 202, 304)]),
    "1": (560, [line((150, 540), (300, _TOP)), line((300, _TOP), (300, _LOW)), line((160, _LOW), (440, _LOW))]),
    "2": (560, [[*arc(276, 472, 188, 182, 165, -38), (90, _LOW)], line((90, _LOW), (480, _LOW))]),
    "3": (560, [arc(266, 506, 168, 148, 150, -90), arc(266, 202, 190, 156, 90, -150), line((230, 358), (270, 358))]),
    "4": (560, [line((380, _TOP), (70, 210)), line((70, 210), (500, 210)), line((380, _TOP), (380, _LOW))]),
    "5": (560, [line((450, _TOP), (146, _TOP)), line((146, _TOP), (120, 380)), arc(264, 246, 206, 200, 135, -145)]),
    "6": (560, [_ring(280, 240, 196, 194), [(400, _TOP), *arc(470, 250, 384, 400, 118, 178)]]),
    "7": (560, [line((80, _TOP), (480, _TOP)), line((480, _TOP), (210, _LOW))]),
    "8": (560, [_ring(280, 504, 160, 150), _ring(280, 202, 194, 156)]),
    "9": (560, [_ring(280, 460, 196, 194), [(160, _LOW), *arc(90, 450, 384, 400, -62, -2)]]),
    ".": (210, [_dot(105, 52)]),
    ",": (210, [line((110, 52), (70, -74))]),
    ":": (210, [_dot(105, 110), _dot(105, 450)]),
    "·": (260, [_dot(130, 340)]),
    "-": (400, [line((90, 320), (310, 320))]),
    "–": (560, [line((80, 320), (480, 320))]),
    "+": (560, [line((80, 330), (480, 330)), line((280, 130), (280, 530))]),
    "×": (500, [line((110, 190), (390, 470)), line((110, 470), (390, 190))]),
    "/": (440, [line((60, -30), (380, 730))]),
    "'": (200, [line((100, _TOP), (100, 500))]),
    "’": (200, [line((112, _TOP), (84, 520))]),
    "!": (210, [line((105, _TOP), (105, 240)), _dot(105, 52)]),
    "?": (500, [[*arc(248, 494, 170, 160, 165, -60), (252, 240)], _dot(252, 52)]),
    "&": (
        640,
        [
            [
                (576, _LOW),
                (190, 460),
                *arc(280, 530, 118, 124, 205, -40),
                (196, 330),
                *arc(250, 200, 170, 154, 125, 330),
                (560, 330),
            ],
        ],
    ),
    "%": (720, [_ring(190, 530, 112, 124), _ring(530, 170, 112, 124), line((150, 40), (570, 660))]),
    "€": (560, [arc(350, 350, 220, 304, 52, 308), line((50, 420), (390, 420)), line((50, 290), (370, 290))]),
    "#": (
        600,
        [
            line((220, 80), (270, 620)),
            line((370, 80), (420, 620)),
            line((90, 460), (530, 460)),
            line((70, 240), (510, 240)),
        ],
    ),
}

CHARACTERS = "".join(_STROKES)


def advance(character: str) -> int:
    """How far the next letter stands from this one's left edge."""
    return round(_STROKES[character][0])


def contours(character: str) -> list[Contour]:
    """The outlines of a letter, without doubled points."""
    result = []
    for points in _STROKES[character][1]:
        for outline in _outline(points, WEIGHT):
            rounded = [(round(x), round(y)) for x, y in outline]
            result.append([point for index, point in enumerate(rounded) if point != rounded[index - 1]])
    return result
