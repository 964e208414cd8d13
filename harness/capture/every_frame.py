"""Asking the recorders of all frames of a context for something."""

from __future__ import annotations

import asyncio
import json

from harness.capture import driver

TIMEOUT_S = 3  # for a page that hangs: its recorder cannot be reached, the rest goes on

_SCRIPTLESS = """element => element.hasAttribute("sandbox") && !element.sandbox.contains("allow-scripts")
    && !element.sandbox.contains("allow-same-origin")"""

# Of an element: {doc, node, level} in the stream of the recorder that has it, null where none has met it.
LOCATE = """element => { const view = element.ownerDocument.defaultView; const api = view && view.harnessRecorder;
    return api ? api[Symbol.for("harness")].locate(element) : null; }"""


def call_of(method: str, binding: str | None = None) -> str:
    """Return the expression that calls, and awaits, a method of a frame's recorder, if it has one of its own.

    With `binding` only the recorder that sends to it: another driver may be recording the same pages.
    """
    ours = "" if binding is None else f" && own.binding === {json.dumps(binding)}"
    return f"""() => {{ const api = window.harnessRecorder, own = api && api[Symbol.for("harness")];
        return own && own.window === window{ours} ? own.{method}() : undefined; }}"""


def removal(binding: str) -> str:
    """Return the expression that takes the recorder that sends to `binding` off a window."""
    return f"""() => {{ const api = window.harnessRecorder, own = api && api[Symbol.for("harness")];
        if (own && own.binding === {json.dumps(binding)}) delete window.harnessRecorder; }}"""


async def in_every_frame(context: driver.Context, expression: str) -> None:
    """Evaluate in all frames of all pages, parents before children; what is gone or hangs is passed over."""
    await asyncio.gather(*(in_frames_of(page, expression) for page in context.pages))


async def in_frames_of(page: driver.Page, expression: str) -> None:
    """Evaluate in all frames of one page."""
    for frame in page.frames:
        try:
            await asyncio.wait_for(driver.evaluate(frame, expression), TIMEOUT_S)
        except TimeoutError:  # the page hangs, and its other frames with it
            return
        except Exception:  # navigated, detached, closed or crashed: its stream ends where it stands
            continue


async def reach_scriptless(frame: driver.Frame, script: str) -> None:
    """Take the one snapshot of a frame that runs no script, not even ours, and that its parent cannot look into."""
    try:
        if await driver.owner_evaluate(frame, _SCRIPTLESS):
            await asyncio.wait_for(driver.loaded(frame), TIMEOUT_S)
            await asyncio.wait_for(driver.evaluate(frame, script), TIMEOUT_S)
            await driver.evaluate(frame, call_of("start"))
            await driver.evaluate(frame, call_of("flush"))
    except Exception:  # the frame is gone, or navigated on
        return
