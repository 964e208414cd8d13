"""The file under a reader: opens it, reads parts of it, and believes nothing that it has not checked.

A file is input like any other. Every length, version and checksum is looked at before it is believed, and nothing is
unpacked beyond a bound. `reader`, `verify` and `recover` all stand on this; they differ in what they do when it raises.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from itertools import pairwise
from pathlib import Path
from typing import Any

from harness.errors import CorruptRecordingError, UnsupportedVersionError, UsageError
from harness.storage import bounds, frames
from harness.storage.assets import MAX_ASSET_BYTES, MAX_META_BYTES, META_LENGTH, Meta, content_hash, read_meta
from harness.storage.decompress import unpack
from harness.storage.index import FORMAT_VERSION, READ_VERSIONS, Index
from harness.version import __version__

FORMAT = "harness.replay"
MAX_HEAD_BYTES = 1 << 20
MAX_INDEX_BYTES = 64 << 20


class Damage(CorruptRecordingError):
    """A fault at a byte of the file: `what` in words, `offset`, `path`; the message adds the next step."""

    def __init__(self, what: str, *, path: Path, offset: int, advice: str) -> None:
        super().__init__(f"{path}: byte {offset}: {what}; {advice}", path=path, offset=offset)
        self.what = what


class Source:
    """One open file. Its methods may be called from any thread."""

    def __init__(self, path: Path, *, max_segment_bytes: int = bounds.MAX_SEGMENT_BYTES) -> None:
        """Open the file. Raises UsageError if it is not there, not a file, or not to be read."""
        self.path = path
        self.max_segment_bytes = max_segment_bytes
        self._fd = -1
        self._fd = _open(path)
        self.size_bytes = os.fstat(self._fd).st_size  # a file that is still written is read up to here
        self._budget = bounds.Budget(self.size_bytes)

    def close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def __del__(self) -> None:
        with contextlib.suppress(OSError):
            self.close()

    def damage(self, what: str, offset: int, *, advice: str = "`harness recover` saves what can be read") -> Damage:
        """Return the error for a fault at that byte."""
        return Damage(what, path=self.path, offset=offset, advice=advice)

    def read(self, offset: int, size: int) -> bytes:
        """Return that part of the file, shorter only where the file ends."""
        size = min(size, self.size_bytes - offset)
        parts = []
        while size > 0:
            part = os.pread(self._fd, size, offset)
            if not part:
                break
            parts.append(part)
            offset, size = offset + len(part), size - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def frame(self, offset: int) -> frames.Frame | None:
        """Return the frame at this byte, or None at the end. Raises Damage if there can be none."""
        if not self._budget.frame(offset):
            raise self.damage("more frames than a recording of this size has", offset)
        try:
            return frames.frame_at(self.read, offset, self.size_bytes)
        except CorruptRecordingError as exc:
            raise self.damage(str(exc), offset if exc.offset is None else exc.offset) from exc

    def matches(self, frame: frames.Frame) -> bool:
        """Return whether a whole frame of ours has the checksum that it says it has."""
        crc, offset = frames.checksum(frame.tag or b""), frame.body_offset
        while offset < frame.end:
            part = self.read(offset, min(1 << 20, frame.end - offset))
            if not part:
                return False
            crc, offset = frames.checksum(part, crc), offset + len(part)
        return crc == frame.crc

    def segment(self, frame: frames.Frame) -> tuple[bytes, str | None]:
        """Return (NDJSON, fault or None) of a zstd frame; of one that is cut off, up to its last whole block."""
        packed = self.read(frame.offset, frame.size if frame.whole else frame.usable)
        content, fault = unpack(packed, min(self.max_segment_bytes, bounds.segment_bytes(len(packed))))
        if content.count(b"\n") > bounds.MAX_SEGMENT_EVENTS:
            return b"", f"holds more than {bounds.MAX_SEGMENT_EVENTS} events"
        too_much = self._budget.segment(frame.offset, content) or bounds.values_fault(content, len(packed))
        return (b"", too_much) if too_much else (content, fault)

    def asset(self, frame: frames.Frame) -> tuple[Meta, bytes]:
        """Return (meta, content) of a whole ASET frame. Raises Damage if checksum or hash do not match."""
        if frame.body_bytes > META_LENGTH.size + MAX_META_BYTES + MAX_ASSET_BYTES:
            raise self.damage(f"asset of {frame.body_bytes} bytes is larger than readers take", frame.offset)
        if not self.matches(frame):
            raise self.damage("asset does not match its checksum", frame.offset)
        meta = self.asset_meta(frame)
        content = self.read(frame.body_offset + meta.start, meta.stored(frame.body_bytes))
        if meta.encoding == "zstd":
            content, fault = unpack(content, min(meta.size, bounds.asset_bytes(len(content))))
            if fault is not None:
                raise self.damage(f"asset {fault}", frame.offset)
        if len(content) != meta.size or content_hash(content) != meta.hash:
            raise self.damage("asset does not match its hash", frame.offset)
        return meta, content

    def asset_meta(self, frame: frames.Frame) -> Meta:
        """Return what an ASET frame says about its asset, its content unread. Raises Damage if it is not understood."""
        try:
            return read_meta(self.read(frame.body_offset, min(frame.body_bytes, META_LENGTH.size + MAX_META_BYTES)))
        except ValueError as exc:
            raise self.damage(str(exc), frame.offset) from exc

    def head(self, *, allow_packed: bool = False) -> tuple[dict[str, Any], int]:
        """Return (header, offset of what follows it). Raises Damage or UnsupportedVersionError.

        Raises UsageError for a packed recording, some of whose assets stand beside it, unless that is allowed.
        """
        foreign = "it is not a recording of harness, or its first bytes are damaged: `harness recover` can tell"
        if not self.size_bytes:
            raise self.damage("the file is empty", 0, advice="nothing was recorded into it")
        start = self.read(0, frames.PREFIX.size)
        if start.startswith(frames.ZSTD):
            raise self.damage("zstd, but without the header of a recording", 0, advice=foreign)
        if not frames.OURS.startswith(start[:4]) or not frames.HEAD.startswith(start[8:12]):
            raise self.damage("no recording starts with these bytes", 0, advice=foreign)
        if len(start) == frames.PREFIX.size and frames.PREFIX.unpack(start)[1] > MAX_HEAD_BYTES:
            raise self.damage("header is larger than 1 MB", 0)
        frame = self.frame(0)
        if frame is None or not frame.whole or frame.tag != frames.HEAD:
            raise self.damage(
                "the file is cut off inside its header", self.size_bytes, advice="nothing in it can be read"
            )
        if not self.matches(frame):
            raise self.damage("header does not match its checksum", 0)
        try:
            header = check_header(json.loads(self.read(frame.body_offset, frame.body_bytes)), self.path)
        except (ValueError, RecursionError) as exc:
            raise self.damage("header is not understood", 0) from exc
        if header.get("packed") and not allow_packed:
            raise UsageError(
                f"{self.path}: is packed, some of its assets stand beside it; "
                f"`harness unpack {self.path.parent}` makes it whole",
                path=self.path,
            )
        return header, frame.end

    def index(self, head_end: int) -> Index | None:
        """Return the index that the footer points to, or None if either is missing or damaged."""
        found = frames.unpack_foot(self.read(max(0, self.size_bytes - frames.FOOT_BYTES), frames.FOOT_BYTES))
        if found is None:
            return None
        offset, size = found
        if offset + size + frames.FOOT_BYTES != self.size_bytes or not frames.PREFIX.size <= size <= MAX_INDEX_BYTES:
            return None
        try:
            frame = self.frame(offset)
        except Damage:
            return None
        if frame is None or frame.tag != frames.INDEX or frame.size != size or not self.matches(frame):
            return None
        content = self.index_json(frame)
        if content is None:
            return None
        try:
            raw = json.loads(content)
            index = Index.from_raw(raw)
        except (ValueError, RecursionError, TypeError):
            return None
        inside = all(head_end <= s.offset <= s.offset + s.size <= offset for s in index.segments)
        inside = inside and all(head_end <= a.offset < offset for a in index.assets.values() if not a.shared)
        sound = inside and _stand_apart(index) and len(index.pages) + len(index.documents) <= self.entries
        return index if sound and raw.get("format_version") in READ_VERSIONS else None

    @property
    def entries(self) -> int:
        """How many pages and documents there may be."""
        return bounds.entries(self.size_bytes)

    def index_json(self, frame: frames.Frame) -> bytes | None:
        """Return the JSON of a whole INDX frame, or None if it does not unpack to as much as can be read."""
        most = min(MAX_INDEX_BYTES, bounds.segment_bytes(frame.body_bytes))
        content, fault = unpack(self.read(frame.body_offset, frame.body_bytes), most)
        fault = fault or bounds.values_fault(content, frame.body_bytes)
        return content if fault is None else None


def _stand_apart(index: Index) -> bool:
    """Return whether no two segments share bytes, and no two assets their place: a few would stand for a million."""
    places = sorted((segment.offset, segment.offset + segment.size) for segment in index.segments)
    offsets = [asset.offset for asset in index.assets.values() if not asset.shared]
    return all(end <= begin for (_, end), (begin, _) in pairwise(places)) and len(set(offsets)) == len(offsets)


def check_header(header: Any, path: Path) -> dict[str, Any]:
    """Return the header if it is one of ours. Raises ValueError, UnsupportedVersionError if it is newer."""
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise ValueError("not a header of this format")
    version = header.get("format_version")
    if isinstance(version, bool) or not isinstance(version, int):
        raise ValueError("header without a format version")
    if version not in READ_VERSIONS:
        writer = str(header.get("harness_version", "that wrote it"))[:40]
        raise UnsupportedVersionError(
            f"{path}: format version {version}, but harness {__version__} reads versions up to {FORMAT_VERSION}; "
            f"get harness {writer} or later: pip install -U replay-harness",
            found=version,
            path=path,
            offset=0,
        )
    started_at = header.get("started_at")
    if isinstance(started_at, bool) or not isinstance(started_at, int | float) or not 0 <= started_at < 1e15:
        raise ValueError("header without `started_at`")
    return header


def _open(path: Path) -> int:
    """Return a descriptor of a regular file that is open for reading. Raises UsageError if there is none."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UsageError(f"{path}: is a directory; name a file, or list them with `harness ls {path}`", path=path)
        if not stat.S_ISREG(mode):
            raise UsageError(f"{path}: is not a regular file; name a .replay file", path=path)
        return os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as exc:
        raise UsageError(f"{path}: no such file; `harness ls` lists the recordings of a directory", path=path) from exc
    except PermissionError as exc:
        raise UsageError(f"{path}: no permission to read it; ask its owner", path=path) from exc
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or str(exc)
        raise UsageError(f"{path}: cannot be opened: {reason}; name a .replay file", path=path) from exc
