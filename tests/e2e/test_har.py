"""`harness export har`: valid HAR 1.2, from which Playwright can serve the recorded site while its server is away."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

import harness
from harness.cli.export import command
from tests.signal_server import serving_signals


@pytest.fixture(scope="module")
def har(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The URL of a site whose server is gone, and the HAR of a visit to it."""
    from click.testing import CliRunner

    directory = tmp_path_factory.mktemp("har")
    recording, target = directory / "run.replay", directory / "run.har"
    context = browser.new_context()
    with serving_signals() as url, harness.record(context, recording):
        page = context.new_page()
        page.goto(f"{url}/?a=1&b=")
        page.click("#loads")
        expect(page.locator("#heading")).to_have_text("Loaded")
        page.click("#talks")
        expect(page.locator("#heading")).to_have_text("answer")
        page.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
    context.close()
    outcome = CliRunner().invoke(command, ["har", str(recording), "-o", str(target)])
    assert outcome.exit_code == 0, outcome.output
    return url, target


@pytest.fixture(scope="module")
def log(har: tuple[str, Path]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(har[1].read_text())["log"]
    return content


def entry(log: dict[str, Any], path: str) -> dict[str, Any]:
    found: dict[str, Any] = next(entry for entry in log["entries"] if path in entry["request"]["url"])
    return found


def test_pages_are_called_by_their_titles(log: dict[str, Any]) -> None:
    assert [page["title"] for page in log["pages"]] == ["Signals"]


def test_pages_say_when_they_were_loaded(log: dict[str, Any]) -> None:
    for page in log["pages"]:
        assert 0 < page["pageTimings"]["onContentLoad"] <= page["pageTimings"]["onLoad"] < 60_000


def test_every_entry_has_what_the_specification_wants(log: dict[str, Any]) -> None:
    assert log["version"] == "1.2"
    assert log["creator"]["name"] == "harness"
    pages = {page["id"] for page in log["pages"]}
    assert len(log["entries"]) >= 7
    for each in log["entries"]:
        datetime.fromisoformat(each["startedDateTime"])
        assert each["pageref"] in pages
        assert each["cache"] == {}
        phases = [ms for name, ms in each["timings"].items() if ms > 0 and name != "ssl"]
        assert each["time"] == pytest.approx(sum(phases), abs=0.01)
        assert {"send", "wait", "receive"} <= each["timings"].keys()
        request, response = each["request"], each["response"]
        assert {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"} <= set(
            request
        )
        assert {"status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL"} <= set(response)
        assert {"size", "mimeType"} <= response["content"].keys()
        assert all(set(pair) == {"name", "value"} for pair in [*request["headers"], *response["headers"]])


def test_bodies_redirects_and_failures_are_told(log: dict[str, Any]) -> None:
    assert entry(log, "/?a=1")["request"]["queryString"] == [{"name": "a", "value": "1"}, {"name": "b", "value": ""}]
    assert "<h1" in entry(log, "/?a=1")["response"]["content"]["text"]
    posted = entry(log, "/api/order")
    assert posted["request"]["postData"]["text"] == '{"order":17}'
    assert posted["response"]["content"]["text"] == '{"accepted":true}'
    assert entry(log, "/redirect")["response"]["redirectURL"].endswith("/api/final")
    assert entry(log, "/missing")["response"]["status"] == 404
    assert "ERR_" in entry(log, "127.0.0.1:1/")["response"]["_error"]
    socket = entry(log, "/socket")
    assert [message["data"] for message in socket["_webSocketMessages"]][:2] == ["hello", "answer"]


def test_playwright_serves_the_site_from_it(browser: Browser, har: tuple[str, Path]) -> None:
    url, file = har
    context = browser.new_context()
    context.route_from_har(file, not_found="abort")
    page = context.new_page()
    page.goto(f"{url}/?a=1&b=")
    assert page.inner_text("#heading") == "Signals"
    assert (
        page.evaluate("fetch('/redirect').then((response) => response.json()).then((body) => body.text.length)") == 6000
    )
    context.close()
