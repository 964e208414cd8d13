"""Bodies of requests and responses: JSON by key and path, forms, multipart; what is none of these as text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from harness.privacy.names import names_sensitive
from harness.privacy.text import mask_secret

MaskString = Callable[[str], str]
_BOUNDARY = re.compile(r"boundary=\"?([^\";,]+)", re.IGNORECASE)
_PART_NAME = re.compile(r"[;\s]name=\"([^\"]*)\"", re.IGNORECASE)
_FILE_NAME = re.compile(r"([;\s]filename\*?=)(\"[^\"]*\"|[^;\r\n]*)", re.IGNORECASE)
_FORM = re.compile(r"[^\s<>{}\"]+=[^\s<>{}\"]*(?:&[^\s<>{}\"]+=[^\s<>{}\"]*)*")
MAX_DEPTH = 64


def mask_value(value: Any, mask: MaskString, *, paths: tuple[str, ...] = (), hides_all: bool = False) -> Any:
    """Return a JSON value with sensitive keys masked, and `mask` applied to all other strings.

    `hides_all`: numbers are masked too. `paths` are dotted, with `*` for any key or index.
    """
    return _mask(value, mask, paths, hides_all, "", 0)


def _mask(value: Any, mask: MaskString, paths: tuple[str, ...], hides_all: bool, path: str, depth: int) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, bool) or value is None or depth > MAX_DEPTH:
        return value if depth <= MAX_DEPTH else None
    if isinstance(value, int | float):
        return 0 if hides_all else value
    if isinstance(value, list):
        return [_mask(part, mask, paths, hides_all, f"{path}.{index}", depth + 1) for index, part in enumerate(value)]
    if isinstance(value, dict):
        result = {}
        for key, part in value.items():
            inner = f"{path}.{key}" if path else str(key)
            if names_sensitive(str(key)) or any(fnmatchcase(inner, pattern) for pattern in paths):
                result[key] = hidden(part)
            else:
                result[key] = _mask(part, mask, paths, hides_all, inner, depth + 1)
        return result
    return mask(str(value))


def hidden(value: Any) -> Any:
    """Return the value with everything in it masked."""
    if isinstance(value, str):
        return mask_secret(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return 0
    if isinstance(value, list):
        return [hidden(part) for part in value]
    return {key: hidden(part) for key, part in value.items()} if isinstance(value, dict) else "*"


def mask_body(text: str, mime: str, mask: MaskString, *, paths: tuple[str, ...] = (), hides_all: bool = False) -> str:
    """Return the body with what is sensitive masked; `mask` is for all other values. `mime` may have parameters."""
    kind = mime.partition(";")[0].strip().lower()
    if kind == "multipart/form-data" or (not kind and text.startswith("--")):
        return _mask_multipart(text, mime, mask)
    start = text.lstrip()[:1]
    if start in ("{", "[") or kind.endswith("json"):
        masked = _mask_json(text, mask, paths, hides_all)
        if masked is not None:
            return masked
    if kind == "application/x-www-form-urlencoded" or (kind in ("", "text/plain") and _FORM.fullmatch(text)):
        return "&".join(_mask_field(field, mask) for field in text.split("&"))
    return mask(text)


def _mask_json(text: str, mask: MaskString, paths: tuple[str, ...], hides_all: bool) -> str | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        lines = text.splitlines()
        if 1 < len(lines) <= 100_000 and all(line.lstrip()[:1] in ("{", "[", "") for line in lines):
            masked = [_mask_json(line, mask, paths, hides_all) if line.strip() else line for line in lines]
            return None if None in masked else "\n".join(line or "" for line in masked)
        return None
    changed = mask_value(value, mask, paths=paths, hides_all=hides_all)
    if changed == value:
        return text
    return json.dumps(changed, ensure_ascii=False, separators=(",", ":"))


def _mask_field(field: str, mask: MaskString) -> str:
    name, equals, value = field.partition("=")
    plain = unquote_plus(value)
    masked = mask_secret(plain) if names_sensitive(unquote_plus(name)) else mask(plain)
    return field if masked == plain else f"{name}{equals}{quote_plus(masked, safe='*~.')}"


def _mask_multipart(text: str, mime: str, mask: MaskString) -> str:
    found = _BOUNDARY.search(mime)
    boundary = f"--{found[1].strip()}" if found else text.partition("\n")[0].strip()
    if len(boundary) < 3 or boundary not in text:
        return mask(text)
    parts = text.split(boundary)
    masked = [parts[0]]
    for part in parts[1:]:
        head, gap, content = part.partition("\r\n\r\n")
        if not gap:
            head, gap, content = part.partition("\n\n")
        name = _PART_NAME.search(head)
        head = _FILE_NAME.sub(lambda match: match[1] + '"' + mask(match[2].strip('"')) + '"', head)
        body = content.rstrip("\r\n")
        tail = content[len(body) :]
        masked.append(head + gap + (mask_secret(body) if name and names_sensitive(name[1]) else mask(body)) + tail)
    return boundary.join(masked)
