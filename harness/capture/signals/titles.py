"""Titles of steps, in the words of Playwright's own reports: `Click locator("#buy")`, `Navigate to "/shop.html"`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from harness.capture.calls import WAIT_METHODS, Call
from harness.capture.signals.locators import locator_text

_MAX_CHARS = 200

# What the protocol calls a method, in the reports' words; {x} is a parameter. What is typed does not stand in a title.
_WORDS = {
    "abort": "Abort request",
    "accept": "Accept dialog",
    "addCookies": "Add cookies",
    "addInitScript": "Add init script",
    "addScriptTag": "Add script tag",
    "addStyleTag": "Add style tag",
    "ariaSnapshot": "Aria snapshot",
    "boundingBox": "Get bounding box",
    "bringToFront": "Bring to front",
    "clearCookies": "Clear cookies",
    "clearPermissions": "Clear permissions",
    "close": "Close",
    "content": "Get content",
    "continue": "Continue request",
    "cookies": "Get cookies",
    "dblclick": "Double click",
    "dismiss": "Dismiss dialog",
    "dispatchEvent": 'Dispatch "{type}"',
    "dragAndDrop": "Drag and drop",
    "emulateMedia": "Emulate media",
    "evalOnSelector": "Evaluate",
    "evalOnSelectorAll": "Evaluate",
    "evaluateExpression": "Evaluate",
    "evaluateExpressionHandle": "Evaluate",
    "exposeBinding": "Expose binding",
    "fetch": "{method} {url}",
    "frameElement": "Get frame element",
    "fulfill": "Fulfill request",
    "getAttribute": 'Get attribute "{name}"',
    "goBack": "Go back",
    "goForward": "Go forward",
    "goto": 'Navigate to "{url}"',
    "grantPermissions": "Grant permissions",
    "innerHTML": "Get HTML",
    "innerText": "Get inner text",
    "inputValue": "Get input value",
    "jsonValue": "Get JSON value",
    "keyboardDown": 'Key down "{key}"',
    "keyboardInsertText": "Insert text",
    "keyboardPress": 'Press "{key}"',
    "keyboardType": "Type",
    "keyboardUp": 'Key up "{key}"',
    "mouseClick": "Click at ({x}, {y})",
    "mouseDown": "Mouse down",
    "mouseMove": "Mouse move to ({x}, {y})",
    "mouseUp": "Mouse up",
    "mouseWheel": "Mouse wheel",
    "newPage": "Create page",
    "pathAfterFinished": "Wait for download",
    "pdf": "PDF",
    "press": 'Press "{key}"',
    "queryCount": "Query count",
    "runBeforeUnload": "Run beforeunload",
    "scrollIntoViewIfNeeded": "Scroll into view",
    "setExtraHTTPHeaders": "Set extra HTTP headers",
    "setGeolocation": "Set geolocation",
    "setInputFiles": "Set input files",
    "setNetworkInterceptionPatterns": "Route requests",
    "setViewportSize": "Set viewport size",
    "setWebSocketInterceptionPatterns": "Route WebSockets",
    "storageState": "Get storage state",
    "textContent": "Get text content",
    "title": "Get page title",
    "touchscreenTap": "Tap at ({x}, {y})",
    "waitForElementState": 'Wait for state "{state}"',
    "waitForTimeout": "Wait for timeout",
}
_USUAL = {"timeout": 0, "isNot": False, "waitUntil": "load", "force": False, "expression": ""}
_CLOSING = {"BrowserContext": "Close context", "Page": "Close page", "Browser": "Close browser"}
# Of the options of a call, those that say what it was about.
_SAID = (
    *("selector", "source", "target", "url", "key", "type", "name", "method", "state", "event", "expression", "isNot"),
    *(
        "x",
        "y",
        "deltaX",
        "deltaY",
        "button",
        "clickCount",
        "modifiers",
        "position",
        "force",
        "timeout",
        "waitTimeout",
        "waitUntil",
    ),
    *("localPaths", "viewportSize", "media", "colorScheme", "path", "fullPage"),
)


def title_of(call: Call) -> str:
    """Return what a report calls this call."""
    params = call.params
    if call.method in WAIT_METHODS:
        return call.title or f'Wait for event "{params.get("event", "")}"'
    if call.method == "expect":
        return _with_selector(call.title or f'Expect "{expectation(call)}"', params)
    words = _WORDS.get(call.method) or " ".join(_split_words(call.method))
    if call.method == "close":
        words = _CLOSING.get(call.type, words)
    text = call.title if call.title and call.method not in _WORDS else words
    for name in ("url", "key", "type", "name", "x", "y", "state", "method"):
        if f"{{{name}}}" in text:
            value = params.get(name, "")
            text = text.replace(f"{{{name}}}", _short_url(str(value)) if name == "url" else _number_or_text(value))
    if call.method == "dragAndDrop":
        return f"{text} {_locator(params, 'source')} to {_locator(params, 'target')}"
    return _with_selector(text, params)


def said_params(call: Call) -> dict[str, Any]:
    """Return the parameters that say what the call was about, short, and nothing that is typed."""
    said = {name: _bounded(call.params[name]) for name in _SAID if call.params.get(name) not in (None, "", [])}
    for name, usual in _USUAL.items():
        if said.get(name) == usual:
            del said[name]
    if call.method == "expect":
        expected = expected_of(call.params)
        said["expression"] = expectation(call)
        if expected is not None:
            said["expected"] = _bounded(expected)
    if isinstance(said.get("selector"), str):
        said["locator"] = locator_text(str(call.params["selector"]))
    return said


def expectation(call: Call) -> str:
    """Return the name of the assertion as the Python API has it: `to_have_text`, `not_to_be_visible`."""
    name = call.api_name.rpartition(".")[2]
    if name.startswith(("to_", "not_to_")):
        return name
    words = str(call.params.get("expression", "")).replace(".", "_")
    return f"not_{words}" if call.params.get("isNot") else words


def expected_of(params: dict[str, Any]) -> Any:
    """Return what an assertion compares with, as texts and numbers; None if it compares with nothing."""
    texts = params.get("expectedText")
    if texts:
        values = [
            text.get("string") if text.get("string") is not None else f"/{text.get('regexSource')}/" for text in texts
        ]
        return values[0] if len(values) == 1 else values
    if params.get("expectedNumber") is not None:
        return params["expectedNumber"]
    argument = params.get("expressionArg")
    return argument if isinstance(argument, str) else None


def _with_selector(text: str, params: dict[str, Any]) -> str:
    return f"{text} {_locator(params, 'selector')}" if params.get("selector") not in (None, ":root") else text


def _locator(params: dict[str, Any], name: str) -> str:
    text = locator_text(str(params.get(name, "")))
    return text if len(text) <= _MAX_CHARS else text[: _MAX_CHARS - 1] + "…"


def _short_url(url: str) -> str:
    """Reports name a page by its path."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return url[:_MAX_CHARS]
    return (f"{parts.path}{'?' + parts.query if parts.query else ''}" or "/")[:_MAX_CHARS] if parts.netloc else url


def _number_or_text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)[:_MAX_CHARS]


def _bounded(value: Any, chars: int = 1000) -> Any:
    if isinstance(value, str):
        return value if len(value) <= chars else value[: chars - 1] + "…"
    if isinstance(value, list):
        return [_bounded(item, chars) for item in value[:20]]
    if isinstance(value, dict):
        return {str(key): _bounded(item, chars) for key, item in list(value.items())[:20]}
    return value if isinstance(value, (int, float, bool)) else str(value)[:chars]


def _split_words(name: str) -> list[str]:
    words, start = [], 0
    for at, char in enumerate(name):
        if char.isupper() and at > start:
            words.append(name[start:at].lower())
            start = at
    words.append(name[start:].lower())
    words[0] = words[0].capitalize()
    return words
