"""Both of Playwright's APIs, contexts and pages, before and in the middle; pages, popups, frames, navigations."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

import harness
from harness.browser import launch_options
from tests.recorded import events_of, first, has_text


def test_sync_context_is_recorded_from_its_first_page(
    context: BrowserContext, serve_pages: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path, title="checkout") as recording:
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        page.click("#add")
        recording.mark("added", number=1)
    assert has_text(path, "One in the cart")
    assert first(path, "mark")["data"] == {"label": "added", "data": {"number": 1}}
    assert first(path, "title")["data"]["title"] == "Shop (1)"
    assert events_of(path, "status")[-1]["data"]["status"] == "passed"


def test_async_context_is_recorded(
    browser_path: str, serve_pages: str, tmp_path: Path, run_async: Callable[..., Any]
) -> None:
    from playwright.async_api import async_playwright

    from harness.browser import launch_options

    path = tmp_path / "run.replay"

    async def journey() -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(**launch_options(browser_path))
            context = await browser.new_context()
            async with harness.record(context, path) as recording:
                page = await context.new_page()
                await page.goto(f"{serve_pages}/shop.html")
                await page.click("#add")
                recording.mark("added")
            await browser.close()

    run_async(journey())
    assert has_text(path, "One in the cart")
    assert events_of(path, "mark")


def test_async_recording_starts_and_stops_without_with(
    browser_path: str, serve_pages: str, tmp_path: Path, run_async: Callable[..., Any]
) -> None:
    from playwright.async_api import async_playwright

    from harness.browser import launch_options

    path = tmp_path / "run.replay"

    async def journey() -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(**launch_options(browser_path))
            page = await browser.new_page()
            await page.goto(f"{serve_pages}/shop.html")
            recording = harness.record(page, path)
            await recording.start()
            await page.click("#add")
            await recording.stop(status="passed")
            assert not recording.is_recording
            assert await page.evaluate("'harnessRecorder' in window") is False
            await browser.close()

    run_async(journey())
    assert has_text(path, "One in the cart")


def test_recording_begun_in_the_middle_holds_the_page_as_it_stands(
    context: BrowserContext, serve_pages: str, tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(f"{serve_pages}/shop.html")
    page.click("#add")
    path = tmp_path / "run.replay"
    with harness.record(page, path):
        page.fill("#name", "Ada")
    snapshot = first(path, "snapshot")
    assert "One in the cart" in str(snapshot["data"])
    assert first(path, "input")["data"]["text"] == "Ada"
    urls = {event["data"]["url"] for event in events_of(path, "resource")}
    assert {f"{serve_pages}/shop.css", f"{serve_pages}/square.svg"} <= urls


def test_stylesheets_and_images_are_kept_as_the_browser_received_them(
    context: BrowserContext, serve_pages: str, tmp_path: Path
) -> None:
    from harness.storage.reader import RecordingReader

    path = tmp_path / "run.replay"
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        page.reload()
    resources = [event for event in events_of(path, "resource") if event["data"]["url"].endswith(".css")]
    assert len(resources) == 1, "a version of a URL is taken once"
    with RecordingReader(path) as reader:
        content, _ = reader.asset(resources[0]["data"]["hash"])
    assert content == (Path(__file__).parent.parent / "pages/shop.css").read_bytes()


def test_popups_and_pages_are_in_one_file(context: BrowserContext, serve_pages: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        with page.expect_popup() as opened:
            page.click("#popup")
        opened.value.wait_for_selector("text=Nothing here")
        opened.value.close()
        context.new_page().goto(f"{serve_pages}/field.html")
    opens = events_of(path, "page-open")
    assert [event["page"] for event in opens] == [1, 2, 3]
    assert [event["data"]["opener"] for event in opens] == [None, 1, None]
    assert [event["page"] for event in events_of(path, "page-close")] == [2]
    assert {event["page"] for event in events_of(path, "snapshot")} == {1, 2, 3}


def test_what_is_typed_is_told_once(context: BrowserContext, serve_pages: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/field.html")
        page.locator("#field").press_sequentially("abc")
    assert [event["data"]["text"] for event in events_of(path, "input")] == ["a", "ab", "abc"]


def test_popup_that_takes_over_the_window_of_its_empty_document_is_recorded(
    context: BrowserContext, serve_pages: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        with page.expect_popup() as opened:
            page.evaluate("() => { window.popup = window.open('/field.html', '', 'width=420,height=640'); }")
        opened.value.fill("input", "typed at once")
        page.evaluate("popup.close()")
        assert opened.value.is_closed() or opened.value.wait_for_event("close")
    with harness.open(path) as replay:
        (popup,) = [entry for entry in replay.pages if entry.opener == 1]
    assert popup.url == f"{serve_pages}/field.html"
    assert "typed at once" in [event["data"].get("text") for event in events_of(path, "input")]


def test_every_navigation_is_a_document_of_its_own(context: BrowserContext, serve_pages: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        page.click("#link")
        page.wait_for_url("**/empty.html")
        page.go_back()
        page.go_forward()
        page.reload()
        page.evaluate("history.pushState({}, '', '#there')")
    documents = [event for event in events_of(path, "document") if event["data"]["url"].startswith(serve_pages)]
    names = [event["data"]["url"].rsplit("/", 1)[1] for event in documents]
    assert names == ["shop.html", "empty.html", "shop.html", "empty.html", "empty.html"]
    assert len({event["doc"] for event in documents}) == 5
    assert {event["doc"] for event in documents} == {
        event["doc"] for event in events_of(path, "snapshot") if event["doc"] in {d["doc"] for d in documents}
    }
    assert first(path, "url")["data"]["url"].endswith("#there")


def test_document_written_anew_is_recorded_on(context: BrowserContext, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path):
        page = context.new_page()
        for number in range(2):  # document.open() takes every listener off the window, and the tree with it
            page.set_content(f"<h1 id=head>Before {number}</h1><input id=name>")
            page.fill("#name", f"typed {number}")
            page.evaluate(f"head.textContent = 'After {number}'")
    assert has_text(path, "After 0")
    assert has_text(path, "After 1")
    assert {"typed 0", "typed 1"} <= {event["data"]["text"] for event in events_of(path, "input")}


def test_frames_that_the_page_cannot_see_into_record_themselves(
    context: BrowserContext, serve_pages: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/frames.html")
        for selector, text in (("#same", "inside"), ("#other", "across"), ("#sandboxed", "boxed")):
            page.frame_locator(selector).locator("#field").fill(text)
    inputs = {event["data"]["text"]: event["doc"] for event in events_of(path, "input")}
    assert set(inputs) == {"inside", "across", "boxed"}
    top = next(event["doc"] for event in events_of(path, "document") if event["data"]["url"].endswith("frames.html"))
    assert inputs["inside"] == top, "a frame of the page's origin is part of the page's stream"
    joined = {event["doc"]: event["data"] for event in events_of(path, "document-frame")}
    assert {inputs["across"], inputs["boxed"]} <= set(joined)
    assert all(place["parent"] == top and place["node"] > 0 for place in joined.values())


def test_times_agree_with_pythons_clock(context: BrowserContext, serve_pages: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        before = time.time() * 1000
        page.click("#add")
        after = time.time() * 1000
    started_at = events_of(path, "recording")[0]["data"]["started_at"]
    click = first(path, "mouse", lambda event: event["data"]["type"] == 2)
    assert before - 1 <= started_at + click["t"] <= after + 1


def test_a_page_with_another_clock_keeps_our_time(context: BrowserContext, serve_pages: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    context.clock.install(time="2001-02-03T04:05:06")
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        page.click("#add")
    times = [event["t"] for event in events_of(path)]
    assert min(times) > -1000
    assert max(times) < 60_000


def test_page_globals_stay_as_they_were(context: BrowserContext, serve_pages: str, tmp_path: Path) -> None:
    page = context.new_page()
    page.goto(f"{serve_pages}/empty.html")
    names = "Object.keys(window).sort().join()"
    before = page.evaluate(names)
    with harness.record(context, tmp_path / "run.replay"):
        page.reload()
        assert page.evaluate(names) == before
        assert page.evaluate("harnessRecorder.isRecording") is True
        assert page.evaluate("CanvasRenderingContext2D.prototype.fillRect.name") == "fillRect"
        message = page.evaluate("try { CanvasRenderingContext2D.prototype.fillRect.call({}) } catch (e) { e.message }")
        assert "Illegal invocation" in message


@pytest.mark.parametrize("ending", ["navigation", "page.close", "context.close", "browser.close"])
def test_the_last_click_and_input_are_kept(
    browser: Browser, browser_path: str, serve_pages: str, tmp_path: Path, ending: str, playwright: Any
) -> None:
    from harness.browser import launch_options

    own = playwright.chromium.launch(**launch_options(browser_path)) if ending == "browser.close" else browser
    for attempt in range(3):
        path = tmp_path / f"{attempt}.replay"
        context = own.new_context()
        recording = harness.record(context, path)
        recording.start()
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        page.fill("#name", f"value {attempt}")
        page.click("#leave" if ending == "navigation" else "#add")
        if ending == "page.close":
            page.close()
        elif ending == "context.close":
            context.close()
        elif ending == "browser.close":
            own.close()
        recording.stop()
        if ending in ("navigation", "page.close"):
            context.close()
        assert any(event["data"].get("text") == f"value {attempt}" for event in events_of(path, "input"))
        assert any(event["data"]["type"] == 2 for event in events_of(path, "mouse"))
        # Not of a page that leaves: the driver drops what it reads in one go with the navigation after it.
        assert ending == "navigation" or has_text(path, "One in the cart")
        if ending == "browser.close":
            break


def test_a_forms_fields_may_have_the_names_of_its_properties(context: BrowserContext, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    form = "<form><input name=tagName value=one><input name=attributes value=two><b>bold</b></form>"
    with harness.record(context, path):
        page = context.new_page()
        page.set_content(f'{form}<iframe srcdoc="{form}"></iframe>')
        page.frame_locator("iframe").locator("form").evaluate("(form) => form.after(form.cloneNode(true))")
    assert not events_of(path, "gap")
    forms = str([event["data"] for event in events_of(path, "snapshot", "mutation")]).count("'tagName': 'form'")
    assert forms == 3


def test_of_two_recordings_over_cdp_the_later_has_the_pages_and_the_earlier_says_so(
    playwright: Playwright, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = launch_options()
    options["args"] = [*options.get("args", []), f"--remote-debugging-port={port}"]
    shared = playwright.chromium.launch(**options)
    try:
        drivers = [playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}") for _ in range(2)]
        early, late = (driver.contexts[0] for driver in drivers)
        with harness.record(early, tmp_path / "early.replay") as first_of_both:
            page = early.new_page()
            page.set_content("<h1>one</h1>")
            with harness.record(late, tmp_path / "late.replay"):
                page.set_content("<h1>two</h1>")
                page.goto("data:text/html,<h1>three</h1>")
                first_of_both.stop()
                page.evaluate("document.querySelector('h1').textContent = 'four'")
                assert page.evaluate("harnessRecorder.isRecording")
        with harness.open(tmp_path / "late.replay") as replay:
            assert replay.at(replay.info["duration_ms"]).query("h1")[0].text == "four"
        with harness.open(tmp_path / "early.replay") as replay:
            assert replay.info["lost_events"] is None
            gaps = {event["data"]["reason"] for event in replay.events(kinds=("gap",))}
            assert gaps == {"another recording took the page over"}
    finally:
        shared.close()
