"""The single-file export in a browser: from `file://`, without a network, it shows what was recorded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page

import harness

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30" fill="#0a0"/></svg>'
)
PAGE = """<!doctype html><meta charset="utf-8"><title>shop</title><link rel="stylesheet" href="shop.css">
<h1 id="h">zero</h1><img src="a.svg"><input id="q"><p class="last">ü 漢字 \U0001f600</p>
<button onclick="h.textContent = '</scr' + 'ipt><!-- clicked'">go</button>"""


@pytest.fixture(scope="module")
def exported(
    browser: Browser, serve_directory: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A recording and its export in one directory: `run.replay`, `run.html`."""
    site, folder = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("run")
    (site / "index.html").write_text(PAGE, "utf-8")
    (site / "shop.css").write_text("h1 { color: rgb(1, 2, 3); background: url(a.svg) }")
    (site / "a.svg").write_text(PICTURE)
    context = browser.new_context()
    with harness.record(context, folder / "run.replay", title="</script><b>odd</b>"):
        page = context.new_page()
        page.goto(f"{serve_directory(site)}/index.html")
        page.fill("#q", "typed")
        page.click("button")
        page.wait_for_function("() => h.textContent.includes('clicked')")
    context.close()
    command = "import sys; from harness.cli.main import main; main(sys.argv[1:])"
    arguments = ["export", "html", str(folder / "run.replay"), "-o", str(folder / "run.html")]
    subprocess.run([sys.executable, "-c", command, *arguments], check=True, capture_output=True)
    return folder


@pytest.fixture
def opened(browser: Browser, exported: Path) -> Iterator[tuple[Page, list[str]]]:
    """The export, opened without a network; what it asked for and complained of."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    seen: list[str] = []
    own = ("file:", "data:", "blob:", "about:")
    page.on("request", lambda request: None if request.url.startswith(own) else seen.append(request.url))
    page.on("console", lambda message: seen.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.goto((exported / "run.html").as_uri())
    page.evaluate("() => harness.ready")
    yield page, seen
    context.close()


def shown(page: Page) -> Frame:
    holder = page.wait_for_selector("iframe[data-harness-document]")
    frame = holder.content_frame() if holder else None
    assert frame is not None
    return frame


def test_the_file_shows_the_last_state_without_a_network(opened: tuple[Page, list[str]]) -> None:
    page, seen = opened
    page.evaluate("() => harness.seek(harness.duration)")
    frame = shown(page)
    assert frame.inner_text("h1") == "</script><!-- clicked"
    assert frame.inner_text(".last") == "ü 漢字 \U0001f600"
    assert frame.input_value("#q") == "typed"
    assert frame.evaluate("() => getComputedStyle(document.querySelector('h1')).color") == "rgb(1, 2, 3)"
    frame.wait_for_function("() => document.querySelector('img').naturalWidth === 40")
    assert seen == []


def test_the_file_offers_the_same_surface_as_the_server(opened: tuple[Page, list[str]], exported: Path) -> None:
    page, _ = opened
    with harness.open(exported / "run.replay") as replay:
        info = replay.info
    assert page.evaluate("() => harness.duration") == info["duration_ms"]
    assert page.evaluate("() => harness.startedAt") == info["started_at"]
    assert page.evaluate("() => harness.pages.map((p) => p.id)") == [entry["id"] for entry in info["pages"]]
    assert page.title() == "</script><b>odd</b>"


def test_a_seek_stays_within_the_recording_and_names_a_page_that_is_none(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    assert page.evaluate("async () => { await harness.seek(1e9); return harness.now === harness.duration; }")
    assert page.evaluate("async () => { await harness.seek(-5); return harness.now; }") == 0
    assert page.evaluate("() => harness.seek(0, { page: 99 }).catch((error) => error.message)") == "there is no page 99"


def test_bare_shows_the_document_alone(browser: Browser, exported: Path) -> None:
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(f"{(exported / 'run.html').as_uri()}?bare=1")
    page.evaluate("() => harness.ready.then(() => harness.seek(harness.duration))")
    assert shown(page).inner_text("h1") == "</script><!-- clicked"
    context.close()


def test_nothing_else_may_run_in_the_file(opened: tuple[Page, list[str]]) -> None:
    page, seen = opened
    page.evaluate(
        """() => {
          const script = document.createElement('script');
          script.textContent = 'window.ran = 1';
          document.body.append(script);
          document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.ran = 2">');
        }"""
    )
    page.wait_for_function("() => document.body.lastElementChild.complete")
    assert page.evaluate("() => window.ran") is None
    assert any("Content Security Policy" in text for text in seen)


def test_the_file_is_not_much_larger_than_the_recording(exported: Path) -> None:
    recording, page = (exported / "run.replay").stat().st_size, (exported / "run.html").stat().st_size
    assert page <= 1.4 * recording + 600_000
