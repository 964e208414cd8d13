"""A recording's events as JSON, as they are in the file but for node ids, which are all there: one array, or a line
each."""

from __future__ import annotations

from typing import BinaryIO

from harness.storage import RecordingReader, node_ids
from harness.storage.events import json_line, parse


def write_json(reader: RecordingReader, file: BinaryIO, *, lines: bool = False) -> None:
    """Write all events in the order of the file; as an array with an event on each line, or bare lines (NDJSON)."""
    first = True
    file.write(b"" if lines else b"[")
    for number in range(len(reader.index.segments)):
        for line in reader.segment_text(number).split("\n"):
            if line.strip():
                file.write(b"" if lines else b"\n" if first else b",\n")
                file.write(_whole(line).encode() + (b"\n" if lines else b""))
                first = False
    file.write(b"" if lines else b"\n]\n")


def _whole(line: str) -> str:
    if node_ids.MARK.decode() not in line[:500]:
        return line
    event = parse(line)
    return line if isinstance(event, str) else json_line(event).rstrip("\n")
