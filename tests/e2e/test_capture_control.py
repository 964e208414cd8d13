"""start, stop, pause, resume, mark, from Python and from the page; sampling; masking of sensitive fields; bad luck."""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Route

import harness
from harness.demo.server import serve_shop
from harness.errors import UsageError
from tests.recorded import events_of, first, has_text


def test_pause_keeps_nothing_and_resume_takes_a_new_snapshot(
    context: BrowserContext, serve_pages: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path) as recording:
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        page.fill("#name", "before")
        recording.pause()
        page.fill("#name", "meanwhile")
        page.click("#add")
        recording.resume()
        page.wait_for_function("window.harnessRecorder.isRecording")
        page.fill("#name", "after")
    inputs = [event["data"]["text"] for event in events_of(path, "input")]
    assert "before" in inputs
    assert "after" in inputs
    assert "meanwhile" not in inputs
    pause, resume = first(path, "pause")["t"], first(path, "resume")["t"]
    assert not [e for e in events_of(path) if "doc" in e and pause < e["t"] < resume and e["kind"] != "document-end"]
    assert [e for e in events_of(path, "snapshot") if e["t"] >= resume and "One in the cart" in str(e["data"])]


def test_what_was_under_way_when_a_pause_begins_has_an_end(
    context: BrowserContext, serve_pages: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.replay"
    routes: dict[str, Route] = {}
    with harness.record(context, path) as recording:
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        page.route("**/slow-*", lambda route: routes.update({route.request.url[-1]: route}))
        ask = "(name) => { window[name] = fetch('/slow-' + name).then((response) => response.text()); }"

        def answer(name: str) -> None:
            routes[name].fulfill(body=f"answer {name}", content_type="text/plain")
            assert page.evaluate("(name) => window[name]", name) == f"answer {name}"

        for name in "ab":
            with page.expect_request(f"**/slow-{name}"):
                page.evaluate(ask, name)
        recording.pause()
        with page.expect_request("**/slow-c"):
            page.evaluate(ask, "c")
        answer("a")
        recording.resume()
        answer("b")
        answer("c")
    asked = {e["data"]["url"][-1]: e["data"]["id"] for e in events_of(path, "request") if "/slow-" in e["data"]["url"]}
    assert sorted(asked) == ["a", "b"]
    ends = {event["data"]["id"]: event["data"] for event in events_of(path, "request-end")}
    assert ends[asked["a"]] == {"id": asked["a"], "body": {"omitted": "the recording was paused"}}
    assert ends[asked["b"]]["body"]["text"] == "answer b"
    assert set(ends) <= {event["data"]["id"] for event in events_of(path, "request")}
    with harness.open(path) as replay:
        assert all(request.end_ms is not None for request in replay.network)


def test_resume_takes_one_snapshot_of_a_page_and_its_frames(
    context: BrowserContext, serve_pages: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path) as recording:
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        page.evaluate(
            """() => Promise.all([1, 2].map(() => new Promise((loaded) => {
                const frame = Object.assign(document.createElement("iframe"), { src: "empty.html", onload: loaded });
                document.body.append(frame); })))"""
        )
        recording.pause()
        page.wait_for_function("!window.harnessRecorder.isRecording")
        recording.resume()
        page.wait_for_function("window.harnessRecorder.isRecording")
    resumed = first(path, "resume")["t"]
    assert len([event for event in events_of(path, "snapshot") if event["t"] >= resumed]) == 1
    assert has_text(path, "Nothing here")


def test_page_starts_the_recording_once_its_user_is_signed_in(
    context: BrowserContext, serve_pages: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path, start="manual"):
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        assert page.evaluate("harnessRecorder.isRecording") is False
        page.fill("#name", "not yet")
        page.evaluate("harnessRecorder.start()")
        page.evaluate("harnessRecorder.setUser({id: 7})")
        page.evaluate("harnessRecorder.mark('signed in', {plan: 'pro'})")
        page.goto(f"{serve_pages}/field.html")
        page.wait_for_function("harnessRecorder.isRecording")
        page.fill("#field", "recorded")
        page.evaluate("harnessRecorder.stop()")
        page.fill("#field", "no longer")
    inputs = [event["data"]["text"] for event in events_of(path, "input")]
    assert "recorded" in inputs
    assert "no longer" not in inputs
    assert first(path, "user")["data"] == {"attributes": {"id": 7}}
    assert first(path, "mark")["data"] == {"label": "signed in", "data": {"plan": "pro"}}
    snapshots = events_of(path, "snapshot")
    assert "Shop" in str(snapshots[0]["data"]), "the first snapshot is the page on which recording began"


def test_page_that_stops_and_starts_again_is_told_from_its_start_on(
    context: BrowserContext, serve_pages: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        page.evaluate("harnessRecorder.stop()")
        page.fill("#name", "meanwhile")
        page.evaluate("harnessRecorder.mark('nobody hears'); harnessRecorder.start()")
        page.fill("#name", "again")
    inputs = {event["data"]["text"]: event["doc"] for event in events_of(path, "input")}
    assert "meanwhile" not in inputs
    assert inputs["again"] in {event["doc"] for event in events_of(path, "snapshot")}
    assert not events_of(path, "mark")
    pause, resume = first(path, "pause"), first(path, "resume")
    assert pause["data"] == resume["data"] == {"by": "page"}
    assert pause["t"] < resume["t"] <= first(path, "snapshot", lambda event: event["doc"] == inputs["again"])["t"]
    stop = first(path, "step", lambda event: "stop()" in str(event["data"].get("params")))
    ended = [event["t"] for event in events_of(path, "step-end") if event["data"]["id"] == stop["data"]["id"]]
    assert [t >= pause["t"] for t in ended] == [True]
    told = {event["data"]["id"] for event in events_of(path, "step")}
    assert told == {event["data"]["id"] for event in events_of(path, "step-end")}
    assert not [event for event in events_of(path, "step") if pause["t"] < event["t"] < resume["t"]]


def test_what_a_page_tells_is_not_taken_for_what_its_recorder_tells(
    context: BrowserContext, serve_pages: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        page.evaluate("""() => {
            for (const kind of ["hides", "picture", "blob", "rejection", "action", "snapshot"])
                harnessRecorder.setUser({ kind, url: "\\u2028", text: "***" });
        }""")
    told = [event["data"]["attributes"]["kind"] for event in events_of(path, "user")]
    assert told == ["hides", "picture", "blob", "rejection", "action", "snapshot"]
    assert not events_of(path, "gap")


def test_a_failure_does_not_tell_what_was_just_typed_into_a_field_nobody_knows(
    context: BrowserContext, tmp_path: Path
) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path) as recording:
        page = context.new_page()
        page.set_content("<input type=password><textarea></textarea>")
        page.locator("input").fill("typed in haste")
        # As pytest's plugin does: nothing but the page knows that it is a password, and it has not said so yet.
        recording._session.note("test", {"longrepr": "AssertionError: typed in haste"})
        page.locator("textarea").fill("no secret")
        recording._session.hear_of_fields()
        recording._session.note("test", {"longrepr": "AssertionError: no secret, typed in haste"})
    told = [event["data"]["longrepr"] for event in events_of(path, "test")]
    assert told == [f"AssertionError: {'*' * 14}", f"AssertionError: no secret, {'*' * 14}"]


def test_python_starts_a_manual_recording(context: BrowserContext, serve_pages: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path, start="manual") as recording:
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        recording.start()
        page.wait_for_function("harnessRecorder.isRecording")
        page.click("#add")
    assert has_text(path, "One in the cart")


def test_unsampled_session_writes_no_file(context: BrowserContext, serve_pages: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path, session_sample_rate=0) as recording:
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        recording.mark("nobody hears")
        recording.pause()
        recording.resume()
        assert page.evaluate("'harnessRecorder' in window") is False
    assert not path.exists()


def test_session_without_replay_keeps_events_but_no_dom(
    context: BrowserContext, serve_pages: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path, replay_sample_rate=0):
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        page.click("#add")
    kinds = {event["kind"] for event in events_of(path)}
    assert {"mouse", "document", "title", "page-open"} <= kinds
    assert not kinds & {"snapshot", "mutation", "canvas", "resource"}


def test_sensitive_fields_are_masked_in_the_page(context: BrowserContext, serve_pages: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        page.fill("#secret", "hunter2")
        page.evaluate("document.getElementById('secret').type = 'text'")
        page.locator("#secret").press_sequentially("xyzzy")
        page.fill("#mail", "ada@example.org")
        page.fill("#name", "Ada Lovelace")
    text = "".join(str(event) for event in events_of(path))
    assert "Ada Lovelace" in text
    for secret in ("hunter2", "xyzzy", "ada@example.org"):
        assert secret not in text
    assert not [key for key in events_of(path, "key") if key["data"]["key"] in "xyzzy"]


def test_canvas_picture_is_kept(context: BrowserContext, serve_pages: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
    canvas = first(path, "canvas")["data"]
    assert (canvas["width"], canvas["height"]) == (40, 20)
    assert canvas["image"].startswith("data:image/png;base64,")


def test_existing_file_is_refused_without_force(context: BrowserContext, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    path.write_text("precious")
    with pytest.raises(UsageError, match=r"run\.replay"), harness.record(context, path):
        pass
    assert path.read_text() == "precious"
    with harness.record(context, path, force=True):
        pass
    assert events_of(path, "recording")


def test_a_context_is_recorded_once_at_a_time(context: BrowserContext, tmp_path: Path) -> None:
    with (
        harness.record(context, tmp_path / "one.replay"),
        pytest.raises(UsageError, match=r"one\.replay already"),
        harness.record(context, tmp_path / "two.replay"),
    ):
        pass
    with harness.record(context, tmp_path / "two.replay"):
        context.new_page()
    assert events_of(tmp_path / "two.replay", "snapshot")


def test_journey_that_raises_leaves_a_failed_recording(
    context: BrowserContext, serve_pages: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.replay"
    page = context.new_page()

    def journey() -> None:
        with harness.record(context, path):
            page.goto(f"{serve_pages}/shop.html")
            raise AssertionError("wrong total")

    with pytest.raises(AssertionError, match="wrong total"):
        journey()
    status = events_of(path, "status")[-1]["data"]
    assert status == {"status": "failed", "error": "AssertionError: wrong total"}


def test_context_closed_before_the_recording_loses_nothing(browser: Browser, serve_pages: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    context = browser.new_context()
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        page.click("#add")
        context.close()
    assert has_text(path, "One in the cart")
    assert events_of(path, "status")[-1]["data"]["status"] == "passed"


def test_closed_context_cannot_be_recorded(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context()
    context.close()
    with pytest.raises(UsageError, match="closed already"), harness.record(context, tmp_path / "run.replay"):
        pass


def test_crashed_page_leaves_what_was_recorded(browser: Browser, serve_pages: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    context = browser.new_context()
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        page.click("#add")
        # Behind the recorder's own timer, which sends what the page has told so far.
        page.evaluate("() => new Promise((done) => setTimeout(done, 150))")
        with page.expect_event("crash"), contextlib.suppress(Error):
            page.goto("chrome://crash")
    assert events_of(path, "page-crash")
    assert has_text(path, "One in the cart")
    context.close()


def test_what_is_no_playwright_object_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="takes a Playwright BrowserContext or Page, not str"):
        harness.record("page", tmp_path / "run.replay")


@pytest.mark.parametrize(
    "option", [{"privacy": "none"}, {"start": "later"}, {"session_sample_rate": 101}, {"replay_sample_rate": "x"}]
)
def test_impossible_options_are_refused(context: BrowserContext, tmp_path: Path, option: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=next(iter(option))):
        harness.record(context, tmp_path / "run.replay", **option)  # type: ignore[arg-type]


def test_a_fault_of_the_recorder_stays_out_of_the_program_and_is_told(
    context: BrowserContext, serve_pages: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from harness.capture import assets

    path = tmp_path / "run.replay"
    monkeypatch.setattr(assets, "is_asset", lambda *_: 1 / 0)
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/shop.html")
        page.click("#add")
        assert page.inner_text("h1")
    gaps = [event["data"] for event in events_of(path, "gap")]
    assert {gap["reason"] for gap in gaps} == {"an asset could not be taken"}
    assert "ZeroDivisionError" in gaps[0]["detail"]


def test_what_the_browser_has_in_memory_is_not_missing(context: BrowserContext, tmp_path: Path) -> None:
    """A copy out of the memory cache has no body to ask for; the response it is a copy of is in the file."""
    path = tmp_path / "run.replay"
    with serve_shop() as shop, harness.record(context, path):
        page = context.new_page()
        for _ in range(3):
            page.goto(shop)
            page.evaluate("document.fonts.ready.then(() => true)")
    fonts = [event for event in events_of(path, "response") if event["data"]["mime"] == "font/woff"]
    assert len(fonts) == 3
    assert events_of(path, "resource-omitted") == []


class _Revalidated(BaseHTTPRequestHandler):
    """A page and a style sheet that the browser has to ask about each time."""

    def do_GET(self) -> None:
        is_sheet = self.path == "/page.css"
        content = b"p { color: green }" if is_sheet else b"<!doctype html><link rel=stylesheet href=page.css><p>Text"
        unchanged = is_sheet and self.headers["If-None-Match"] == '"v1"'
        self.send_response(304 if unchanged else 200)
        self.send_header("Cache-Control", "no-cache")
        if is_sheet:
            self.send_header("ETag", '"v1"')
        if not unchanged:
            self.send_header("Content-Type", "text/css" if is_sheet else "text/html")
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if not unchanged:
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def test_what_the_server_says_is_not_modified_is_not_asked_for_again(context: BrowserContext, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Revalidated)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with harness.record(context, path):
            page = context.new_page()
            for query in ("1", "2", "3"):
                page.goto(f"http://127.0.0.1:{server.server_port}/?{query}")
    finally:
        server.shutdown()
        server.server_close()
    assert 304 in {event["data"]["status"] for event in events_of(path, "response")}
    assert len(events_of(path, "resource")) == 1
    assert events_of(path, "resource-omitted") == []
