"""Reading a recording: header, index, segments, assets; of a file that is whole, cut off, or still being written.

A file is input like any other: every length, version and checksum is looked at before it is believed, and nothing is
unpacked beyond a bound. What cannot be believed is a CorruptRecordingError that names the byte.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any, NoReturn

import zstandard

from harness.errors import CorruptRecordingError, HarnessError, UnsupportedVersionError, UsageError
from harness.storage import events, frames
from harness.storage.assets import MAX_ASSET_BYTES, MAX_META_BYTES, META_LENGTH, Meta, content_hash, read_meta
from harness.storage.decompress import unpack
from harness.storage.index import FORMAT_VERSION, Asset, Index, IndexBuilder
from harness.version import __version__

FORMAT = "harness.replay"
MAX_HEAD_BYTES = 1 << 20
MAX_INDEX_BYTES = 64 << 20
MAX_SEGMENT_BYTES = 256 << 20
# Of a whole scan: real recordings unpack to 5 to 100 times their size. A file of zeros unpacks to 30,000 times.
SCAN_RATIO, SCAN_FLOOR_BYTES = 2000, 1 << 30


class RecordingReader:
    """One open `.replay` file; a context manager. Its methods may be called from any thread.

    `header` is the HEAD object, `index` what the file's index says or a scan found, `complete` whether the recorder
    closed the file as it should, `indexed` whether the index came from the file.
    """

    def __init__(self, path: str | PathLike[str], *, max_segment_bytes: int = MAX_SEGMENT_BYTES) -> None:
        """Open the file and read its index, or scan it where there is none.

        Raises UsageError (no such file …), UnsupportedVersionError, or CorruptRecordingError.
        """
        self.path = Path(path)
        self._max_segment_bytes = max_segment_bytes
        self._fd = open_file(self.path)
        self._tail: int | None = None  # number of the segment that the file ends in
        try:
            self.size_bytes = os.fstat(self._fd).st_size
            self.header = self._read_head()
            index = self._read_index()
            self.indexed = index is not None
            self.index = index if index is not None else self._scan()
            self.complete = self.indexed and self.index.complete
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> RecordingReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def __del__(self) -> None:
        if getattr(self, "_fd", -1) >= 0:
            with contextlib.suppress(OSError):
                self.close()

    def segment_text(self, number: int) -> str:
        """Return the NDJSON of one segment. Raises CorruptRecordingError if its frame is damaged."""
        try:
            return str(self._segment(number), "utf-8")
        except UnicodeDecodeError as exc:
            at = self.index.segments[number].offset
            raise self._corrupt(f"segment {number} is not UTF-8", at) from exc

    def segment_bytes(self, number: int) -> bytes:
        """Return the zstd frame of one segment as it stands; one that is cut off is made anew from what can be read."""
        segment = self._entry(number)
        if number == self._tail:
            return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(self._segment(number))
        return self._read(segment.offset, segment.size)

    def events(self, segments: Iterable[int] | None = None) -> Iterator[dict[str, Any]]:
        """Yield each event, in the order of the file. Raises CorruptRecordingError at the first that is none."""
        for number in range(len(self.index.segments)) if segments is None else segments:
            for line_number, line in enumerate(self._segment(number).split(b"\n"), 1):
                if not line.strip():
                    continue
                event = events.parse(line)
                if isinstance(event, str):
                    at = self.index.segments[number].offset
                    raise self._corrupt(f"segment {number}, line {line_number}: {event}", at)
                yield event

    def asset(self, digest: str) -> tuple[bytes, Asset]:
        """Return (content, entry) of the asset with this hash. Raises UsageError if there is none."""
        entry = self.index.assets.get(digest)
        if entry is None:
            raise UsageError(f"{self.path}: holds no asset {digest[:100]}", path=self.path)
        frame = self._frame(entry.offset)
        if frame is None or frame.tag != frames.ASSET or not frame.whole:
            raise self._corrupt("no asset stands here", entry.offset)
        content, meta, fault = self.read_asset(frame)
        if fault is None and meta is not None and meta.hash != digest:
            fault = "asset is not the one that was asked for"
        if fault is not None:
            raise self._corrupt(fault, entry.offset)
        return content, entry

    # Below: what `verify` and `recover` share with the reader.

    def read_asset(self, frame: frames.Frame) -> tuple[bytes, Meta | None, str | None]:
        """Return (content, meta, fault or None) of a whole ASET frame, checked against its CRC and its hash."""
        if frame.body_bytes > META_LENGTH.size + MAX_META_BYTES + MAX_ASSET_BYTES:
            return b"", None, f"asset of {frame.body_bytes} bytes is larger than readers take"
        body = self._read(frame.body_offset, frame.body_bytes)
        if frames.checksum(frames.ASSET, body) != frame.crc:
            return b"", None, "asset does not match its checksum"
        try:
            meta, start = read_meta(body)
        except ValueError as exc:
            return b"", None, str(exc)
        content = body[start:]
        if meta.encoding == "zstd":
            unpacked, fault = unpack(content, meta.size + 1)
            if fault is not None and len(unpacked) <= meta.size:
                return b"", meta, f"asset {fault}"
            content = unpacked
        if len(content) != meta.size or content_hash(content) != meta.hash:
            return b"", meta, "asset does not match its hash"
        return content, meta, None

    def unpack_segment(self, frame: frames.Frame) -> tuple[bytes, str | None]:
        """Return (NDJSON, fault or None) of a zstd frame; of one that is cut off, up to its last whole block."""
        packed = self._read(frame.offset, frame.size if frame.whole else frame.usable)
        return unpack(packed, self._max_segment_bytes)

    def _entry(self, number: int) -> Any:
        if not 0 <= number < len(self.index.segments):
            raise UsageError(f"{self.path}: has no segment {number}, only {len(self.index.segments)}", path=self.path)
        return self.index.segments[number]

    def _segment(self, number: int) -> bytes:
        segment = self._entry(number)
        frame = self._frame(segment.offset)
        if (
            frame is None
            or frame.tag is not None
            or (number != self._tail and (not frame.whole or frame.size != segment.size))
        ):
            raise self._corrupt(f"segment {number} does not stand here", segment.offset)
        content, fault = self.unpack_segment(frame)
        if number == self._tail:
            return content[: segment.raw_size]
        if fault is not None:
            raise self._corrupt(f"segment {number} {fault}", segment.offset)
        return content

    def _read(self, offset: int, size: int) -> bytes:
        parts = []
        while size > 0:
            part = os.pread(self._fd, min(size, 1 << 30), offset)
            if not part:
                break
            parts.append(part)
            offset, size = offset + len(part), size - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _frame(self, offset: int) -> frames.Frame | None:
        try:
            return frames.frame_at(self._read, offset, self.size_bytes)
        except CorruptRecordingError as exc:
            raise self._corrupt(str(exc), offset if exc.offset is None else exc.offset) from exc

    def _read_head(self) -> dict[str, Any]:
        if not self.size_bytes:
            raise CorruptRecordingError(
                f"{self.path}: is empty; nothing was recorded into it", path=self.path, offset=0
            )
        start = self._read(0, frames.PREFIX.size)
        magic = start[:4]
        if not any(known.startswith(magic) for known in frames.MAGICS):
            self._foreign("starts with bytes that no recording starts with")
        if magic == frames.MAGICS[0]:
            self._foreign("is a zstd file without the header of a recording")
        tag = start[8:12]
        if not frames.HEAD.startswith(tag) or (len(magic) == 4 and magic != frames.MAGICS[1]):
            self._foreign("starts with bytes that no recording starts with")
        frame = self._frame(0)
        if frame is None or not frame.whole:
            if len(start) == frames.PREFIX.size and frames.PREFIX.unpack(start)[1] > MAX_HEAD_BYTES:
                raise self._corrupt("header says that it is larger than headers are", 4)
            raise CorruptRecordingError(
                f"{self.path}: is cut off inside its header, at byte {self.size_bytes}; nothing in it can be read",
                path=self.path,
                offset=self.size_bytes,
            )
        if frame.body_bytes > MAX_HEAD_BYTES:
            raise self._corrupt("header is larger than 1 MB", 0)
        body = self._read(frame.body_offset, frame.body_bytes)
        if frames.checksum(frames.HEAD, body) != frame.crc:
            raise self._corrupt("header does not match its checksum", 0)
        self._head_end = frame.end
        return check_header(body, self.path)

    def _read_index(self) -> Index | None:
        """Return the index that the footer points to, or None if either is missing or damaged: then a scan finds it."""
        found = frames.unpack_foot(self._read(max(0, self.size_bytes - frames.FOOT_BYTES), frames.FOOT_BYTES))
        if found is None:
            return None
        offset, size = found
        if offset + size + frames.FOOT_BYTES != self.size_bytes or not frames.PREFIX.size <= size <= MAX_INDEX_BYTES:
            return None
        try:
            frame = self._frame(offset)
        except CorruptRecordingError:
            return None
        if frame is None or frame.tag != frames.INDEX or frame.size != size:
            return None
        body = self._read(frame.body_offset, frame.body_bytes)
        if frames.checksum(frames.INDEX, body) != frame.crc:
            return None
        content, fault = unpack(body, MAX_INDEX_BYTES)
        if fault is not None:
            return None
        try:
            raw = json.loads(content)
            index = Index.from_raw(raw)
        except (ValueError, RecursionError, TypeError):
            return None
        inside = all(self._head_end <= s.offset <= s.offset + s.size <= offset for s in index.segments)
        return index if inside and raw.get("format_version") == FORMAT_VERSION else None

    def _scan(self) -> Index:
        builder = IndexBuilder(self.header)
        offset = self._head_end
        left = max(SCAN_FLOOR_BYTES, SCAN_RATIO * self.size_bytes)
        while (frame := self._frame(offset)) is not None:
            if frame.tag is None:
                if frame.usable or frame.whole:
                    left -= self._scan_segment(builder, frame)
                if left < 0:
                    raise self._corrupt(f"unpacks to more than {SCAN_RATIO} times its size", offset)
            elif frame.tag == frames.HEAD:
                raise self._corrupt("a second recording begins here", offset)
            elif frame.tag == frames.ASSET and frame.whole:
                self._scan_asset(builder, frame)
            offset = frame.end
        return Index.from_raw(builder.raw(complete=False))

    def _scan_segment(self, builder: IndexBuilder, frame: frames.Frame) -> int:
        content, fault = self.unpack_segment(frame)
        number = len(builder.segments)
        if frame.whole and fault is not None:
            raise self._corrupt(f"segment {number} {fault}", frame.offset)
        data = content
        if not frame.whole:
            # Cut off: what decodes is not covered by a checksum, so only lines up to the first doubtful one count.
            data = whole_lines(data)
            if not data:
                return len(content)
            self._tail = number
        batch = events.read_batch(data)
        if batch.bad:
            line, what = batch.bad[0]
            raise self._corrupt(f"segment {number}, line {line + 1}: {what}", frame.offset)
        builder.add_segment(frame.offset)
        builder.add(batch)
        builder.end_segment(frame.size)
        return len(content)

    def _scan_asset(self, builder: IndexBuilder, frame: frames.Frame) -> None:
        start = self._read(frame.body_offset, min(frame.body_bytes, META_LENGTH.size + MAX_META_BYTES))
        try:
            meta, skip = read_meta(start)
        except ValueError as exc:
            raise self._corrupt(str(exc), frame.offset) from exc
        builder.add_asset(
            meta.hash,
            offset=frame.offset,
            size=meta.size,
            stored=frame.body_bytes - skip,
            mime=meta.mime,
            encoding=meta.encoding,
        )

    def _corrupt(self, what: str, offset: int) -> CorruptRecordingError:
        return corrupt(self.path, what, offset)

    def _foreign(self, what: str) -> NoReturn:
        raise CorruptRecordingError(f"{self.path}: not a recording of harness: it {what}", path=self.path, offset=0)


def corrupt(path: Path, what: str, offset: int) -> CorruptRecordingError:
    """Return the error for a fault at a byte of the file, with the next step."""
    return CorruptRecordingError(
        f"{path}: byte {offset}: {what}; `harness recover` saves what can be read", path=path, offset=offset
    )


def whole_lines(data: bytes) -> bytes:
    """Return the lines at the start of `data` that are events, up to the first that is none or is not whole."""
    data = data[: data.rfind(b"\n") + 1]
    bad = events.read_batch(data).bad if data else []
    if not bad:
        return data
    return b"".join(data.splitlines(keepends=True)[: bad[0][0]])


def check_header(body: bytes, path: Path) -> dict[str, Any]:
    """Return the header object of a HEAD body. Raises if it is of another format or version."""
    try:
        header = json.loads(body)
        if header["format"] != FORMAT:
            raise ValueError(header["format"])
        version = header["format_version"]
        if isinstance(version, bool) or not isinstance(version, int):
            raise ValueError(version)
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        raise CorruptRecordingError(f"{path}: byte 0: header is not understood", path=path, offset=0) from exc
    if version != FORMAT_VERSION:
        writer = str(header.get("harness_version", "?"))[:40]
        raise UnsupportedVersionError(
            f"{path}: format version {version}, but harness {__version__} reads {FORMAT_VERSION}; "
            f"get harness {writer} or later: pip install -U replay-harness",
            found=version,
            path=path,
            offset=0,
        )
    started_at = header.get("started_at")
    if isinstance(started_at, bool) or not isinstance(started_at, int | float) or not 0 <= started_at < 1e15:
        raise CorruptRecordingError(f"{path}: byte 0: header has no `started_at`", path=path, offset=0)
    return dict(header)


def open_file(path: Path) -> int:
    """Return a descriptor of a regular file that is open for reading. Raises UsageError if there is none."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UsageError(
                f"{path}: is a directory; name a .replay file, or list them with `harness ls {path}`", path=path
            )
        if not stat.S_ISREG(mode):
            raise UsageError(f"{path}: is not a regular file; name a .replay file", path=path)
        return os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as exc:
        raise UsageError(f"{path}: no such file; `harness ls` lists the recordings of a directory", path=path) from exc
    except PermissionError as exc:
        raise UsageError(f"{path}: no permission to read it", path=path) from exc
    except HarnessError:
        raise
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or str(exc)
        raise UsageError(f"{path}: cannot be opened: {reason}", path=path) from exc
