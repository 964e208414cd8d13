"""The recordings that a viewer serves: one file, or those of a directory, opened when they are asked for.

A recording that is still being written grows: its index is made anew when its page is loaded again, not for every
request.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

from harness.errors import HarnessError, UsageError
from harness.storage import RecordingReader

SUFFIX = ".replay"
MANIFEST_VERSION = 1
RUNNING_SECONDS = 30  # a page may rest; without events nothing is written
KEPT_OPEN = 8  # readers hold a file descriptor and an index each; a person looks at a few recordings at a time


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the directory's list; `error` says why a file cannot be read, the rest is then empty."""

    name: str
    size_bytes: int
    title: str = ""
    status: str = ""
    started_at: float = 0
    duration_ms: float = 0
    complete: bool = True
    running: bool = False  # it seems to be still being written
    error: str = ""


class Recordings:
    """Opens recordings by name; may be used from several threads."""

    def __init__(self, path: str | PathLike[str]) -> None:
        """Raises UsageError where there is nothing at `path`, or what RecordingReader raises for a file."""
        self.path = Path(path)
        self.is_directory = self.path.is_dir()
        self._lock = threading.Lock()
        self._open: OrderedDict[Path, tuple[tuple[int, int, int], RecordingReader]] = OrderedDict()
        self._entries: dict[Path, tuple[tuple[int, int, int], Entry]] = {}
        if not self.is_directory:
            self.open(None)
        elif not os.access(self.path, os.R_OK | os.X_OK):
            raise UsageError(f"{self.path}: no permission to look into it; ask its owner", path=self.path)

    def open(self, name: str | None, *, refresh: bool = False) -> RecordingReader:
        """Return the reader of a recording of the directory, or of the one file; the caller does not close it.

        `refresh` looks whether the file has changed since it was opened. Raises UsageError for a name that is none.
        """
        path = self.path if name is None else self._locate(name)
        with self._lock:
            known = self._open.get(path)
            if known is not None and not refresh:
                self._open.move_to_end(path)
                return known[1]
            version = _version(path)
            if known is not None and known[0] == version:
                return known[1]
            grown = known[1] if known is not None and not known[1].complete else None
            reader = RecordingReader(path, earlier=grown)
            self._open[path] = version, reader
            self._open.move_to_end(path)
            while len(self._open) > KEPT_OPEN:
                # Not closed here: another thread may read from it. It closes when the last of them lets go.
                self._open.popitem(last=False)
            return reader

    def entries(self) -> list[Entry]:
        """Return the recordings of the directory, newest first, the ones that cannot be read last.

        A file that has not changed since the last call is not opened again: the list is asked for every few seconds.
        """
        known: dict[Path, tuple[tuple[int, int, int], Entry]] = {}
        for path in sorted(self.path.iterdir()):
            if self._is_recording(path):
                version = _version(path)
                before = self._entries.get(path)
                known[path] = before if before is not None and before[0] == version else (version, self._entry(path))
        self._entries = known
        entries = [replace(entry, running=is_running(path, entry.complete)) for path, (_, entry) in known.items()]
        return sorted(entries, key=lambda entry: (bool(entry.error), -entry.started_at, entry.name))

    def _entry(self, path: Path) -> Entry:
        size = _version(path)[2]
        known = self._entries.get(path)
        try:
            if known is not None and not known[1].complete:
                # It is being written: its reader is kept, so that only what is new has to be read.
                return _entry_of(self.open(path.name, refresh=True), size)
            with RecordingReader(path) as reader:
                return _entry_of(reader, size)
        except HarnessError as error:
            return Entry(path.name, size, error=str(error))

    def _is_recording(self, path: Path) -> bool:
        """Say whether a name may be served: no hidden file, no other type, and nothing that a link leads out to."""
        if path.suffix != SUFFIX or path.name.startswith("."):
            return False
        try:
            return path.is_file() and path.resolve().parent == self.path.resolve()
        except OSError:
            return False

    def _locate(self, name: str) -> Path:
        if self.is_directory and name and Path(name).name == name and "\0" not in name and "\\" not in name:
            path = self.path / name
            if self._is_recording(path):
                return path
        raise UsageError(f"{self.path}: holds no recording {name!r}", path=self.path)


def is_running(path: Path, complete: bool) -> bool:
    """Say whether a recording seems to be still being written: not closed, and changed a moment ago."""
    try:
        return not complete and time.time() - path.stat().st_mtime < RUNNING_SECONDS
    except OSError:
        return False


def manifest_of(recording: RecordingReader) -> dict[str, object]:
    """Return what the player reads first: the index and the header."""
    raw = recording.index.raw
    index = {key: value for key, value in raw.items() if key not in ("header", "shared")}
    if "shared" in raw:
        index["assets"] = raw["assets"] | raw["shared"]
    return {"manifest_version": MANIFEST_VERSION, "index": index, "header": recording.header}


def _version(path: Path) -> tuple[int, int, int]:
    try:
        stat = path.stat()
    except OSError:
        return 0, 0, 0  # opening it says what is wrong
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _entry_of(reader: RecordingReader, size: int) -> Entry:
    return Entry(
        reader.path.name,
        size,
        title=str(reader.header.get("title") or ""),
        status=reader.index.status,
        started_at=float(reader.header["started_at"]),
        duration_ms=reader.index.duration_ms,
        complete=reader.complete,
    )
