"""Retention: which recordings of a directory are old enough to go, failed ones later than others."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.errors import HarnessError, UsageError
from harness.storage import RecordingReader

# What the HTML export holds, so that another HTML file of the same name is not taken for one.
EXPORT_MARK = b'id="harness-manifest"'


@dataclass(frozen=True, slots=True)
class Old:
    """A recording that may go, with its export if there is one. `ended_ms` is epoch ms."""

    path: Path
    export: Path | None
    status: str
    failed: bool
    ended_ms: float
    size_bytes: int


def old_recordings(paths: Iterable[Path], now: float, age_s: float, failed_age_s: float) -> Iterator[Old]:
    """Yield the recordings that ended longer ago than `age_s`, failed or cut-off ones than `failed_age_s`.

    What cannot be read as a recording is passed over, and so are links.
    """
    for path in paths:
        try:
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode):
                continue
            with RecordingReader(path) as reader:
                failed = reader.index.status == "failed" or not reader.complete
                ended_ms = float(reader.header["started_at"]) + reader.index.duration_ms
                status = reader.index.status
        except (HarnessError, OSError, KeyError, TypeError, ValueError):
            continue
        if now - ended_ms / 1000 < (failed_age_s if failed else age_s):
            continue
        export = _export(path)
        bytes_ = found.st_size + (export.stat().st_size if export is not None else 0)
        yield Old(path, export, status, failed, ended_ms, bytes_)


def remove(old: Old) -> None:
    """Delete the recording and its export. Raises UsageError where the system does not let us."""
    for path in (old.export, old.path):
        if path is not None:
            try:
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()
            except OSError as error:
                raise UsageError(f"{path}: cannot be deleted: {(error.strerror or str(error)).lower()}") from error


def _export(path: Path) -> Path | None:
    """Return the HTML export beside a recording."""
    export = path.with_suffix(".html")
    try:
        if not stat.S_ISREG(export.lstat().st_mode):
            return None
        with export.open("rb") as file:
            carried = b""
            while block := file.read(1 << 16):
                if EXPORT_MARK in carried + block:
                    return export
                carried = block[-len(EXPORT_MARK) :]
    except OSError:
        pass
    return None
