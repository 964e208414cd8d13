"""Secrets that the user names: found in every form in which a recording may hold them, and masked there."""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from urllib.parse import quote, quote_plus

from harness.errors import UsageError

_TYPED = re.compile(rb'(?P<key>"(?:text|value)":")(?P<text>[^"\\]{4,200})"')
MIN_CHARACTERS = 4  # a shorter one would be found in every other word


class Secrets:
    """A growing set of values. May be used from several threads."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._lock = threading.Lock()
        self._forms: tuple[bytes, ...] = ()
        self._pattern: re.Pattern[bytes] | None = None
        self._text_pattern: re.Pattern[str] | None = None

    def __bool__(self) -> bool:
        return bool(self._values)

    @property
    def values(self) -> frozenset[str]:
        return frozenset(self._values)

    def add(self, value: str) -> None:
        """Raises UsageError for a value that is too short to be told from other text."""
        value = value.strip()
        if len(value) < MIN_CHARACTERS:
            raise UsageError(
                f"a secret of {len(value)} characters cannot be masked; it has to have {MIN_CHARACTERS} or more"
            )
        with self._lock:
            if value in self._values:
                return
            self._values.add(value)
            forms = sorted({form for known in self._values for form in forms_of(known)}, key=len, reverse=True)
            self._forms = tuple(form.encode("utf-8", "surrogatepass") for form in forms)
            self._pattern = re.compile(b"|".join(map(re.escape, self._forms)))
            self._text_pattern = re.compile("|".join(map(re.escape, forms)))

    def mask_beginnings(self, lines: bytes) -> bytes:
        """Mask what has been typed of a secret so far, in the values of fields and of editable text."""
        if not self._values or (b'"text":"' not in lines and b'"value":"' not in lines):
            return lines
        return _TYPED.sub(self._beginning, lines)

    def _beginning(self, match: re.Match[bytes]) -> bytes:
        text = match["text"].decode("utf-8", "replace")
        if any(value.startswith(text) for value in self._values):
            return match["key"] + b"*" * len(text) + b'"'
        return match[0]

    def mask_bytes(self, data: bytes) -> bytes:
        """Return the bytes with every form of every secret as asterisks; JSON stays JSON."""
        pattern = self._pattern
        if pattern is None or not any(form in data for form in self._forms):
            return data
        return pattern.sub(lambda match: b"*" * len(match[0].decode("utf-8", "replace")), data)

    def mask(self, text: str) -> str:
        return text if self._text_pattern is None else self._text_pattern.sub(lambda match: "*" * len(match[0]), text)


def forms_of(value: str) -> set[str]:
    """Return the value as it may be written: plain, in JSON (twice too), URLs, HTML, base64, hex."""
    raw = value.encode("utf-8", "surrogatepass")
    once = json.dumps(value, ensure_ascii=False)[1:-1]
    ascii_once = json.dumps(value)[1:-1]
    forms = {value, once, ascii_once, json.dumps(once, ensure_ascii=False)[1:-1], json.dumps(ascii_once)[1:-1]}
    forms |= {
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
        quote(raw, safe="!'()*-._~"),
        quote(raw, safe="/?:@!$&'()*+,;="),
    }
    forms |= {re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), form) for form in list(forms)}
    forms |= {html.escape(value), html.escape(value, quote=False), value.replace("/", "\\/")}
    if len(raw) >= 6:
        forms |= {raw.hex(), raw.hex().upper()}
        for shift in range(3):
            # What surrounds it decides the first and last digits: only those that are its alone.
            coded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
            start = -(-shift * 8 // 6)
            end = (shift + len(raw)) * 8 // 6
            forms |= {coded[start:end], coded[start:end].replace("+", "-").replace("/", "_")}
    return {form for form in forms if len(form) >= MIN_CHARACTERS}
