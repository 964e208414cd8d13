"""`harness demo` from the outside: two files, and last lines that say what to open."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import harness
from harness.storage import RecordingReader


def run_demo(directory: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("harness")), "demo", "--dir", str(directory), *options],
        capture_output=True,
        text=True,
        timeout=180,
    )


def test_demo_writes_a_recording_and_a_page(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "recordings"
    done = run_demo(directory)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    last = done.stdout.splitlines()[-3:]
    assert re.fullmatch(r"Recorded \d+ actions in \d+\.\d s: \S+demo\.replay \([\d,]+ kB\)", last[0])
    assert last[1].endswith(f"view {directory / 'demo.replay'}")
    assert last[2].endswith(f"{directory / 'demo.html'} in any browser")
    assert sorted(path.name for path in directory.iterdir()) == ["demo.html", "demo.replay"]

    with RecordingReader(directory / "demo.replay") as reader:
        assert reader.complete
        assert reader.header["title"] == "Demo shop"
        events = list(reader.events())
    marks = [event["data"]["label"] for event in events if event["kind"] == "mark"]
    assert len(marks) == len(set(marks)) >= 25
    assert [event for event in events if event["kind"] == "gap"] == []
    with harness.open(directory / "demo.replay") as replay:
        assert replay.info["status"] == "passed"
        assert replay.info["lost_events"] == 0
        receipt = [page for page in replay.pages if "/receipt" in page.url]
        assert len(receipt) == 1, "the popup is a page of the recording"
    text = json.dumps(events)
    assert "astrid@example.com" not in text, "an e-mail address is never recorded"
    assert "4111 1111" not in text.replace("Test card: 4111 1111 1111 1111", "")

    refused = run_demo(directory, "--no-force")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "demo.replay: exists already" in refused.stderr
