"""Text that is personal by its form; js/recorder/mask_patterns.js has the same list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from harness.privacy.text import mask_secret

_MAYBE = re.compile(r"@|[0-9]{2}")
_EMAIL = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[^\W_](?:[^\W_]|-){0,62}(?:\.[^\W_](?:[^\W_]|-){0,62})*\.[^\W\d_]{2,24}"
)
_CARD = re.compile(r"(?<![\d.,-])[0-9](?:[ -]?[0-9]){12,18}(?![\d-])")
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_TELEPHONE = re.compile(
    r"(?<![\w.,+-])(?:(?:\+|00)[0-9][0-9 ()/.-]{6,18}[0-9]|\(?0[0-9]{2,4}\)?[ /-][0-9]{3,15}(?:[ -][0-9]{2,8}){0,6}"
    r"|(?:1[ .-])?\(?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4})(?!\w)"
)
_NATIONAL_ID = re.compile(
    r"(?<![A-Za-z0-9-])(?:[0-9]{3}-[0-9]{2}-[0-9]{4}"  # United States
    r"|[A-CEGHJ-PR-TW-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]"  # United Kingdom
    r"|[12] ?[0-9]{2} ?(?:0[1-9]|1[0-2]) ?[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}"  # France
    r"|[XYZ]?[0-9]{7,8}-?[A-HJ-NP-TV-Z]"  # Spain
    r"|[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]"  # Italy
    r"|[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}"  # Brazil
    r"|[0-9]{6}(?:[0-9]{2})?[-+][0-9]{4}"  # Sweden
    r"|[0-9]{6}[-+A][0-9]{3}[0-9A-Y]"  # Finland
    r"|(?<![0-9] )[0-9]{4} [0-9]{4} [0-9]{4}(?! [0-9])"  # India
    r")(?![A-Za-z0-9-])"
)


def mask_patterns(text: str) -> str:
    """Return the text with what is personal replaced by asterisks."""
    if not _MAYBE.search(text):
        return text
    for _, pattern, holds in _kinds(text):
        text = pattern.sub(lambda match, holds=holds: mask_secret(match[0]) if holds(match[0]) else match[0], text)  # type: ignore[misc]
    return text


def _kinds(text: str) -> Iterator[tuple[str, re.Pattern[str], Callable[[str], bool]]]:
    if "@" in text:
        yield "e-mail address", _EMAIL, lambda _: True
    yield "card number", _CARD, passes_luhn
    yield "bank account", _IBAN, is_iban
    yield "national id", _NATIONAL_ID, lambda _: True
    yield "telephone number", _TELEPHONE, lambda _: True


def find_patterns(text: str) -> Iterator[tuple[str, str]]:
    """Yield (what it is, the text) of everything personal."""
    if _MAYBE.search(text):
        for name, pattern, holds in _kinds(text):
            yield from ((name, match[0]) for match in pattern.finditer(text) if holds(match[0]))


def passes_luhn(text: str) -> bool:
    digits = [int(digit) for digit in reversed(text) if digit.isdigit()]
    doubled = (digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def is_iban(text: str) -> bool:
    compact = text.replace(" ", "")
    return int("".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])) % 97 == 1
