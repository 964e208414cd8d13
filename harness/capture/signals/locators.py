"""Selectors of Playwright's protocol in the words of its Python API: `internal:role=button[name="Save"i]` is
`get_by_role("button", name="Save")`."""

from __future__ import annotations

import json
import re
from functools import lru_cache

_BY_ATTRIBUTE = {"placeholder": "get_by_placeholder", "alt": "get_by_alt_text", "title": "get_by_title"}
_BY_TEXT = {"internal:text": "get_by_text", "internal:label": "get_by_label"}
_FILTERS = {"internal:has-text": "has_text", "internal:has-not-text": "has_not_text"}
_NESTED = {"internal:has": "filter(has={})", "internal:has-not": "filter(has_not={})"}
_JOINED = {"internal:and": "and_({})", "internal:or": "or_({})", "internal:chain": "locator({})"}
_ATTRIBUTE = re.compile(r'\[([\w-]+)=("(?:[^"\\]|\\.)*"|/(?:[^/\\]|\\.)*/|[^\]]*)([a-z]*)\]')
_ENGINE = re.compile(r"^([\w:-]+)=(.*)$", re.DOTALL)


@lru_cache(maxsize=512)
def locator_text(selector: str) -> str:
    """Return the Python code, without the page in front, that gives the locator of `selector`."""
    parts: list[str] = []
    for part in _split(selector):
        _append(parts, part)
    return ".".join(parts) or f"locator({_quoted(selector)})"


def _append(parts: list[str], part: str) -> None:
    match = _ENGINE.match(part)
    engine, body = (match[1], match[2]) if match else ("css", part)
    if engine == "nth":
        parts.append({"0": "first", "-1": "last"}.get(body, f"nth({body})"))
    elif engine in ("internal:role", "role"):
        parts.append(_role(body))
    elif engine in _BY_TEXT:
        parts.append(f"{_BY_TEXT[engine]}({_text(body)})")
    elif engine in ("internal:testid", "internal:attr") and (attribute := _ATTRIBUTE.match(body)):
        name = "get_by_test_id" if engine == "internal:testid" else _BY_ATTRIBUTE.get(attribute[1])
        exact = engine == "internal:attr" and attribute[3] == "s"
        value = _value(attribute[2])
        parts.append(f"{name}({value}{', exact=True' if exact else ''})" if name else f"locator({_quoted(body)})")
    elif engine in _FILTERS:
        parts.append(f"filter({_FILTERS[engine]}={_text(body)})")
    elif engine in _NESTED or engine in _JOINED:
        parts.append((_NESTED.get(engine) or _JOINED[engine]).format(locator_text(_unquoted(body))))
    elif engine == "internal:control" and body == "enter-frame":
        parts.append("content_frame")
    elif engine == "internal:describe":
        pass
    elif engine == "visible":
        parts.append(f"filter(visible={body.strip() == 'true'})")
    else:
        parts.append(f"locator({_quoted(body if engine == 'css' else part)})")


def _split(selector: str) -> list[str]:
    """Split at `>>`, which inside quotes is text."""
    parts, start, quote, at = [], 0, "", 0
    while at < len(selector):
        char = selector[at]
        if char == "\\":
            at += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif selector.startswith(">>", at):
            parts.append(selector[start:at].strip())
            start = at + 2
            at += 1
        at += 1
    parts.append(selector[start:].strip())
    return [part for part in parts if part]


def _role(body: str) -> str:
    role = re.match(r"[\w-]+", body)
    arguments = [_quoted(role[0] if role else body)]
    for name, value, flags in _ATTRIBUTE.findall(body):
        if name == "name":
            arguments.append(f"name={_value(value)}")
            if flags == "s":
                arguments.append("exact=True")
        else:
            python = {"true": "True", "false": "False"}.get(value, value)
            arguments.append(f"{name.replace('-', '_')}={python}")
    return f"get_by_role({', '.join(arguments)})"


def _text(body: str) -> str:
    """`"Save"i` is any case and any part, `"Save"s` the exact text."""
    if body.startswith("/"):
        return _value(body.rstrip("gimsuy") if body.count("/") > 1 else body)
    if body.endswith('"s'):
        return f"{_value(body[:-1])}, exact=True"
    return _value(body.removesuffix("i") if body.endswith('"i') else body)


def _value(text: str) -> str:
    if text.startswith("/") and text.endswith("/") and len(text) > 1:
        return f"re.compile(r{_quoted(text[1:-1].replace(chr(92) + '/', '/'), raw=True)})"
    return _quoted(_unquoted(text))


def _unquoted(text: str) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str) else text


def _quoted(text: str, *, raw: bool = False) -> str:
    if raw:
        return f"'{text}'" if '"' in text else f'"{text}"'
    return json.dumps(text, ensure_ascii=False)
