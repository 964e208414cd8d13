"""Driving a replay to the checks of its recording and comparing what it shows with what the page showed."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from harness.errors import CorruptRecordingError, UsageError
from harness.fidelity.layout import Layout, layout_script, same_share
from harness.fidelity.pixels import covered, equal_share, require_pillow
from harness.fidelity.verdict import GOOD, KIND
from harness.viewer.driven import PICKED, SEEK, TIMEOUT_MS, launched, serving

# The player's own root is no part of the page; its screenshot is clipped to the frame.
_FRAME = "iframe[data-harness-document]"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Check:
    """A moment at which the page's look was kept; `layout` is the asset of it, `screenshot` that of its picture."""

    t: float
    page: int
    label: str
    layout: str | None
    screenshot: str | None
    omitted: str | None


@dataclass(frozen=True, slots=True)
class Score:
    """How a check came out: shares from 0 to 1, `pixels` None where no picture was kept, `fault` why there is none."""

    check: Check
    layout: float
    pixels: float | None
    fault: str | None = None

    @property
    def worst(self) -> float:
        return min(self.layout, 1.0 if self.pixels is None else self.pixels)

    @property
    def good(self) -> bool:
        return self.worst >= GOOD

    def event(self) -> dict[str, Any]:
        """Return the `fidelity` event that keeps it, see docs/format.md."""
        data: dict[str, Any] = {"label": self.check.label, "layout": round(self.layout, 5)}
        data["pixels"] = None if self.pixels is None else round(self.pixels, 5)
        if self.fault:
            data["fault"] = self.fault
        return {"page": self.check.page, "t": self.check.t, "kind": KIND, "data": data}


def checks_of(path: str | PathLike[str]) -> list[Check]:
    """Return the checks of a recording in order of time. Raises what opening it raises."""
    from harness.replay.replay import open_replay

    def text(value: Any) -> str | None:
        return value if isinstance(value, str) else None

    with open_replay(path) as replay:
        found = [
            Check(
                event["t"],
                event["page"],
                text(event["data"].get("label")) or "",
                text(event["data"].get("digest")),
                text(event["data"].get("screenshot")),
                text(event["data"].get("omitted")),
            )
            for event in replay.events(kinds=("check",))
            if isinstance(event.get("data"), dict) and event.get("page") is not None
        ]
    return sorted(found, key=lambda check: check.t)


def measure(
    path: str | PathLike[str],
    *,
    browser_path: str | None = None,
    pictures: Path | None = None,
    progress: Progress | None = None,
) -> list[Score]:
    """Return the score of every check of the recording, in order of time.

    `pictures` is a directory for the two pictures of each check that is not good. `progress` gets (done, all).
    Raises UsageError if there is no check or no Pillow, BrowserError if no browser starts, CorruptRecordingError if
    what a check kept cannot be read.
    """
    require_pillow()
    path = Path(path)
    checks = checks_of(path)
    if not checks:
        what = "holds no checks; record with --check, or recording.mark(label, check=True)"
        raise UsageError(f"{path}: {what}", path=path)
    # In a thread of its own: Playwright's sync API refuses one in which an event loop runs.
    with ThreadPoolExecutor(1, thread_name_prefix="harness-fidelity") as thread:
        return thread.submit(_measure, path, checks, browser_path, pictures, progress).result()


def _measure(
    path: Path, checks: list[Check], browser_path: str | None, pictures: Path | None, progress: Progress | None
) -> list[Score]:
    scores = []
    with serving(path) as url, launched(browser_path) as browser:
        for number, check in enumerate(checks):
            scores.append(_score(path, browser, url, check, pictures))
            if progress is not None:
                progress(number + 1, len(checks))
    return scores


def _score(path: Path, browser: Any, url: str, check: Check, pictures: Path | None) -> Score:
    from playwright.sync_api import Error

    if check.layout is None:
        return Score(check, 0.0, None, check.omitted or "nothing was kept of it")
    live, screenshot = _kept(path, check)
    context = browser.new_context(viewport={"width": live.width, "height": live.height}, device_scale_factor=live.scale)
    try:
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.goto(f"{url}/?bare=1")
        page.evaluate("harness.ready")
        page.evaluate(SEEK, [check.t, check.page])
        page.evaluate(PICKED)
        frame = page.query_selector(_FRAME)
        shown = frame.content_frame() if frame is not None else None
        if shown is None:
            return Score(check, 0.0, None, "the viewer shows no page")
        layout = same_share(live, Layout.from_json(shown.evaluate(layout_script())))
        if screenshot is None:
            return Score(check, layout, None)
        clip = {"x": 0, "y": 0, "width": live.width, "height": live.height}
        png = page.screenshot(animations="allow", caret="initial", clip=clip)
        score = Score(check, layout, equal_share(screenshot, png, live.masked, live.scale))
        if pictures is not None and not score.good:
            _keep(pictures, check, screenshot, covered(png, live.masked, live.scale))
        return score
    except Error as error:
        return Score(check, 0.0, None, error.message.splitlines()[0])
    finally:
        context.close()


def _kept(path: Path, check: Check) -> tuple[Layout, bytes | None]:
    from harness.storage import RecordingReader

    with RecordingReader(path) as reader:
        content, _ = reader.asset(check.layout or "")
        screenshot = None if check.screenshot is None else reader.asset(check.screenshot)[0]
    try:
        layout = Layout.from_json(json.loads(content))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorruptRecordingError(
            f"{path}: the check at {check.t:g} ms cannot be read ({error})", path=path
        ) from error
    if not (0 < layout.width <= 16384 and 0 < layout.height <= 16384 and 0 < layout.scale <= 8):
        raise CorruptRecordingError(f"{path}: the check at {check.t:g} ms names an impossible viewport", path=path)
    return layout, screenshot


def _keep(directory: Path, check: Check, live: bytes, replay: bytes) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in (("live", live), ("replay", replay)):
        (directory / f"{check.t:g}-page{check.page}-{name}.png").write_bytes(content)


def check_and_keep(path: str | PathLike[str], **options: Any) -> list[Score]:
    """Measure as `measure` does and write the scores into the recording; an earlier verdict is superseded by it."""
    from harness.storage.append import append_events

    scores = measure(path, **options)
    append_events(path, [score.event() for score in scores])
    return scores
