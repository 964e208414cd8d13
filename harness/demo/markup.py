"""HTML from templates, escaped unless it says otherwise.

Templates are the files in `templates/`, filled in by `string.Template`: `$name` stands for a value. A value that is not
`Markup` already is escaped, so that a name typed into the checkout form stays a name.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from string import Template

_TEMPLATES = Path(__file__).parent / "templates"


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def render(name: str, /, **values: object) -> Markup:
    """The template `templates/<name>.html` with its values filled in; KeyError if one is missing."""
    return Markup(_template(name).substitute({key: escape(value) for key, value in values.items()}))


def escape(value: object) -> Markup:
    """A value as HTML: Markup as it is, lists of it joined, None as nothing, anything else escaped."""
    if isinstance(value, Markup):
        return value
    if value is None:
        return Markup("")
    if isinstance(value, Iterable) and not isinstance(value, str):
        return Markup("".join(escape(item) for item in value))
    return Markup(html.escape(str(value)))


@cache
def _template(name: str) -> Template:
    return Template((_TEMPLATES / f"{name}.html").read_text(encoding="utf-8"))
