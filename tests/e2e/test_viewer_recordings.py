"""Where recordings come from: a directory, a file that is still being written, a long one, an HTML file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from harness.export.html import write_html
from harness.storage import RecordingReader, RecordingWriter
from tests.storage_files import event, lines
from tests.viewing import (
    DURATION_MS,
    MARKED,
    READY,
    STEPS_MS,
    seek,
    shown,
    viewing,
    violations,
    wait_for_time,
    write_long_recording,
    write_window_recording,
)

# Whether an iframe shows the last state of the recording.
PICTURED = "(frame) => document.querySelector(frame)?.contentDocument?.querySelector('h1')?.textContent === 'two'"


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


def test_a_directory_is_filtered_and_kept_fresh(page: Page, tmp_path: Path) -> None:
    write_window_recording(tmp_path / "checkout.replay", title="Checkout")
    write_window_recording(tmp_path / "login.replay", title="<b>Log in</b>", status="passed")
    (tmp_path / "broken.replay").write_text("nothing")
    rows = page.locator(".recordings tbody tr:visible")
    with viewing(tmp_path) as url:
        page.goto(url)
        expect(rows).to_have_count(3)
        expect(page.get_by_role("status")).to_have_text("3 in all")
        page.wait_for_function(PICTURED, arg="[data-name='checkout.replay'] iframe.shown")
        assert violations(page) == []
        page.keyboard.press("/")
        page.keyboard.type("LOG rep")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("<b>Log in</b>")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.press("Delete")
        page.get_by_label("Status").select_option("failed")
        expect(rows).to_have_count(1)
        # A run that goes on: its row appears by itself, obeys the filter, and leaves the others as they are.
        page.evaluate("() => document.querySelector('.recordings tbody tr:not([hidden])').dataset.same = 'yes'")
        write_window_recording(tmp_path / "new.replay", title="New one")
        expect(rows).to_have_count(2)
        expect(page.get_by_role("status")).to_have_text("2 of 4")
        assert page.locator("tr[data-same]").count() == 1
        # One that grows keeps its row.
        (tmp_path / "new.replay").unlink()
        write_window_recording(tmp_path / "new.replay", title="New one, longer")
        expect(rows.filter(has_text="New one, longer")).to_have_count(1)
        (tmp_path / "new.replay").unlink()
        expect(rows).to_have_count(1)
        page.keyboard.press("Escape")
        page.get_by_label("Filter by title or file").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/r/checkout.replay/**")
        page.evaluate("() => harness.ready")
        page.get_by_role("link", name="All recordings").click()
        expect(page.get_by_role("heading", name="Recordings in")).to_be_visible()


def test_a_running_recording_is_watched_until_it_ends(page: Page, tmp_path: Path) -> None:
    whole, path = write_window_recording(tmp_path / "whole" / "run.replay"), tmp_path / "run.replay"
    content = whole.read_bytes()
    with RecordingReader(whole) as reader:
        borders = [segment.offset for segment in reader.index.segments]
    path.write_bytes(content[: borders[1]])
    live = page.get_by_role("button", name="Live")
    with viewing(path) as url:
        page.goto(url)
        page.evaluate("() => harness.ready")
        expect(live).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_role("button", name="Not complete")).to_be_hidden()
        first = page.evaluate("() => harness.duration")
        page.wait_for_function("(t) => harness.now >= t", arg=first)
        assert page.evaluate("() => harness.player.playing"), "the end of what is there is not the end"
        path.write_bytes(content[: borders[2]])
        page.wait_for_function("(t) => harness.duration > t && harness.now > t", arg=first)
        assert page.locator("iframe[data-harness-document]").count() == 1
        # Who looks back is left alone.
        page.keyboard.press("Home")
        expect(live).to_have_attribute("aria-pressed", "false")
        page.keyboard.press("w")
        expect(live).to_have_attribute("aria-pressed", "true")
        path.write_bytes(content)
        page.wait_for_function("(t) => harness.duration === t", arg=DURATION_MS)
        expect(live).to_be_hidden()
        expect(page.locator(".header .status")).to_have_text("failed")
        expect(page.get_by_role("button", name="Not complete")).to_be_hidden()
        page.keyboard.press("End")
        page.wait_for_function(PICTURED, arg="iframe[data-harness-document]")


def test_events_that_come_late_are_shown(page: Page, tmp_path: Path) -> None:
    """Documents send in batches: what the file gets later may belong before what is on show."""
    whole, path = write_window_recording(tmp_path / "whole" / "run.replay", late_ms=1150), tmp_path / "run.replay"
    content = whole.read_bytes()
    with RecordingReader(whole) as reader:
        borders = [segment.offset for segment in reader.index.segments]
    path.write_bytes(content[: borders[1]])
    os.utime(path)
    with viewing(path) as url:
        page.goto(f"{url}#t=2000")
        page.evaluate("() => harness.ready")
        frame = page.locator("iframe[data-harness-document]").element_handle().content_frame()
        assert frame is not None
        assert frame.inner_text("h1") == "zero"
        os.utime(path, (1, 1))
        expect(page.get_by_role("button", name="Not complete")).to_be_visible()
        shutil.copyfile(whole, path)
        page.wait_for_function("(t) => harness.duration === t", arg=DURATION_MS)
        page.evaluate("() => harness.seek(2001)")
        shown = page.locator("iframe[data-harness-document]").element_handle().content_frame()
        assert shown is not None
        assert shown.inner_text("h1") == "one"


def test_nothing_reaches_the_network_but_the_viewer(page: Page, tmp_path: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with viewing(write_window_recording(tmp_path / "run.replay")) as url:
        page.goto(url)
        page.evaluate(READY)
        seek(page, 21_000, 2)
        assert [each for each in asked if not each.startswith((url, "data:", "blob:", "about:"))] == []


def test_a_long_recording_is_not_read_as_a_whole(page: Page, tmp_path: Path) -> None:
    count, minute = 24, 60_000
    path = write_long_recording(tmp_path / "run.replay", segments=count, every_ms=minute, padding=1_000_000)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url) if "/api/segments/" in request.url else None)
    # Pictures are made when the window is idle: here, when the test says so.
    page.add_init_script("""const waiting = [];
        window.requestIdleCallback = (call) => waiting.push(call);
        window.beIdle = () => {
            window.requestIdleCallback = (call) => setTimeout(call);
            waiting.forEach((call) => call());
        };
    """)
    with viewing(path) as url:
        page.goto(url)
        page.evaluate(READY)
        assert len(asked) <= 2
        seek(page, 12.5 * minute)
        assert shown(page).inner_text("h1") == "minute 12"
        page.evaluate("() => beIdle()")
        # Pictures are made as far as that does not mean to read most of it, and are no iframes.
        expect(page.locator("canvas.picture").nth(8)).to_be_attached(timeout=30_000)
        assert page.locator("iframe").count() <= 4
        assert len(asked) < count - 4


def test_a_recording_without_pages_has_a_window_too(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    writer = RecordingWriter(path, {"title": "unsampled", "replay_sampled": False})
    writer.write_events(lines([event("mark", 500, label="paid")]), count=1, first_ms=500, last_ms=500)
    writer.close()
    with viewing(path) as url:
        page.goto(url)
        page.evaluate(READY)
        expect(page.get_by_text("This recording holds no pages")).to_be_visible()
        page.keyboard.press(".")
        wait_for_time(page, 500)


def test_the_window_is_the_same_in_one_file(browser: Browser, tmp_path: Path) -> None:
    path = write_window_recording(tmp_path / "run.replay")
    with RecordingReader(path) as reader, (tmp_path / "run.html").open("wb") as file:
        write_html(reader, file)
    context = browser.new_context(offline=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{(tmp_path / 'run.html').as_uri()}#t=1100")
    page.evaluate(READY)
    page.wait_for_selector(MARKED)
    expect(page.locator(".outline")).to_be_visible()
    page.keyboard.press(".")
    wait_for_time(page, STEPS_MS[1])
    page.keyboard.press("Space")
    page.wait_for_function("(t) => harness.now > t", arg=STEPS_MS[1])
    assert errors == []
    context.close()
