"""CSS at the level `mask`, word for word as js/recorder/mask_css.js: shown strings are text, URLs have queries."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.privacy.text import mask_text

_TOKEN = re.compile(
    r"/\*.*?(?:\*/|\Z)"
    r"|url\(\s*(?:\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>(?:[^'\\]|\\.)*)'|(?P<bare>[^\"')]*))\s*\)"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'",
    re.IGNORECASE | re.DOTALL,
)
_SELECTS = re.compile(r"\[\s*(?:[\w-]*\|)?(?P<name>[\w-]+)\s*[~|^$*]?=\s*\Z")
_DECLARES = re.compile(r"(?:\A|[{;}])\s*(?P<name>[\w-]+)\s*:[^{};]*\Z")
_SHOWN = re.compile(
    r"content|quotes|symbols|prefix|suffix|pad|negative|hyphenate-character|text-emphasis(-style)?|text-overflow"
    r"|list-style(-type)?|--.*",
    re.IGNORECASE | re.DOTALL,
)
_NAMED = re.compile(r"@(import|charset|namespace[^;]*)\s*\Z", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?", re.IGNORECASE)
_INERT = re.compile(r"\s*(#|data:)", re.IGNORECASE)
_WINDOW = 400
# Attributes that keep their value at `mask` and that sheets select by; js/recorder/mask_attributes.js has them all.
_STATES = """
    true false on off yes no none auto open closed opened expanded collapsed active inactive checked unchecked
    selected enabled disabled visible hidden shown loading loaded idle pending success error warning info dark
    light system horizontal vertical top bottom left right center start end small medium large sm md lg xl primary
    secondary default current ltr rtl menu dialog modal tab tabs button list item row column grid
"""
_STATE_VALUES = frozenset(_STATES.split())
_SAID = frozenset({"title", "alt", "placeholder", "value", "label", "summary", "content"})
_TEXTUAL_ARIA = frozenset(
    {"aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "aria-placeholder"}
)
_KEPT = """
    type class id name rel role dir lang open hidden disabled checked selected multiple readonly required popover
    contenteditable draggable align valign method target width height size colspan rowspan tabindex href src media
    inputmode autocomplete slot part is for scope shape start step wrap border bgcolor color face compact reversed
    controls loop muted inert translate spellcheck list min max pattern action style srcset
"""
_KEPT_IN_SELECTORS = frozenset(_KEPT.split())


def mask_css(css: str, mask_url: Callable[[str], str]) -> str:
    """Return the sheet with all text in it masked."""

    def replace(match: re.Match[str]) -> str:
        token = match[0]
        if token.startswith("/*"):
            return "/**/"
        url = next((match[name] for name in ("double", "single", "bare") if match[name] is not None), None)
        if url is not None:
            if _INERT.match(url):
                return token
            return 'url("' + re.sub(r'["\\\n]', "", mask_url(url.strip())) + '")'
        before = css[max(0, match.start() - _WINDOW) : match.start()]
        selects = _SELECTS.search(before)
        if selects:
            return token if _keeps_value(selects["name"].lower(), token[1:-1]) else _masked(token)
        declares = _DECLARES.search(before)
        if declares:
            return _masked(token) if _SHOWN.fullmatch(declares["name"]) else token
        if re.search(r"[{;}]", before) or _NAMED.search(before):
            return token
        return _masked(token)

    return _TOKEN.sub(replace, css)


def _keeps_value(attribute: str, value: str) -> bool:
    if attribute in _KEPT_IN_SELECTORS or (attribute.startswith("aria-") and attribute not in _TEXTUAL_ARIA):
        return True
    return value in _STATE_VALUES and attribute not in _SAID and not attribute.startswith("aria-")


def _masked(token: str) -> str:
    def letter(match: re.Match[str]) -> str:
        code = int(match[1], 16)
        return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "*"

    text = mask_text(_ESCAPE.sub(letter, token[1:-1]))
    return token[0] + re.sub(r"[\"'\\\n\r\f]", ".", text) + token[0]
