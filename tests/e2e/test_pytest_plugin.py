"""The pytest plugin as a team uses it: suites run in processes of their own, their recordings opened and asked."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

import harness
from harness.replay.replay import Replay
from harness.storage.reader import RecordingReader

SUITES = Path(__file__).parents[1] / "suites"
# Variables of a CI that these tests may run in must not reach the suites.
CI_VARIABLES = ("CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITLAB_CI", "JENKINS_URL", "TF_BUILD")


def run_suite(
    directory: Path, suite: str, *arguments: str, status: int | None = 1, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run one of tests/suites in a copy of its own, and return what it printed."""
    if not directory.exists():
        shutil.copytree(SUITES / suite, directory)
    own = {name: value for name, value in os.environ.items() if name not in CI_VARIABLES and "PYTEST" not in name}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rN", "--tb=short", *arguments]
    done = subprocess.run(
        command, cwd=directory, capture_output=True, text=True, timeout=240, check=False, env={**own, **environment}
    )
    assert status is None or done.returncode == status, done.stdout + done.stderr
    return done


def recordings(directory: Path) -> dict[str, Path]:
    """Return the recordings by the name of their test, without its file and browser; further ones are numbered."""
    return {
        path.stem.partition("--")[2].replace("-chromium", ""): path
        for path in sorted((directory / "recordings").glob("*.replay"))
    }


def shown_by(suite: str) -> dict[str, str | None]:
    """Return the heading of the page at the moment of each failure; None where a test recorded the page itself."""
    shown: dict[str, str | None] = json.loads((SUITES / suite / "shown.json").read_text())
    return shown


def failure_in(replay: Replay) -> dict[str, Any]:
    """Return the last event that tells of the test's failure."""
    return [event for event in replay.events(kinds=("test",)) if event["data"]["outcome"] == "failed"][-1]


def text_at(replay: Replay, t: float, selector: str = "h1") -> str:
    return str(replay.at(t).query(selector)[0].text)


# For the session: tests with a page and those without are run apart.
@pytest.fixture(scope="session")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("run") / "ways"
    temporary = tmp_path_factory.mktemp("temporary")
    summary = directory.parent / "summary.md"
    done = run_suite(
        directory, "ways", "--html=report/index.html", "--junitxml=junit.xml", "--alluredir=allure",
        TMPDIR=str(temporary), GITHUB_STEP_SUMMARY=str(summary), GITHUB_ACTIONS="true", GITHUB_SHA="c0ffee",
        GITHUB_REF_NAME="main", GITHUB_JOB="e2e",
    )  # fmt: skip
    (directory / "stdout.txt").write_text(done.stdout)
    (directory / "stderr.txt").write_text(done.stderr)
    left = [path for path in temporary.iterdir() if not path.name.startswith(("pytest-of-", "org.chromium"))]
    assert not [path for path in left if "harness" in path.name or list(path.glob("**/*.replay"))]
    return directory


@pytest.mark.xdist_group("pytest-ways")  # one run of the suite for all of these
class TestWaysToFail:
    """One run of a suite in which tests fail in every way that leaves pytest alive."""

    def test_each_failing_test_has_its_recording_and_no_other_has(self, suite: Path) -> None:
        assert sorted(recordings(suite)) == sorted([*shown_by("ways"), "test_on_passes"])

    def test_each_opens_and_shows_the_failure_when_it_happens(self, suite: Path) -> None:
        shown = shown_by("ways")
        for name, path in recordings(suite).items():
            with harness.open(path) as replay:
                assert replay.info["complete"], name
                assert replay.info["status"] == ("passed" if name == "test_on_passes" else "failed"), name
                assert replay.info["lost_events"] == 0, name
                if name == "test_on_passes":
                    continue
                failure = failure_in(replay)
                assert failure["data"]["nodeid"].startswith("test_ways.py::"), name
                assert failure["data"]["longrepr"] or name == "test_masked_fails"
                if shown[name] is not None:
                    assert text_at(replay, failure["t"]) == shown[name], name

    def test_steps_stand_in_phases_and_the_assertion_among_them(self, suite: Path) -> None:
        with harness.open(recordings(suite)["test_call_fails"]) as replay:
            events = list(replay.events(kinds=("step", "step-end", "mark")))
            steps = {event["data"]["id"]: event["data"] for event in events if event["kind"] == "step"}
            phases = [step["title"] for step in steps.values() if step["category"] == "phase"]
            assert phases == ["setup", "call", "teardown"]
            click = next(step for step in steps.values() if step["title"].startswith("Click"))
            assert steps[click["parent"]]["title"] == "call"
            content = next(step for step in steps.values() if step["title"].startswith("Set content"))
            assert steps[content["parent"]]["title"] == "setup"
            assertion = next(step for step in steps.values() if step["category"] == "assert")
            assert assertion["title"] == 'assert opened.inner_text("h1") == "never"'
            lines = (suite / "test_ways.py").read_text().splitlines()
            assert lines[assertion["location"]["line"] - 1].strip() == assertion["title"]
            end = next(e["data"] for e in events if e["kind"] == "step-end" and e["data"]["id"] == assertion["id"])
            assert "assert 'clicked' == 'never'" in end["error"]["message"]
            assert [mark.label for mark in replay.marks] == ["before the click"]
            assert failure_in(replay)["data"]["phase"] == "call"
        with harness.open(recordings(suite)["test_soft_fails"]) as replay:
            assert [mark.label for mark in replay.marks] == ["Locator expected to have text 'soft'"]
            soft = replay.marks[0].t
            assert text_at(replay, soft) == "zero"
        with harness.open(recordings(suite)["test_check_fails"]) as replay:
            labels = ["check zero == first", "assert 'clicked' == 'second'"]
            assert [mark.label for mark in replay.marks] == labels
            assert [text_at(replay, mark.t) for mark in replay.marks] == ["zero", "clicked"]
        with harness.open(recordings(suite)["test_it_stays_empty"]) as replay:
            steps = {event["data"]["id"]: event["data"] for event in replay.events(kinds=("step",))}
            titles = [step["title"] for step in steps.values() if step["category"] == "step"]
            assert titles == ["Given a cart", "Then it holds nothing"]
            click = next(step for step in steps.values() if step["title"].startswith("Click"))
            assert steps[click["parent"]]["title"] == "Then it holds nothing"

    def test_shared_contexts_are_cut_to_the_test_with_what_came_before(self, suite: Path, page: Any) -> None:
        with RecordingReader(recordings(suite)["test_module_fails"]) as reader:
            cut = reader.header["slice"]
            assert 0 < cut["start_ms"] < cut["end_ms"] <= reader.index.duration_ms
            assert reader.header["test"]["nodeid"] == "test_ways.py::test_module_fails[chromium]"
        with harness.open(recordings(suite)["test_module_fails"]) as replay:
            assert text_at(replay, cut["start_ms"]) == "clicked"  # what test_module_passes left
        assert not list((suite / "recordings").glob("*fixture*"))
        page.goto(recordings(suite)["test_module_fails"].with_suffix(".html").as_uri())
        page.get_by_role("button", name="Show what came before").click()
        assert page.evaluate("harness.now") == cut["start_ms"]

    def test_header_says_where_it_comes_from(self, suite: Path) -> None:
        with RecordingReader(recordings(suite)["test_rerun_fails--attempt-2"]) as reader:
            header = reader.header
        assert header["git"] == {"commit": "c0ffee", "branch": "main"}
        assert header["ci"]["name"] == "GitHub Actions"
        assert header["ci"]["job"] == "e2e"
        assert header["test"]["attempt"] == 2
        assert header["team"] == "checkout"
        with RecordingReader(recordings(suite)["test_first_retry--attempt-2"]) as reader:
            assert reader.header["title"] == "the retry"

    def test_masked_recordings_hold_no_text_of_the_failure(self, suite: Path) -> None:
        with harness.open(recordings(suite)["test_masked_fails"]) as replay:
            assert not any("secret" in str(event) or "zero" in str(event) for event in replay.events())
            assert failure_in(replay)["data"]["message"] == "AssertionError"

    def test_summary_names_each_and_a_bad_marker_is_one_warning(self, suite: Path) -> None:
        text = (suite / "stdout.txt").read_text()
        section = text.partition("= recordings =")[2].splitlines()
        for path in recordings(suite).values():
            if "on_passes" not in path.name:
                assert sum(f"harness view recordings/{path.name}" in line for line in section) == 1, path.name
        assert "FLAKY test_ways.py::test_first_retry[chromium] (attempt 2): " in text
        assert text.count("HarnessWarning") == 1
        assert "test_bad_marker_fails[chromium]: @pytest.mark.recording('sometimes')" in text
        assert "::error file=test_ways.py,line=" in text

    def test_hook_is_told_of_each_file(self, suite: Path) -> None:
        told = [json.loads(line)[1] for line in (suite / "saved.jsonl").read_text().splitlines()]
        assert sorted(told) == sorted(str(path) for path in recordings(suite).values())

    def test_junit_has_properties_and_attachments(self, suite: Path) -> None:
        root = ElementTree.parse(suite / "junit.xml").getroot()
        case = next(case for case in root.iter("testcase") if case.get("name") == "test_call_fails[chromium]")
        value = "recordings/test_ways--test_call_fails-chromium.replay"
        assert [p.get("value") for p in case.iter("property") if p.get("name") == "harness_recording"] == [value]
        assert f"[[ATTACHMENT|{value}]]" in (case.findtext("system-out") or "")
        text = (suite / "junit.xml").read_text()
        assert all(path.name in text for path in recordings(suite).values())

    def test_allure_has_the_files(self, suite: Path) -> None:
        results = [json.loads(path.read_text()) for path in (suite / "allure").glob("*-result.json")]
        for name in ("test_call_fails[chromium]", "test_setup_fails[chromium]", "test_teardown_fails[chromium]"):
            result = next(result for result in results if result["name"] == name)
            kinds = {attachment["type"]: attachment["source"] for attachment in result["attachments"]}
            assert set(kinds) >= {"text/html", "application/zstd"}, name
            assert all((suite / "allure" / source).stat().st_size > 500 for source in kinds.values())

    def test_directory_has_a_list_and_a_comment(self, suite: Path, page: Any) -> None:
        page.goto((suite / "recordings" / "index.html").as_uri())
        rows = page.locator("tbody tr")
        assert rows.count() == len(recordings(suite))
        assert page.locator("tbody tr", has_text="failed").count() == len(recordings(suite)) - 1
        again = page.locator("tbody tr", has_text="test_first_retry")
        assert "attempt 2, passed when it ran again: assert 2 == 3" in again.inner_text()
        page.get_by_role("link", name="test_ways.py::test_call_fails[chromium]", exact=True).click()
        page.wait_for_function("window.harness && harness.ready")
        comment = (suite / "recordings" / "comment.md").read_text()
        assert comment.startswith("### 24 failing tests and 1 flaky one with a recording")
        assert "assert 'clicked' == 'never'" in comment
        assert (suite.parent / "summary.md").read_text() == comment

    def test_player_plays_inside_of_pytest_htmls_report(self, suite: Path, page: Any) -> None:
        # As from the artifact's zip: the report and the recordings lie together, and there is no server.
        page.goto((suite / "report" / "index.html").as_uri())
        details = page.locator("details.harness-recording", has_text="test_call_fails").first
        details.scroll_into_view_if_needed()
        details.locator("summary").click()
        inner = details.locator("iframe").content_frame
        inner.locator("iframe[data-harness-document]").wait_for()
        frame = details.locator("iframe").element_handle().content_frame()
        frame.evaluate("harness.ready.then(() => harness.seek(harness.duration, {page: harness.pages[0].id}))")
        heading = inner.frame_locator("iframe[data-harness-document]").locator("h1")
        heading.wait_for()
        assert heading.inner_text() == "clicked"


def test_report_that_is_one_file_plays_wherever_it_is(tmp_path: Path, page: Any) -> None:
    options = ("--html=report.html", "--self-contained-html", "-k", "call_fails")
    run_suite(tmp_path / "ways", "ways", *options)
    report = (tmp_path / "ways" / "report.html").rename(tmp_path / "moved.html")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(report.as_uri())
    details = page.locator("details.harness-recording")
    details.locator("summary").click()
    inner = details.locator("iframe").content_frame
    inner.locator("iframe[data-harness-document]").wait_for()
    frame = details.locator("iframe").element_handle().content_frame()
    frame.evaluate("harness.ready.then(() => harness.seek(0, {page: harness.pages[0].id}))")
    nothing = inner.get_by_text("This page has nothing to show yet")
    expect(nothing).to_be_visible()
    frame.evaluate("harness.play()")
    expect(inner.frame_locator("iframe[data-harness-document]").locator("h1")).to_have_text("clicked", timeout=30_000)
    expect(nothing).to_be_hidden()
    # The address of what rests is written a moment later, where there is one.
    frame.evaluate("harness.pause(); new Promise((resolve) => setTimeout(resolve, 400))")
    assert not errors


PLAIN = ("-p", "no:playwright", "-p", "no:pytest_playwright")


def test_killed_worker_of_xdist_leaves_a_recording_that_is_named(tmp_path: Path) -> None:
    wanted = "passes or fails or kills_the_process or uses_the_session"
    done = run_suite(tmp_path / "ends", "ends", *PLAIN, "-n", "2", "-k", wanted, "--junitxml=junit.xml")
    found = recordings(tmp_path / "ends")
    assert sorted(found) == ["test_fails-0", "test_fails-1", "test_kills_the_process"], done.stdout
    assert all(f"harness view recordings/{path.name}" in done.stdout for path in found.values())
    assert found["test_kills_the_process"].name in (tmp_path / "ends" / "junit.xml").read_text()
    with harness.open(found["test_kills_the_process"]) as replay:
        assert replay.info["status"] == "failed"
        assert not replay.info["complete"]
        failure = failure_in(replay)
        assert "crashed while running" in failure["data"]["message"]
        assert text_at(replay, failure["t"]) == "killed"
    with RecordingReader(found["test_fails-0"]) as reader:
        assert reader.header["worker"] in ("gw0", "gw1", "gw2")
    assert not list((tmp_path / "ends" / "recordings").glob(".*"))


def test_killed_run_is_named_by_the_next(tmp_path: Path) -> None:
    suite = tmp_path / "ends"
    run_suite(suite, "ends", *PLAIN, "-k", "session and not interrupted", status=-signal.SIGKILL)
    assert [path.name for path in recordings(suite).values()] == ["session_page--session-fixture.replay"]
    done = run_suite(suite, "ends", *PLAIN, "-k", "passes", status=0)
    (path,) = recordings(suite).values()
    assert path.name == "test_ends--test_kills_the_session.replay"
    assert f"KILLED in an earlier run test_ends.py::test_kills_the_session: harness view recordings/{path.name}" in (
        done.stdout
    )
    with harness.open(path) as replay:
        assert text_at(replay, failure_in(replay)["t"]) == "killed"
        assert replay.info["status"] == "failed"
    # The test is run again and does not fail: its old recording goes.
    (suite / "test_ends.py").write_text((suite / "test_ends.py").read_text().replace("SIGKILL", "SIGCONT"))
    run_suite(suite, "ends", *PLAIN, "-k", "kills_the_session", status=0)
    assert not recordings(suite)


def test_timeout_by_thread_finishes_the_recording_before_the_process_ends(tmp_path: Path) -> None:
    done = run_suite(tmp_path / "ends", "ends", *PLAIN, "-k", "hangs")
    (path,) = recordings(tmp_path / "ends").values()
    assert f"harness: test_ends.py::test_hangs: harness view recordings/{path.name}" in done.stdout
    with harness.open(path) as replay:
        assert replay.info["complete"]
        assert replay.info["status"] == "failed"
        failure = failure_in(replay)
        assert "Timeout" in failure["data"]["message"]
        assert text_at(replay, failure["t"]) == "clicked"


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [("test_exits", 7, "Exit: enough"), ("test_is_interrupted", 2, "KeyboardInterrupt")],
)
def test_end_of_the_whole_run_leaves_the_recording(tmp_path: Path, name: str, status: int, says: str) -> None:
    done = run_suite(tmp_path / "ends", "ends", *PLAIN, "-k", name, status=status)
    found = recordings(tmp_path / "ends")
    assert list(found) == [name]
    assert f"FAILED test_ends.py::{name}: harness view recordings/{found[name].name}" in done.stdout
    with harness.open(found[name]) as replay:
        assert says in failure_in(replay)["data"]["message"]
        assert text_at(replay, failure_in(replay)["t"] + 500) == "clicked"


def test_async_api_is_recorded(tmp_path: Path) -> None:
    run_suite(tmp_path / "async", "asynchronous", *PLAIN)
    found = recordings(tmp_path / "async")
    shown = shown_by("asynchronous")
    assert sorted(found) == sorted(shown)
    for name, text in shown.items():
        with harness.open(found[name]) as replay:
            assert text_at(replay, failure_in(replay)["t"] + 500) == text, name
            steps = {event["data"]["id"]: event["data"] for event in replay.events(kinds=("step",))}
            last = [step for step in steps.values() if step["category"] == "api" and "Close" not in step["title"]][-1]
            assert steps[last["parent"]]["title"] == "call", name


def test_faults_of_the_recorder_change_no_outcome_and_are_one_warning_a_test(tmp_path: Path) -> None:
    suite = tmp_path / "ends"
    wanted = ("-k", "passes or fails", "-W", "error", "--recording-dir=test_ends.py")
    done = run_suite(suite, "ends", *PLAIN, *wanted)
    assert "2 failed, 3 passed" in done.stdout
    assert done.stdout.count("not recorded: UsageError") == 5
    for name in ("test_passes[0]", "test_fails[1]"):
        assert done.stdout.count(f"HarnessWarning: test_ends.py::{name}: not recorded") == 1

    # Hooks of the project that raise, and no room for anything: what is over the limit goes, and that is said.
    (suite / "conftest.py").write_text(
        "def pytest_harness_recording_saved(item, path):\n    raise RuntimeError('no storage')\n"
    )
    done = run_suite(suite, "ends", *PLAIN, "-k", "passes or fails", "-W", "error", "--recording-max-mb=0")
    assert "2 failed, 3 passed" in done.stdout
    assert done.stdout.count("RuntimeError: no storage") == 2
    assert "2 recordings (2 of failing tests) were removed to stay within --recording-max-mb=0" in done.stdout
    assert not recordings(suite)


def test_commands_of_the_documentation_for_github_actions_do_what_it_says(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "ci.md").read_text().partition("## GitHub Actions")[2]
    (command,) = [line.partition("run: ")[2] for line in text.splitlines() if "- run: pytest" in line]
    kept = next(line.partition("path: ")[2] for line in text.splitlines() if "path:" in line)
    assert (command, kept) == ("pytest --recording-html", "recordings/")
    summary = tmp_path / "summary.md"
    arguments = command.split()[1:]
    done = run_suite(
        tmp_path / "ways", "ways", *arguments, "-k", "call_fails", "--recording-test-max-mb=0.001",
        GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary), CI="true",
    )  # fmt: skip
    assert done.stdout.count("MB and cannot be cut to --recording-test-max-mb=0.001") == 1
    found = sorted(path.name for path in (tmp_path / "ways" / kept).iterdir())
    name = "test_ways--test_call_fails-chromium"
    assert found == sorted(["comment.md", "index.html", f"{name}.html", f"{name}.replay"])
    assert "### 1 failing test with a recording" in summary.read_text()
    assert "--body-file recordings/comment.md" in text
