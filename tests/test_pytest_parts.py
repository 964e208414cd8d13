"""The parts of the pytest plugin that need no browser: names, modes, origin, room, cost where nothing is recorded."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from harness.pytest.limits import beyond
from harness.pytest.metadata import origin
from harness.pytest.names import belongs_to, file_name, shared_file_name
from harness.pytest.options import MODES, Mode
from harness.pytest.report_github import annotation
from harness.pytest.report_markdown import body
from harness.pytest.retention import is_kept, is_recorded
from harness.pytest.saved import Saved


def saved(name: str, *, outcome: str = "failed", size_mb: float = 1, ended_at: float = 0, message: str = "") -> Saved:
    return Saved(
        nodeid=f"test_x.py::{name}", path=f"/run/{name}.replay", outcome=outcome, attempt=1, ended_at=ended_at,
        size_bytes=int(size_mb * 1_000_000), message=message, file="test_x.py", line=3,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("nodeid", "name"),
    [
        ("test_shop.py::test_buy[chromium]", "test_shop--test_buy-chromium.replay"),
        ("tests/e2e/test_shop.py::TestCart::test_buy", "tests-e2e-test_shop--TestCart--test_buy.replay"),
        ("test_shop.py::test_buy[a/b]", "test_shop--test_buy-a-b-bda35cde.replay"),
    ],
)
def test_name_is_readable_and_stays_the_same(nodeid: str, name: str) -> None:
    assert file_name(nodeid) == name


def test_names_are_safe_everywhere_and_differ_where_tests_do() -> None:
    odd = ["a/b", "a-b", "a b", "A b", "ü" * 300, "ü" * 301, "..", ".", "con", "x" * 400, "x" * 401, "\x00", "a:b|c?*"]
    nodeids = [f"tests/test_x.py::test[{value}]" for value in odd] + ["con", "nul.py", "a/b.py::t", "a-b.py::t", ""]
    names = [file_name(nodeid) for nodeid in nodeids]
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        stem = name.removesuffix(".replay")
        assert name.isascii()
        assert not set(name) & set('<>:"/\\|?* \0')
        assert 0 < len(name) <= 140
        assert stem.lower() not in ("con", "nul")
        assert not stem.startswith((".", "-"))


def test_attempts_contexts_and_shared_fixtures_have_numbers_and_belong_to_their_test() -> None:
    name = file_name("test_x.py::t", attempt=2, context=3, copy=4)
    assert name == "test_x--t--attempt-2--context-3--copy-4.replay"
    assert belongs_to(name, "test_x--t")
    assert not belongs_to("test_x--t2.replay", "test_x--t")
    assert shared_file_name("module", "test_x.py", "login") == "test_x--login--module-fixture.replay"


@pytest.mark.parametrize("mode", MODES)
def test_modes_keep_what_they_say(mode: Mode) -> None:
    kept = [(n, failed) for n in (1, 2, 3) for failed in (False, True) if is_kept(mode, n, failed=failed)]
    assert (
        kept
        == {
            "off": [],
            "on": [(1, False), (1, True), (2, False), (2, True), (3, False), (3, True)],
            "retain-on-failure": [(1, True), (2, True), (3, True)],
            "on-first-retry": [(2, False), (2, True)],
            "retain-on-first-failure": [(1, True)],
        }[mode]
    )
    assert is_recorded(mode, 1) == (mode not in ("off", "on-first-retry"))


@pytest.mark.parametrize(
    ("environment", "git", "ci"),
    [
        (
            {
                "GITHUB_ACTIONS": "true", "GITHUB_SHA": "abc", "GITHUB_HEAD_REF": "", "GITHUB_REF_NAME": "main",
                "GITHUB_SERVER_URL": "https://forge.example", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "7",
                "GITHUB_JOB": "e2e", "GITHUB_RUN_ATTEMPT": "2",
            },
            {"commit": "abc", "branch": "main"},
            {"name": "GitHub Actions", "run_url": "https://forge.example/o/r/actions/runs/7", "run": "7",
             "run_attempt": "2", "job": "e2e", "repository": "o/r"},
        ),
        (
            {"GITLAB_CI": "true", "CI_COMMIT_SHA": "abc", "CI_COMMIT_REF_NAME": "main", "CI_JOB_URL": "https://g/1"},
            {"commit": "abc", "branch": "main"},
            {"name": "GitLab CI", "run_url": "https://g/1"},
        ),
        (
            {"JENKINS_URL": "https://j", "GIT_COMMIT": "abc", "BRANCH_NAME": "main", "BUILD_URL": "https://j/1"},
            {"commit": "abc", "branch": "main"},
            {"name": "Jenkins", "run_url": "https://j/1"},
        ),
        (
            {"TF_BUILD": "True", "BUILD_SOURCEVERSION": "abc", "BUILD_BUILDID": "5", "SYSTEM_TEAMPROJECT": "p",
             "SYSTEM_COLLECTIONURI": "https://a/o/"},
            {"commit": "abc"},
            {"name": "Azure Pipelines", "run_url": "https://a/o/p/_build/results?buildId=5", "run": "5"},
        ),
    ],
)  # fmt: skip
def test_origin_comes_from_the_environment(
    tmp_path: Path, environment: dict[str, str], git: dict[str, str], ci: dict[str, str]
) -> None:
    assert origin(tmp_path, environment) == {"git": git, "ci": ci}


def test_origin_is_read_from_git_without_git(tmp_path: Path) -> None:
    (tmp_path / ".git" / "refs" / "heads" / "x").mkdir(parents=True)
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/x/y\n")
    (tmp_path / ".git" / "refs" / "heads" / "x" / "y").write_text("abc\n")
    (tmp_path / "tests").mkdir()
    assert origin(tmp_path / "tests", {}) == {"git": {"branch": "x/y", "commit": "abc"}}
    (tmp_path / ".git" / "refs" / "heads" / "x" / "y").unlink()
    (tmp_path / ".git" / "packed-refs").write_text("# pack-refs\ndef refs/heads/x/y\n")
    assert origin(tmp_path, {})["git"]["commit"] == "def"
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / ".git").write_text("gitdir: ../.git\n")
    assert origin(tmp_path / "tree", {})["git"]["commit"] == "def"
    (tmp_path / ".git" / "HEAD").write_text("0123\n")
    assert origin(tmp_path, {}) == {"git": {"commit": "0123"}}


def test_room_is_made_by_the_oldest_passing_ones_first() -> None:
    kept = [
        saved("old-failed", ended_at=1), saved("old-passed", outcome="passed", ended_at=2),
        saved("new-passed", outcome="passed", ended_at=3), saved("new-failed", ended_at=4),
    ]  # fmt: skip
    assert [entry.nodeid[11:] for entry in beyond(kept, 4)] == []
    assert [entry.nodeid[11:] for entry in beyond(kept, 3)] == ["old-passed"]
    assert [entry.nodeid[11:] for entry in beyond(kept, 1)] == ["old-passed", "new-passed", "old-failed"]


def test_reports_show_hostile_text_as_text() -> None:
    message = "<img src=x> @everyone [link](https://evil) | `code`\n::set-output name=x::y"
    text = body([saved("t", message=message)], Path("/run"))
    row = next(line for line in text.splitlines() if "evil" in line)
    assert row.count(" | ") == 2
    assert "`<img src=x> @everyone [link](https://evil) ¦ 'code' ::set-output name=x::y`" in row
    assert "\n" not in annotation(saved("t", message=message), "run/t.replay")


def test_run_without_a_browser_imports_no_playwright_and_costs_little(tmp_path: Path) -> None:
    (tmp_path / "test_plain.py").write_text(
        textwrap.dedent(
            """
            import sys
            import pytest

            @pytest.mark.parametrize("number", range(50))
            def test_plain(number, recording):
                recording.mark("nothing is recorded")
                assert recording.path is None

            def test_playwright_is_not_there():
                assert "harness.pytest.registration" in sys.modules
                heavy = ("playwright", "harness.pytest.recorder", "harness.capture", "harness.storage", "zstandard")
                assert not [name for name in sys.modules if name.startswith(heavy)]
            """
        )
    )
    (tmp_path / "cost.py").write_text(
        textwrap.dedent(
            """
            import cProfile, pstats, sys, time
            import pytest

            began = time.process_time()
            import harness.pytest_plugin
            from harness.pytest import collector, fixture, hooks, registration
            spent = time.process_time() - began
            profile = cProfile.Profile()
            arguments = ["-q", "-p", "no:cacheprovider", "-p", "no:playwright", "test_plain.py"]
            status = profile.runcall(pytest.main, arguments)
            for (file, _, _), (_, _, own, _, _) in pstats.Stats(profile).stats.items():
                spent += own if "harness" in file and "site-packages" not in file else 0
            assert "playwright" not in sys.modules
            print("cost_ms", spent * 1000)
            sys.exit(status)
            """
        )
    )
    costs = []
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "cost.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "51 passed" in done.stdout
        costs.append(float(done.stdout.split("cost_ms")[1]))
    assert min(costs) < 30, costs
    assert not (tmp_path / "recordings").exists()
