"""The end of an attempt: what was recorded of it is finished and kept, or thrown away."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.pytest.attempt import Attempt
from harness.pytest.names import file_name, shared_file_name
from harness.pytest.saved import Saved
from harness.pytest.timeline import Timeline
from harness.pytest.warn import reason

if TYPE_CHECKING:
    from harness.pytest.recorder import Recorder
    from harness.pytest.track import Track

MB = 1_000_000
OWN = (0.0, -2)  # in place of where a shared context stood: this one was the test's own until now


def finish(attempt: Attempt, recorder: Recorder) -> list[Saved]:
    """End the tracks of the attempt and return what is kept of them. A fault becomes a warning."""
    if not attempt.tracks and not recorder.shared:
        return []
    kept = attempt.is_kept
    if kept and not attempt.failures:
        for track in (*attempt.tracks, *recorder.shared):
            track.timeline.outcome(attempt.nodeid, attempt.outcome, attempt.item.location)
    message = _message(attempt, [*attempt.tracks, *(track for track in recorder.shared if attempt.used(track))])
    paths: list[Path] = []
    for step in (_finish_own, _finish_shared):
        paths += step(attempt, recorder, kept)
    return [saved for path in paths if (saved := _saved(path, message, attempt, recorder)) is not None]


def _finish_own(attempt: Attempt, recorder: Recorder, kept: bool) -> list[Path]:
    paths = []
    for track in attempt.tracks:
        try:
            if track.session.is_open and not track.is_closed:
                _share(track, recorder)  # the context outlives its test: later tests may use it
                attempt.started[track] = OWN
                continue
            if not kept:
                track.session.discard()
                continue
            if track.session.is_open:
                track.session.end_now(attempt.status, track.error(attempt))
            else:
                _complete(track, attempt)  # it gave way to a recording that the test made itself
            if track.session.error is not None:
                recorder.warn_of(attempt, f"the recording is cut off: {reason(track.session.error)}")
            paths.append(_limited(track, attempt))
            _warn_if_large(paths[-1], attempt, recorder)
        except Exception as error:
            recorder.warn_of(attempt, f"the recording is not as it should be: {reason(error)}")
    attempt.tracks.clear()
    return paths


def _share(track: Track, recorder: Recorder) -> None:
    track.shared = True
    recorder.shared.append(track)
    directory = recorder.run.settings.directory
    copy = 1
    while (target := directory / shared_file_name("session", track.path.stem, "context", copy=copy)).exists():
        copy += 1
    try:
        track.session.move(target)
    except OSError:  # a system that does not rename open files; the slice then has another name
        pass


def _finish_shared(attempt: Attempt, recorder: Recorder, kept: bool) -> list[Path]:
    paths = []
    for track in list(recorder.shared):
        try:
            if kept and attempt.used(track) and track.session.is_open:
                paths.append(_slice(track, attempt, recorder))
                _warn_if_large(paths[-1], attempt, recorder)
            if track.is_closed:
                recorder.shared.remove(track)
                track.session.discard()
        except Exception as error:
            recorder.warn_of(attempt, f"the recording is not as it should be: {reason(error)}")
    return paths


def _slice(track: Track, attempt: Attempt, recorder: Recorder) -> Path:
    """Cut the test's time out of the recording of a context that tests share."""
    from harness.errors import UsageError
    from harness.storage.slice import write_slice

    if not attempt.interrupted:
        track.session.collect_between()
    track.session.flush()
    if attempt.started[track] == OWN:
        number = track.number
    else:
        attempt.contexts += 1
        number = attempt.contexts
    item = attempt.item
    test = {
        "nodeid": item.nodeid,
        "file": item.location[0],
        "line": None if item.location[1] is None else item.location[1] + 1,
        "attempt": attempt.number,
    }
    header: dict[str, Any] = {"title": attempt.settings.title or item.nodeid, "test": test}
    header = json.loads(track.session.redactor.scrub(json.dumps(header).encode()))
    copy = 1
    while True:
        name = file_name(item.nodeid, attempt=attempt.number, context=number, copy=copy)
        target = recorder.run.settings.directory / name
        try:
            return write_slice(
                track.path,
                target,
                start_ms=attempt.started[track][0],
                header=header,
                status=attempt.status,
                error=track.error(attempt),
                max_bytes=int(attempt.settings.test_mb * MB),
            )
        except UsageError:
            if not target.exists() or copy > 1000:
                raise
            copy += 1


def _complete(track: Track, attempt: Attempt) -> None:
    """Add the outcome to a recording that ended before its test."""
    told = _Told(track)
    timeline = Timeline(told, masked=track.masked)
    for failure in attempt.failures:
        timeline.failure(attempt.nodeid, failure, None)
    _rewrite(track, attempt, more=told.events)


def _limited(track: Track, attempt: Attempt) -> Path:
    """Cut the beginning off a recording that is larger than a test's may be."""
    limit = int(attempt.settings.test_mb * MB)
    if track.path.stat().st_size > limit:
        _rewrite(track, attempt, max_bytes=limit)
    return track.path


def _warn_if_large(path: Path, attempt: Attempt, recorder: Recorder) -> None:
    """Say so of what is over its limit: a recording cannot begin later than its last snapshot or checkpoint."""
    size_mb = path.stat().st_size / MB
    if size_mb > attempt.settings.test_mb:
        limit = f"--recording-test-max-mb={attempt.settings.test_mb:g}"
        recorder.warn_of(attempt, f"the recording has {size_mb:.3g} MB and cannot be cut to {limit}")


def _rewrite(
    track: Track, attempt: Attempt, *, max_bytes: int | None = None, more: list[dict[str, Any]] | None = None
) -> None:
    from harness.storage.reader import RecordingReader
    from harness.storage.slice import write_slice

    path = track.path
    with RecordingReader(path) as reader:
        end_ms = reader.index.duration_ms
    part = path.with_name(f".{path.stem[:100]}.part")
    write_slice(
        path,
        part,
        start_ms=0,
        status=attempt.status,
        error=track.error(attempt),
        max_bytes=max_bytes,
        more=[{**event, "t": end_ms} for event in more or ()],
        force=True,
    )
    part.replace(path)


class _Told:
    """Takes the events of a timeline, to be written later."""

    def __init__(self, track: Track) -> None:
        self.events: list[dict[str, Any]] = []
        self._redactor = track.session.redactor

    def note(self, kind: str, data: dict[str, Any], *, at_ms: float | None = None) -> None:
        self.events.append({"t": 0, "kind": kind, "data": self._redactor.event(kind, data)})

    def mark(self, label: str, data: dict[str, Any]) -> None:
        self.note("mark", {"label": label, "data": data})

    def keep_source(self, file: str) -> None:
        pass


def _message(attempt: Attempt, tracks: list[Track]) -> str:
    """Return in short what went wrong, without what one of the recordings may not tell: reports go where they go."""
    text = attempt.error(masked=any(track.masked for track in tracks)) or ""
    for track in tracks:
        text = track.session.redactor.clean(text)
    return text


def _saved(path: Path, message: str, attempt: Attempt, recorder: Recorder) -> Saved | None:
    try:
        html = write_html_beside(path) if attempt.settings.html or recorder.wants_html else None
    except Exception as error:
        recorder.warn_of(attempt, f"{path.name} has no HTML export: {reason(error)}")
        html = None
    failure = attempt.failures[0] if attempt.failures else None
    try:
        return Saved(
            nodeid=attempt.nodeid,
            path=str(path),
            outcome=attempt.outcome,
            attempt=attempt.number,
            size_bytes=path.stat().st_size,
            ended_at=time.time(),
            html=None if html is None else str(html),
            message=message,
            file=failure.file if failure is not None else attempt.item.location[0],
            line=failure.line if failure is not None else None,
            interrupted=attempt.interrupted,
        )
    except OSError as error:
        recorder.warn_of(attempt, f"{path} is gone: {reason(error)}")
        return None


def write_html_beside(path: Path) -> Path:
    """Write the HTML export of a recording next to it, and return where."""
    from harness.export.html import write_html
    from harness.storage.reader import RecordingReader

    target = path.with_suffix(".html")
    with RecordingReader(path) as reader, target.open("wb") as file:
        write_html(reader, file)
    return target
