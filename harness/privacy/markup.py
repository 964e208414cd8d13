"""HTML that a page was sent: what its own marks, the rules and its fields hide, is hidden there too.

The recorded DOM of a masked element is masked in the page; the document that the server sent holds the same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast

from lxml import etree, html
from lxml.cssselect import CSSSelector

from harness.privacy.levels import ALLOW, HIDDEN, LEVELS, MASK, MASK_USER_INPUT
from harness.privacy.names import asks_for_kept, names_kept, names_sensitive
from harness.privacy.settings import Rule
from harness.privacy.text import mask_secret, mask_text

# Nothing to do for text without any of these.
_MAYBE = re.compile(
    r"privacy|\brr-(?:block|mask|ignore)\b|contenteditable|<(?:input|textarea|select|meta|output)\b", re.IGNORECASE
)
# What draws the characters of a field as dots; and what it may stand in that is not in the markup.
DRAWS_DOTS = re.compile(r"text-?security", re.IGNORECASE)
_ELSEWHERE = re.compile(r"<link\b[^>]*\bstylesheet\b|@import\b|<script\b[^>]*\bsrc\b", re.IGNORECASE)
_DOTTED = frozenset({"text", "search", "number", "url", ""})
_CLASSES = (
    (frozenset({"dd-privacy-hidden", "rr-block"}), HIDDEN),
    (frozenset({"dd-privacy-mask", "dd-privacy-mask-unless-allowlisted", "rr-mask"}), MASK),
    (frozenset({"dd-privacy-mask-user-input", "rr-ignore"}), MASK_USER_INPUT),
    (frozenset({"dd-privacy-allow"}), ALLOW),
)
_TYPES = frozenset({"password", "email", "tel", "hidden"})
_CONTROLS = ("input", "textarea", "select")
_FRAMES = frozenset({"iframe", "frame", "object", "embed"})
_NAME_CHARS = 40
_NO_TEXT = frozenset({"submit", "button", "reset", "image", "checkbox", "radio", "range", "color"})
_AUTOCOMPLETE = re.compile(
    r"(?:^|\s)(?:email|tel|cc-|one-time-code|(?:current|new)-password|street-address|address-|postal-code|bday|impp)",
    re.IGNORECASE,
)
_TEXTS = ("title", "alt", "placeholder", "aria-label", "aria-description", "value", "content", "label", "summary")
_SECRET_META = re.compile(r"token|csrf|nonce|secret", re.IGNORECASE)


def has_markup(text: str) -> bool:
    """Whether the text may be HTML in which something is to be hidden."""
    return "<" in text and _MAYBE.search(text) is not None


def mask_html(
    text: str, *, level: int = ALLOW, rules: Iterable[Rule] = (), url: str = "", draws_dots: bool = False
) -> str:
    """Return the HTML with everything masked that is not to be seen; unchanged where that is nothing.

    `draws_dots`: sheets that are known to be there draw fields as dots. Which ones, and whether the sheets of a whole
    document do that come after it, is not known here: then no field shows what it was written with.
    """
    try:
        whole = re.match(r"\s*(?:<!doctype|<html|<head|<body)", text, re.IGNORECASE) is not None
        root = html.document_fromstring(text) if whole else html.fragment_fromstring(text, create_parent="harness-root")
    except (etree.LxmlError, ValueError, AssertionError):
        return text if level < MASK else mask_text(text)
    fitting = [rule for rule in rules if not rule.url or fits(rule.url, url)]
    level = next((LEVELS[rule.level] for rule in reversed(fitting) if not rule.selector), level)
    draws_dots = draws_dots or DRAWS_DOTS.search(text) is not None or (whole and _ELSEWHERE.search(text) is not None)
    walk = _Walk(root, [rule for rule in fitting if rule.selector], draws_dots)
    walk.element(root, level)
    if not walk.changed:
        return text
    if walk.hides:
        # What is hidden may come from a script of the document, as its state.
        for script in root.iter("script"):
            script.text = None
    shown = html.tostring(root, encoding="unicode", doctype="<!doctype html>" if whole else None)
    return shown if whole else re.sub(r"^<harness-root>|</harness-root>$", "", shown)


class _Walk:
    def __init__(self, root: html.HtmlElement, rules: list[Rule], draws_dots: bool) -> None:
        self._draws_dots = draws_dots
        self.changed = False
        self.hides = False
        self._ruled: dict[html.HtmlElement, int] = {}
        for rule in rules:
            try:
                found = CSSSelector(rule.selector or "", translator="html")(root)
                fitting = cast("list[html.HtmlElement]", found)
            except Exception:  # a selector that only browsers know: then nothing of the page is safe to show
                fitting = [root]
            self._ruled.update((element, LEVELS[rule.level]) for element in fitting)

    def element(self, root: html.HtmlElement, level: int) -> None:
        stack = [(root, level)]
        while stack:
            element, outer = stack.pop()
            own = self._ruled.get(element, _marked(element))
            level = outer if own is None else own
            if element.get("contenteditable", "false").lower() != "false" and (
                level == MASK_USER_INPUT or (level < MASK and _is_sensitive(element, ""))
            ):
                level = MASK
            self.hides = self.hides or level >= MASK
            if level == HIDDEN:
                self._hide(element)
                continue
            self._fields(element, level)
            if level >= MASK:
                self._mask(element)
            stack += [(child, level) for child in element if isinstance(child.tag, str)]
            for child in element:
                if level >= MASK and child.tail and child.tail.strip():
                    child.tail = self._masked(child.tail)
                if level >= MASK and not isinstance(child.tag, str):
                    child.text = ""

    def _hide(self, element: html.HtmlElement) -> None:
        self.changed = True
        tail = element.tail
        element.clear()
        element.tail = tail
        element.set("data-harness-privacy", "hidden")

    def _masked(self, text: str) -> str:
        self.changed = True
        return mask_text(text)

    def _mask(self, element: html.HtmlElement) -> None:
        if element.text and element.text.strip():
            element.text = "" if element.tag in ("script", "style") else mask_text(element.text)
            self.changed = True
        for name, value in element.attrib.items():
            is_text = name in _TEXTS or (name.startswith("data-") and "privacy" not in name) or name.startswith("on")
            if value and (is_text or (name == "name" and element.tag in _FRAMES)):
                element.set(name, self._masked(value))
            elif name in ("src", "srcset", "poster", "srcdoc"):
                element.set(name, "")
                self.changed = True

    def _fields(self, element: html.HtmlElement, level: int) -> None:
        if element.tag == "meta":
            name = f"{element.get('name', '')} {element.get('property', '')}"
            if element.get("content") and _SECRET_META.search(name):
                self._set(element, "content")
        elif element.tag == "input" and element.get("value"):
            kind = element.get("type", "text").lower()
            hides = level >= MASK_USER_INPUT and kind not in _NO_TEXT
            if hides or _is_sensitive(element, kind) or (self._draws_dots and kind in _DOTTED):
                self._set(element, "value")
        elif element.tag == "textarea":
            if level >= MASK_USER_INPUT or self._draws_dots or _is_sensitive(element, ""):
                self._secret(element)
        elif element.tag == "select":
            is_secret = _is_sensitive(element, "")
            if is_secret:
                self._offers(element)
            if is_secret or level >= MASK_USER_INPUT:
                for option in element.iter("option"):
                    self.changed |= option.attrib.pop("selected", None) is not None
        elif element.tag == "output" and (_is_sensitive(element, "") or _echoes_secrets(element)):
            for part in element.iter():
                self._secret(part)
        elif element.tag == "datalist" and _suggests_secrets(element):
            self._offers(element)
        elif element.get("srcdoc"):
            element.set("srcdoc", "")
            self.changed = True

    def _offers(self, choices: html.HtmlElement) -> None:
        """What a sensitive field offers is a person's own."""
        for option in choices.iter("option", "optgroup"):
            for name in option.attrib:
                if name in _TEXTS or name.startswith("data-"):
                    self._set(option, name)
            for part in option.iter():
                self._secret(part)

    def _secret(self, element: html.HtmlElement) -> None:
        for name in ("text", "tail") if element.tag not in ("option", "optgroup", "output", "textarea") else ("text",):
            text = getattr(element, name)
            if text and text.strip():
                setattr(element, name, mask_secret(text))
                self.changed = True

    def _set(self, element: html.HtmlElement, name: str) -> None:
        element.set(name, mask_secret(element.get(name, "")))
        self.changed = True


def _marked(element: html.HtmlElement) -> int | None:
    own = element.get("data-harness-privacy")
    if own in LEVELS:
        return LEVELS[own]
    foreign = element.get("data-dd-privacy", "")
    if foreign in LEVELS:
        return LEVELS[foreign]
    if foreign.startswith("mask-unless-"):
        return MASK
    names = set(element.get("class", "").split())
    return next((level for classes, level in _CLASSES if names & classes), None)


def _is_sensitive(element: html.HtmlElement, kind: str) -> bool:
    if kind in _TYPES or element.get("inputmode", "").lower() in ("email", "tel"):
        return True
    if kind in _NO_TEXT:
        return False
    if _AUTOCOMPLETE.search(element.get("autocomplete", "")):
        return True
    names = [element.get(name, "") for name in ("name", "id", "aria-label", "placeholder")]
    label = next((parent for parent in element.iterancestors("label")), None)
    if label is not None:
        names.append(label.text_content().replace(element.text_content() or "\0", " ")[:200])
    if element.get("id"):
        labels = element.getroottree().getroot().iter("label")
        names += [found.text_content()[:200] for found in labels if found.get("for") == element.get("id")]
    if element.tag == "select":
        return any(names_sensitive(name) or names_kept(name) for name in names[:2]) or any(
            map(asks_for_kept, names[2:])
        )
    if not any(name.strip() for name in names[2:]):
        names.append(_text_before(element))
    return any(names_sensitive(name) for name in names if name)


def _echoes_secrets(output: html.HtmlElement) -> bool:
    ids = output.get("for", "").split()
    fields = output.getroottree().getroot().iter(*_CONTROLS) if ids else ()
    return any(f.get("id") in ids and _is_sensitive(f, f.get("type", "").lower()) for f in fields)


def _suggests_secrets(datalist: html.HtmlElement) -> bool:
    fields = datalist.getroottree().getroot().iter("input")
    name = datalist.get("id")
    return bool(name) and any(
        field.get("list") == name and _is_sensitive(field, field.get("type", "text").lower()) for field in fields
    )


def _text_before(element: html.HtmlElement) -> str:
    """Return the short text right before a field that has no name of its own, as js/recorder/mask_fields.js does."""
    node = element
    for _ in range(3):
        before = node.getprevious()
        while before is not None:
            tail = (before.tail or "").strip()
            if tail:
                return tail if len(tail) <= _NAME_CHARS else ""
            if isinstance(before.tag, str):
                if before.tag in _CONTROLS or next(before.iter(*_CONTROLS), None) is not None:
                    return ""
                text = before.text_content().strip()
                if text:
                    return text if len(text) <= _NAME_CHARS else ""
            before = before.getprevious()
        node = node.getparent()
        if node is None:
            return ""
        text = (node.text or "").strip()
        if text:
            return text if len(text) <= _NAME_CHARS else ""
        if node.tag in ("form", "body") or sum(1 for _ in node.iter(*_CONTROLS)) > 1:
            return ""
    return ""


def fits(pattern: str, url: str) -> bool:
    """Whether a URL is meant by the pattern of a rule; of an unknown one it is assumed."""
    if not url:
        return True
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), url) is not None
