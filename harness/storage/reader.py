"""Reading a recording that is whole, cut off, or still being written: header, index, segments, events, assets."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any

import zstandard

from harness.errors import UsageError
from harness.storage import bounds, events, frames, stored_texts
from harness.storage.decompress import CHECKSUM_BYTES
from harness.storage.index import Asset, Index, IndexBuilder, Segment
from harness.storage.pack import shared_asset
from harness.storage.source import Source


class RecordingReader:
    """One open `.replay` file; a context manager. Its methods may be called from any thread.

    `header` is the HEAD object, `index` what the file's index says or a scan found, `complete` whether the recorder
    closed the file as it should, `indexed` whether the index came from the file, `size_bytes` how much of it there is.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        max_segment_bytes: int = bounds.MAX_SEGMENT_BYTES,
        earlier: RecordingReader | None = None,
    ) -> None:
        """Open the file and read its index, or scan it where there is none.

        `earlier` read the same file before it grew: what it scanned is not scanned again. Raises UsageError (no such
        file …), UnsupportedVersionError, or CorruptRecordingError.
        """
        self.path = Path(path)
        self._source = Source(self.path, max_segment_bytes=max_segment_bytes)
        self._tail: int | None = None  # number of the segment inside which the file ends
        self._scanned: tuple[int, IndexBuilder] | None = None  # up to which offset frames are whole, and what they hold
        try:
            self.size_bytes = self._source.size_bytes
            self.header, head_end = self._source.head(allow_packed=True)
            index = self._source.index(head_end)
            self.indexed = index is not None
            self.index: Index = index if index is not None else self._scan(head_end, earlier)
            self.complete = self.indexed and self.index.complete
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> RecordingReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._source.close()

    def segment_text(self, number: int) -> str:
        """Return the NDJSON of one segment. Raises CorruptRecordingError if its frame is damaged."""
        try:
            return str(self._content(number), "utf-8")
        except UnicodeDecodeError as exc:
            raise self._source.damage(f"segment {number} is not UTF-8", self._segment(number).offset) from exc

    def segment_bytes(self, number: int) -> bytes:
        """Return one segment as a zstd frame: as it stands, but anew where it is cut off or texts are put back."""
        segment = self._segment(number)
        if number == self._tail or any(asset.mime == stored_texts.MIME for asset in self.index.assets.values()):
            return zstandard.ZstdCompressor(level=1, write_checksum=True).compress(self._content(number))
        return self._source.read(segment.offset, segment.size)

    def events(self, segments: Iterable[int] | None = None) -> Iterator[dict[str, Any]]:
        """Yield each event, in the order of the file. Raises CorruptRecordingError at the first line that is none."""
        for number in range(len(self.index.segments)) if segments is None else segments:
            for line_number, line in enumerate(self._content(number).split(b"\n"), 1):
                if not line.strip():
                    continue
                event = events.parse(line)
                if isinstance(event, str):
                    what = f"segment {number}, line {line_number}: {event}"
                    raise self._source.damage(what, self._segment(number).offset)
                yield event

    def asset(self, digest: str) -> tuple[bytes, Asset]:
        """Return (content, entry) of the asset with this hash. Raises UsageError if there is none."""
        entry = self.index.assets.get(digest)
        if entry is None:
            raise UsageError(f"{self.path}: holds no asset {digest[:80]!r}", path=self.path)
        if entry.shared:
            return self._shared(digest), entry
        frame = self._source.frame(entry.offset)
        if frame is None or frame.tag != frames.ASSET or not frame.whole:
            raise self._source.damage("no asset stands here", entry.offset)
        meta, content = self._source.asset(frame)
        if meta.hash != digest:
            raise self._source.damage("the asset that stands here is another one", entry.offset)
        return content, entry

    def _shared(self, digest: str) -> bytes:
        """Return an asset that a packed recording shares with others of its directory."""
        source = shared_asset(self.path, digest)
        try:
            frame = source.frame(0)
            if frame is None or frame.tag != frames.ASSET or not frame.whole:
                raise source.damage("no asset stands here", 0)
            meta, content = source.asset(frame)
            if meta.hash != digest:
                raise source.damage("the asset that stands here is another one", 0)
            return content
        finally:
            source.close()

    def _segment(self, number: int) -> Segment:
        if not 0 <= number < len(self.index.segments):
            raise UsageError(f"{self.path}: has {len(self.index.segments)} segments, but no {number}", path=self.path)
        return self.index.segments[number]

    def _content(self, number: int) -> bytes:
        """Return the lines of a segment with the texts that stand in assets."""
        most = bounds.texts_bytes(self.size_bytes)
        try:
            return stored_texts.put_back(self._lines(number), self._texts, most_bytes=most)
        except ValueError as exc:
            raise self._source.damage(f"segment {number}: {exc}", self._segment(number).offset) from exc

    def _texts(self, digest: str) -> bytes | None:
        return self.asset(digest)[0] if digest in self.index.assets else None

    def _lines(self, number: int) -> bytes:
        segment = self._segment(number)
        frame = self._source.frame(segment.offset)
        if frame is None or frame.tag is not None:
            raise self._source.damage(f"segment {number} does not stand here", segment.offset)
        if number == self._tail:
            return self._source.segment(frame)[0][: segment.raw_size]
        if not frame.whole or frame.size != segment.size:
            raise self._source.damage(f"segment {number} does not stand here", segment.offset)
        content, fault = self._source.segment(frame)
        if fault is not None:
            raise self._source.damage(f"segment {number} {fault}", segment.offset)
        return content

    def _scan(self, head_end: int, earlier: RecordingReader | None) -> Index:
        builder = IndexBuilder(self.header)
        source, offset, ended = self._source, head_end, False
        known = earlier._scanned if earlier is not None and earlier.header == self.header else None
        if known is not None and known[0] <= self.size_bytes:
            offset, builder = known[0], self._copy(known[1], known[0])
        while (frame := source.frame(offset)) is not None:
            if not frame.whole and self._scanned is None:
                self._scanned = offset, self._copy(builder, offset)
            if frame.tag is None:
                self._scan_segment(builder, frame)
            elif frame.tag == b"" and not frame.whole:
                builder.lost_unknown |= not ended  # too little of it is there to say what it was
            elif frame.tag == frames.INDEX:
                ended = frame.whole
            elif frame.tag == frames.HEAD:
                raise source.damage("a second recording begins here", offset)
            elif frame.tag == frames.ASSET and frame.whole:
                meta = source.asset_meta(frame)
                stored = meta.stored(frame.body_bytes)
                builder.add_asset(
                    meta.hash, offset=offset, size=meta.size, stored=stored, mime=meta.mime, encoding=meta.encoding
                )
            offset = frame.end
        if self._scanned is None:
            self._scanned = offset, builder  # it is not added to any more; who goes on from it takes a copy
        return Index.from_raw(builder.raw(complete=False))

    def _copy(self, builder: IndexBuilder, offset: int) -> IndexBuilder:
        try:
            return copy.deepcopy(builder)
        except RecursionError as exc:  # data of a mark, which may be anything that JSON can hold
            raise self._source.damage("what stands before is nested too deeply", offset) from exc

    def _scan_segment(self, builder: IndexBuilder, frame: frames.Frame) -> None:
        """Put one segment into the index."""
        content, fault = self._source.segment(frame)
        number = len(builder.segments)
        if not frame.whole:
            # The file ends in it. No checksum covers what decodes: only the lines before the first doubtful one count.
            lines = whole_lines(content)
            batch = events.read_batch(lines)
            if frame.end - frame.offset - frame.usable > CHECKSUM_BYTES:
                builder.lost_unknown = True  # in the middle of a block
            else:
                builder.lost_events += len(content) > len(lines)
            if not batch.rows:
                return
            self._tail = number
        else:
            if fault is not None:
                raise self._source.damage(f"segment {number} {fault}", frame.offset)
            batch = events.read_batch(content)
            if batch.bad:
                line, what = batch.bad[0]
                raise self._source.damage(f"segment {number}, line {line + 1}: {what}", frame.offset)
        if builder.entries_with(batch) > self._source.entries:
            raise self._source.damage("more pages and documents than a recording of this size has", frame.offset)
        builder.add_segment(frame.offset)
        builder.add(batch)
        builder.end_segment(frame.size)


def whole_lines(content: bytes) -> bytes:
    """Return the lines at the start of `content` that are events, up to the first that is none or is not whole."""
    end = 0
    while (newline := content.find(b"\n", end)) >= 0:
        if isinstance(events.parse(content[end:newline]), str):
            break
        end = newline + 1
    return content[:end]
