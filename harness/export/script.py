"""A recording as a Playwright script: the program's own calls again, or what a person did, as a `journey(page)`.

`harness record FILE.py` runs what is written here. What the recording does not hold (masked texts, files) is marked
in the script, for a person to fill in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from harness.errors import UsageError
from harness.replay.replay import Replay
from harness.replay.signals import Action, Lasting, Signal, Step
from harness.storage import RecordingReader

# Calls without a value, with the typed or chosen text, and with a parameter, as the Python API names them.
_PLAIN = frozenset({"click", "dblclick", "hover", "tap", "check", "uncheck", "focus", "blur", "clear"})
_TYPED = frozenset({"fill", "type", "press_sequentially", "insert_text"})
_BARE = frozenset({"go_back", "go_forward", "reload", "bring_to_front", "close"})
_CAUSED_MS = 1500  # a page that opens so soon after an action was opened by it
DOUBLE_MS = 600
_MASKED = re.compile(r"\**\*[\s*]*")
_ANSWERING = '''
def answer_dialogs(page: Page, *answers: bool | str) -> None:
    """Accept or dismiss the dialogs that come next; a text is what a prompt gets."""
    waiting = list(answers)

    def handle(dialog: Dialog) -> None:
        answer = waiting.pop(0)
        if not waiting:
            page.remove_listener("dialog", handle)
        if answer is False:
            dialog.dismiss()
        else:
            dialog.accept(answer if isinstance(answer, str) else "")

    page.on("dialog", handle)

'''


def write_script(reader: RecordingReader, file: BinaryIO) -> None:
    """Write the script. Raises UsageError if the recording holds neither steps nor actions."""
    replay = Replay(reader)
    pages = _Pages()
    lines = list(_from_steps(replay.steps, pages))
    if not lines:
        pages = _Pages()
        lines = list(_from_actions(replay, pages))
    body = _with_answers(lines, replay.dialogs, pages)
    if not body:
        raise UsageError(f"{reader.path}: holds no steps and no actions to make a script of", path=reader.path)
    title = str(reader.header.get("title") or reader.path.name).splitlines()[0]
    answers = any(line.startswith("answer_dialogs(") for line in body)
    names = ["Dialog", "Page"] if answers else ["Page"]
    if any("expect(" in line for line in body):
        names.append("expect")
    text = [f'"""{title.replace(chr(92), "/").replace(chr(34), chr(39))}: made by `harness export script`."""', ""]
    if any("re.compile(" in line for line in body):
        text += ["import re", ""]
    text += [f"from playwright.sync_api import {', '.join(names)}", ""]
    text += _ANSWERING.splitlines() if answers else [""]
    text += ["", "def journey(page: Page) -> None:", *(f"    {line}" for line in body)]
    file.write(("\n".join(text) + "\n").encode("utf-8", "replace"))


# A line of the script and, where it is a call, the time at which it was made.
_Line = tuple[float | None, str]


def _from_steps(steps: list[Step], pages: _Pages) -> Iterator[_Line]:
    """Yield a line for each call that does something or asserts something; questions are left out."""
    told: set[str] = set()
    by_id = {step.id: step for step in steps}
    for step in steps:
        if step.category not in ("api", "assert"):
            continue
        line = _call(step, pages)
        if line is None:
            continue
        for block in _blocks_around(step, by_id):
            if block.id not in told:
                told.add(block.id)
                yield None, f"# {_one_line(block.title)}"
        yield from pages.opened()
        yield step.t, line + (f"  # failed: {_one_line(step.error)}" if step.error else "")


def _with_answers(lines: list[_Line], dialogs: list[Lasting], pages: _Pages) -> list[str]:
    """Return the lines, before each call that led to dialogs one that answers them as they were answered."""
    calls = [n for n, (t, _) in enumerate(lines) if t is not None]
    answers: dict[int, dict[str, list[str]]] = {}
    for dialog in dialogs:
        before = [n for n in calls if (lines[n][0] or 0) <= dialog.t]
        if before and dialog.end is not None and dialog.page is not None:
            text = dialog.end.text("answer")
            answer = _masked_or(text) if text else str(bool(dialog.end.data.get("accepted")))
            answers.setdefault(before[-1], {}).setdefault(pages.name(dialog.page), []).append(answer)
    body: list[str] = []
    for n, (_, line) in enumerate(lines):
        for page, given in answers.get(n, {}).items():
            if any(answer != "False" for answer in given):  # Playwright dismisses them by itself
                body.append(f"answer_dialogs({page}, {', '.join(given)})")
        body.append(line)
    return body


def _blocks_around(step: Step, by_id: dict[str, Step]) -> list[Step]:
    """Return the blocks that a step stands in, the outermost first."""
    found: list[Step] = []
    at = by_id.get(step.parent or "")
    while at is not None and at not in found and len(found) < 20:
        found.insert(0, at)
        at = by_id.get(at.parent or "")
    return [block for block in found if block.category == "step"]


def _call(step: Step, pages: _Pages) -> str | None:
    owner, _, name = step.text("method").rpartition(".")
    raw = step.data.get("params")
    params: dict[str, Any] = raw if isinstance(raw, dict) else {}
    if owner == "BrowserContext" and name == "new_page":
        return pages.made(step)
    if step.page is None:
        return None
    page = pages.name(step.page)
    if step.category == "assert":
        return _assertion(page, name, params)
    if name == "goto":
        return f"{page}.goto({_text(params.get('url'))})"
    if owner in ("Page", "Frame") and name in _BARE:
        return f"{page}.{name}()"
    if owner == "Keyboard":
        typed = _text(params.get("key")) if name in ("press", "down", "up") else _typed(step)
        return f"{page}.keyboard.{name}({typed})"
    if owner == "Mouse" and {"x", "y"} <= params.keys():
        return f"{page}.mouse.{name}({params['x']}, {params['y']})"
    if owner == "Mouse" and name == "wheel":
        return f"{page}.mouse.wheel({params.get('deltaX', 0)}, {params.get('deltaY', 0)})"
    locator = params.get("locator")
    if not isinstance(locator, str):
        return None
    return _on_locator(f"{page}.{locator}", name, params, step)


def _on_locator(locator: str, name: str, params: dict[str, Any], step: Step) -> str | None:
    if name in _PLAIN:
        return f"{locator}.{name}()"
    if name in _TYPED:
        return f"{locator}.{'fill' if name == 'fill' else 'press_sequentially'}({_typed(step)})"
    if name == "press":
        return f"{locator}.press({_text(params.get('key'))})"
    if name == "select_option":
        return f"{locator}.select_option(label={_typed(step)})"
    if name == "set_checked":
        return f"{locator}.set_checked(True)"
    if name == "set_input_files":
        return f"{locator}.set_input_files({json.dumps(params.get('localPaths', []))})"
    return None


def _assertion(page: str, name: str, params: dict[str, Any]) -> str | None:
    locator = params.get("locator")
    subject = f"{page}.{locator}" if isinstance(locator, str) and params.get("selector") != ":root" else page
    expected = params.get("expected")
    value = "" if expected is None else json.dumps(expected, ensure_ascii=False)
    if isinstance(expected, str) and len(expected) > 1 and expected.startswith("/") and expected.endswith("/"):
        value = f"re.compile({json.dumps(expected[1:-1], ensure_ascii=False)})"
    return f"expect({subject}).{name}({value})" if name else None


def _from_actions(replay: Replay, pages: _Pages) -> Iterator[_Line]:
    """Yield a line for each thing that a person did, and for the pages that they went to."""
    uploads = list(replay.events(kinds=("upload",)))
    navigations = [s for s in replay.navigations if s.text("type") == "navigate" and not s.data.get("frame")]
    actions = _without_halves(replay.actions)
    happened: list[Signal] = sorted([*navigations, *actions], key=lambda signal: signal.t)
    last_action = float("-inf")
    for signal in happened:
        if signal.page is None:
            continue
        page = pages.name(signal.page)
        if not isinstance(signal, Action):
            if signal.t - last_action > _CAUSED_MS:
                yield from pages.opened()
                yield signal.t, f"{page}.goto({_text(signal.text('url'))})"
            continue
        line = _done(page, signal, _files_of(signal, uploads))
        if line is not None:
            last_action = signal.t
            yield from pages.opened()
            yield signal.t, f"{line}  # {_one_line(signal.name)}"


def _files_of(action: Action, uploads: list[dict[str, Any]]) -> list[str]:
    """Return the names of the files that an action put into its field; the files themselves are in no recording.

    The upload is told just before its action: the last one of the field up to then is its own.
    """
    files: list[str] = []
    for event in uploads:
        data = event["data"]
        if event.get("doc") == action.doc and data.get("node") == action.data.get("node") and event["t"] <= action.t:
            files = [str(file.get("name")) for file in data.get("files") or []]
    return files


def _without_halves(actions: list[Action]) -> list[Action]:
    """Leave out the clicks that a double click is made of."""
    doubles = [action for action in actions if action.type == "double-click"]

    def is_half(action: Action) -> bool:
        return action.type == "click" and any(
            double.doc == action.doc
            and double.data.get("node") == action.data.get("node")
            and 0 <= double.t - action.t <= DOUBLE_MS
            for double in doubles
        )

    return [action for action in actions if not is_half(action)]


def _done(page: str, action: Action, files: list[str]) -> str | None:
    target, text = action.text("target"), action.text("text")
    if action.type == "scroll":
        return f"{page}.evaluate({_text(f'scrollTo({text})')})" if re.fullmatch(r"\d+, \d+", text) else None
    if action.type == "press":
        return f"{page}.keyboard.press({_text(text)})" if text else None
    if not target:
        return None
    locator = f"{page}.locator({_text(target)})"
    calls = {
        "click": "click()",
        "double-click": "dblclick()",
        "right-click": 'click(button="right")',
        "check": "check()",
        "uncheck": "uncheck()",
        "fill": f"fill({_masked_or(text)})",
        "select": f"select_option(label={_masked_or(text)})",
        "upload": f"set_input_files({json.dumps(files, ensure_ascii=False)})",
    }
    call = calls.get(action.type)
    return f"{locator}.{call}" if call is not None else None


class _Pages:
    """Names of pages: the first one is the journey's argument, others are made or were opened by a page."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._waiting: list[str] = []
        self._is_given = False

    def made(self, step: Step) -> str | None:
        """Return the line that makes a further page; the first one is there already."""
        if not self._is_given:
            self._is_given = True
            return None
        name = f"page{len(self._names) + 1}"
        self._names[max(self._names, default=0) + 1] = name
        return f"{name} = page.context.new_page()"

    def name(self, page: int) -> str:
        if page not in self._names:
            self._is_given = True
            number = len(self._names) + 1
            name = self._names[page] = "page" if number == 1 else f"page{number}"
            if number > 1:
                self._waiting.append(f"{name} = page.context.pages[{number - 1}]  # a page opened it")
        return self._names[page]

    def opened(self) -> Iterator[_Line]:
        """Yield the lines that get hold of pages that were opened since."""
        yield from ((None, line) for line in self._waiting)
        self._waiting.clear()


def _typed(step: Step) -> str:
    return _masked_or(step.target.text("text") if step.target is not None else "")


def _masked_or(text: str) -> str:
    return '"(masked)"' if _MASKED.fullmatch(text) else _text(text)


def _text(value: object) -> str:
    return json.dumps(value if isinstance(value, str) else "", ensure_ascii=False)


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())[:160]
