"""`harness prune`, `harness diff` and `harness index` as a person calls them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from harness.storage import RecordingWriter
from harness.storage.events import line_of

DAY_MS = 86_400_000


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return int(end.value.code or 0), captured.out, captured.err


def make(path: Path, *, status: str = "passed", days_old: float = 0, steps: Any = (), **header: Any) -> Path:
    """Write a recording that began so many days ago; `steps` are (title, error or None)."""
    started_at = time.time() * 1000 - days_old * DAY_MS
    with RecordingWriter(path, {"started_at": started_at, **header}) as writer:
        for number, (title, error) in enumerate(steps):
            step = {"id": f"s{number}", "category": "api", "title": title}
            end = {"id": f"s{number}", **({"error": {"name": "Error", "message": error}} if error else {})}
            for t, kind, data in ((number * 100, "step", step), (number * 100 + 50, "step-end", end)):
                writer.write_events(line_of({"t": t, "kind": kind, "data": data}), count=1, first_ms=t, last_ms=t)
        writer.close(status=status)
    return path


def test_prune_says_first_and_deletes_old_recordings_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = make(tmp_path / "below" / "old.replay", days_old=31)
    (tmp_path / "below" / "old.html").write_text('<script id="harness-manifest">')
    other = make(tmp_path / "other.replay", days_old=31)
    (tmp_path / "other.html").write_text("<p>a report of somebody else's")
    new = make(tmp_path / "new.replay", days_old=29)
    failed = make(tmp_path / "failed.replay", status="failed", days_old=89)
    very_old = make(tmp_path / "very_old.replay", status="failed", days_old=91)
    (tmp_path / "no-recording.replay").write_bytes(b"something else")
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "link.replay").symlink_to(old)

    status, out, _ = run(capsys, "prune", tmp_path)
    assert status == 0
    assert "would delete 3 recordings" in out
    assert "nothing was touched" in out
    assert all(path.exists() for path in (old, other, new, failed, very_old))

    status, out, _ = run(capsys, "prune", tmp_path, "--delete")
    assert status == 0
    left = sorted(path.name for path in tmp_path.rglob("*") if not path.is_dir())
    assert left == sorted(
        ["other.html", "new.replay", "failed.replay", "no-recording.replay", "notes.txt", "link.replay"]
    )
    assert run(capsys, "prune", tmp_path)[1].endswith("nothing is old enough\n")

    run(capsys, "prune", tmp_path, "--older-than", "1d", "--keep-failed", "12w", "--delete")
    assert not new.exists()
    assert not failed.exists()
    assert run(capsys, "prune", tmp_path, "--older-than", "soon")[0] == 2


def test_diff_names_the_first_step_at_which_two_runs_part(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = [("Open", None), ("Click", None)]
    a = make(tmp_path / "a.replay", steps=[*common, ("Fill", None), ("Close", None)])
    same = make(tmp_path / "same.replay", steps=[*common, ("Fill", None), ("Close", None)])
    other = make(tmp_path / "other.replay", steps=[*common, ("Press", None)])
    fails = make(tmp_path / "fails.replay", steps=[*common, ("Fill", "not visible")])
    short = make(tmp_path / "short.replay", steps=common)
    nothing = make(tmp_path / "nothing.replay")

    assert run(capsys, "diff", a, same) == (0, "the same: 4 steps, with the same outcomes\n", "")
    status, out, _ = run(capsys, "diff", a, other)
    assert status == 1
    assert "2 steps the same, then another step" in out
    assert "Fill  at 0.2 s" in out
    assert "Press  at 0.2 s" in out
    assert "another outcome" in run(capsys, "diff", a, fails)[1]
    assert "failed: not visible" in run(capsys, "diff", a, fails)[1]
    assert "no further step" in run(capsys, "diff", a, short)[1]
    assert '"same_steps": 2' in run(capsys, "diff", a, short, "--json")[1]
    status, _, err = run(capsys, "diff", a, nothing)
    assert status == 2
    assert "holds no steps" in err
    assert len(err.splitlines()) == 1


def test_index_lists_failed_ones_first_and_keeps_a_page_of_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "b.replay", title="<b>passes</b>")
    make(tmp_path / "a.replay", status="failed", days_old=3, title="fails")
    (tmp_path / "a.html").write_text("export")
    assert run(capsys, "index", tmp_path)[0] == 0
    text = (tmp_path / "index.html").read_text()
    assert text.index("<a href='a.html'><bdi>fails</bdi></a>") < text.index("<bdi>&lt;b&gt;passes&lt;/b&gt;</bdi>")
    assert "<script" not in text
    assert "2 recordings, 1 failed" in text
    (tmp_path / "index.html").write_text("<p>mine")
    run(capsys, "index", tmp_path)
    assert (tmp_path / "index.html").read_text() == "<p>mine"
    assert run(capsys, "index", tmp_path / "nowhere")[0] == 2
