"""Taking secrets out of a recording that is written already: a new file, in which they are asterisks."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from harness.errors import RecordingError, UsageError
from harness.privacy.patterns import mask_patterns
from harness.privacy.secrets import Secrets
from harness.privacy.shapes import mask_shapes
from harness.storage import bounds, frames, stored_texts
from harness.storage.assets import content_hash
from harness.storage.source import Source
from harness.storage.writer import RecordingWriter

_HASH = re.compile(rb'"([0-9a-f]{64})"')


@dataclass
class Redacted:
    """How many segments and assets are other than they were."""

    segments: int = 0
    assets: int = 0


class Mask:
    """What is taken out: named values, secrets by their shape, personal data by its form."""

    def __init__(self, values: frozenset[str], *, shapes: bool = True, patterns: bool = False) -> None:
        """Raises UsageError for a value that is too short to be told from other text."""
        self._secrets = Secrets()
        for value in values:
            self._secrets.add(value)
        self._shapes = shapes
        self._patterns = patterns

    def apply(self, data: bytes) -> bytes:
        data = self._secrets.mask_bytes(data)
        if self._shapes:
            data = mask_shapes(data)
        if self._patterns:
            data = mask_patterns(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        return data

    def lines(self, data: bytes) -> bytes:
        """Return event lines; numbers of an event, such as its time, are no personal data."""
        if not self._patterns:
            return self.apply(data)
        data = mask_shapes(self._secrets.mask_bytes(data)) if self._shapes else self._secrets.mask_bytes(data)
        kept = []
        for line in data.split(b"\n"):
            try:
                event = json.loads(line) if line.strip() else None
            except (ValueError, RecursionError):
                event = None
            if isinstance(event, dict) and "data" in event:
                event["data"] = _deep(event["data"])
                line = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
            kept.append(line)
        return b"\n".join(kept)


def redact(path: str | PathLike[str], target: str | PathLike[str], mask: Mask, *, force: bool = False) -> Redacted:
    """Write the recording `path` without its secrets into the new file `target`.

    Raises UsageError if either cannot be used, CorruptRecordingError if the recording is damaged, RecordingError if
    the new file cannot be written whole.
    """
    source, target = Source(Path(path)), Path(target)
    try:
        if target.exists() and target.samefile(path):
            raise UsageError(f"{target}: is the recording itself; name another file", path=target)
        header, start = source.head()
        renamed, texts = _masked_assets(source, start, mask)
        header = json.loads(mask.apply(json.dumps(header).encode()))
        writer = RecordingWriter(target, {**header, "redacted": True}, force=force)
        try:
            result = _copy(source, start, writer, mask, renamed, texts)
            index = source.index(start)
        except BaseException:
            writer.close(complete=False)
            raise
        complete = index is not None and index.complete
        writer.close(status=index.status if index is not None else "unknown", complete=complete)
        if writer.error is not None:
            raise RecordingError(f"{target}: cannot be written: {writer.error.strerror}; free some space", path=target)
        return result
    finally:
        source.close()


def _masked_assets(source: Source, offset: int, mask: Mask) -> tuple[dict[bytes, bytes], dict[str, frames.Frame]]:
    """Return the new hash of each asset that changes, and the frames of those that hold texts of events.

    Events name assets before and after they stand in the file.
    """
    renamed, texts = {}, {}
    while (frame := source.frame(offset)) is not None:
        if frame.tag == frames.ASSET and frame.whole:
            meta, content = source.asset(frame)
            masked = mask.apply(content)
            if meta.mime == stored_texts.MIME:
                texts[meta.hash] = frame
            if masked != content:
                renamed[meta.hash.encode()] = content_hash(masked).encode()
        offset = frame.end
    return renamed, texts


def _copy(
    source: Source,
    offset: int,
    writer: RecordingWriter,
    mask: Mask,
    renamed: dict[bytes, bytes],
    texts: dict[str, frames.Frame],
) -> Redacted:
    def text(digest: str) -> bytes | None:
        return source.asset(texts[digest])[1] if digest in texts else None

    result = Redacted()
    first = True
    while (frame := source.frame(offset)) is not None:
        if frame.tag is None:
            content, fault = source.segment(frame)
            if fault is not None and frame.whole:
                raise source.damage(f"segment {fault}", frame.offset)
            if not frame.whole:
                content = content[: content.rfind(b"\n") + 1]
            try:  # a mask may change how long they are
                content = stored_texts.put_back(content, text, most_bytes=bounds.texts_bytes(source.size_bytes))
            except ValueError as exc:
                raise source.damage(f"segment: {exc}", frame.offset) from exc
            lines = content.partition(b"\n")[2] if first and b'"kind":"recording"' in content[:200] else content
            first = False
            masked = mask.lines(lines)
            result.segments += masked != lines
            if renamed:
                masked = _HASH.sub(lambda match: b'"' + renamed.get(match[1], match[1]) + b'"', masked)
            if masked.strip():
                snapshot = b'"kind":"snapshot"' in masked or b'"kind":"checkpoint"' in masked
                writer.write_events(masked, count=0, first_ms=0, last_ms=0, has_snapshot=snapshot)
                writer.flush()
        elif frame.tag == frames.ASSET and frame.whole:
            meta, content = source.asset(frame)
            if meta.mime == stored_texts.MIME:
                offset = frame.end
                continue
            masked = mask.apply(content)
            result.assets += masked != content
            writer.write_asset(masked, meta.mime)
        offset = frame.end
    return result


def _deep(value: Any) -> Any:
    if isinstance(value, str):
        return mask_patterns(value)
    if isinstance(value, list):
        return [_deep(part) for part in value]
    return {key: _deep(part) for key, part in value.items()} if isinstance(value, dict) else value
