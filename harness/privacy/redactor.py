"""Takes what is private out of what the driver sees, before it reaches the disk.

Two passes. `event` knows the kinds of signals: which header is a credential, which body a form, which text a user's.
`scrub` knows no structure: it runs over every line and every text asset that is written, whoever made it, and masks the
secrets that the user named and those that are known by their shape. Lines keep their length, JSON stays JSON.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

from harness.privacy.bodies import mask_body, mask_value
from harness.privacy.css import mask_css
from harness.privacy.failures import mask_failure, quotes_secret, received_in
from harness.privacy.levels import ALLOW, LEVELS, MASK, MASK_USER_INPUT
from harness.privacy.markup import DRAWS_DOTS, has_markup, mask_html
from harness.privacy.names import COOKIE_HEADERS, PLAIN_HEADERS, URL_HEADERS, is_secret_header, names_sensitive
from harness.privacy.patterns import mask_patterns
from harness.privacy.secrets import MIN_CHARACTERS, Secrets, forms_of
from harness.privacy.settings import PrivacySettings
from harness.privacy.shapes import mask_shapes
from harness.privacy.source_code import mask_script, mask_source
from harness.privacy.text import mask_secret, mask_text
from harness.privacy.urls import Salt, mask_url

# A value that was typed into a sensitive field is looked for everywhere else; a shorter one would be found in any text.
LEARNT_CHARACTERS = 6
MAX_UNDER_WAY = 10_000
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`|«[^»]*»|“[^”]*”")
_ADDRESS = re.compile(r"https?://[^\s\"'<>()?#]+[?#][^\s\"'<>():]+")
_STACK_LINE = re.compile(r"^\s*(at\s|File \"|\S*@\S+:\d+:\d+|[^\s()]+\([^)]*\)$)")
_REMEMBERED, _REMEMBERED_CHARS = 4000, 300
_TEXTUAL = ("text/", "image/svg", "application/json", "application/xml", "application/javascript", "application/xhtml")
_HTML = re.compile(r"\s*(?:text/html|application/xhtml\+xml)", re.IGNORECASE)
# Assets whose URL the page's own nodes name: those are looked up, so both sides write them alike.
_LOADED = frozenset({"stylesheet", "image", "font", "media", "script", "texttrack", "manifest"})
# Keys of signals whose text is the recorder's, not the page's.
_OURS_LIST = """
    id node doc kind type hash mime method level direction category resource_type redirected_from initiator rating
    omitted reason status privacy protocol encoding event key code role page parent version digest screenshot format
"""
_OURS = frozenset(_OURS_LIST.split())
# What a console or an error says of a secret by name: `password: hunter2`.
_NAMED_VALUE = re.compile(
    r"(?i)(?<![a-z])((?:[a-z]+[_ -])?(?:password|passwd|pwd|passphrase|secret|token|api[_ -]?key))"
    r"([\"']?\s?[:=]\s?[\"']?)"
    r"(?!\*)([^\s\"',;&)]{4,})"
)


class Redactor:
    """Of one recording. `scrub` may be called from any thread."""

    def __init__(self, settings: PrivacySettings) -> None:
        self.settings = settings
        self.level = max(LEVELS[settings.level], MASK if settings.unmask else ALLOW)
        self.salt: Salt = (secrets.randbits(32), secrets.randbits(32))
        self._unmasked = frozenset(" ".join(text.split()) for text in settings.unmask)
        self._secrets = Secrets()
        self._suspects: frozenset[str] = frozenset()
        self._known_texts: dict[str, str] = {}
        self._strict = False
        self._secret_steps: set[str] = set()  # steps under way whose selectors speak of something sensitive
        self._draws_dots = False  # sheets that draw the characters of fields as dots have come
        self._url = ""
        self._html_level = self.level
        self._frame_documents: set[str] = set()  # ids of requests for documents of frames
        self._urls: dict[str, str] = {}  # of requests whose body has not come, by their ids
        self._kinds: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "page-open": self._with_url,
            "navigation": self._with_url,
            "resource": self._resource,
            "resource-omitted": self._resource,
            "request": self._request,
            "response": self._response,
            "request-end": self._request_end,
            "websocket": self._with_url,
            "websocket-message": self._message,
            "server-sent-event": self._message,
            "console": self._console,
            "page-error": self._error,
            "custom-error": self._error,
            "dialog": self._dialog,
            "dialog-end": self._dialog_end,
            "download": self._download,
            "step": self._step,
            "step-end": self._step_end,
            "test": self._step_end,
            "status": self._status,
            "mark": self._mark,
        }
        for value in settings.secrets:
            self.add_secret(value)

    # ------------------------------------------------------------------------------------------------------ secrets

    def add_secret(self, value: str) -> None:
        """From now on the value is nowhere written. Raises UsageError if it is too short to be told from other text."""
        self._secrets.add(value)
        self._known_texts.clear()

    def learn(self, value: str) -> None:
        """The value was typed into a sensitive field: other places are not to tell it."""
        if len(value.strip()) >= max(LEARNT_CHARACTERS, MIN_CHARACTERS):
            self._secrets.add(value)
            self._known_texts.clear()

    def suspect(self, values: frozenset[str]) -> None:
        """These values were typed a moment ago, maybe into a field that its page will report as sensitive: as long as
        nobody knows, no failure tells them."""
        self._suspects = values

    def _failed(self, text: Any, *, secret: bool = False) -> Any:
        """Return a text of a failure, which may be about a `secret`."""
        if not isinstance(text, str):
            return text
        values = [value.strip() for value in self._suspects if len(value.strip()) >= LEARNT_CHARACTERS]
        for form in sorted({form for value in values for form in forms_of(value)}, key=len, reverse=True):
            text = text.replace(form, "*" * len(form))
        hides, rules = self._strict or self.level >= MASK, self.settings.rules
        secret = secret or quotes_secret(text, rules)
        return self._told(mask_failure(text, level=self.level, rules=rules, hides=hides, secret=secret))

    def scrub(self, data: bytes) -> bytes:
        """Return lines or text without the secrets that are named or known by their shape."""
        return mask_shapes(self._secrets.mask_beginnings(self._secrets.mask_bytes(data)))

    def clean(self, text: str) -> str:
        """Return text without secrets; from `mask-user-input` on, without personal data either."""
        if len(text) > _REMEMBERED_CHARS:
            return self._cleaned(text)
        known = self._known_texts.get(text)
        if known is None:
            # Headers, addresses and names come again and again.
            if len(self._known_texts) >= _REMEMBERED:
                self._known_texts.clear()
            known = self._known_texts[text] = self._cleaned(text)
        return known

    def _cleaned(self, text: str) -> str:
        text = mask_shapes(self._secrets.mask(text))
        if self.level >= MASK_USER_INPUT and "?" in text:
            text = _ADDRESS.sub(lambda match: mask_url(match[0], self.salt), text)
        return mask_patterns(text) if self._hides_patterns else text

    @property
    def _hides_patterns(self) -> bool:
        return self.level >= MASK_USER_INPUT or self.settings.patterns

    # ------------------------------------------------------------------------------------------------------- assets

    def asset(self, content: bytes, mime: str) -> bytes:
        """Return the content of an asset as it may be kept."""
        if not mime.startswith(_TEXTUAL):
            return content
        if mime.startswith("text/x-python"):
            content = mask_source(content.decode("utf-8", "replace")).encode()
        if mime.startswith("text/css") and b"ecurity" in content:
            self._draws_dots = self._draws_dots or DRAWS_DOTS.search(content.decode("utf-8", "replace")) is not None
        if self.level >= MASK and mime.startswith("text/css"):
            content = mask_css(content.decode("utf-8", "replace"), self.url).encode()
        return self.scrub(content)

    # ------------------------------------------------------------------------------------------------------- events

    def event(self, kind: str, data: dict[str, Any], *, strict: bool = False) -> dict[str, Any]:
        """Return the data of a signal as it may be written; the one that is given stays as it is.

        `strict`: of a page that masks or hides some of what it shows. What it was sent may be that very text.
        """
        self._strict = strict
        known = self._kinds.get(kind)
        if known is not None:
            return known(data)
        return self._everything(data) if self._hides_patterns or self._secrets else data

    def url(self, url: Any) -> Any:
        if not isinstance(url, str):
            return url
        if self.level < MASK_USER_INPUT:
            return self.clean(url)
        return mask_url(self._secrets.mask(url), self.salt, mask_patterns)

    def text(self, text: Any) -> Any:
        """Return text that the page shows."""
        if not isinstance(text, str):
            return text
        if self.level < MASK or " ".join(text.split()) in self._unmasked:
            return self.clean(text)
        return mask_text(text)

    def _typed(self, text: Any) -> Any:
        """Return text that is the user's."""
        if not isinstance(text, str):
            return text
        return self.clean(text) if self.level < MASK_USER_INPUT else mask_text(text)

    def _told(self, text: Any) -> Any:
        """Return a text of the program or of the driver, in which the page is quoted."""
        if not isinstance(text, str):
            return text
        text = self.clean(text)
        if self.level < MASK:
            return text
        return _QUOTED.sub(lambda match: match[0][0] + mask_text(match[0][1:-1]) + match[0][-1], text)

    def _everything(self, value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            if key in _OURS:
                return value
            return self.url(value) if key.endswith("url") else self.text(value)
        if isinstance(value, dict):
            return {name: self._everything(part, str(name)) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return [self._everything(part, key) for part in value]
        return value

    def _with_url(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "url": self.url(data.get("url"))}

    def _resource(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "url": self._asset_url(data.get("url"))}

    def _asset_url(self, url: Any) -> Any:
        """Below `mask` the page's nodes name an asset as it is, so that it is found."""
        return self.url(url) if self.level >= MASK or not isinstance(url, str) else mask_shapes(self._secrets.mask(url))

    # ------------------------------------------------------------------------------------------------------ network

    def _request(self, data: dict[str, Any]) -> dict[str, Any]:
        if len(self._urls) < MAX_UNDER_WAY:
            self._urls[str(data.get("id"))] = str(data.get("url"))
        if data.get("navigation") and "frame_url" in data:
            self._frame_documents.add(str(data.get("id")))
        loaded = data.get("resource_type") in _LOADED and not data.get("navigation")
        result = {**data, "url": self._asset_url(data["url"]) if loaded else self.url(data.get("url"))}
        if "frame_url" in data:
            result["frame_url"] = self.url(data["frame_url"])
        return self._with_headers_and_body(result, sent=True)

    def _response(self, data: dict[str, Any]) -> dict[str, Any]:
        return self._with_headers_and_body(dict(data), sent=False)

    def _request_end(self, data: dict[str, Any]) -> dict[str, Any]:
        number = str(data.get("id"))
        self._url = self._urls.pop(number, "")
        # The frame may stand in what is hidden.
        self._html_level = MASK if self._strict and number in self._frame_documents else self.level
        self._frame_documents.discard(number)
        return self._with_headers_and_body(dict(data), sent=False)

    def _with_headers_and_body(self, data: dict[str, Any], *, sent: bool) -> dict[str, Any]:
        for key in ("headers", "request_headers", "response_headers"):
            if isinstance(data.get(key), list):
                told = key == "request_headers" or (sent and key == "headers")
                data[key] = [[name, self.header(name, value, sent=told)] for name, value in data[key]]
        body = data.get("body")
        if isinstance(body, dict) and isinstance(body.get("text"), str):
            mime = body.get("mime") or data.get("mime") or ""
            if self.level >= MASK:
                data["body"] = {**{key: part for key, part in body.items() if key != "text"}, "omitted": "privacy"}
            else:
                data["body"] = {**body, "text": self.body(body["text"], mime, sent=sent, strict=self._strict)}
        return data

    def header(self, name: str, value: str, *, sent: bool = False) -> str:
        """Return the value of a header, which the page has `sent` or received."""
        lower = name.lower()
        if lower in COOKIE_HEADERS:
            return _mask_cookies(value, is_set=lower != "cookie")
        if is_secret_header(lower):
            scheme, space, rest = value.partition(" ")
            known = space and scheme.lower() in ("bearer", "basic", "digest", "negotiate", "token")
            return f"{scheme} {mask_secret(rest)}" if known else mask_secret(value)
        if lower in URL_HEADERS:
            return str(self.url(value))
        if lower in PLAIN_HEADERS or self.level < (MASK_USER_INPUT if sent else MASK):
            return self.clean(value)
        return mask_text(value)

    def body(self, text: str, mime: str, *, sent: bool, strict: bool = False) -> str:
        """Return a body, sent by the page or received by it; `strict`: by a page that hides some of what it shows."""
        if not sent and self.level < MASK and (_HTML.match(mime) or (not mime and text.lstrip()[:1] == "<")):
            return self.clean(self._masked_html(text, self._html_level))
        hides_all = strict or self.level >= MASK or (sent and self.level >= MASK_USER_INPUT)
        mask = mask_text if hides_all else self._clean_value
        return mask_body(text, mime, mask, paths=self.settings.json_paths, hides_all=hides_all)

    def _clean_value(self, text: str) -> str:
        """Return a text of a body, which may be HTML that the page puts into itself."""
        if has_markup(text):
            text = self._masked_html(text, self.level)
        return self.clean(text)

    def _masked_html(self, text: str, level: int) -> str:
        rules, url = self.settings.rules, self._url
        self._draws_dots = self._draws_dots or DRAWS_DOTS.search(text) is not None
        return mask_html(text, level=level, rules=rules, url=url, draws_dots=self._draws_dots)

    def _message(self, data: dict[str, Any]) -> dict[str, Any]:
        sent = data.get("direction") == "sent"
        hidden = self._strict or self.level >= MASK or (sent and self.level >= MASK_USER_INPUT)
        for key in ("text", "data"):
            if isinstance(data.get(key), str):
                data = {**data, key: self.body(data[key], "", sent=sent, strict=self._strict)}
        if hidden and "base64" in data:
            data = {**{key: part for key, part in data.items() if key != "base64"}, "omitted": "privacy"}
        return {**data, "last_id": self._typed(data["last_id"])} if "last_id" in data else data

    # ----------------------------------------------------------------------------------------------- page and steps

    def _console(self, data: dict[str, Any]) -> dict[str, Any]:
        result = {**data, "text": self._logged(data.get("text"))}
        if "args" in data:
            result["args"] = mask_value(data["args"], self._logged)
            if result["args"] != data["args"] and self.level < MASK:
                result["text"] = self._without_values(result["text"], data["args"])
        if isinstance(data.get("location"), dict):
            result["location"] = {**data["location"], "url": self.url(data["location"].get("url"))}
        return result

    def _logged(self, text: Any) -> Any:
        """Return text that a program wrote for its makers."""
        text = self.text(text)
        if isinstance(text, str) and self.level < MASK:
            text = _NAMED_VALUE.sub(lambda match: match[1] + match[2] + mask_secret(match[3]), text)
        return text

    def _without_values(self, text: Any, args: Any) -> Any:
        """Mask in the text of a message the values that its trees have under sensitive names."""
        for value in _sensitive_strings(args):
            if isinstance(text, str) and len(value) >= MIN_CHARACTERS:
                text = text.replace(value, mask_secret(value))
        return text

    def _error(self, data: dict[str, Any]) -> dict[str, Any]:
        result = {
            key: self._everything(part, key) if key not in ("message", "stack", "name") else part
            for key, part in data.items()
        }
        if "message" in data:
            result["message"] = self._logged(data["message"])
        if isinstance(data.get("stack"), str):
            lines = data["stack"].split("\n")
            result["stack"] = "\n".join(
                self.clean(line) if _STACK_LINE.match(line) else self._logged(line) for line in lines
            )
        return result

    def _dialog(self, data: dict[str, Any]) -> dict[str, Any]:
        return {key: self.text(part) if key in ("message", "default") else part for key, part in data.items()}

    def _dialog_end(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "answer": self._typed(data["answer"])} if "answer" in data else data

    def _download(self, data: dict[str, Any]) -> dict[str, Any]:
        name = data.get("name")
        if isinstance(name, str) and self.level >= MASK_USER_INPUT:
            stem, dot, ending = name.rpartition(".")
            name = f"{self.text(stem if dot else ending)}{dot}{ending if dot else ''}"
        return {**data, "url": self.url(data.get("url")), "name": self.clean(name) if isinstance(name, str) else name}

    def _step(self, data: dict[str, Any]) -> dict[str, Any]:
        result = dict(data)
        params = data.get("params")
        if isinstance(params, dict):
            result["params"] = masked = {key: self._param(key, part) for key, part in params.items()}
            about = f"{params.get('selector', '')} {params.get('locator', '')} {params.get('name', '')}"
            if "expected" in params and str(params.get("expression", "")).endswith(("_value", "_values")):
                if names_sensitive(about):
                    for value in _strings(params["expected"]):
                        self.learn(value)
                    masked["expected"] = _masked_strings(params["expected"])
                else:
                    masked["expected"] = self._everything_typed(params["expected"])
            if names_sensitive(about) and len(self._secret_steps) < MAX_UNDER_WAY:
                self._secret_steps.add(str(data.get("id")))
        # Only now: what was just learnt is not to be told either.
        result["title"] = self._title(data.get("title"))
        if isinstance(params, dict) and isinstance(params.get("expression"), str):
            for part, key in ((result["params"], "expression"), (result, "title")):
                if isinstance(part.get(key), str):
                    part[key] = mask_script(part[key])
        return result

    def _title(self, title: Any) -> Any:
        if not isinstance(title, str):
            return title
        if self.level >= MASK_USER_INPUT:
            title = re.sub(r"\?[^\s\"']+", lambda match: mask_url(match[0], self.salt), title)
        return self._told(title)

    def _param(self, key: str, value: Any) -> Any:
        if key == "url":
            return self.url(value)
        if key in ("localPaths", "path"):
            return self._everything_typed(value)
        if isinstance(value, str):
            shown = key in ("expected", "name") or (key == "key" and len(value) == 1 and self.level >= MASK_USER_INPUT)
            return (
                self.text(value)
                if shown and self.level >= MASK
                else self._told(value)
                if not shown
                else self.clean(value)
            )
        if isinstance(value, list):
            return [self._param(key, part) for part in value]
        return value

    def _everything_typed(self, value: Any) -> Any:
        return [self._everything_typed(part) for part in value] if isinstance(value, list) else self._typed(value)

    def _step_end(self, data: dict[str, Any]) -> dict[str, Any]:
        result = dict(data)
        error, log = data.get("error"), data.get("log")
        texts = [part for part in (*(error.values() if isinstance(error, dict) else ()), *(log or ())) if part]
        secret = str(data.get("id")) in self._secret_steps or any(
            quotes_secret(text, self.settings.rules) for text in texts if isinstance(text, str)
        )
        self._secret_steps.discard(str(data.get("id")))
        # In a hurry Playwright does not say which element it was.
        joined = "\n".join(text for text in texts if isinstance(text, str))
        is_said = "resolved to" in joined or "waiting for" not in joined
        secret = secret or (not is_said and next(received_in(joined), None) is not None)
        if secret:
            # A test that fails by it will tell it once more.
            for text in texts:
                for value in received_in(text) if isinstance(text, str) else ():
                    self.learn(value)
        if isinstance(error, dict):
            result["error"] = {key: self._failed(part, secret=secret) for key, part in error.items()}
        if isinstance(log, list):
            result["log"] = [self._failed(line, secret=secret) for line in log]
        for key in ("message", "longrepr"):
            if key in data:
                result[key] = self._failed(data[key])
        return result

    def _mark(self, data: dict[str, Any]) -> dict[str, Any]:
        """The program's own words, which it chose to keep: without secrets, otherwise as they are."""
        return {"label": self.clean(str(data.get("label"))), "data": mask_value(data.get("data"), self.clean)}

    def _status(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "error": self._failed(data["error"])} if "error" in data else data


def _mask_cookies(value: str, *, is_set: bool) -> str:
    """Names of cookies, and what a `Set-Cookie` says about one, stay."""
    masked = []
    for line in value.split("\n"):
        parts = line.split(";")
        for index, part in enumerate(parts):
            name, equals, content = part.partition("=")
            if (index == 0 or not is_set) and equals:
                parts[index] = f"{name}={mask_secret(content)}"
            elif index == 0 and not equals:
                parts[index] = mask_secret(part)
        masked.append(";".join(parts))
    return "\n".join(masked)


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in _strings(part)]
    return [text for part in value for text in _strings(part)] if isinstance(value, list) else []


def _masked_strings(value: Any) -> Any:
    if isinstance(value, str):
        return mask_secret(value)
    return [_masked_strings(part) for part in value] if isinstance(value, list) else value


def _sensitive_strings(value: Any) -> list[str]:
    """Return the strings in a tree that stand under a sensitive name."""
    found: list[str] = []
    if isinstance(value, dict):
        for key, part in value.items():
            found += _strings(part) if names_sensitive(str(key)) else _sensitive_strings(part)
    elif isinstance(value, list):
        for part in value:
            found += _sensitive_strings(part)
    return found
