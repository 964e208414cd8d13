"""Screenshots of checks: what must not be kept is painted over, and how many pixels of two are equal."""

from __future__ import annotations

import io
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from harness.errors import UsageError

NOISE = 24  # of 255: what anti-aliasing may differ by
COVER = "black"

Area = tuple[float, float, float, float]


def require_pillow() -> ModuleType:
    """Return Pillow's Image module. Raises UsageError that names the extra where it is not installed."""
    try:
        from PIL import Image
    except ImportError as error:
        raise UsageError("checking fidelity needs Pillow; install replay-harness[check]") from error
    return Image


def covered(png: bytes, areas: Iterable[Area], scale: float) -> bytes:
    """Return the image with the areas, in CSS px, painted over; `scale` is pixels a CSS px."""
    areas = list(areas)
    if not areas:
        return png
    image = _open(png)
    _cover(image, areas, scale)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def equal_share(live: bytes, replay: bytes, areas: Iterable[Area], scale: float) -> float:
    """Return the share of equal pixels, from 0 to 1, with the areas painted over in both.

    Where sizes differ, what only one of them has is unequal.
    """
    from PIL import ImageChops

    images = [_open(live), _open(replay)]
    for image in images:
        _cover(image, list(areas), scale)
    size = max(image.width for image in images), max(image.height for image in images)
    common = min(image.width for image in images), min(image.height for image in images)
    bands = ImageChops.difference(*(image.crop((0, 0, *common)) for image in images)).split()
    strongest = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    unequal: int = sum(strongest.histogram()[NOISE + 1 :])
    share: float = (common[0] * common[1] - unequal) / (size[0] * size[1])
    return share


def _open(png: bytes) -> Any:
    return require_pillow().open(io.BytesIO(png)).convert("RGB")


def _cover(image: Any, areas: list[Area], scale: float) -> None:
    from PIL import ImageDraw

    draw = ImageDraw.Draw(image)
    for x, y, width, height in areas:
        # A pixel more on each side: edges lie between pixels.
        box = (x * scale - 1, y * scale - 1, (x + width) * scale + 1, (y + height) * scale + 1)
        draw.rectangle(box, fill=COVER)
