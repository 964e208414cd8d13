"""Recordings whose process was killed in the middle of a test: each is finished and gets its test's name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import HarnessError, UsageError
from harness.pytest.names import SUFFIX, file_name
from harness.pytest.saved import Saved
from harness.pytest.stale import header_of

KILLED = "the process that ran the test was killed"


@dataclass(frozen=True, slots=True)
class Found:
    """A recording of the plugin's in the directory, by its header."""

    path: Path
    header: dict[str, Any]

    @property
    def run(self) -> str:
        return str(self.header.get("run"))

    @property
    def worker(self) -> str | None:
        return self.header.get("worker")


def recordings_in(directory: Path, *, changed_after: float = 0) -> Iterator[Found]:
    """Yield the recordings that the plugin made; `changed_after` is epoch seconds."""
    try:
        entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if not entry.name.endswith(SUFFIX) or entry.name.startswith("."):
            continue
        try:
            if not entry.is_file(follow_symlinks=False) or entry.stat().st_mtime < changed_after:
                continue
        except OSError:
            continue
        header = header_of(Path(entry.path))
        if header is not None and header.get("run"):
            yield Found(Path(entry.path), header)


def is_finished(path: Path) -> bool:
    """Return whether a recording has its end; False too for one that cannot be read."""
    from harness.storage.frames import FOOT

    try:
        with path.open("rb") as file:
            file.seek(-32, os.SEEK_END)
            return file.read()[8:12] == FOOT
    except OSError:
        return False


def mend(found: Found, text: str = KILLED) -> Saved | None:
    """Finish a recording that was left behind, with the failure at its end, and return it.

    A recording of a shared context becomes the slice of the test that ran; where none ran, it is removed.
    Returns None where there is no test to name, or nothing that can be read.
    """
    from harness.storage.reader import RecordingReader
    from harness.storage.slice import write_slice

    try:
        with RecordingReader(found.path) as reader:
            test, start_ms, phase = _last_test(reader, found.header)
            end_ms = reader.index.duration_ms
        if test is None:
            found.path.unlink(missing_ok=True)
            return None
        event = {
            "t": end_ms,
            "kind": "test",
            "data": {
                "nodeid": test["nodeid"], "outcome": "failed", "phase": phase, "message": text, "longrepr": text,
                "file": test.get("file") or test["nodeid"].partition("::")[0], "line": test.get("line"),
            },
        }  # fmt: skip
        part = found.path.with_name(f".{os.getpid()}-{found.path.stem[:100]}.part")
        header = {"title": found.header.get("title") if "test" in found.header else test["nodeid"], "test": test}
        write_slice(
            found.path, part, start_ms=start_ms, header=header, status="failed", error=text, complete=False,
            more=[event], force=True,
        )  # fmt: skip
        target = found.path if "test" in found.header else _free(found.path.parent, test)
        part.replace(target)
        if target != found.path:
            found.path.unlink(missing_ok=True)
    except (HarnessError, OSError):  # another process is quicker, or nothing can be read: it stays as it is
        return None
    return saved_of_file(Found(target, {**found.header, "test": test}), message=text, interrupted=True)


def saved_of_file(found: Found, *, message: str = "", interrupted: bool = False) -> Saved | None:
    """Return what a finished recording says of itself."""
    from harness.storage.reader import RecordingReader

    test = found.header.get("test")
    if not isinstance(test, dict) or not isinstance(test.get("nodeid"), str):
        return None
    try:
        with RecordingReader(found.path) as reader:
            outcome = reader.index.status
            size = reader.size_bytes
        ended_at = found.path.stat().st_mtime
    except (HarnessError, OSError):
        return None
    html = found.path.with_suffix(".html")
    return Saved(
        nodeid=test["nodeid"],
        path=str(found.path),
        outcome=outcome,
        attempt=test["attempt"] if isinstance(test.get("attempt"), int) else 1,
        size_bytes=size,
        ended_at=ended_at,
        html=str(html) if html.exists() else None,
        message=message,
        file=str(test.get("file") or ""),
        line=test["line"] if isinstance(test.get("line"), int) else None,
        interrupted=interrupted,
    )


def _last_test(reader: Any, header: dict[str, Any]) -> tuple[dict[str, Any] | None, float, str]:
    """Return the test that ran last (None: it was over), when it began, and its phase."""
    nodeid, start_ms, phase, open_step = "", 0.0, "call", ""
    for number in range(len(reader.index.segments)):
        for line in reader.segment_text(number).split("\n"):
            if '"kind":"step' not in line[:80]:
                continue
            from harness.storage.events import parse

            event = parse(line)
            data = event.get("data") if isinstance(event, dict) else None
            if not isinstance(event, dict) or not isinstance(data, dict):
                continue
            if event["kind"] == "step-end":
                open_step = "" if data.get("id") == open_step else open_step
            elif data.get("category") == "phase":
                named = str((data.get("params") or {}).get("nodeid", ""))
                start_ms = event["t"] if named != nodeid else start_ms
                nodeid, phase, open_step = named, str(data.get("title")), str(data.get("id"))
    own = header.get("test")
    if isinstance(own, dict) and isinstance(own.get("nodeid"), str):
        return own, 0.0, phase
    over = not nodeid or (phase == "teardown" and not open_step)
    return (None if over else {"nodeid": nodeid, "attempt": 1}), start_ms, phase


def _free(directory: Path, test: dict[str, Any]) -> Path:
    copy = 1
    while (path := directory / file_name(test["nodeid"], copy=copy)).exists():
        copy += 1
        if copy > 1000:
            raise UsageError(f"{path}: exists already", path=path)
    return path
