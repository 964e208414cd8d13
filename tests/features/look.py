"""What a page looks like: its visible boxes with their text, and its pixels; and how two looks differ."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image, ImageChops
from playwright.sync_api import FloatRect, Frame, Page

# The boxes of the composed tree, frames that may be read included: tag, box, own text, value of a control.
BOXES = """() => {
  const SKIPPED = new Set(['script', 'noscript', 'style', 'link', 'head', 'template', 'meta', 'title']);
  const boxes = [];
  const visit = (parent, left, top, right, bottom) => {
    for (const element of parent.children || []) {
      const tag = element.localName;
      if (SKIPPED.has(tag)) continue;
      const { x, y, width, height } = element.getBoundingClientRect();
      const [at, to] = [x + left, y + top];
      let seen = width > 0 && height > 0 && at + width > 0 && to + height > 0 && at < right && to < bottom;
      if (seen) seen = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      if (seen) {
        let text = [...element.childNodes].map((node) => (node.nodeType === 3 ? node.data : '')).join('');
        text = text.replace(/\\s+/g, ' ').trim();
        if (/^(input|textarea|select)$/.test(tag)) text += `=${element.value}${element.checked ? ' checked' : ''}`;
        boxes.push([tag, text, at, to, width, height]);
      }
      const root = self.__closedRoots?.get(element) || element.shadowRoot;
      if (root) visit(root, left, top, right, bottom);
      visit(element, left, top, right, bottom);
      if (tag === 'iframe' && seen) {
        let inner = null;
        try { inner = element.contentDocument; } catch { /* of another origin */ }
        const [innerLeft, innerTop] = [at + element.clientLeft, to + element.clientTop];
        if (inner) visit(inner, innerLeft, innerTop, Math.min(right, at + width), Math.min(bottom, to + height));
      }
    }
  };
  visit(document, 0, 0, innerWidth, innerHeight);
  return boxes;
}"""

# For the live page, before its first script: closed roots can be met only as they are made.
KEEP_CLOSED_ROOTS = """(() => {
  const roots = new WeakMap();
  const attach = Element.prototype.attachShadow;
  Object.defineProperty(self, '__closedRoots', { value: roots });
  Element.prototype.attachShadow = function (init) {
    const root = attach.call(this, init);
    roots.set(this, root);
    return root;
  };
})();"""

MAX_BOX_SHIFT = 1.0  # CSS px
MIN_EQUAL_PIXELS = 0.9995
PIXEL_NOISE = 24  # of 255: what anti-aliasing may differ by

Box = tuple[str, str, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Look:
    boxes: list[Box]
    png: bytes

    def size(self, scale: float) -> tuple[int, int]:
        """Return width and height in CSS px of a device with so many pixels each."""
        width, height = Image.open(io.BytesIO(self.png)).size
        return round(width / scale), round(height / scale)


def look_at(page: Page, frame: Frame, size: tuple[int, int] | None = None, *, is_paused: bool = False) -> Look:
    """Return the look of `frame`, which stands at the top left of `page` and is `size` CSS px large (None: all)."""
    boxes = [tuple(box) for box in frame.evaluate(BOXES)]
    clip = FloatRect(x=0, y=0, width=size[0], height=size[1]) if size else None
    animations: Literal["allow", "disabled"] = "allow" if is_paused else "disabled"
    return Look(boxes, page.screenshot(animations=animations, caret="hide", clip=clip))


def difference(live: Look, replay: Look, picture: Path) -> str | None:
    """Return what a person needs to know of how `replay` differs, None if it looks the same.

    Where it differs, three images are written: `picture` with -live.png, -replay.png and -diff.png behind its name.
    """
    gone, extra = _unmatched(live.boxes, replay.boxes)
    equal, images = _equal_pixels(live.png, replay.png)
    if not gone and not extra and equal >= MIN_EQUAL_PIXELS:
        return None
    picture.parent.mkdir(parents=True, exist_ok=True)
    for name, image in images.items():
        image.save(picture.with_name(f"{picture.name}-{name}.png"))
    lines = [f"{equal:.3%} of the pixels are equal; see {picture}-*.png"]
    lines += _listed("only live", gone) + _listed("only in the replay", extra)
    return "\n".join(lines)


def _listed(title: str, boxes: list[Box]) -> list[str]:
    shown = [f"    <{tag}> {x:g},{y:g} {width:g}x{height:g} {text[:60]!r}" for tag, text, x, y, width, height in boxes]
    more = [f"    and {len(shown) - 12} more"] if len(shown) > 12 else []
    return [f"  {title}:", *shown[:12], *more] if boxes else []


def _unmatched(live: Iterable[Box], replay: Iterable[Box]) -> tuple[list[Box], list[Box]]:
    """Return the boxes of each that have no partner in the other: same tag and text, edges within MAX_BOX_SHIFT."""
    left: dict[tuple[str, str], list[Box]] = {}
    for box in replay:
        left.setdefault(box[:2], []).append(box)
    gone = []
    for box in live:
        candidates = left.get(box[:2], [])
        partner = next((other for other in candidates if _near(box, other)), None)
        if partner is None:
            gone.append(box)
        else:
            candidates.remove(partner)
    return gone, [box for rest in left.values() for box in rest]


def _near(one: Box, other: Box) -> bool:
    return all(abs(a - b) <= MAX_BOX_SHIFT for a, b in zip(one[2:], other[2:], strict=True))


def _equal_pixels(live_png: bytes, replay_png: bytes) -> tuple[float, dict[str, Image.Image]]:
    live, replay = (Image.open(io.BytesIO(png)).convert("RGB") for png in (live_png, replay_png))
    size = max(live.width, replay.width), max(live.height, replay.height)
    whole = [Image.new("RGB", size, "magenta") for _ in (live, replay)]
    for canvas, image in zip(whole, (live, replay), strict=True):
        canvas.paste(image, (0, 0))
    bands = ImageChops.difference(*whole).split()
    strongest = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    mask = strongest.point(lambda value: 255 if value > PIXEL_NOISE else 0)
    unequal = mask.histogram()[255]
    return 1 - unequal / (size[0] * size[1]), {"live": live, "replay": replay, "diff": mask}
