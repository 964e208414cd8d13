"""A directory of recordings, and a recording that is still being written, as a browser shows them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from harness.storage import RecordingReader
from tests.e2e.test_viewer_window import violations
from tests.viewing import DURATION_MS, viewing, write_window_recording

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
