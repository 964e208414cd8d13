"""What a failure quotes of a page: the element that it was about, as markup, and what was received from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from harness.privacy.levels import MASK_USER_INPUT
from harness.privacy.markup import mask_html
from harness.privacy.settings import Rule
from harness.privacy.text import mask_secret

_MARKUP = re.compile(r"<([a-zA-Z][\w-]*)(?=[\s>/])[^\n]*>")
_CONTROL = re.compile(r"^<(?:input|textarea)\b", re.IGNORECASE)
_SELECT = re.compile(r"^(<select\b[^>]*>).*", re.IGNORECASE)
_RECEIVED = re.compile(
    r"((?:Actual value|Received(?: string)?): ?|unexpected value )"
    r"(.+?)(?=\n\s*\n|\n\s*Call log:|\n\s*- |\nError\b|\Z)",
    re.DOTALL,
)
# What stands in the place that failed, maybe a whole page, by roles.
_OUTLINE = re.compile(r"(Aria snapshot:)(.*)", re.DOTALL)
_CONTENT = re.compile(
    r"^(\s*- (?:textbox|searchbox|combobox|spinbutton|status)\b[^\n]*?:[ \t])(.+)$|(?<=- option )(\".*)$", re.MULTILINE
)
# How else Playwright would find the element: by texts of the page.
_ALSO = re.compile(r"( aka )[^\n]*")


def quotes_secret(text: str, rules: Iterable[Rule]) -> bool:
    """Return whether the text quotes an element that is masked at every level, as far as its own markup tells."""
    for match in _MARKUP.finditer(text):
        if match[1].lower() == "output" and " for=" in match[0]:
            return True  # of which field is not said
        # A field without a value of its own is known by having one.
        probe = _SELECT.sub(r"\1<option>x</option></select>", _CONTROL.sub('<input value="x"', match[0]))
        if mask_html(probe, rules=rules) != probe:
            return True
    return False


def received_in(text: str) -> Iterator[str]:
    """Yield what was received, according to the text."""
    for match in _RECEIVED.finditer(text):
        yield match[2].strip().strip("\"'")


def mask_failure(text: str, *, level: int, rules: Iterable[Rule], hides: bool, secret: bool) -> str:
    """Return the text without what is private in its quotations.

    `secret`: it is about something sensitive. `hides`: of a page of which some is masked, and this may be from there.
    """

    def markup(match: re.Match[str]) -> str:
        if hides or match[1].lower() == "output":
            return match[0] if match[0] == f"<{match[1]}>" else f"<{match[1]} …>"
        # Beside its label a field stands here without what it is known by.
        return mask_html(match[0], level=max(level, MASK_USER_INPUT), rules=rules)

    def outline(match: re.Match[str]) -> str:
        if hides or secret:
            return f"{match[1]} not kept"
        content = _CONTENT.sub(lambda line: (line[1] or "") + mask_secret(line[2] or line[3]), match[2])
        return match[1] + content

    if "Aria snapshot:" in text:
        text = _OUTLINE.sub(outline, text)
    if hides or secret:
        text = _RECEIVED.sub(lambda match: match[1] + mask_secret(match[2]), text)
    if hides:
        text = _ALSO.sub(r"\1…", text)
    return _MARKUP.sub(markup, text) if "<" in text else text
