"""`--check` and `verify --fidelity`: the replay is compared with the page, and a replay that differs is found out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext

import harness
from harness.fidelity.verify import check_and_keep
from harness.storage import RecordingReader
from tests.recorded import events_of

PAGE = """<!doctype html><style>body{font:16px sans-serif} .late{color:red;font-size:40px}</style>
<h1 id=h>Zero</h1><label>Password <input type=password id=p></label><p id=t>Some text</p>"""


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from harness.cli.main import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def checked(context: BrowserContext, tmp_path: Path) -> Path:
    """A recording with a check at a mark and one at the end."""
    path = tmp_path / "run.replay"
    with harness.record(context, path, check=True) as recording:
        page = context.new_page()
        page.set_content(PAGE)
        page.fill("#p", "geheim")
        recording.mark("filled")
        page.evaluate("h.textContent = 'One'; h.className = 'late'")
    return path


def test_a_faithful_replay_is_reproduced_and_the_score_kept(checked: Path) -> None:
    labels = [event["data"]["label"] for event in events_of(checked, "check")]
    assert labels == ["filled", "end"]
    done = run("verify", "--fidelity", checked)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 of 2 checks reproduced" in done.stdout
    assert run("verify", checked).returncode == 0
    verdict = json.loads(run("info", checked, "--json").stdout)["fidelity"]
    assert (verdict["checks"], verdict["good"], verdict["worst"]) == (2, 2, [])
    assert "2 of 2 checks reproduced" in run("info", checked).stdout


def test_what_is_masked_is_in_no_check(checked: Path) -> None:
    (first, _) = events_of(checked, "check")
    with RecordingReader(checked) as reader:
        kept = json.loads(reader.asset(first["data"]["digest"])[0])
        (checked.parent / "a.png").write_bytes(reader.asset(first["data"]["screenshot"])[0])
    (field,) = [box for box in kept["boxes"] if box[1] == "input"]
    assert field[6:] == ["*", len("=geheim")]
    image = Image.open(checked.parent / "a.png").convert("RGB")
    x, y, width, height = kept["masked"][0]
    assert {image.getpixel((int(x) + i, int(y + height / 2))) for i in range(int(width))} == {(0, 0, 0)}


def test_a_replay_that_differs_is_found_out(checked: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The events say that the heading is another one than the page showed."""
    from harness.replay.replay import Replay

    text = RecordingReader.segment_bytes
    unpacked = RecordingReader.segment_text

    def lies(reader: RecordingReader, number: int) -> bytes:
        import zstandard

        content = re.sub('"One"', '"A far longer heading than the page ever had"', unpacked(reader, number))
        return zstandard.ZstdCompressor().compress(content.encode())

    monkeypatch.setattr(RecordingReader, "segment_bytes", lies)
    scores = check_and_keep(checked, pictures=tmp_path / "pictures")
    monkeypatch.setattr(RecordingReader, "segment_bytes", text)
    assert [score.good for score in scores] == [True, False]
    assert scores[1].layout < 1
    assert len(list((tmp_path / "pictures").iterdir())) == 2
    with harness.open(checked) as replay:
        assert isinstance(replay, Replay)
        assert [score["label"] for score in replay.info["fidelity"]["worst"]] == ["end"]


def test_record_checks_at_marks_of_the_page_and_at_the_end(tmp_path: Path) -> None:
    journey = tmp_path / "journey.py"
    journey.write_text(
        "async def journey(page):\n"
        f"    await page.set_content({PAGE!r})\n"
        "    await page.evaluate('harnessRecorder.mark(\"here\")')\n"
        "    await page.fill('#p', 'x')\n"
    )
    done = run("record", journey, "-o", tmp_path / "run.replay", "--check")
    assert done.returncode == 0, done.stderr
    assert "2 of 2 checks reproduced" in done.stdout
