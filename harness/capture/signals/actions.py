"""Frustration of the user, seen from the actions that the page tells: rage clicks, dead clicks, clicks that fail.

Decided here, from what has been recorded anyway, so that it costs the page nothing.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Any

from harness.capture import driver
from harness.capture.signals.sink import Sink, bounded

RAGE_CLICKS, RAGE_MS, RAGE_PX = 3, 1000, 30
EFFECT_MS = 1000  # within which a click has an effect, or is to blame for an error
# Lines of the page that show that a click did something.
EFFECTS = frozenset(
    {"mutation", "snapshot", "canvas", "scroll", "input", "media", "style-rule", "style-declaration"}
    | {"adopted-style-sheet", "navigation", "url", "document", "title", "visibility", "font"}
)
# A click on these gives them the keyboard or opens something of the browser's own, and need not change the page.
_QUIET = frozenset({"textbox", "editable", "select", "upload", "input", "label", "option", "canvas"})


@dataclass
class _Click:
    page: Any
    doc: str
    id: str
    t: float
    x: float
    y: float
    can_be_dead: bool
    has_effect: bool = False
    blamed: bool = False


class Frustration:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._recent: deque[_Click] = deque(maxlen=32)
        self._pending: list[_Click] = []
        self._raging: tuple[Any, float] | None = None  # page and time of the last click of a rage already told

    @property
    def waits(self) -> bool:
        """Whether a click is still to be judged: only then are a page's lines looked at."""
        return bool(self._pending)

    def on_action(self, page: driver.Page, doc: str, t: float, action: dict[str, Any]) -> None:
        if action.get("type") != "click" or not isinstance(action.get("point"), dict):
            return
        point = action["point"]
        can_be_dead = action.get("role") not in _QUIET
        click = _Click(page, doc, str(action.get("id")), t, float(point["x"]), float(point["y"]), can_be_dead)
        self._recent.append(click)
        self._pending.append(click)
        self._look_for_rage(click)

    def _look_for_rage(self, click: _Click) -> None:
        near = [
            earlier
            for earlier in self._recent
            if earlier.page is click.page
            and click.t - earlier.t <= RAGE_MS
            and math.hypot(earlier.x - click.x, earlier.y - click.y) <= RAGE_PX
        ]
        if self._raging is not None and self._raging[0] is click.page and click.t - self._raging[1] <= RAGE_MS:
            self._raging = (click.page, click.t)
        elif len(near) >= RAGE_CLICKS:
            self._raging = (click.page, click.t)
            self._sink.emit(
                "frustration", {"type": "rage-click", "action": click.id}, click.page, click.doc, at_ms=click.t
            )

    def on_effect(self, page: driver.Page | None, t: float) -> None:
        """Something happened on a page that a click may have caused."""
        for click in self._pending:
            if click.page is page and click.t <= t <= click.t + EFFECT_MS:
                click.has_effect = True

    def on_error(self, page: driver.Page | None, t: float, message: str) -> None:
        """An error of the page: the last click before it is to blame, if it was just now."""
        for click in reversed(self._recent):
            if click.page is page and 0 <= t - click.t <= EFFECT_MS:
                if not click.blamed:
                    click.blamed = True
                    data = {"type": "error-click", "action": click.id, "error": bounded(message, 1000)}
                    self._sink.emit("frustration", data, click.page, click.doc, at_ms=t)
                return

    def judge(self, now_ms: float) -> None:
        """Tell of the clicks whose time is over and that did nothing."""
        for click in [click for click in self._pending if now_ms - click.t > EFFECT_MS]:
            self._pending.remove(click)
            if click.can_be_dead and not click.has_effect and not click.blamed:
                data = {"type": "dead-click", "action": click.id}
                self._sink.emit("frustration", data, click.page, click.doc, at_ms=click.t)
