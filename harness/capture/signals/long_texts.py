"""Long bodies go into the asset store, once for each content; the event keeps their hash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

KINDS = frozenset({"request", "request-end"})
MAX_INLINE_CHARS = 4096


def stored_apart(data: dict[str, Any], keep: Callable[[bytes, str], str]) -> dict[str, Any]:
    """Return the event's data with `hash` in place of `text` where its body is long; `keep` stores and returns it."""
    body = data.get("body")
    if not isinstance(body, dict) or len(body.get("text", "")) <= MAX_INLINE_CHARS:
        return data
    digest = keep(body["text"].encode("utf-8", "replace"), body.get("mime") or "text/plain")
    return {**data, "body": {**{key: value for key, value in body.items() if key != "text"}, "hash": digest}}
