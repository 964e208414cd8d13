"""What the plugin writes beside recordings tells no more than they do: reports are posted where others read."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from harness.privacy.scan import Wanted, scan
from tests.e2e.test_pytest_plugin import SUITES, run_suite

WORDS = {
    "TEXT": "Qwhatthepagesays7",
    "MAIL": "qmailofsomebody@elsewhere.org",
    "PASSWORD": "Qtypedintoafield7",
    "NAMED": "Qnamedbytheproject7",
    "HASTY": "Qtypedbeforeafailure7",
}
ALWAYS = {"PASSWORD", "NAMED", "HASTY"}


@pytest.mark.parametrize(
    ("project", "hidden"),
    [
        ("", ALWAYS),
        ('level = "mask-user-input"', ALWAYS | {"MAIL"}),
        ('level = "mask"', set(WORDS)),
        ('unmask = ["something else"]', set(WORDS)),
    ],
    ids=["allow", "mask-user-input", "mask", "unmask"],
)
def test_reports_hold_nothing_that_the_recordings_do_not(tmp_path: Path, project: str, hidden: set[str]) -> None:
    suite, summary, temporary = tmp_path / "private", tmp_path / "summary.md", tmp_path / "temporary"
    temporary.mkdir()
    shutil.copytree(SUITES / "private", suite)
    (suite / "pyproject.toml").write_text(f'[tool.harness.privacy]\nsecret-env = ["NAMED"]\n{project}\n')
    done = run_suite(
        suite, "private", "--recording-html", "--junitxml=junit.xml", status=1, TMPDIR=str(temporary),
        GITHUB_STEP_SUMMARY=str(summary), GITHUB_ACTIONS="true", **WORDS,
    )  # fmt: skip
    assert len(list((suite / "recordings").glob("*.replay"))) == 5, done.stdout
    # The traceback in pytest's own output, and its `<failure>`, are pytest's; what the plugin adds is not.
    ours = [line for line in done.stdout.splitlines() if line.startswith("::error ") or "harness view" in line]
    assert len(ours) >= 4
    for element in ElementTree.parse(suite / "junit.xml").getroot().iter():
        if element.tag in ("property", "system-out"):
            ours += [element.text or "", *element.attrib.values()]
    (tmp_path / "ours.txt").write_text("\n".join(ours))
    files = [*(suite / "recordings").iterdir(), summary, tmp_path / "ours.txt"]
    files += [path for path in temporary.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".replay", ".html", ".md", ".txt"}
    found = {
        (name, str(find))
        for name, word in WORDS.items()
        for path in files
        for find in scan(path, Wanted([word], shapes=False))
    }
    assert {find for name, find in found if name in hidden} == set()
    assert {name for name, _ in found} == set(WORDS) - hidden
    comment = (suite / "recordings" / "comment.md").read_text()
    assert comment.count("RuntimeError") == 4
