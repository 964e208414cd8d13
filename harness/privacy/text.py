"""How text is masked: each character gives way to one of its width class, as js/recorder/mask_text.js does it."""

from __future__ import annotations

import re
import unicodedata

_ASCII = str.maketrans(
    {chr(code): "x" for code in range(ord("a"), ord("z") + 1)}
    | {chr(code): "X" for code in range(ord("A"), ord("Z") + 1)}
    | dict.fromkeys("0123456789", "0")
    | dict.fromkeys("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", ".")
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_SIGN = re.compile(r"\S")
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u07ff\u08a0-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


def mask_text(text: str) -> str:
    """Return text of the same length and about the same width that says nothing."""
    return _NOT_ASCII.sub(_substitute, text).translate(_ASCII)


def mask_secret(text: str) -> str:
    """Return an asterisk for every character: even the shape of a secret says something."""
    return _SIGN.sub("*", text)


def _substitute(match: re.Match[str]) -> str:
    character = match[0]
    category = unicodedata.category(character)
    if character.isspace() or category == "Co":
        return character
    if ord(character) > 0xFFFF:
        return "\U0001f7e6"
    if _WIDE.match(character):
        return "\u53e3"
    if _RIGHT_TO_LEFT.match(character):
        return "\u05d0"
    by_category = {"Cf": "\u200b", "Nd": "0", "Lu": "X", "Lt": "X", "So": "\u25a0"}
    if category in by_category:
        return by_category[category]
    return {"M": "\u0300", "L": "x", "N": "x"}.get(category[0], ".")
