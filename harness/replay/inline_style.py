"""The `style` attribute, changed by differences.

rrweb writes one as {"color": "red", "left": ["0", "important"], "top": false}: set, set with a priority, removed.

The names of a difference are always longhands, while the text may hold a shorthand. In a browser the shorthand falls
apart into its longhands; here a set longhand goes behind it and wins, and a removed one becomes `revert-layer`, which
means the same: whatever the declarations outside the attribute give.
"""

from __future__ import annotations

import re
from typing import Any

# A run of text that holds no `;` of its own: strings, brackets (not nested inside a string), comments, escapes.
_PIECE = re.compile(
    r"""(?P<comment>/\*.*?(?:\*/|\Z))|(?P<quoted>"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?)|(?P<open>[({\[])|(?P<close>[)}\]])|(?P<end>;)|\\.|.""",
    re.DOTALL,
)
_IMPORTANT = re.compile(r"\s*!\s*important\s*\Z", re.IGNORECASE)

_SIDES = ("top", "right", "bottom", "left")
# Shorthand -> its longhands, as Chromium 156 lists them when it takes a declaration apart. One that is not here is
# known by its name being the beginning of the longhand's.
_SHORTHANDS: dict[str, frozenset[str]] = {
    name: frozenset(longhands.split())
    for name, longhands in {
        "animation": "animation-duration animation-timing-function animation-delay animation-iteration-count"
        " animation-direction animation-fill-mode animation-play-state animation-name animation-timeline"
        " animation-range-start animation-range-end",
        "background": "background-image background-position-x background-position-y background-size background-repeat"
        " background-attachment background-origin background-clip background-color",
        "background-position": "background-position-x background-position-y",
        "border-image": "border-image-source border-image-slice border-image-width border-image-outset"
        " border-image-repeat",
        "border-radius": "border-top-left-radius border-top-right-radius border-bottom-right-radius"
        " border-bottom-left-radius",
        "columns": "column-width column-count column-height column-wrap",
        "flex": "flex-grow flex-shrink flex-basis",
        "flex-flow": "flex-direction flex-wrap",
        "font": "font-style font-variant-ligatures font-variant-caps font-variant-numeric font-variant-east-asian"
        " font-variant-alternates font-variant-position font-variant-emoji font-weight font-stretch font-size"
        " line-height font-family font-optical-sizing font-size-adjust font-kerning font-feature-settings"
        " font-variation-settings font-language-override",
        "gap": "row-gap column-gap",
        "grid": "grid-template-rows grid-template-columns grid-template-areas grid-auto-flow grid-auto-rows"
        " grid-auto-columns",
        "grid-area": "grid-row-start grid-column-start grid-row-end grid-column-end",
        "grid-column": "grid-column-start grid-column-end",
        "grid-row": "grid-row-start grid-row-end",
        "grid-template": "grid-template-rows grid-template-columns grid-template-areas",
        "list-style": "list-style-position list-style-image list-style-type",
        "outline": "outline-color outline-style outline-width",
        "overflow": "overflow-x overflow-y",
        "place-content": "align-content justify-content",
        "place-items": "align-items justify-items",
        "place-self": "align-self justify-self",
        "text-decoration": "text-decoration-line text-decoration-thickness text-decoration-style text-decoration-color",
        "transition": "transition-property transition-duration transition-timing-function transition-delay"
        " transition-behavior",
        "white-space": "white-space-collapse text-wrap-mode",
    }.items()
}
_SHORTHANDS |= {name: frozenset(f"{name}-{side}" for side in _SIDES) for name in ("margin", "padding", "scroll-margin")}
_PARTS = ("width", "style", "color")
_SHORTHANDS |= {f"border-{part}": frozenset(f"border-{side}-{part}" for side in _SIDES) for part in _PARTS}
_SHORTHANDS |= {f"border-{side}": frozenset(f"border-{side}-{part}" for part in _PARTS) for side in _SIDES}
_SHORTHANDS["border"] = frozenset().union(
    *(_SHORTHANDS[f"border-{side}"] for side in _SIDES), _SHORTHANDS["border-image"]
)
_SHORTHANDS["inset"] = frozenset(_SIDES)


class _Parsed(str):
    """A style attribute that remembers its declarations: pages that animate change the same one again and again."""

    __slots__ = ("declarations",)
    declarations: dict[str, tuple[str, bool]]


def parse(text: str) -> dict[str, tuple[str, bool]]:
    """Return the declarations of a style attribute, malformed ones left out: {property: (value, important)}."""
    declarations: dict[str, tuple[str, bool]] = {}
    for declaration in _split(text):
        name, colon, value = declaration.partition(":")
        name = name.strip()
        if not name.startswith("--"):
            name = name.lower()
        if not colon or not name:
            continue
        important = _IMPORTANT.search(value)
        declarations.pop(name, None)  # the last one counts, in its place
        declarations[name] = (value[: important.start()] if important else value).strip(), important is not None
    return declarations


def changed(text: str, difference: dict[str, Any]) -> str:
    """Return the style attribute `text` after a difference in the form shown above."""
    declarations = dict(text.declarations) if isinstance(text, _Parsed) else parse(text)
    removed = {name for name, value in difference.items() if value is False}
    for name in removed:
        declarations.pop(name, None)
    for shorthand in list(declarations) if removed else ():
        longhands = _SHORTHANDS.get(shorthand)
        if longhands is None:
            gone = {name for name in removed if name.startswith(f"{shorthand}-")}
        else:
            gone = removed & longhands
        if not gone:
            continue
        if longhands is not None and longhands <= difference.keys():
            del declarations[shorthand]
        else:
            important = declarations[shorthand][1]
            declarations |= dict.fromkeys(sorted(gone), ("revert-layer", important))
    for name, value in difference.items():
        if name in removed:
            continue
        declarations.pop(name, None)
        if isinstance(value, list):
            declarations[name] = str(value[0]), len(value) > 1 and value[1] == "important"
        else:
            declarations[name] = str(value), False
    changed_text = _Parsed(
        " ".join([f"{name}: {value}{' !important' * important};" for name, (value, important) in declarations.items()])
    )
    changed_text.declarations = declarations
    return changed_text


def _split(text: str) -> list[str]:
    """Split at the semicolons that end a declaration, comments taken out."""
    parts: list[str] = []
    current: list[str] = []
    depth = 0
    for piece in _PIECE.finditer(text):
        if piece["end"] and depth == 0:
            parts.append("".join(current))
            current = []
            continue
        if not piece["comment"]:
            current.append(piece.group())
        depth = max(0, depth + bool(piece["open"]) - bool(piece["close"]))
    parts.append("".join(current))
    return parts
