"""What happened besides the DOM, as objects: beginnings joined with their ends, requests with their responses.

Events are whatever a file holds: a key that is missing or of another type is None or empty here, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Event = dict[str, Any]

ERRORS = ("page-error", "custom-error", "page-crash")


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that happened besides the DOM; `t` is in ms, `data` is as docs/format.md says."""

    t: float
    kind: str
    page: int | None
    data: dict[str, Any]
    doc: str | None = None

    def text(self, key: str) -> str:
        """Return a text of `data`, empty where there is none."""
        value = self.data.get(key)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Lasting(Signal):
    """A signal with an end; `end` and `end_ms` are None where the recording holds none."""

    end: Signal | None = None

    @property
    def id(self) -> str:
        return self.text("id")

    @property
    def end_ms(self) -> float | None:
        return self.end.t if self.end is not None else None

    @property
    def duration_ms(self) -> float | None:
        return self.end.t - self.t if self.end is not None else None


@dataclass(frozen=True, slots=True)
class Step(Lasting):
    """A call of Playwright (`api`, `assert`), a block of `harness.step` (`step`), or a test's phase (`phase`)."""

    target: Signal | None = None
    children: list[Step] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.text("title")

    @property
    def category(self) -> str:
        return self.text("category")

    @property
    def parent(self) -> str | None:
        """The id of the step that this one stands in."""
        return self.text("parent") or None

    @property
    def location(self) -> dict[str, Any] | None:
        """{"file", "line", "function"} of the call in the program."""
        value = self.data.get("location")
        return value if isinstance(value, dict) else None

    @property
    def error(self) -> str | None:
        """The message of the error with which it ended."""
        error = self.end.data.get("error") if self.end is not None else None
        return str(error.get("message", "")) if isinstance(error, dict) else None

    @property
    def log(self) -> list[str]:
        """Playwright's call log, where the call failed."""
        lines = self.end.data.get("log") if self.end is not None else None
        return [str(line) for line in lines] if isinstance(lines, list) else []


@dataclass(frozen=True, slots=True)
class NetworkRequest(Lasting):
    """A request with what came back; `read_asset(hash)` gives the bytes of a long body."""

    response: Signal | None = None
    read_asset: Callable[[str], bytes | None] = lambda digest: None

    @property
    def url(self) -> str:
        return self.text("url")

    @property
    def method(self) -> str:
        return self.text("method")

    @property
    def resource_type(self) -> str:
        return self.text("resource_type")

    @property
    def status(self) -> int | None:
        """The response's status; None for a request that got none."""
        value = self.response.data.get("status") if self.response is not None else None
        return value if isinstance(value, int) else None

    @property
    def failure(self) -> str | None:
        return (self.end.text("failure") or None) if self.end is not None else None

    @property
    def request_headers(self) -> list[tuple[str, str]]:
        return _pairs((self.end.data.get("request_headers") if self.end else None) or self.data.get("headers"))

    @property
    def response_headers(self) -> list[tuple[str, str]]:
        own = self.response.data.get("headers") if self.response is not None else None
        return _pairs((self.end.data.get("response_headers") if self.end else None) or own)

    @property
    def timing(self) -> dict[str, float]:
        """The phases, in ms from the request's start; `start` counts from `t`."""
        value = self.end.data.get("timing") if self.end is not None else None
        if not isinstance(value, dict):
            return {}
        return {str(name): float(ms) for name, ms in value.items() if _is_number(ms)}

    @property
    def request_text(self) -> str | None:
        """What was sent, where it is text that was kept."""
        return self._text_of(self.data.get("body"))

    @property
    def response_text(self) -> str | None:
        """What came back, where it is text that was kept; an asset of the page is among its resources instead."""
        return self._text_of(self.end.data.get("body")) if self.end is not None else None

    def _text_of(self, body: object) -> str | None:
        if not isinstance(body, dict):
            return None
        if isinstance(body.get("text"), str):
            return str(body["text"])
        content = self.read_asset(body["hash"]) if isinstance(body.get("hash"), str) else None
        return content.decode("utf-8", "replace") if content is not None else None


@dataclass(frozen=True, slots=True)
class ConsoleMessage(Signal):
    @property
    def level(self) -> str:
        return self.text("level")

    @property
    def location(self) -> dict[str, Any] | None:
        """{"url", "line", "column"}, from 1."""
        value = self.data.get("location")
        return value if isinstance(value, dict) else None

    @property
    def args(self) -> list[Any] | None:
        """The arguments as docs/format.md says; None where the text says it all."""
        value = self.data.get("args")
        return value if isinstance(value, list) else None


@dataclass(frozen=True, slots=True)
class PageError(Signal):
    """An error that nothing caught, one that was reported as such (`custom-error`), or a crash (`page-crash`)."""

    @property
    def name(self) -> str:
        return self.text("name") or ("Crash" if self.kind == "page-crash" else "Error")

    @property
    def message(self) -> str:
        return self.text("message") or ("the page's process died" if self.kind == "page-crash" else "")

    @property
    def stack(self) -> str | None:
        return self.text("original_stack") or self.text("stack") or None


@dataclass(frozen=True, slots=True)
class Action(Signal):
    """What the user did; `frustration` has the types of what was found about it: `rage-click`, `dead-click` …"""

    frustration: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.text("id")

    @property
    def type(self) -> str:
        return self.text("type")

    @property
    def name(self) -> str:
        return self.text("name")


@dataclass(frozen=True, slots=True)
class WebSocket(Lasting):
    messages: list[Signal] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.text("url")


def signals_of(events: Iterable[Event]) -> Iterator[Signal]:
    """Yield each event as a signal."""
    for event in events:
        data = event.get("data")
        yield Signal(
            event["t"], event["kind"], event.get("page"), data if isinstance(data, dict) else {}, event.get("doc")
        )


def steps_of(events: Iterable[Event]) -> list[Step]:
    """Return the steps in the order in which they began, each with those that stand in it."""
    by_kind = _by_kind(events)
    ends, targets = _by_id(by_kind["step-end"]), _by_id(by_kind["step-target"])
    steps: dict[str, Step] = {}
    for signal in by_kind["step"]:
        name = signal.text("id")
        step = Step(**vars_of(signal), end=ends.get(name), target=targets.get(name))
        steps.setdefault(name, step)
    for step in steps.values():
        parent = steps.get(step.parent or "")
        if parent is not None and parent is not step:
            parent.children.append(step)
    return sorted(steps.values(), key=lambda step: step.t)


def requests_of(events: Iterable[Event], read_asset: Callable[[str], bytes | None]) -> list[NetworkRequest]:
    """Return the requests in the order in which they began."""
    by_kind = _by_kind(events)
    ends, responses = _by_id(by_kind["request-end"]), _by_id(by_kind["response"])
    requests = []
    for signal in by_kind["request"]:
        end, response = ends.get(signal.text("id")), responses.get(signal.text("id"))
        fields = vars_of(signal)
        if signal.page is None:  # the first one of a popup is sent before there is a page
            fields["page"] = next((other.page for other in (response, end) if other is not None and other.page), None)
        requests.append(NetworkRequest(**fields, end=end, response=response, read_asset=read_asset))
    return requests


def actions_of(events: Iterable[Event]) -> list[Action]:
    """Return what the user did, in order, with the frustration that was found."""
    by_kind = _by_kind(events)
    found: dict[str, list[str]] = {}
    for signal in by_kind["frustration"]:
        found.setdefault(signal.text("action"), []).append(signal.text("type"))
    actions = [
        Action(**vars_of(signal), frustration=tuple(found.get(signal.text("id"), ()))) for signal in by_kind["action"]
    ]
    return sorted(actions, key=lambda action: action.t)


def websockets_of(events: Iterable[Event]) -> list[WebSocket]:
    by_kind = _by_kind(events)
    ends = _by_id(by_kind["websocket-close"])
    messages: dict[str, list[Signal]] = {}
    for signal in by_kind["websocket-message"]:
        messages.setdefault(signal.text("id"), []).append(signal)
    return [
        WebSocket(**vars_of(signal), end=ends.get(name), messages=messages.get(name, []))
        for signal in by_kind["websocket"]
        for name in [signal.text("id")]
    ]


def lasting_of(events: Iterable[Event], kind: str) -> list[Lasting]:
    """Return the signals of a kind whose ends are of the kind `KIND-end`."""
    by_kind = _by_kind(events)
    ends = _by_id(by_kind[f"{kind}-end"])
    return [Lasting(**vars_of(signal), end=ends.get(signal.text("id"))) for signal in by_kind[kind]]


def vitals_of(events: Iterable[Event]) -> list[Signal]:
    """Return the Web Vitals of each document: of each name the last one, in order."""
    last = {(signal.doc, signal.text("name")): signal for signal in signals_of(events)}
    return sorted(last.values(), key=lambda signal: signal.t)


class _Kinds(dict[str, list[Signal]]):
    def __missing__(self, kind: str) -> list[Signal]:
        return []


def _by_kind(events: Iterable[Event]) -> _Kinds:
    kinds = _Kinds()
    for signal in signals_of(events):
        kinds.setdefault(signal.kind, []).append(signal)
    return kinds


def _by_id(signals: Iterable[Signal]) -> dict[str, Signal]:
    return {signal.text("id"): signal for signal in signals}


def vars_of(signal: Signal) -> dict[str, Any]:
    """Return the fields of a plain signal, for one that says more."""
    return {"t": signal.t, "kind": signal.kind, "page": signal.page, "data": signal.data, "doc": signal.doc}


def _pairs(value: object) -> list[tuple[str, str]]:
    if not isinstance(value, list):
        return []
    return [(str(pair[0]), str(pair[1])) for pair in value if isinstance(pair, list) and len(pair) == 2]


def _is_number(value: Any) -> bool:
    """Whether it is a number of a size that times have: JSON also knows whole ones that no float can hold."""
    return isinstance(value, int | float) and -1e15 < value < 1e15
