"""Writing a recording: callers hand over event lines and assets, one thread compresses and writes them.

What reaches the disk when: an event is in the file (in the operating system's hands; a killed process loses nothing of
it, a power cut may) at most FLUSH_S after it was handed over. Nothing is fsynced before `close`: it would cost more
than the recording does. When the queue is full the caller waits, and the file says so.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import json
import os
import stat
import sys
import threading
import time
import uuid
import warnings
import weakref
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

import zstandard

from harness.errors import HarnessError, HarnessWarning, OutputExistsError, UsageError
from harness.storage import events, frames
from harness.storage.assets import MAX_ASSET_BYTES, content_hash, pack_asset
from harness.storage.compact import compact
from harness.storage.index import FORMAT_VERSION, IndexBuilder
from harness.version import __version__

FORMAT = "harness.replay"

# Measured on 1.9 MB of events of a Django journey: level 3 takes 6 ms for 80 kB, 6 takes 16 ms for 65 kB, 9 takes
# 26 ms for 58 kB; on 17 MB of small mutations 0.12, 0.36 and 0.59 s. So 3 while the recorded program runs, for a file
# that is compacted when it closes (see compact.py), else 6; when more comes in than that can take, 1.
LEVEL = 6
PASSING_LEVEL = 3
BUSY_LEVEL, BUSY_BYTES = 1, 1 << 20  # what stands in the queue when a segment begins
WINDOW_LOG = 22  # 4 MiB: as much as a segment holds; browsers accept 8 MiB

FLUSH_S = 0.4  # the promise is 1 s from the page to the disk; the page batches for up to 0.1 s
# A segment is what a seek has to read, and what one flipped bit can cost.
SNAPSHOT_CUT_BYTES = 256 << 10  # a snapshot begins a new segment once this much stands in the open one …
SNAPSHOT_CUT_S = 10.0  # … or once it is so old
SEGMENT_BYTES = 4 << 20
# An asset cannot stand inside an open zstd frame, so it waits for the frame's end, but not for long.
ASSET_WAIT_S = 0.5
ASSET_WAIT_BYTES = 8 << 20
BACKPRESSURE_NOTE_S = 1.0
JOIN_BYTES = 64 << 10
GATHER_S, GATHER_BYTES = 0.001, 64 << 10  # how long, and how much, the thread lets events gather
# The same for a recording that will most likely be discarded: that of a short test ends before anything is done for it.
PATIENT_GATHER_S, PATIENT_GATHER_BYTES = 0.3, 1 << 20

_open_writers: weakref.WeakSet[RecordingWriter] = weakref.WeakSet()


class Checkpoints(Protocol):
    """What knows what the lines mean: sees all of them, and says when documents should be written down as a whole."""

    @property
    def due(self) -> bool: ...

    def take(self, batch: events.Batch) -> None: ...

    def lines(self) -> bytes: ...


class Filters(Protocol):
    """What everything goes through before it is written; for lines it is called in the writer's thread."""

    def scrub(self, data: bytes) -> bytes: ...

    def asset(self, content: bytes, mime: str) -> bytes: ...


@dataclass(slots=True)
class _Item:
    """One thing in the queue: event lines, or an asset, or a request to flush or close (then `done` is set)."""

    size: int = 0
    lines: bytes = b""
    count: int = 0
    snapshot: bool = False
    asset: bytes | None = None
    mime: str = ""
    digest: str = ""
    done: threading.Event | None = None
    close: bool = False
    discard: bool = False


class RecordingWriter:
    """Writes one `.replay` file. All methods may be called from any thread; none raises because of the disk.

    In a child made by fork every method does nothing: the file belongs to the parent.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        header: Mapping[str, Any],
        *,
        force: bool = False,
        queue_bytes: int = 64 << 20,
        checkpoints: Checkpoints | None = None,
        compacts: bool = False,
        warns: bool = True,
        filters: Filters | None = None,
        patient: bool = False,
    ) -> None:
        """Create the file and its missing directories. `header` may leave out what can be made up (id, started_at …).

        A `patient` writer puts its work off for as long as the promise allows: it is there for what may be discarded.

        Raises UsageError if the file exists (with `force`: if it is not a regular file) or cannot be created.
        """
        self.path = Path(path)
        self.header = full_header(header)
        if filters is not None:
            self.header = json.loads(filters.scrub(json.dumps(self.header).encode()))
        self.error: OSError | None = None
        self.lost_events = 0  # handed over, but not in the file
        self._checkpoints = checkpoints
        self._compacts = compacts
        self._filters = filters
        self._gather_s = PATIENT_GATHER_S if patient else GATHER_S
        self._gather_bytes = PATIENT_GATHER_BYTES if patient else GATHER_BYTES
        self._pid = os.getpid()
        self._queue: deque[_Item] = deque()
        self._queue_bytes = queue_bytes
        self._queued_bytes = 0
        self._changed = threading.Condition()
        self._closing = False
        self._urgent = False  # what waits must not wait for more
        self._closed = threading.Event()
        self._status, self._complete = "unknown", False
        self._waited_s = 0.0
        self._noted_at = 0.0
        self._warned = not warns
        self._hashes: set[str] = set()

        self._index = IndexBuilder(self.header)
        self._frame: Any = None  # the open segment's compression object
        self._frame_offset = 0
        self._frame_bytes = 0  # NDJSON in the open segment
        self._frame_opened = 0.0
        self._unflushed_since: float | None = None
        self._unsafe_events = 0  # written since the last flush
        self._assets: list[_Item] = []
        self._assets_bytes = 0
        self._assets_since: float | None = None

        head = frames.pack(frames.HEAD, json.dumps(self.header, separators=(",", ":")).encode())
        self._fd = _create(self.path, head, force=force)
        self._offset = self._safe_offset = len(head)
        line = events.line_of({"t": 0, "kind": "recording", "data": self.header})
        self.write_events(line, count=1, first_ms=0, last_ms=0)
        self._thread = threading.Thread(target=self._run, name="harness-storage", daemon=True)
        self._thread.start()
        _open_writers.add(self)

    def __enter__(self) -> RecordingWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close(complete=kind is None)

    def write_events(
        self, lines: str | bytes, *, count: int, first_ms: float, last_ms: float, has_snapshot: bool = False
    ) -> None:
        """Hand over NDJSON lines. Waits while the queue is full. After `close` they are counted as lost.

        `count` is how many are lost if they cannot be written. The times are read from the lines anyway.
        """
        if not lines or self._foreign():
            return
        data = events.encode(lines) if isinstance(lines, str) else lines
        if not data.endswith(b"\n"):
            data += b"\n"
        self._put(_Item(size=len(data), lines=data, count=count, snapshot=has_snapshot))

    def write_asset(self, content: bytes, mime: str) -> str:
        """Hand over a body and return its SHA-256, under which a `resource` event names it. Known bodies cost nothing.

        Raises UsageError if it is larger than MAX_ASSET_BYTES: leave it out with a `resource-omitted` event.
        """
        if len(content) > MAX_ASSET_BYTES:
            raise UsageError(
                f"{self.path}: an asset of {len(content)} bytes; the most is {MAX_ASSET_BYTES}", path=self.path
            )
        if self._filters is not None:
            content = self._filters.asset(content, mime)
        digest = content_hash(content)
        if self._foreign():
            return digest
        with self._changed:
            if digest in self._hashes:
                return digest
            self._hashes.add(digest)
        self._put(_Item(size=len(content), asset=bytes(content), mime=mime, digest=digest))
        return digest

    def has_asset(self, digest: str) -> bool:
        """Return whether a body with this hash has been handed over."""
        return digest in self._hashes

    def flush(self) -> None:
        """Return when all that was handed over before is in the file (or lost to a full disk)."""
        if self._foreign():
            return
        done = threading.Event()
        with self._changed:
            if self._closing:
                return
            self._queue.append(_Item(done=done))
            self._changed.notify_all()
        done.wait()
        self._warn()

    def close(self, *, status: str = "unknown", complete: bool = True) -> None:
        """Write what is queued, the index and the footer. A second call does nothing.

        `complete=False` says in the index that the recorder did not end as it should.
        """
        if self._foreign():
            return
        with self._changed:
            first = not self._closing
            if first:
                self._closing = True
                self._status, self._complete = status, complete
                self._queue.append(_Item(close=True))
                self._changed.notify_all()
        self._closed.wait()
        if first:
            self._thread.join()
            _open_writers.discard(self)
            self._warn()

    def discard(self) -> None:
        """Remove the file, without the work that ends one: for what turned out not to be wanted.

        The thread ends by itself, a little later; where the system does not remove a file that is open, this waits for
        it.
        """
        if self._foreign():
            return
        with self._changed:
            first = not self._closing
            if first:
                self._closing = True
                for item in self._queue:
                    if item.done is not None:
                        item.done.set()
                self._queue.clear()
                self._queued_bytes = 0
                self._queue.append(_Item(close=True, discard=True))
                self._urgent = True
                self._changed.notify_all()
        _open_writers.discard(self)
        if first and self._removed():
            return
        self._closed.wait()
        self._removed()

    def _removed(self) -> bool:
        try:
            self.path.unlink()
        except OSError:
            return False
        return True

    @property
    def size_bytes(self) -> int:
        """How much of the file is written."""
        return self._offset

    def _foreign(self) -> bool:
        return os.getpid() != self._pid

    def _put(self, item: _Item) -> None:
        with self._changed:
            if self._queued_bytes and self._queued_bytes + item.size > self._queue_bytes and not self._closing:
                began = time.monotonic()
                self._urgent = True
                self._changed.notify_all()
                self._changed.wait_for(
                    lambda: (
                        not self._queued_bytes or self._queued_bytes + item.size <= self._queue_bytes or self._closing
                    )
                )
                self._waited_s += time.monotonic() - began
            if self._closing:
                self.lost_events += item.count
                return
            wakes = not self._queue
            self._queue.append(item)
            self._queued_bytes += item.size
            if item.close or item.done is not None or self._queued_bytes >= self._gather_bytes:
                wakes = self._urgent = True
            if wakes:
                self._changed.notify_all()
        self._warn()

    def _warn(self) -> None:
        """Warn once, in the caller's thread, when the file can no longer be written."""
        if self.error is None or self._warned:
            return
        self._warned = True
        message = (
            f"{self.path}: the recording stopped here: {self.error.strerror or self.error}; "
            "what was written before can be read, later events are lost"
        )
        try:
            warnings.warn(message, HarnessWarning, stacklevel=4)
        except HarnessWarning:  # warnings are errors here, but the program that is recorded must go on
            print(f"harness: {message}", file=sys.stderr)

    # Below: the writer thread alone.

    def _run(self) -> None:
        try:
            while True:
                item = self._take()
                if item is None:
                    self._guard(self._keep_time)
                elif item.close:
                    if not item.discard:
                        self._guard(self._finish)
                    return
                else:
                    self._guard(self._handle, item)
                    if item.done is not None:
                        item.done.set()
        finally:
            with self._changed:
                self._closing = True
                self.lost_events += sum(item.count for item in self._queue)
                for item in self._queue:
                    if item.done is not None:
                        item.done.set()
                self._queue.clear()
                self._queued_bytes = 0
                self._changed.notify_all()
            with contextlib.suppress(OSError):
                os.close(self._fd)
            self._closed.set()

    def _take(self) -> _Item | None:
        """Return the next item, or None when something that waits has become due."""
        with self._changed:
            while not self._queue:
                due = self._due()
                left = None if due is None else due - time.monotonic()
                if left is not None and left <= 0:
                    return None
                self._changed.wait(left)
            # Each waking takes the interpreter from the program for a moment: wait for some more events first.
            due = self._due()
            left = self._gather_s if due is None else min(self._gather_s, due - time.monotonic())
            self._changed.wait_for(lambda: self._urgent, left)
            due = self._due()
            if due is not None and due <= time.monotonic():
                return None  # a steady stream of events must not put the flush off
            item = self._queue.popleft()
            if item.lines:
                self._join_next(item)
            self._queued_bytes -= item.size
            # Who has waited patiently takes all that is there.
            self._urgent = (self._urgent or self._gather_s > GATHER_S) and bool(self._queue)
            self._changed.notify_all()
            return item

    def _join_next(self, item: _Item) -> None:
        """Take what else waits along with `item`: when there is much, a call for each small batch is what costs."""
        parts = [item.lines]
        while self._queue and item.size < JOIN_BYTES:
            following = self._queue[0]
            if not following.lines or following.snapshot:
                break
            self._queue.popleft()
            parts.append(following.lines)
            item.size += following.size
            item.count += following.count
        item.lines = b"".join(parts) if len(parts) > 1 else item.lines

    def _due(self) -> float | None:
        times = []
        if self._unflushed_since is not None:
            times.append(self._unflushed_since + FLUSH_S)
        if self._assets_since is not None:
            times.append(self._assets_since + ASSET_WAIT_S)
        return min(times) if times and self.error is None else None

    def _guard(self, step: Any, *arguments: Any) -> None:
        """Do one step; once the disk has failed, only count what is lost."""
        if self.error is None:
            try:
                step(*arguments)
                return
            except OSError as exc:
                self._fail(exc)
            except (
                Exception
            ) as exc:  # a fault of ours or no memory: the program that is recorded must go on all the same
                self._fail(OSError(errno.EIO, f"{type(exc).__name__}: {exc}"))
        for item in arguments:
            self.lost_events += item.count

    def _fail(self, error: OSError) -> None:
        """Give up the file at its last flush, so that what is in it can be read."""
        self.error = error
        self.lost_events += self._unsafe_events
        self._unsafe_events = 0
        self._frame, self._assets = None, []
        self._unflushed_since = self._assets_since = None
        with contextlib.suppress(OSError):
            os.ftruncate(self._fd, self._safe_offset)

    def _handle(self, item: _Item) -> None:
        if item.asset is not None:
            self._assets.append(item)
            self._assets_bytes += item.size
            if self._frame is None:
                self._write_assets()
            elif self._assets_bytes > ASSET_WAIT_BYTES:
                self._end_segment()
            elif self._assets_since is None:
                self._assets_since = time.monotonic()
        elif item.lines:
            self._write_lines(item)
        else:
            self._flush()

    def _keep_time(self) -> None:
        now = time.monotonic()
        if self._assets_since is not None and now >= self._assets_since + ASSET_WAIT_S:
            self._end_segment()
        if self._unflushed_since is not None and now >= self._unflushed_since + FLUSH_S:
            self._flush_frame()

    def _write_lines(self, item: _Item) -> None:
        batch = events.read_batch(item.lines if self._filters is None else self._filters.scrub(item.lines))
        if batch.bad:
            note = {"reason": "not-an-event", "lost": len(batch.bad), "detail": batch.bad[0][1]}
            batch = self._with_note(batch, note)
        if self._waited_s and time.monotonic() - self._noted_at > BACKPRESSURE_NOTE_S:
            batch = self._with_note(batch, self._backpressure())
        now = time.monotonic()
        ripe = self._frame_bytes > SNAPSHOT_CUT_BYTES or now - self._frame_opened > SNAPSHOT_CUT_S
        if self._frame is not None and ripe and b"snapshot" in batch.kinds:
            self._end_segment()
        item.count = 0  # from here on counted with the unsafe ones
        if self._checkpoints is not None:
            if self._checkpoints.due and b"snapshot" not in batch.kinds:
                self._write_checkpoints(self._checkpoints, now)
            self._checkpoints.take(batch)
        self._write_batch(batch, now)

    def _write_checkpoints(self, checkpoints: Checkpoints, now: float) -> None:
        """Begin a segment with what documents look like now, for a reader to begin there too."""
        lines = checkpoints.lines()
        if lines:
            self._end_segment()
            self._write_batch(events.read_batch(lines), now)

    def _write_batch(self, batch: events.Batch, now: float) -> None:
        if not batch.rows:
            return
        self._unsafe_events += len(batch.rows)
        if self._frame is None:
            self._frame = _compressor(self._queued_bytes, PASSING_LEVEL if self._compacts else LEVEL).compressobj()
            self._frame_offset, self._frame_bytes, self._frame_opened = self._offset, 0, now
            self._index.add_segment(self._offset)
        if self._unflushed_since is None:
            self._unflushed_since = now - self._gather_s  # for so long they may have waited
        self._index.add(batch)
        self._frame_bytes += len(batch.data)
        self._write(self._frame.compress(batch.data))
        if self._frame_bytes >= SEGMENT_BYTES:
            self._end_segment()

    def _with_note(self, batch: events.Batch, data: dict[str, Any]) -> events.Batch:
        t = float(batch.rows[-1][2]) if batch.rows else self._index.last_ms
        line = events.line_of({"t": t, "kind": "gap", "data": data}).encode()
        return events.read_batch(batch.data + line)

    def _backpressure(self) -> dict[str, Any]:
        with self._changed:
            waited_ms, self._waited_s = round(self._waited_s * 1000, 1), 0.0
        self._noted_at = time.monotonic()
        return {"reason": "backpressure", "lost": 0, "waited_ms": waited_ms}

    def _flush(self) -> None:
        if self._assets:
            self._end_segment()
        else:
            self._flush_frame()

    def _flush_frame(self) -> None:
        if self._frame is not None and self._unflushed_since is not None:
            self._write(self._frame.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))
            self._reached()
        self._unflushed_since = None

    def _end_segment(self) -> None:
        if self._frame is not None:
            self._write(self._frame.flush(zstandard.COMPRESSOBJ_FLUSH_FINISH))
            self._reached()
            self._frame = None
            self._index.end_segment(self._offset - self._frame_offset)
        self._unflushed_since = None
        self._write_assets()

    def _write_assets(self) -> None:
        while self._assets:
            item = self._assets.pop(0)
            if item.asset is None:
                continue
            frame, meta, stored = pack_asset(item.asset, item.mime, item.digest)
            offset = self._offset
            self._write(frame)
            self._reached()
            self._index.add_asset(
                item.digest, offset=offset, size=meta.size, stored=stored, mime=meta.mime, encoding=meta.encoding
            )
        self._assets_bytes, self._assets_since = 0, None

    def _finish(self) -> None:
        if self._waited_s:
            self._write_batch(self._with_note(events.Batch(b"", []), self._backpressure()), time.monotonic())
        self._end_segment()
        self._index.lost_events += self.lost_events
        raw = self._index.raw(complete=self._complete, status=self._status if self._status != "unknown" else None)
        body = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compress(
            json.dumps(raw, separators=(",", ":")).encode()
        )
        index = frames.pack(frames.INDEX, body)
        self._write(index + frames.pack_foot(self._offset, len(index)))
        self._reached()
        os.fsync(self._fd)
        if self._compacts:
            self._compact()

    def _compact(self) -> None:
        """The file is whole: make it smaller, unless another one stands there by now."""
        with contextlib.suppress(OSError, HarnessError):
            there, ours = self.path.stat(), os.fstat(self._fd)
            if (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino):
                compact(self.path)

    def _reached(self) -> None:
        """The file can be read up to here, whatever happens next."""
        self._safe_offset, self._unsafe_events = self._offset, 0

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            written = os.write(self._fd, view)
            self._offset += written
            view = view[written:]


def _compressor(queued_bytes: int, level: int) -> zstandard.ZstdCompressor:
    level = BUSY_LEVEL if queued_bytes > BUSY_BYTES else level
    parameters = zstandard.ZstdCompressionParameters.from_level(
        level, window_log=WINDOW_LOG, write_checksum=True, write_content_size=False
    )
    return zstandard.ZstdCompressor(compression_params=parameters)


def full_header(header: Mapping[str, Any]) -> dict[str, Any]:
    """Return the header with what every file has, in the order in which it is written."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "id": str(uuid.uuid4()),
        "started_at": round(time.time() * 1000),
        "harness_version": __version__,
        "title": None,
        "privacy": None,
        "browser": None,
        **{key: value for key, value in header.items() if key not in ("format", "format_version")},
    }


def _create(path: Path, head: bytes, *, force: bool) -> int:
    """Return a file descriptor of the new file, with `head` in it. Raises UsageError if it cannot be made."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        pass  # it is not there, or the attempt below says why not
    except ValueError as exc:
        raise UsageError(f"{str(path)!r}: not a file name ({exc})", path=path) from exc
    else:
        if stat.S_ISDIR(mode):
            raise UsageError(f"{path}: is a directory; name a file in it", path=path)
        if not force:
            raise OutputExistsError(path)
        if not stat.S_ISREG(mode):
            raise UsageError(f"{path}: exists and is not a regular file; name another file", path=path)
    # The old file stays until the new one has its header.
    target = path.with_name(f".{path.name[:100]}.{uuid.uuid4().hex[:8]}") if force else path
    flags = (
        os.O_WRONLY
        | os.O_CREAT
        | os.O_EXCL
        | getattr(os, "O_NOFOLLOW", 0)
        | getattr(os, "O_CLOEXEC", 0)
        | getattr(os, "O_BINARY", 0)
    )
    fd = -1
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(target, flags, 0o666)
        view = memoryview(head)
        while view:
            view = view[os.write(fd, view) :]
        if force:
            target.replace(path)
        return fd
    except OSError as exc:
        if fd >= 0:
            os.close(fd)
            with contextlib.suppress(OSError):
                target.unlink()
        raise UsageError(f"{path}: cannot be created: {_reason(exc)}; name another file", path=path) from exc


def _reason(error: OSError) -> str:
    if error.errno == errno.EEXIST:
        return "it exists already"
    return (error.strerror or str(error)).lower()


@atexit.register
def _close_at_exit() -> None:
    """A program that ends without closing its recordings keeps all their events; they are marked as not complete."""
    for writer in list(_open_writers):
        writer.close(complete=False)
