"""Source text of the recorded program: the passwords that it types stand in it as literals."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from harness.privacy.names import names_sensitive
from harness.privacy.text import mask_secret

_TYPES = frozenset({"fill", "type", "press_sequentially", "insert_text", "select_option", "secret"})
MIN_CHARACTERS = 3
# In a script that a page is given to evaluate: `{ password: "hunter2" }`.
_NAMED_LITERAL = re.compile(
    r"(?i)((?<![a-z])(?:[a-z]+[_ -]?)?(?:password|passwd|pwd|passphrase|secret|token|api[_ -]?key)"
    r"[\"']?\s?[:=]\s?([\"'`]))((?:(?!\2)[^*\\\n]){4,})"
)


# Each recording of a test run asks for the same few files; parsing one takes longer than many a test's click.
@lru_cache(maxsize=64)
def mask_source(source: str) -> str:
    """Return Python source with the literals masked that are typed into, or are named after, something sensitive.

    What cannot be parsed stays as it is.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
    secrets = {text for text in _secrets(tree) if len(text) >= MIN_CHARACTERS}
    if not secrets:
        return source
    lines = source.encode().split(b"\n")
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and any(s in node.value for s in secrets):
            _mask(lines, node)
    return b"\n".join(lines).decode("utf-8", "replace")


def mask_script(script: str) -> str:
    """Return JavaScript with the literals masked that are named after something sensitive."""
    return _NAMED_LITERAL.sub(lambda match: match[1] + mask_secret(match[3]), script)


def _secrets(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _typed(node)
            for keyword in node.keywords:
                if keyword.arg is not None and names_sensitive(keyword.arg):
                    yield from _text(keyword.value)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if node.value is not None and any(names_sensitive(_name(target)) for target in targets):
                yield from _text(node.value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (match[3] for match in _NAMED_LITERAL.finditer(node.value))
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if key is not None and any(names_sensitive(text) for text in _text(key)):
                    yield from _text(value)


def _typed(call: ast.Call) -> Iterator[str]:
    """Yield what a call types, where it, or what it is called on, speaks of something sensitive."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name not in _TYPES:
        return
    given = [keyword.value for keyword in call.keywords if keyword.arg in ("value", "text", "label")] or call.args[-1:]
    about = [node for part in (call.func, *call.args[:-1]) for node in ast.walk(part)]
    words = [node.value for node in about if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    words += [_name(node) for node in about]
    if name == "secret" or any(names_sensitive(word) for word in words):
        for value in given:
            yield from _text(value)


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return next(_text(node.slice), "")
    return ""


def _text(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _mask(lines: list[bytes], node: ast.Constant) -> None:
    """Put asterisks between the quotes of a literal; columns of the tree are bytes."""
    end_line, end = node.end_lineno or node.lineno, node.end_col_offset or 0
    for number in range(node.lineno, end_line + 1):
        line = lines[number - 1]
        start = node.col_offset if number == node.lineno else 0
        stop = end if number == end_line else len(line)
        literal = line[start:stop]
        masked = bytes(sign if sign in b"\"' \t" else ord("*") for sign in literal)
        if number == node.lineno:
            prefix = len(literal) - len(literal.lstrip(b"rRbBuUfF"))
            masked = literal[:prefix] + masked[prefix:]
        lines[number - 1] = line[:start] + masked + line[stop:]
