"""The shop's pictures: a scene for each product, the hero, and the journal further down the page."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from functools import cache
from threading import Lock

from harness.demo.drawing import Point, Scene, across, box, curve, down, ellipse, plain, stroke, turned

_PRODUCT_SIZE = 120.0
_FLOOR = 92.0  # where things stand


def _stage(wall_top: str, wall_bottom: str, floor: str, shadow_rx: float = 34, shadow: str = "#2a1c14") -> Scene:
    """A wall, a table edge, and the shadow of what will stand on it."""
    scene = Scene(_PRODUCT_SIZE, _PRODUCT_SIZE, down(wall_top, wall_bottom))
    scene.glow(38, 30, 70, 60, "#ffffff", 0.32)
    scene.add(box(0, 84, 120, 36), down(floor, floor))
    scene.add(box(0, 84, 120, 0.5), plain("#ffffff", 0.35))
    if shadow_rx:
        scene.glow(64, _FLOOR + 1.5, shadow_rx, 6.5, shadow, 0.5)
    return scene


def _dune_lamp() -> Scene:
    scene = _stage("#f3ddc3", "#e9c8a4", "#c98f64", 30)
    scene.glow(60, 58, 58, 46, "#fff6cf", 0.75)
    scene.add(
        turned(60, [(20, _FLOOR - 3), (21, _FLOOR - 1), (20, _FLOOR + 2)]), across("#b5533a", "#e08a66", "#8f3d2a")
    )
    scene.add(turned(60, [(3, 52), (3.2, 70), (4.5, 84), (16, 90)]), across("#a94a33", "#e79a78", "#8a3a28"))
    scene.add(
        turned(60, [(0, 24), (12, 25.5), (26, 34), (34, 48), (35, 54)]),
        across("#b34d35", "#f0a17e", "#c55d42", "#7d3122"),
    )
    scene.add(ellipse(60, 54, 35, 4.2), down("#fff3c4", "#ffe39a"))
    return scene


def _comet_pendant() -> Scene:
    scene = Scene(_PRODUCT_SIZE, _PRODUCT_SIZE, down("#22364a", "#35536b"))
    scene.glow(60, 70, 62, 52, "#ffd98a", 0.55)
    for x, length, radius, light in ((30, 48, 11, "#ffe9b0"), (62, 66, 15, "#fff1c9"), (92, 36, 9, "#ffe2a0")):
        scene.add(box(x - 0.4, 0, 0.8, length), plain("#101a24"))
        scene.add(box(x - 2.4, length - 1, 4.8, 6, 1.2), across("#a77b3e", "#f0cf8e", "#86602d"))
        scene.glow(x, length + 4 + radius, radius * 2.3, radius * 2.3, "#ffe6a3", 0.7)
        scene.add(ellipse(x, length + 4 + radius, radius, radius), down("#fffdf2", light, "#f6c667"))
        scene.add(
            ellipse(x - radius * 0.35, length + 4 + radius * 0.6, radius * 0.22, radius * 0.3), plain("#ffffff", 0.8)
        )
    return scene


def _harbour_lantern() -> Scene:
    scene = _stage("#c9dbe0", "#aac5cd", "#5d7f88", 28, "#10242a")
    handle = curve([(46, 34), (44, 18), (60, 9), (76, 18), (74, 34)])
    scene.add(stroke(handle, 1.8), plain("#2c3f46"))
    scene.add(box(43, 40, 34, 46, 3), across("#dcebe9", "#ffffff", "#bfd6d6"))
    scene.glow(60, 66, 30, 30, "#ffcf6b", 0.9)
    scene.add(turned(60, [(0, 50), (3.4, 60), (5, 67), (3, 73), (0, 75)]), down("#fff8dd", "#ffc54d", "#f08a35"))
    scene.add(box(56, 74, 8, 11, 1), across("#e8dcc6", "#fffaf0", "#cdbd9f"))
    for x in (42, 58.9, 75.8):
        scene.add(box(x, 38, 2.2, 48), plain("#31474f"))
    scene.add(turned(60, [(8, 30), (12, 32), (22, 40)]), across("#2c4048", "#5f7d87", "#22343b"))
    scene.add(box(52, 26, 16, 5, 1.5), across("#2c4048", "#5f7d87", "#22343b"))
    scene.add(box(38, 84, 44, 9, 2.5), across("#2c4048", "#67868f", "#22343b"))
    return scene


def _moon_jar() -> Scene:
    scene = _stage("#dcd6e8", "#c3b9d8", "#8f82ad", 30, "#241c38")
    body: list[Point] = [(11, 34), (10, 37), (24, 46), (31, 61), (26, 79), (15, 90), (14, _FLOOR)]
    scene.add(turned(60, body), across("#c9c2b8", "#fbf8f1", "#efe9de", "#c4baad", "#978c80"))
    scene.add(ellipse(60, 34, 11, 2.4), down("#877c71", "#b8aea2"))
    scene.add(
        curve(
            [(36, 54), (48, 60), (60, 57), (73, 63), (86, 57), (88, 62), (74, 69), (60, 63), (48, 67), (34, 60)], True
        ),
        across("#6d7fae", "#93a4cf", "#55679a", opacity=0.75),
    )
    return scene


def _reed_vase() -> Scene:
    scene = _stage("#f0e3da", "#e4cdbf", "#b98f7c", 22)
    for x, y, lean in ((47, 16, -5), (55, 10, -2), (63, 8, 1), (71, 13, 4), (78, 22, 8)):
        stem = curve([(60 + lean * 0.3, 60), (60 + lean, 40), (x, y + 8)])
        scene.add(stroke(stem, 0.9), plain("#8b7a4c"))
        head: list[Point] = [(x - lean * 0.2, y + 18), (x + 2.7, y + 11), (x + lean * 0.2, y), (x - 2.7, y + 11)]
        scene.add(curve(head, closed=True), across("#c9a763", "#efd9a2", "#a9874a"))
    body: list[Point] = [(7, 50), (6, 53), (8, 60), (15, 72), (16, 82), (12, 90), (11.5, _FLOOR)]
    scene.add(turned(60, body), across("#3f6d66", "#8fc0b4", "#5c978b", "#2c4f4a"))
    scene.add(ellipse(60, 50, 7, 1.6), down("#1e3733", "#315b55"))
    return scene


def _pebble_mug() -> Scene:
    scene = _stage("#f6e7d2", "#f0d6b6", "#d3a878", 32)
    for k, x in enumerate((50, 58, 66)):
        steam = curve([(x, 42), (x - 3, 35), (x + 3, 27), (x - 1, 18 + k * 2)])
        scene.add(stroke(steam, 1.6, 0.3), plain("#ffffff", 0.55))
    handle = curve([(78, 58), (92, 56), (95, 68), (88, 79), (76, 80)])
    scene.add(stroke(handle, 5.4), across("#46606f", "#9ab4c0", "#39505d"))
    body: list[Point] = [(21, 48), (22, 54), (23, 68), (21, 82), (15, 91), (14, _FLOOR + 1)]
    scene.add(turned(58, body), across("#4d6878", "#b6ccd5", "#7d9aa8", "#3b5260"))
    scene.add(turned(58, [(23, 66), (23.1, 70), (22.5, 75)]), across("#e6d9c4", "#fff8ea", "#d9c8ac", opacity=0.9))
    scene.add(ellipse(58, 48, 21, 4.6), down("#dbe6ea", "#f6fafb"))
    scene.add(ellipse(58, 48.7, 18.6, 3.6), across("#4a2a18", "#6e4327", "#3a2012"))
    return scene


def _teapot() -> Scene:
    scene = _stage("#dfe8d3", "#c9d8b7", "#8ba372", 38, "#1d2a14")
    scene.add(stroke(curve([(34, 76), (22, 70), (21, 58), (14, 50)]), 10, 5), across("#54743d", "#9dbb7f"))
    handle = curve([(82, 56), (98, 52), (103, 66), (95, 80), (82, 82)])
    scene.add(stroke(handle, 4.6), across("#577a40", "#87a869", "#3c5a29"))
    body: list[Point] = [(13, 46), (24, 52), (31, 66), (27, 82), (18, 90), (17, _FLOOR + 1)]
    scene.add(turned(60, body), across("#4f6f39", "#b7d19a", "#84a764", "#35501f"))
    scene.add(turned(60, [(0, 38), (9, 40), (14, 46), (13, 48)]), across("#577a40", "#c0d8a6", "#3f5d2a"))
    scene.add(ellipse(60, 36, 4, 3.6), across("#c08a4a", "#f2cf97", "#8f6230"))
    scene.add(ellipse(48, 64, 4, 9), plain("#ffffff", 0.28))
    return scene


def _little_cactus() -> Scene:
    scene = _stage("#fbe3d6", "#f7c9b4", "#dd9377", 24)
    stem = across("#2f6b4a", "#6fb386", "#3f8459", "#24543a")
    arm = curve([(48, 62), (37, 60), (34, 52), (34.5, 44)])
    scene.add(stroke(arm, 8.6, 7.4), stem)
    scene.add(ellipse(34.6, 44, 3.8, 4), stem)
    arm = curve([(72, 56), (83, 54), (86, 46), (85.5, 38)])
    scene.add(stroke(arm, 8.2, 7), stem)
    scene.add(ellipse(85.5, 38, 3.6, 4), stem)
    scene.add(turned(60, [(0, 24), (8, 26), (12.5, 36), (13, 60), (11.5, 74)]), stem)
    for x in (53, 60, 67):
        for y in range(34, 72, 6):
            scene.add(ellipse(x, y + abs(x - 60) / 6, 0.6, 0.9, 8), plain("#f4f1d8", 0.9))
    for flower_x, flower_y, size in ((60.0, 23.0, 4.6), (34.5, 40.0, 3.0), (85.5, 34.0, 2.6)):
        for petal in range(6):
            angle = math.tau * petal / 6
            centre = (flower_x + math.cos(angle) * size * 0.6, flower_y + math.sin(angle) * size * 0.5)
            scene.add(ellipse(*centre, size * 0.5, size * 0.44, 18), down("#ff8fa8", "#e2557a"))
        scene.add(ellipse(flower_x, flower_y, size * 0.36, size * 0.32, 18), plain("#ffd76b"))
    scene.add(turned(60, [(18, 72), (16, 84), (13.5, 91), (13, _FLOOR + 1)]), across("#b4562f", "#f0a072", "#8a3c1e"))
    scene.add(box(40, 70, 40, 6.4, 2), across("#c0623a", "#f6b085", "#974524"))
    return scene


def _snake_plant() -> Scene:
    scene = _stage("#d7e6e2", "#b9d3cc", "#74988f", 24, "#0f2620")
    leaves = [(-16, 30, 7), (17, 34, 7), (-8, 18, 8), (9, 14, 8), (1, 8, 9)]
    for lean, top, width in leaves:
        middle = curve([(60 + lean * 0.35, 74), (60 + lean * 0.75, 50), (60 + lean, top)])
        scene.add(stroke(middle, width + 2.4, 0.4), plain("#cfd98a"))
        scene.add(stroke(middle, width, 0.2), across("#1f5a43", "#4d9a72", "#1a4c39"))
        for x, y in middle[3:-6:3]:
            reach = width * (1 - (74 - y) / (74 - top)) * 0.35
            scene.add(stroke([(x - reach, y + 0.8), (x, y), (x + reach, y + 0.9)], 1), plain("#a6cfa0", 0.45))
    scene.add(
        turned(60, [(19, 70), (18, 82), (15, 91), (14.5, _FLOOR + 1)]),
        across("#cfc6bb", "#fffdf8", "#ded5c9", "#9d9286"),
    )
    for y in (76, 81, 86):
        scene.add(
            stroke([(43 + (y - 76) * 0.2, y), (60, y + 1.6), (77 - (y - 76) * 0.2, y)], 0.7), plain("#b7ab9c", 0.8)
        )
    return scene


def _field_notebook() -> Scene:
    scene = Scene(_PRODUCT_SIZE, _PRODUCT_SIZE, down("#e9dcc8", "#d9c5a8"))
    scene.glow(30, 20, 80, 60, "#ffffff", 0.4)
    scene.glow(66, 66, 46, 50, "#3a2a18", 0.5)
    scene.add([(32, 22), (86, 16), (94, 94), (40, 102)], plain("#f8f2e4"))
    scene.add([(30, 20), (84, 14), (92, 92), (38, 100)], across("#1f4a5c", "#37728a", "#2b6076"))
    scene.add([(30, 20), (37, 19.2), (45, 99), (38, 100)], down("#163846", "#1b4354"))
    scene.add([(74, 15.1), (77, 14.8), (85, 93), (82, 93.4)], plain("#e2b14a"))
    scene.add([(44, 34), (66, 31.5), (67.6, 46), (45.6, 48.6)], plain("#f4ead6"))
    for k in range(3):
        scene.add(
            [(47, 37 + k * 3.4), (62, 35.3 + k * 3.4), (62.1, 36 + k * 3.4), (47.1, 37.7 + k * 3.4)], plain("#b9a98c")
        )
    pencil = across("#e9a23b", "#ffd27d", "#c67f1f")
    scene.add([(92, 34), (98, 33), (106, 84), (100, 85)], pencil)
    scene.add([(100, 85), (106, 84), (104.6, 93)], plain("#f3dfbe"))
    scene.add([(103.4, 90.2), (105, 90), (104.6, 93)], plain("#3b3b3b"))
    scene.add([(92, 34), (98, 33), (97.2, 28), (91.2, 29)], plain("#e27a7a"))
    return scene


def _hill_cushion() -> Scene:
    scene = _stage("#e7e3f1", "#d2cde4", "#a49cc4", 44, "#241c38")
    outline = curve([(20, 32), (60, 37), (100, 32), (97, 62), (102, 95), (60, 91), (18, 95), (23, 62)], True)
    scene.add(outline, across("#d99a5b", "#f6d5a6", "#eebd82", "#bd7f45"))
    hills = (("#c8654a", 58, 7), ("#8f4a63", 68, 6), ("#4f3f6d", 78, 5))
    for colour, base, height in hills:
        ridge: list[Point] = []
        for step in range(19):
            x = 21.5 + step * 4.28
            ridge.append((x, base - height * math.sin(step * 0.62 + base)))
        sides = [(99.6, 80.0), (100.4, 91.8), (80.0, 91.4), (60.0, 90.4), (40.0, 91.4), (19.6, 91.8), (20.4, 80.0)]
        scene.add(ridge + sides, plain(colour, 0.92))
    scene.add(ellipse(76, 47, 6, 6), plain("#fff3d2"))
    scene.glow(40, 48, 30, 18, "#ffffff", 0.3)
    return scene


def _quarter_clock() -> Scene:
    scene = Scene(_PRODUCT_SIZE, _PRODUCT_SIZE, down("#cfe0d8", "#b4cdc2"))
    scene.glow(34, 26, 80, 60, "#ffffff", 0.4)
    scene.glow(64, 66, 46, 46, "#16322a", 0.5)
    scene.add(ellipse(60, 60, 40, 40), across("#b98a56", "#ecc795", "#96683a"))
    scene.add(ellipse(60, 60, 36, 36), down("#fffdf7", "#f1e9da"))
    scene.add([(60.0, 60.0), *(_clock_point(minute, 33.0) for minute in range(16))], plain("#f0b9a0", 0.9))
    for hour in range(12):
        inner, outer = _clock_point(hour * 5, 29 if hour % 3 else 27), _clock_point(hour * 5, 33)
        scene.add(stroke([inner, outer], 0.9 if hour % 3 else 1.8), plain("#3b3a36"))
    scene.add(stroke([_clock_point(20, -5), _clock_point(50.5, 19)], 2.6), plain("#2f2e2b"))
    scene.add(stroke([_clock_point(35, 5), _clock_point(5, 29)], 1.7), plain("#2f2e2b"))
    scene.add(stroke([_clock_point(10, 8), _clock_point(40, 28)], 0.7), plain("#c9553a"))
    scene.add(ellipse(60, 60, 2.4, 2.4), plain("#c9553a"))
    return scene


def _clock_point(minute: float, radius: float) -> Point:
    angle = math.radians(minute * 6 - 90)
    return 60 + radius * math.cos(angle), 60 + radius * math.sin(angle)


_PRODUCTS: dict[str, Callable[[], Scene]] = {
    "dune-lamp": _dune_lamp,
    "comet-pendant": _comet_pendant,
    "harbour-lantern": _harbour_lantern,
    "moon-jar": _moon_jar,
    "reed-vase": _reed_vase,
    "pebble-mug": _pebble_mug,
    "teapot": _teapot,
    "little-cactus": _little_cactus,
    "snake-plant": _snake_plant,
    "field-notebook": _field_notebook,
    "hill-cushion": _hill_cushion,
    "quarter-clock": _quarter_clock,
}

# Wide pictures -------------------------------------------------------------------------------------------------------


def _ridge(width: float, base: float, height: float, seed: int, floor: float) -> list[Point]:
    """A line of hills from left to right, closed at `floor`."""
    source = random.Random(seed)
    waves = [(source.uniform(0.5, 1.0), source.uniform(0.008, 0.03), source.uniform(0, 6)) for _ in range(4)]
    total = sum(strength for strength, _, _ in waves)
    points: list[Point] = [(0.0, floor)]
    for step in range(121):
        x = width * step / 120
        lift = sum(strength * math.sin(x * rate * 2 + phase) for strength, rate, phase in waves) / total
        points.append((x, base - height * lift))
    points.append((width, floor))
    return points


def _hero() -> Scene:
    """Evening over hills: behind the words at the top of the catalogue."""
    scene = Scene(320, 120, down("#27345a", "#7a5a80", "#e08f76", "#f8cf9a"))
    source = random.Random(7)
    for _ in range(60):
        x, y = source.uniform(0, 320), source.uniform(0, 52)
        size = source.uniform(0.15, 0.5)
        scene.add(ellipse(x, y, size, size, 8), plain("#fff4dc", source.uniform(0.3, 0.9) * (1 - y / 70)))
    scene.glow(238, 74, 90, 62, "#ffe3a8", 0.85)
    scene.add(ellipse(238, 72, 15, 15), down("#fffbe9", "#ffe2a1"))
    for base, height, seed, top, bottom in (
        (82, 9, 3, "#c77a78", "#b56a74"),
        (90, 10, 11, "#94587a", "#7f4a70"),
        (100, 9, 5, "#5b3f68", "#4b3460"),
        (110, 7, 23, "#332a50", "#292345"),
    ):
        if base == 110:  # a small house behind the nearest hill, with its lamp on
            scene.add([(262, 96.5), (269, 91), (276, 96.5), (276, 112), (262, 112)], plain("#241e42"))
            scene.add(box(272, 90.6, 1.8, 4), plain("#241e42"))
            scene.glow(267.6, 101, 9, 8, "#ffcf6b", 0.55)
            scene.add(box(265.4, 98.6, 4.4, 4.6, 0.5), plain("#ffdc8a"))
        scene.add(_ridge(320, base, height, seed, 121), down(top, bottom))
    return scene


def _arch(half_width: float, spring: float, rise: float) -> list[Point]:
    """A round arch standing at (80, 86), whose curve begins at the height `spring`."""
    angles = [math.pi * step / 40 for step in range(41)]
    over = [(80 - half_width * math.cos(angle), spring - rise * math.sin(angle)) for angle in angles]
    return [(80 - half_width, 86.0), *over, (80 + half_width, 86.0)]


def _journal_kiln() -> Scene:
    scene = Scene(160, 100, down("#3a2430", "#6d3a38"))
    scene.glow(80, 66, 80, 56, "#ff9d4d", 0.75)
    scene.add(box(0, 84, 160, 16), down("#2b1b22", "#1e1218"))
    scene.add(_arch(42, 62, 44), across("#7a3f2f", "#b8644a", "#6b3527"))
    scene.add(_arch(24, 66, 24), down("#ffdf8e", "#ff9a3c", "#d9481f"))
    scene.glow(80, 74, 34, 26, "#fff6cf", 0.7)
    for x, top, colours in (
        (66, 66, ("#5a2a1c", "#a65a3a", "#3f1a10")),
        (80, 60, ("#4b2418", "#954c30", "#35160d")),
        (95, 69, ("#5a2a1c", "#a65a3a", "#3f1a10")),
    ):
        scene.add(turned(x, [(3, top), (6, top + 7), (5.6, 80), (3.4, 86)]), across(*colours))
    return scene


def _journal_coast() -> Scene:
    scene = Scene(160, 100, down("#bfe0e6", "#e7f1e8"))
    scene.glow(40, 24, 60, 40, "#ffffff", 0.8)
    scene.add(ellipse(40, 24, 9, 9), plain("#fff3c9"))
    scene.add(_ridge(160, 52, 5, 31, 101), down("#88b2ad", "#79a59f"))
    scene.add(box(0, 58, 160, 42), down("#5ea3b0", "#2f7488"))
    for k in range(11):
        y = 62 + k * 3.4
        wave = [(x * 4.0, y + math.sin(x * 0.9 + k) * 0.7) for x in range(41)]
        scene.add(stroke(wave, 0.5 + k * 0.05), plain("#d9f0f0", 0.28))
    scene.add([(98, 66), (130, 66), (124, 73), (104, 73)], across("#8c3b2e", "#c4553f"))
    scene.add(box(112.4, 36, 1, 30), plain("#4a3428"))
    scene.add([(114, 38), (130, 62), (114, 62)], across("#fffaf0", "#eadfca"))
    scene.add([(111.4, 42), (111.4, 62), (99, 62)], across("#e6d9c1", "#fff8ea"))
    scene.add(_ridge(160, 96, 4, 12, 101), down("#3f6b4f", "#2d5240"))
    return scene


def _journal_studio() -> Scene:
    scene = Scene(160, 100, down("#f2e6d6", "#e4d2ba"))
    scene.add(box(98, 12, 46, 52, 2), plain("#fffaf0"))
    scene.add(box(101, 15, 19, 46), down("#b8dbe4", "#e4f2ea"))
    scene.add(box(122, 15, 19, 46), down("#b8dbe4", "#e4f2ea"))
    scene.glow(104, 60, 60, 40, "#fff6d8", 0.7)
    scene.add(box(12, 30, 62, 2.4), across("#9a6b42", "#c8935f"))
    scene.add(box(12, 56, 62, 2.4), across("#9a6b42", "#c8935f"))
    upper = (
        (20, 30, "#3f6d66", "#8fc0b4"),
        (34, 30, "#b34d35", "#f0a17e"),
        (50, 30, "#46606f", "#b6ccd5"),
        (65, 30, "#8b6aa0", "#cbb3dc"),
    )
    for x, floor, dark, light in upper:
        scene.add(
            turned(x, [(2.4, floor - 13), (5, floor - 8), (4.6, floor - 3), (3, floor)]), across(dark, light, dark)
        )
    for x, floor, dark, light in (
        (22, 56, "#c9a763", "#efd9a2"),
        (42, 56, "#577a40", "#b7d19a"),
        (62, 56, "#c4baad", "#fbf8f1"),
    ):
        scene.add(turned(x, [(5, floor - 10), (6.4, floor - 6), (4, floor)]), across(dark, light, dark))
    scene.add(box(0, 78, 160, 22), down("#a8744a", "#8a5a36"))
    scene.add(box(0, 78, 160, 0.8), plain("#ffffff", 0.3))
    scene.glow(78, 80, 26, 4, "#2a1c14", 0.5)
    scene.add(turned(78, [(20, 75), (21, 77), (20, 79.5)]), across("#6b6a68", "#b9b7b2", "#53524f"))
    scene.add(turned(78, [(7, 58), (6.4, 60), (11, 67), (9, 75)]), across("#b5643f", "#e9a883", "#8a4527"))
    scene.add(ellipse(78, 58, 7, 1.6), plain("#6e3319"))
    return scene


def _delivery_map() -> Scene:
    """Streets, a park and a river: the map of the pick-up point."""
    scene = Scene(160, 90, plain("#efe9dd"))
    for x in range(-10, 160, 22):
        for y in range(-6, 90, 16):
            tint = "#e2d8c6" if (x * 7 + y * 3) % 5 else "#d9ceb9"
            scene.add(box(x + 3, y + 3, 17, 11, 1), plain(tint))
    scene.add(curve([(100, -4), (142, -4), (150, 24), (132, 38), (104, 32)], True), plain("#c4dbb0"))
    river = curve([(-6, 70), (30, 60), (62, 72), (96, 62), (130, 74), (168, 66)])
    scene.add(stroke(river, 13), plain("#a9d3df"))
    for line in ([(40, -4), (52, 94)], [(-4, 34), (164, 44)], [(118, -4), (96, 94)]):
        scene.add(stroke([(float(x), float(y)) for x, y in line], 3.4), plain("#ffffff"))
    route = curve([(14, 84), (40, 76), (50, 58), (47, 40), (74, 39)])
    scene.add(stroke(route, 2), plain("#c2593a"))
    scene.glow(74, 41, 7, 3, "#2a1c14", 0.5)
    scene.add([(74.0, 40.0), *ellipse(74, 29, 6, 6)[2:35], (74.0, 40.0)], plain("#c2593a"))
    scene.add(ellipse(74, 29, 6, 6), plain("#c2593a"))
    scene.add(ellipse(74, 29, 2.3, 2.3), plain("#ffffff"))
    scene.add(ellipse(14, 84, 2.6, 2.6), plain("#2f6b4a"))
    return scene


_WIDE: dict[str, Callable[[], Scene]] = {
    "hero": _hero,
    "journal-kiln": _journal_kiln,
    "journal-coast": _journal_coast,
    "journal-studio": _journal_studio,
    "delivery-map": _delivery_map,
}

MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="#27345a"/>'
    '<path d="M21.5 20.8A8.6 8.6 0 1 1 15 7.2a7 7 0 0 0 6.5 13.6z" fill="#ffdc8a"/></svg>'
)

NAMES = frozenset({*_PRODUCTS, *_WIDE})


def scene(name: str) -> Scene:
    """The scene of a product, or of one of the wide pictures; KeyError for any other name."""
    return ({**_PRODUCTS, **_WIDE})[name]()


def draw_ahead() -> None:
    """Draw what the first page shows as PNG, so that the first visitor need not wait for it."""
    png("hero", 1440)
    for name in ("moon-jar", "pebble-mug", "teapot", "reed-vase"):
        png(name, 360)
    for name in ("journal-kiln", "journal-studio"):
        png(name, 640)


@cache
def svg(name: str) -> bytes:
    """A picture as SVG."""
    return scene(name).svg().encode()


_drawing = Lock()


def png(name: str, width_px: int) -> bytes:
    """A picture as PNG; drawn once a process, since a wide one takes a second."""
    with _drawing:
        return _png(name, width_px)


@cache
def _png(name: str, width_px: int) -> bytes:
    return scene(name).png(width_px)
