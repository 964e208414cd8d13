"""URLs at a masking level, as js/recorder/mask_url.js has them: what page and driver say of one URL agrees."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.privacy.text import mask_text

Salt = tuple[int, int]
_TEXTUAL = re.compile(r"\s*(mailto|tel|sms|callto|skype|whatsapp|javascript|data|about):", re.IGNORECASE)
_USER = re.compile(r"^([a-z][a-z0-9+.-]*:)?//[^/?#@]*@", re.IGNORECASE)
_BLOB = re.compile(r"\s*blob:", re.IGNORECASE)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def mask_url(url: str, salt: Salt, mask_path: Callable[[str], str] = lambda path: path) -> str:
    """Return the URL with a pseudonym for each value of its query and for its fragment."""
    scheme = _TEXTUAL.match(url)
    if scheme:
        name = scheme[1].lower()
        if name == "about":
            return url
        return f"{name}:," if name in ("javascript", "data") else scheme[0] + mask_text(url[scheme.end() :])
    if _BLOB.match(url):
        return url
    rest, hash_sign, fragment = url.partition("#")
    path, mark, query = rest.partition("?")
    masked = mask_path(_USER.sub(lambda match: f"{match[1] or ''}//", path))
    if mark:
        masked += f"?{mask_query(query, salt)}"
    if hash_sign:
        masked += f"#{pseudonym(fragment, salt) if fragment else ''}"
    return masked


def mask_query(query: str, salt: Salt) -> str:
    parts = []
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        if not equals:
            parts.append(pseudonym(part, salt) if part else "")
        else:
            parts.append(f"{name}={pseudonym(value, salt) if value else ''}")
    return "&".join(parts)


def pseudonym(text: str, salt: Salt) -> str:
    """Return a short word that stands for `text`: a hash of 53 bits (cyrb53) under a salt that is thrown away."""
    a, b = 0xDEADBEEF ^ salt[0], 0x41C6CE57 ^ salt[1]
    units = text.encode("utf-16-le", "surrogatepass")
    for index in range(0, len(units), 2):
        unit = units[index] | units[index + 1] << 8
        a = (a ^ unit) * 2654435761 & 0xFFFFFFFF
        b = (b ^ unit) * 1597334677 & 0xFFFFFFFF
    a, b = (
        (a ^ a >> 16) * 2246822507 & 0xFFFFFFFF ^ (b ^ b >> 13) * 3266489909 & 0xFFFFFFFF,
        b,
    )
    b = (b ^ b >> 16) * 2246822507 & 0xFFFFFFFF ^ (a ^ a >> 13) * 3266489909 & 0xFFFFFFFF
    number, word = 4294967296 * (2097151 & b) + a, ""
    while number:
        number, digit = divmod(number, 36)
        word = _DIGITS[digit] + word
    return f"~{word or '0'}"
