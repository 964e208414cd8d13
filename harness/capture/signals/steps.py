"""Steps: each call of Playwright that the program makes in this context, under the blocks that it stands in."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from dataclasses import dataclass
from typing import Any

from harness.capture import driver
from harness.capture.calls import WAIT_METHODS, Call, OnEnd, watch_calls
from harness.capture.every_frame import LOCATE
from harness.capture.signals import blocks
from harness.capture.signals.sink import Sink, bounded
from harness.capture.signals.sources import Sources, own_frames
from harness.capture.signals.titles import expected_of, said_params, title_of
from harness.privacy.names import names_sensitive

# Calls that are no step of anybody: they only read what Playwright has been told already, or set up the call itself.
_SILENT = frozenset(
    {"updateSubscription", "sizes", "rawRequestHeaders", "rawResponseHeaders", "serverAddr", "securityDetails"}
    | {"httpVersion", "response", "resolve", "reject", "dispose", "detach", "initialize", "tracingGroup", "harStart"}
    | {"setDefaultTimeoutNoReply", "setDefaultNavigationTimeoutNoReply", "addStackToTracingNoReply", "createTempFiles"}
)
_TARGET_SLACK_MS = 60  # the page's clock and ours read the same time to some ms
_TYPED_SLACK_MS = 3
_TOLD_WITHIN_MS = 2000  # after a field has got a text, the page has said so
_REMEMBERED = 64

_BY_INPUT = {
    "fill": {"fill", "type", "keyboardType", "keyboardInsertText", "press", "keyboardPress"},
    "select": {"selectOption"},
    "upload": {"setInputFiles"},
    "press": {"press", "keyboardPress", "type", "keyboardType"},
}
_TYPING = frozenset({"fill", "type", "keyboardType", "keyboardInsertText"})
_FIND_S = 1.0  # a page that does not answer is not waited for
_BY_MOUSE = frozenset(
    {"click", "dblclick", "check", "uncheck", "setChecked", "tap", "mouseClick", "mouseUp", "mouseDown"}
)


@dataclass
class _Running:
    """A step that the page may still tell the target of."""

    id: str
    page: Any
    method: str
    from_ms: float
    until_ms: float = float("inf")
    has_target: bool = False
    typed: str = ""
    failed: bool = False

    def distance_ms(self, t: float) -> float:
        """Return how far a moment lies outside of the step; 0 within it."""
        return max(self.from_ms - t, t - self.until_ms, 0)


class Steps:
    """Tells of each call its beginning, its end, and what in the page it acted on."""

    def __init__(self, sink: Sink) -> None:
        self.thread = threading.get_ident()
        self._sink = sink
        self._sources = Sources(sink)
        self._recent: deque[_Running] = deque(maxlen=_REMEMBERED)
        self._waits: dict[str, _Running] = {}
        self._open: set[str] = set()  # steps whose beginning is in the file
        self._typed: list[_Running] = []  # typed just now, maybe into a field that will be reported as sensitive

    def start(self) -> None:
        self._sink.on_stop(watch_calls(driver.connection_of(self._sink.context), self._sink.guarded(self._on_call)))
        blocks.listeners.append(self)
        self._sink.on_stop(lambda: blocks.listeners.remove(self))

    def keep_source(self, file: str) -> None:
        self._sources.keep(file)

    # ------------------------------------------------------------------------------------------------------- blocks

    def begin_block(self, block: blocks.Block) -> None:
        data = {
            "id": block.id,
            "parent": block.parent.id if block.parent is not None else None,
            "category": block.category,
            "title": bounded(block.title, 1000),
            "params": block.params or None,
            "location": block.location,
        }
        self._begun(data, at_ms=max(block.started_at - self._sink.started_at, 0))
        if block.location is not None:
            self._sources.keep(block.location["file"])

    def end_block(self, block: blocks.Block, error: BaseException | None) -> None:
        self._end(block.id, {"error": error_data(error)})

    def _begun(self, data: dict[str, Any], page: driver.Page | None = None, *, at_ms: float | None = None) -> None:
        if self._sink.hears:
            self._open.add(data["id"])
            self._sink.emit("step", data, page, at_ms=at_ms)

    def _end(self, number: str, outcome: dict[str, Any], page: driver.Page | None = None) -> None:
        """Tell the end of a step; one that began before a silence ends in it, without what was seen in it."""
        if number not in self._open:
            return
        self._open.remove(number)
        if not self._sink.hears and outcome.get("error"):
            error = {"name": outcome["error"]["name"], "message": "not recorded: it failed while nothing was kept"}
            outcome = {"error": error}
        self._sink.emit("step-end", {"id": number, **outcome}, page, ends=True)

    # -------------------------------------------------------------------------------------------------------- calls

    def _on_call(self, call: Call) -> OnEnd | None:
        if call.method in WAIT_METHODS and call.params.get("phase") != "before":
            if call.params["phase"] == "after":
                self._end_wait(call.params)
            return None
        if call.method in _SILENT or not self._sink.hears or not driver.belongs_to(call.owner, self._sink.context):
            return None
        page = driver.page_of(call.owner)
        running = _Running(self._sink.new_id("s"), page, call.method, self._sink.now_ms(), typed=_typed(call))
        if running.typed and names_sensitive(str(call.params.get("selector", ""))):
            self._sink.learn(running.typed)
        elif running.typed:
            self._typed.append(running)
            self._suspect()
        self._begin(call, running)
        if call.method in WAIT_METHODS:
            self._waits[call.params.get("waitId", "")] = running
            return None
        self._recent.append(running)

        def end(reply: Any, error: BaseException | None) -> None:
            running.until_ms, running.failed = self._sink.now_ms(), error is not None
            self._suspect()
            failure = _failed_expectation(call, reply, error) or _failure(error, call)
            self._end(running.id, failure, page)
            selector = call.params.get("selector")
            if failure and not running.has_target and call.type == "Frame" and selector not in (None, ":root"):
                self._sink.spawn(asyncio.wait_for(self._find_target(call.owner, selector, running), _FIND_S))

        return self._sink.guarded(end)

    def _begin(self, call: Call, running: _Running) -> None:
        block = blocks.current_block()
        if block is not None:
            blocks.tell(block, self)
        frames = own_frames(call.frames)
        data = {
            "id": running.id,
            "parent": block.id if block is not None else None,
            "category": "assert" if call.method == "expect" else "api",
            "title": title_of(call),
            "method": call.api_name or f"{call.type}.{call.method}",
            "params": said_params(call) or None,
            "location": frames[0] if frames else None,
            "stack": frames[1:] or None,
        }
        self._begun(data, running.page)
        for frame in frames:
            self._sources.keep(frame["file"])

    def _end_wait(self, info: dict[str, Any]) -> None:
        running = self._waits.pop(info.get("waitId", ""), None)
        if running is not None:
            error = info.get("error")
            told = {"name": "Error", "message": bounded(str(error), 4000)} if error else None
            self._end(running.id, {"error": told}, running.page)

    # -------------------------------------------------------------------------------------------------- what is typed

    def on_input(self, page: driver.Page, t: float, text: Any) -> None:
        """A field of the page has this text now. If it is masked, the field is sensitive, and what a step typed at that
        time is not to be told elsewhere."""
        if not isinstance(text, str):
            return
        is_masked = text.startswith("*") and not text.strip("* ")
        for running in self._recent:
            at_that_time = running.from_ms - _TYPED_SLACK_MS <= t <= running.until_ms + _TYPED_SLACK_MS
            if not (running.typed and running.page is page and at_that_time):
                continue
            if is_masked and len(running.typed) == len(text):
                self._sink.learn(running.typed)
            elif running.typed not in text:
                continue
            if running in self._typed:
                self._typed.remove(running)
                self._suspect()

    @property
    def waits_for_fields(self) -> bool:
        """Whether something was typed of which the pages have not said yet how private it is."""
        self._suspect()
        return any(not running.failed for running in self._typed)

    def all_told(self) -> None:
        """The pages have told all that happened in them."""
        self._typed = [running for running in self._typed if running.failed]  # of a field that there may not be
        self._suspect()

    def _suspect(self) -> None:
        now_ms = self._sink.now_ms()
        self._typed = [
            running
            for running in self._typed[-_REMEMBERED:]
            if running.failed or running.until_ms + _TOLD_WITHIN_MS > now_ms
        ]
        self._sink.suspect(frozenset(running.typed for running in self._typed))

    # ------------------------------------------------------------------------------------------------------ targets

    def on_action(self, page: driver.Page, doc: str, t: float, action: dict[str, Any]) -> None:
        """Tell the step that caused an action of the page's user, if one did, what it acted on."""
        methods = _BY_INPUT.get(action.get("type", ""), _BY_MOUSE)
        fitting = [
            running
            for running in self._recent
            if running.page is page and not running.has_target and running.method in methods
        ]
        best = min(fitting, key=lambda running: running.distance_ms(t), default=None)
        if best is None or best.distance_ms(t) > _TARGET_SLACK_MS:
            return
        best.has_target = True
        target: dict[str, Any] = {"id": best.id}
        target.update((key, action[key]) for key in ("node", "point", "box", "text") if key in action)
        self._sink.emit("step-target", target, page, doc, at_ms=t)

    async def _find_target(self, frame: driver.Frame, selector: str, running: _Running) -> None:
        """Tell what a failed step was about: the page has seen nothing of it."""
        element = await driver.query(frame, selector)
        if element is None:
            return
        try:
            where = await driver.element_evaluate(element, LOCATE)
            box = await driver.box_of(element)
        finally:
            await element.dispose()
        if where is None or where["node"] <= 0 or running.has_target:
            return
        running.has_target = True
        target: dict[str, Any] = {"id": running.id, "node": where["node"]}
        if box is not None:
            target["box"] = {side: round(length, 1) for side, length in box.items()}
        self._sink.emit("step-target", target, running.page, where["doc"], at_ms=running.until_ms)


def _typed(call: Call) -> str:
    """Return the text that a call types."""
    if call.method not in _TYPING:
        return ""
    text = call.params.get("value", call.params.get("text", ""))
    return text if isinstance(text, str) else ""


def error_data(error: BaseException | None, api_name: str = "") -> dict[str, Any] | None:
    """Return {"name", "message"} of an error, without the call log that Playwright puts into its message."""
    if error is None:
        return None
    name = "Cancelled" if isinstance(error, asyncio.CancelledError) else getattr(error, "name", None)
    message = _parts(error)[0]
    if api_name and not message.startswith(api_name):
        message = f"{api_name}: {message}"
    return {"name": str(name or type(error).__name__), "message": bounded(message.strip(), 16_000)}


def _failure(error: BaseException | None, call: Call) -> dict[str, Any]:
    if error is None:
        return {}
    lines = getattr(error, "_log", None) or _parts(error)[1].split("\n")
    return {"error": error_data(error, call.api_name), "log": _log(lines) or None}


def _failed_expectation(call: Call, reply: Any, error: BaseException | None) -> dict[str, Any] | None:
    """Return the failure of an assertion: an error with details, or before Playwright 1.6x a reply like others."""
    if call.method != "expect":
        return None
    details = getattr(error, "_details", None) if error is not None else reply
    if not isinstance(details, dict):
        return None
    if error is None and ("matches" not in details or bool(details["matches"]) != bool(call.params.get("isNot"))):
        return None
    parts = [f"{title_of(call)} failed"]
    expected = expected_of(call.params)
    if expected is not None:
        parts.append(
            f"Expected: {'not ' if call.params.get('isNot') else ''}{json.dumps(expected, ensure_ascii=False)}"
        )
    received = _plain(details.get("received"))
    if received is not None:
        parts.append(f"Received: {json.dumps(received, ensure_ascii=False, default=str)}")
    if details.get("errorMessage"):
        parts.append(str(details["errorMessage"]))
    log = getattr(error, "_log", None) or details.get("log") or ()
    return {"error": {"name": "AssertionError", "message": bounded("\n".join(parts), 16_000)}, "log": _log(log) or None}


def _parts(error: BaseException) -> tuple[str, str]:
    """Return the message and the call log in it."""
    message, _, log = str(getattr(error, "message", None) or error).partition("\nCall log:\n")
    return message, log


def _log(lines: Any) -> list[str]:
    """Return the lines of a call log, one text each."""
    split = [line.rstrip() for text in lines for line in str(text).split("\n")]
    return [bounded(line, 1000) for line in split if line.strip()][:100]


def _plain(value: Any) -> Any:
    """Return what was received; the protocol writes it as {"value": …}, {"s": "text"}, {"n": 3}, {"a": […]}."""
    if isinstance(value, dict):
        if "value" in value:
            return _plain(value["value"])
        if "a" in value:
            return [_plain(item) for item in value["a"]]
        if "v" in value:
            return None if value["v"] in ("undefined", "null") else value["v"]
        return next((value[key] for key in ("s", "n", "b", "raw") if key in value), None)
    return value
