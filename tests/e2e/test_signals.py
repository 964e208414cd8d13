"""What happened besides the DOM in a journey that does a bit of everything: each signal as `harness.open` gives it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import harness
from harness.replay.signals import NetworkRequest, Step
from tests.recorded import events_of, first
from tests.signal_server import serving_signals


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving_signals() as url:
        yield url


@harness.step("Fill in the form")
def fill_in(page: Page, attachment: Path) -> None:
    page.fill("#name", "Ada")
    page.get_by_label("Password").fill("hunter2")
    page.get_by_text("Terms").check()
    page.select_option("#speed", "Express")
    page.set_input_files("#file", attachment)


@pytest.fixture(scope="module")
def recorded(browser: Browser, server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("signals")
    (directory / "notes.txt").write_text("notes")
    path = directory / "run.replay"
    context = browser.new_context()
    with harness.record(context, path, metadata={"signals_test": True}) as recording:
        page = context.new_page()
        page.goto(server + "/")
        with harness.step("Order", number=17):
            fill_in(page, directory / "notes.txt")
            page.get_by_role("button", name="Add to cart").click()
            expect(page.locator("#heading")).to_have_text("Bought")
        page.click("#asks")
        page.frame_locator("#inner").locator("#within").click()
        for _ in range(4):
            page.click("#dead", delay=5)
        page.wait_for_timeout(1100)  # after which a click that did nothing is a dead one
        page.click("#fails")
        page.click("#rejects")
        page.click("#loads")
        expect(page.locator("#heading")).to_have_text("Loaded")
        page.click("#streams")
        expect(page.locator("#heading")).to_have_text("20 EUR")
        page.click("#talks")
        expect(page.locator("#heading")).to_have_text("answer")
        with page.expect_download():
            page.click("#saves")
        page.evaluate("history.pushState({}, '', '/pushed')")
        page.evaluate("location.hash = 'there'")
        page.go_back()
        with pytest.raises(AssertionError):
            expect(page.locator("#heading")).to_have_text("Never", timeout=100)
        with pytest.raises(Exception, match="Timeout"):
            page.click("#absent", timeout=100)
        page.evaluate("harnessRecorder.action('pay', {order: 17})")
        page.evaluate("harnessRecorder.error(new Error('too late'), {order: 17})")
        recording.action("called the shop", by="phone")
        recording.error(ValueError("wrong total"))
        recording.set_user(id=7)
        recording.set_context(tenant="north")
        page.evaluate("console.error(new Error('seen'), undefined, NaN)")
    context.close()
    return path


@pytest.fixture(scope="module")
def replay(recorded: Path) -> Iterator[harness.Replay]:
    with harness.open(recorded) as opened:
        yield opened


def step(replay: harness.Replay, title: str) -> Step:
    return next(step for step in replay.steps if step.title == title)


def request(replay: harness.Replay, path: str) -> NetworkRequest:
    return next(request for request in replay.network if request.url.endswith(path))


def test_steps_read_like_playwrights_reports(replay: harness.Replay, server: str) -> None:
    titles = [step.title for step in replay.steps]
    assert titles[:4] == ["Create page", 'Navigate to "/"', "Order", "Fill in the form"]
    for title in (
        'Fill locator("#name")',
        'Fill get_by_label("Password")',
        'Check get_by_text("Terms")',
        'Select option locator("#speed")',
        'Set input files locator("#file")',
        'Click get_by_role("button", name="Add to cart")',
        'Expect "to_have_text" locator("#heading")',
        'Click locator("#inner").content_frame.locator("#within")',
        'Wait for event "download"',
        "Go back",
        "Evaluate",
    ):
        assert title in titles
    assert not [title for title in titles if "CDP" in title or "bind" in title.lower()], "our own calls are no steps"
    assert all(step.end_ms is not None for step in replay.steps)
    assert step(replay, 'Navigate to "/"').data["params"]["url"] == server + "/"


def test_steps_stand_in_their_blocks_and_in_the_source(replay: harness.Replay, recorded: Path) -> None:
    order = step(replay, "Order")
    assert order.data["params"] == {"number": 17}
    form = step(replay, "Fill in the form")
    assert form.parent == order.id
    fill = step(replay, 'Fill locator("#name")')
    assert fill.parent == form.id
    assert order.t <= form.t <= fill.t
    lines = Path(__file__).read_text().splitlines()
    assert fill.location is not None
    assert 'page.fill("#name", "Ada")' in lines[fill.location["line"] - 1]
    assert "fill_in(page" in lines[fill.data["stack"][0]["line"] - 1]
    sources = {event["data"]["file"]: event["data"]["hash"] for event in events_of(recorded, "source")}
    kept = (replay._asset(sources[__file__]) or b"").decode().splitlines()
    # What was typed into the password field is masked here too, wherever it stands.
    assert len(kept) == len(lines)
    assert kept[fill.location["line"] - 1] == lines[fill.location["line"] - 1]


def test_failed_steps_say_why(replay: harness.Replay) -> None:
    failed = [step for step in replay.steps if step.error is not None]
    assert [step.category for step in failed] == ["assert", "api"]
    assertion, click = failed
    assert assertion.target is not None
    assert assertion.target.data["box"]["width"] > 0
    assert assertion.error is not None
    assert 'Expected: "Never"' in assertion.error
    assert 'Received: "answer"' in assertion.error
    assert click.error == "Page.click: Timeout 100ms exceeded."
    assert any('waiting for locator("#absent")' in line for line in click.log)


def test_steps_know_what_they_acted_on(replay: harness.Replay) -> None:
    bought = step(replay, 'Click get_by_role("button", name="Add to cart")').target
    assert bought is not None
    point, box = bought.data["point"], bought.data["box"]
    assert box["x"] < point["x"] < box["x"] + box["width"]
    assert box["y"] < point["y"] < box["y"] + box["height"]
    assert replay.at(bought.t).query("#buy")
    filled = step(replay, 'Fill locator("#name")').target
    assert filled is not None
    assert filled.data["text"] == "Ada"
    hidden = step(replay, 'Fill get_by_label("Password")').target
    assert hidden is not None
    assert hidden.data["text"] == "*******"
    within = step(replay, 'Click locator("#inner").content_frame.locator("#within")').target
    assert within is not None
    assert within.data["box"]["y"] > 100, "the frame's own place is counted in"


def test_actions_are_named_as_a_person_would(replay: harness.Replay) -> None:
    names = [action.name for action in replay.actions]
    for name in (
        "fill in «Your name»",
        "fill in «Password»",
        "check «Terms»",
        "choose «Express» in «Speed»",
        "put «notes.txt» into «Attachment»",
        "click on «Add to cart»",
        "click on «Within»",
        "click on «Save»",
        "pay",
        "called the shop",
    ):
        assert name in names
    assert names.count("click on «Add to cart»") == 1
    custom = [action for action in replay.actions if action.type == "custom"]
    assert [action.data["data"] for action in custom] == [{"order": 17}, {"by": "phone"}]


def test_frustration_is_found(replay: harness.Replay) -> None:
    by_name = {action.name: action.frustration for action in replay.actions}
    assert by_name["click on «Does nothing»"] == ("dead-click",)
    assert by_name["click on «Fails»"] == ("error-click",)
    assert by_name["click on «Add to cart»"] == ()
    assert by_name["click on «Ask»"] == (), "it opened a dialog"
    found = [event["data"]["type"] for event in events_of(replay._reader.path, "frustration")]
    assert found.count("rage-click") == 1
    assert found.count("dead-click") == 5, "four on the button that does nothing, one in the frame"
    assert "error-click" in found


def test_requests_have_phases_headers_and_bodies(replay: harness.Replay) -> None:
    posted = request(replay, "/api/order")
    assert (posted.method, posted.status, posted.resource_type) == ("POST", 201, "fetch")
    assert posted.request_text == '{"order":17}'
    assert posted.response_text == '{"accepted":true}'
    assert posted.timing["response_end"] >= posted.timing["response_start"] >= 0
    assert posted.end is not None
    assert posted.end.data["sizes"]["response_body"] == 17
    redirected, final = request(replay, "/redirect"), request(replay, "/api/final")
    assert redirected.status == 302
    assert final.data["redirected_from"] == redirected.id
    assert final.response_text is not None
    assert json.loads(final.response_text)["text"] == "x" * 6000
    assert "hash" in (final.end.data["body"] if final.end is not None else {})
    assert dict(final.response_headers)["set-cookie"].startswith("seen=")
    assert request(replay, "/missing").status == 404
    unreachable = request(replay, "127.0.0.1:1/")
    assert unreachable.status is None
    assert unreachable.failure
    assert "ERR_" in unreachable.failure


def test_sockets_and_streams_have_their_messages(replay: harness.Replay, recorded: Path) -> None:
    (socket,) = replay.websockets
    assert socket.url.endswith("/socket")
    assert [(m.data["direction"], m.data.get("text")) for m in socket.messages][:2] == [
        ("sent", "hello"),
        ("received", "answer"),
    ]
    assert socket.end is not None
    messages = events_of(recorded, "server-sent-event")
    assert messages
    assert {m["data"]["id"] for m in messages} == {request(replay, "/stream").id}
    assert messages[-1]["data"]["event"] == "price"
    assert messages[-1]["data"]["data"].endswith("EUR")


def test_console_has_readable_arguments(replay: harness.Replay) -> None:
    bought = next(message for message in replay.console if message.text("text").startswith("bought"))
    assert bought.args is not None
    assert bought.args[0] == "bought"
    assert bought.args[1] == {"order": 17, "lines": [1, 2], "who": {"$": "element", "text": '<button id="buy">'}}
    assert bought.location is not None
    assert bought.location["line"] > 1
    seen = next(message for message in replay.console if "seen" in message.text("text"))
    assert seen.level == "error"
    assert seen.args is not None
    assert [arg["$"] for arg in seen.args] == ["error", "undefined", "number"]


def test_errors_say_where_they_come_from(replay: harness.Replay, server: str) -> None:
    errors = {error.message: error for error in replay.errors}
    assert errors["broken"].name == "TypeError"
    assert errors["broken"].data["source"] == "exception"
    assert f"{server}/fails.ts:3:1" in (errors["broken"].stack or ""), "the script carries a source map"
    assert errors["not handled"].data["source"] == "unhandledrejection"
    assert errors["too late"].kind == "custom-error"
    assert "ValueError" in (errors["wrong total"].stack or "")


def test_dialog_is_answered_as_without_us(replay: harness.Replay) -> None:
    (dialog,) = replay.dialogs
    assert dialog.data["type"] == "confirm"
    assert dialog.data["message"] == "Really?"
    assert dialog.end is not None
    assert dialog.end.data["accepted"] is False


def test_files_go_both_ways(replay: harness.Replay, recorded: Path) -> None:
    (download,) = replay.downloads
    assert download.data["name"] == "orders.csv"
    assert download.end is not None
    assert download.end.data["size"] == 5
    upload = first(recorded, "upload")["data"]
    assert upload["files"] == [{"name": "notes.txt", "size": 5, "type": "text/plain"}]


def test_navigations_have_their_kind(replay: harness.Replay) -> None:
    own = [signal for signal in replay.navigations if not signal.data.get("frame")]
    assert [signal.data["type"] for signal in own] == ["navigate", "push", "hash", "pop"]
    assert [signal.data["url"].rpartition("/")[2] for signal in own] == ["", "pushed", "pushed#there", "pushed"]


def test_vitals_and_timings_are_there(replay: harness.Replay, recorded: Path) -> None:
    vitals = {vital.data["name"]: vital.data for vital in replay.vitals}
    assert {"TTFB", "FCP", "LCP", "CLS", "INP"} <= vitals.keys()
    assert all(vital["rating"] in ("good", "needs-improvement", "poor") for vital in vitals.values())
    assert 0 < vitals["TTFB"]["value"] <= vitals["FCP"]["value"] <= vitals["LCP"]["value"]
    entries = [entry for event in events_of(recorded, "resource-timing") for entry in event["data"]["entries"]]
    assert any(entry["url"].endswith("/script.js") and entry["initiator"] == "script" for entry in entries)
    assert events_of(recorded, "memory")


def test_user_and_context_are_kept(recorded: Path) -> None:
    assert first(recorded, "user")["data"] == {"attributes": {"id": 7}}
    assert first(recorded, "context")["data"] == {"attributes": {"tenant": "north"}}


def test_what_is_typed_into_a_password_field_is_nowhere(recorded: Path) -> None:
    events = [event for event in events_of(recorded) if event["kind"] != "source"]
    assert "hunter2" not in json.dumps(events)
    assert not events_of(recorded, "gap"), "nothing went wrong while it was taken"


def test_signals_can_be_switched_off(browser: Browser, server: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    context = browser.new_context()
    with harness.record(context, path, signals={"steps", "console"}) as recording:
        page = context.new_page()
        page.goto(server + "/")
        page.click("#buy")
        page.click("#asks")
        recording.pause()
        page.click("#fails")
        page.evaluate("console.log('not kept')")
        recording.resume()
        page.evaluate("console.log('kept')")
    context.close()
    kinds = {event["kind"] for event in events_of(path)}
    assert {"step", "step-end", "console", "mutation"} <= kinds
    assert not kinds & {"request", "action", "vital", "navigation", "page-error", "dialog", "memory", "source"}
    texts = [event["data"]["text"] for event in events_of(path, "console")]
    assert "kept" in texts
    assert "not kept" not in texts
    with pytest.raises(harness.UsageError, match="nonsense"):
        harness.record(context, path, signals={"nonsense"})


def test_bodies_that_are_off_are_kept_neither_way(browser: Browser, server: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    context = browser.new_context()
    with harness.record(context, path, signals={"bodies": False}):
        page = context.new_page()
        page.goto(server + "/")
        page.evaluate("async () => { await (await fetch('/', {method: 'POST', body: 'what is sent'})).text(); }")
    context.close()
    assert [event["data"]["method"] for event in events_of(path, "request")].count("POST") == 1
    assert not any("body" in event["data"] for event in events_of(path, "request", "request-end"))


def test_masked_recording_keeps_no_bodies_and_no_names(browser: Browser, server: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    context = browser.new_context()
    with harness.record(context, path, privacy="mask"):
        page = context.new_page()
        page.goto(server + "/")
        page.click("#buy")
        page.click("#loads")
        expect(page.locator("#heading")).to_have_text("Loaded")
    context.close()
    with harness.open(path) as masked:
        assert masked.actions
        assert not [action for action in masked.actions if "cart" in action.name]
        posted = request(masked, "/api/order")
        assert posted.request_text is None
        assert posted.response_text is None
        assert posted.data["body"]["omitted"] == "privacy"
    assert not events_of(path, "source")


def test_async_journey_has_the_same_signals(browser_path: str, server: str, run_async: Any, tmp_path: Path) -> None:
    from playwright.async_api import async_playwright

    from harness.browser import launch_options

    path = tmp_path / "run.replay"

    @harness.step("Order")
    async def order(page: Any) -> None:
        async with harness.step("Buy"):
            await page.get_by_role("button", name="Add to cart").click()

    async def journey() -> list[str]:
        answers = []
        async with async_playwright() as playwright:
            own = await playwright.chromium.launch(**launch_options(browser_path))
            context = await own.new_context()
            async with harness.record(context, path):
                page = await context.new_page()

                async def answer(dialog: Any) -> None:
                    answers.append(dialog.message)
                    await dialog.accept()

                page.on("dialog", answer)
                await page.goto(server + "/")
                await order(page)
                await page.click("#asks")
                await page.click("#fails")
            await own.close()
        return answers

    assert run_async(journey()) == ["Really?"], "the program's own listener is asked as without us"
    with harness.open(path) as replay:
        assert step(replay, "Buy").parent == step(replay, "Order").id
        click = step(replay, 'Click get_by_role("button", name="Add to cart")')
        assert click.parent == step(replay, "Buy").id
        assert click.target is not None
        assert click.location is not None
        assert click.location["file"] == __file__
        assert [dialog.end and dialog.end.data["accepted"] for dialog in replay.dialogs] == [True]
        assert [error.message for error in replay.errors] == ["broken"]
        assert replay.at(1e9).query("#heading")[0].text == "Yes"


# The browser tells how long a click took some frames after it.
CLICK_IS_MEASURED = """() => new Promise((resolve) => {
  const seen = (list) => list.getEntries().some((entry) => entry.name === "click") && resolve();
  new PerformanceObserver(seen).observe({ type: "event", buffered: true, durationThreshold: 16 });
})"""


def test_vitals_are_those_of_the_definitions(browser: Browser, serve_pages: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    context = browser.new_context()
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_pages}/signals/vitals.html")
        page.wait_for_function("shifts.length === 2")
        page.click("#slow")
        expect(page.locator("#slow")).to_have_text("Done")
        page.evaluate(CLICK_IS_MEASURED)
        shifts = page.evaluate("shifts")
    context.close()
    with harness.open(path) as replay:
        vitals = {vital.data["name"]: vital.data for vital in replay.vitals}
        # Both shifts are of one session, less than a second apart.
        assert vitals["CLS"]["value"] == pytest.approx(sum(shifts), abs=0.0002)
        assert vitals["CLS"]["rating"] == ("good" if sum(shifts) <= 0.1 else "needs-improvement")
        assert vitals["INP"]["value"] >= 250
        assert vitals["INP"]["rating"] in ("needs-improvement", "poor")
        slow = replay.at(1e9).query("#slow")[0]
        assert slow.text == "Done"
    tasks = events_of(path, "long-task")
    assert any(task["data"]["duration"] >= 240 for task in tasks)
    frames = events_of(path, "long-animation-frame")
    assert any(
        "onclick" in script.get("invoker", "") for frame in frames for script in frame["data"].get("scripts", ())
    )


def test_what_is_too_much_is_counted(
    browser: Browser, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from harness.capture.signals import console, errors

    monkeypatch.setattr(console, "MAX_MESSAGES", 5)
    monkeypatch.setattr(errors, "MAX_ERRORS", 1)
    path = tmp_path / "run.replay"
    context = browser.new_context()
    with harness.record(context, path):
        page = context.new_page()
        page.goto(server + "/")
        page.evaluate("for (let n = 0; n < 12; n += 1) console.log(n)")
        for _ in range(3):
            page.click("#fails")
    context.close()
    assert len(events_of(path, "console")) == 5
    assert len(events_of(path, "page-error")) == 1
    thinned = {event["data"]["reason"]: event["data"]["count"] for event in events_of(path, "thinned")}
    assert thinned == {"more than 5 messages on the console": 7, "more than 1 errors of pages": 2}
