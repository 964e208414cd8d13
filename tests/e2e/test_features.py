"""Each feature page is recorded, its server goes away, and the replay must look as the page did: after playing up to a
moment, after seeking to it from before and from behind.

A page is a file of tests/pages/features with its steps at the top, see tests/features/steps.py. Where it fails, the
pictures are in test-results/features/. `pytest -k NAME` runs one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

import harness
from harness.storage.reader import RecordingReader
from harness.viewer.driven import PICKED
from harness.viewer.server import create_app, listen
from tests.features import journey, site, steps
from tests.features.journey import Check
from tests.features.look import difference, look_at
from tests.features.steps import FeaturePage

PICTURES = Path("test-results/features")
VIEWER_SIZE = ViewportSize(width=1000, height=700)  # room for every page
PLAYED_FASTER = 8  # a page is recorded in about a second


@pytest.fixture(scope="module")
def feature_site() -> Iterator[site.Site]:
    with site.serving() as served:
        yield served


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("features")


@pytest.fixture(scope="module")
def viewer_url(recordings: Path) -> Iterator[str]:
    with listen("127.0.0.1", 0) as listener:
        config = uvicorn.Config(create_app(recordings), log_level="error", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/r"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def viewers(browser: Browser) -> Iterator[Callable[[float], BrowserContext]]:
    """A function that returns a context for looking at replays on a device with so many pixels a CSS px."""
    contexts: dict[float, BrowserContext] = {}

    def viewer(scale: float) -> BrowserContext:
        if scale not in contexts:
            contexts[scale] = browser.new_context(viewport=VIEWER_SIZE, device_scale_factor=scale)
        return contexts[scale]

    yield viewer
    for context in contexts.values():
        context.close()


@pytest.mark.parametrize("path", sorted(site.PAGES.glob("*.html")), ids=lambda path: path.stem)
def test_replay_looks_like_the_page(
    path: Path,
    browser: Browser,
    feature_site: site.Site,
    recordings: Path,
    viewer_url: str,
    viewers: Callable[[float], BrowserContext],
) -> None:
    feature_site.is_down = False
    recording = recordings / f"{path.stem}-{len(list(recordings.iterdir()))}.replay"  # a test that runs again too
    feature = steps.read(path)
    checks = journey.record(browser, feature_site.url, feature, recording)
    feature_site.is_down = True
    feature_site.asked_while_down.clear()
    with RecordingReader(recording) as reader:
        assert reader.index.lost_events == 0
    page = viewers(feature.scale).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        page.goto(f"{viewer_url}/{recording.name}/?bare=1")
        page.evaluate("harness.ready")
        faults = list(_faults(feature, page, checks))
    finally:
        page.close()
    assert not feature_site.asked_while_down, "the replay asked the recorded server"
    if faults:
        pytest.fail("\n".join(faults + [f"the viewer said: {text}" for text in said]), pytrace=False)


def test_the_icon_of_a_page_is_kept_and_stands_in_its_tab(
    browser: Browser, feature_site: site.Site, recordings: Path, viewer_url: str, tmp_path: Path
) -> None:
    feature_site.is_down = False
    recording = recordings / f"icon-{tmp_path.name}.replay"
    context = browser.new_context()
    with harness.record(context, recording):
        page = context.new_page()
        page.goto(f"{feature_site.url}/files/icon.html")
        page.evaluate("self.harnessRecorder[Symbol.for('harness')].finish()")
    context.close()
    feature_site.is_down = True
    page = browser.new_page()
    try:
        page.goto(f"{viewer_url}/{recording.name}/")
        icon = page.locator(".page-tab img")
        expect(icon).to_be_visible()
        expect(icon).to_have_js_property("naturalWidth", 80)
    finally:
        page.close()


def _faults(feature: FeaturePage, page: Page, checks: list[Check]) -> Iterator[str]:
    """Yield what differs, for each way to a moment; the first way on which a check differs says enough of it."""
    ways = [("play", checks[-1:]), ("back", checks[::-1]), ("on", checks)]
    bad: set[str] = set()
    for way, due in ways:
        for check in due:
            if check.label in bad:
                continue
            page.evaluate(_WAYS[way], [check.epoch_ms, check.page])
            page.evaluate(PICKED)
            shown = page.query_selector("iframe[data-harness-document]")
            frame = shown.content_frame() if shown else None
            assert frame is not None
            look = look_at(page, frame, check.look.size(feature.scale), is_paused=check.is_paused)
            fault = difference(check.look, look, PICTURES / f"{feature.name}-{check.label}-{way}")
            if fault:
                bad.add(check.label)
                yield f"{feature.name}, check {check.label!r}, {_MEANT[way]}: {fault}"


_MEANT = {"play": "played up to it", "back": "sought, coming from behind", "on": "sought, coming from before"}
_SEEK = "([at, page]) => harness.seek(at - harness.startedAt, { page: harness.pages[page].id })"
_WAYS = {
    "play": f"""async ([at, page]) => {{
      const start = Math.max(0, harness.pages[page].openedAt);
      await harness.seek(start, {{ page: harness.pages[page].id }});
      harness.speed = {PLAYED_FASTER};
      // Not a frame further: the check itself, whose screenshot ends animations, comes next.
      const {{ timeline }} = harness.player;
      const {{ duration }} = timeline;
      timeline.duration = Math.min(at - harness.startedAt, duration);
      harness.play();
      do await new Promise(requestAnimationFrame); while (harness.player.playing);
      timeline.duration = duration;
      await new Promise(requestAnimationFrame);
    }}""",
    "back": _SEEK,
    "on": _SEEK,
}
