"""What the pytest plugin writes about hostile tests stays text: pytest-html's report, list, comment, GitHub, Allure."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Page

from harness.pytest.report_github import annotation
from harness.pytest.report_html import add_extras
from harness.pytest.report_markdown import body
from harness.pytest.saved import Saved
from harness.storage.writer import RecordingWriter
from harness.viewer.static_list import write_list
from tests.e2e.test_pytest_plugin import run_suite
from tests.harm import CHANGED, watch
from tests.xss_vectors import PAYLOAD, vectors

VECTORS = vectors()
CHOSEN = [f"<img src=x onerror={PAYLOAD}>", f"'\"--></script><script>{PAYLOAD}</script>", f"[x](javascript:{PAYLOAD})"]


def saved_as(number: int, text: str) -> Saved:
    return Saved(
        nodeid=f"{text}::test[{text}]", path=f"/run/{number}.replay", outcome="failed", attempt=2, size_bytes=1,
        ended_at=number, html=None, message=text, file=text, line=3,
    )  # fmt: skip


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("run") / "hostile"
    run_suite(
        directory, "hostile", "--html=report/index.html", "--alluredir=allure", "--recording-html",
        VECTORS=json.dumps(CHOSEN), PYTHONUTF8="1", GITHUB_STEP_SUMMARY=str(directory.parent / "summary.md"),
        TF_BUILD="True", BUILD_SOURCEBRANCHNAME=CHOSEN[0], AGENT_JOBNAME=CHOSEN[1], BUILD_SOURCEVERSION=CHOSEN[2],
        SYSTEM_COLLECTIONURI=f"javascript:{PAYLOAD}//", SYSTEM_TEAMPROJECT=CHOSEN[0], BUILD_BUILDID=CHOSEN[1],
    )  # fmt: skip
    assert len(list((directory / "recordings").glob("*.html"))) == len(CHOSEN) + 1
    return directory


@pytest.fixture
def seen(browser: Browser) -> Any:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def settle(page: Page) -> None:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")


def test_report_of_pytest_html_and_the_players_in_it_do_nothing(seen: Page, suite: Path) -> None:
    harm = watch(seen, suite.as_uri())
    address = (suite / "report" / "index.html").as_uri()
    seen.goto(address)
    details = seen.locator("details.harness-recording")
    assert details.count() == len(CHOSEN)
    for number in range(len(CHOSEN)):
        part = details.nth(number)
        part.scroll_into_view_if_needed()
        part.locator("summary").click()
        assert part.locator("summary").inner_text().startswith("Recording of test_hostile.py::test_fails[")
        frame = part.locator("iframe").element_handle().content_frame()
        assert frame is not None
        frame.wait_for_function("window.harness && harness.ready")
        frame.evaluate("harness.ready.then(() => harness.seek(harness.duration))")
        tabs = frame.locator("[role=tablist][aria-label=Panels] [role=tab]")
        for tab in range(tabs.count()):
            tabs.nth(tab).click()
        assert frame.evaluate("() => window.pwned ?? null") is None
    settle(seen)
    assert harm == []
    assert seen.evaluate("() => window.pwned ?? null") is None
    assert seen.evaluate(CHANGED, "details.harness-recording *, td.col-testId *") == []
    shown = " ".join(seen.locator("td.col-testId").all_inner_texts())
    assert all(text in shown for text in CHOSEN)
    assert seen.url.partition("?")[0] == address  # it keeps the order of its rows there


def test_players_of_all_vectors_are_markup_of_the_plugin_only(
    seen: Page, tmp_path: Path, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pytestconfig.option, "htmlpath", str(tmp_path / "report.html"), raising=False)
    report: Any = type("Report", (), {})()
    add_extras(pytestconfig, report, [saved_as(number, text) for number, text in enumerate(VECTORS)])
    page = tmp_path / "report.html"
    contents = [extra["content"] for extra in report.extras]
    page.write_text("<!doctype html><meta charset=utf-8>" + "".join(contents), encoding="utf-8")
    harm = watch(seen, page.as_uri(), tmp_path.as_uri())
    seen.goto(page.as_uri())
    settle(seen)
    assert harm == []
    assert seen.evaluate(CHANGED, "*") == []
    names = seen.evaluate("() => [...new Set([...document.body.querySelectorAll('*')].map((e) => e.localName))].sort()")
    assert names == ["a", "code", "details", "iframe", "p", "summary"]
    assert seen.locator("details").count() == len(VECTORS)


def test_list_of_hostile_titles_and_file_names_does_nothing(seen: Page, tmp_path: Path) -> None:
    for number, text in enumerate(VECTORS):
        name = f"{number:03}{text.replace('/', ':').replace(chr(0), '')[:60]}"
        RecordingWriter(tmp_path / f"{name}.replay", {"title": text}).close(status="failed")
        if number % 2:
            (tmp_path / f"{name}.html").touch()
        else:
            (tmp_path / f"{number:03}-broken{text.replace('/', ':').replace(chr(0), '')[:60]}.replay").write_bytes(b"")
    page = write_list(tmp_path)
    harm = watch(seen, page.as_uri())
    seen.goto(page.as_uri())
    settle(seen)
    assert seen.locator("tbody tr").count() == len(VECTORS) + len(VECTORS[::2])
    assert harm == []
    assert seen.evaluate(CHANGED, "*") == []
    links = seen.evaluate("() => [...document.links].map((link) => link.href)")
    assert all(link.startswith(tmp_path.as_uri() + "/") for link in links)
    allowed = {"a", "bdi", "br", "code", "h1", "p", "small", "table", "tbody", "td", "th", "thead", "tr"}
    assert set(seen.evaluate("() => [...document.body.querySelectorAll('*')].map((e) => e.localName)")) <= allowed


def test_comment_and_summary_are_text_in_a_table(seen: Page, suite: Path, tmp_path: Path) -> None:
    made = [
        body([saved_as(n, text) for n, text in enumerate(VECTORS[at : at + 50])], Path("/run"))
        for at in (0, 50, 100, 150)
    ]
    made.append((suite / "recordings" / "comment.md").read_text())
    assert (suite.parent / "summary.md").read_text() == made[-1]
    for number, text in enumerate(made):
        html = MarkdownIt("gfm-like", {"linkify": False}).render(text)
        page = tmp_path / f"{number}.html"
        page.write_text(f"<!doctype html><meta charset=utf-8>{html}", encoding="utf-8")
        harm = watch(seen, page.as_uri())
        seen.goto(page.as_uri())
        settle(seen)
        assert harm == []
        assert seen.evaluate(CHANGED, "*") == []
        allowed = {"h3", "table", "thead", "tbody", "tr", "th", "td", "code", "br", "sub", "p"}
        assert set(seen.evaluate("() => [...document.body.querySelectorAll('*')].map((e) => e.localName)")) <= allowed
        assert seen.locator("tbody tr").count() == (len(CHOSEN) if text is made[-1] else 50)


def test_annotation_is_one_command() -> None:
    odd = ["\r\n::set-env name=x::y", "a\n::add-mask::b", "%0A::stop-commands::x", "x,line=9::y", "\u2028::error::z"]
    for text in [*VECTORS, *odd]:
        said = annotation(saved_as(1, text), "run/1.replay")
        assert not re.search(r"[\r\n]", said)
        assert re.fullmatch(r"::error file=[^,:]*,line=3,title=[^,:]*::.*", said, re.DOTALL)


def test_attachments_of_allure_do_nothing(seen: Page, suite: Path) -> None:
    results = [json.loads(path.read_text()) for path in (suite / "allure").glob("*-result.json")]
    attached = [part for result in results for part in result["attachments"] if "recording" in part["name"]]
    assert len(attached) == 2 * len(CHOSEN)
    for part in attached:
        assert part["type"] in ("text/html", "application/zstd")
        assert re.fullmatch(r"recording: [\w.-]+", part["name"])
        if part["type"] == "text/html":
            page = suite / "allure" / part["source"]
            harm = watch(seen, page.as_uri())
            seen.goto(page.as_uri())
            seen.evaluate("() => harness.ready.then(() => harness.seek(harness.duration))")
            settle(seen)
            assert harm == []
            assert seen.evaluate("() => window.pwned ?? null") is None
            assert seen.evaluate(CHANGED, "*") == []
