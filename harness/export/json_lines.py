"""A recording's events as JSON, as they are in the file: one array, or a line each."""

from __future__ import annotations

from typing import BinaryIO

from harness.storage import RecordingReader


def write_json(reader: RecordingReader, file: BinaryIO, *, lines: bool = False) -> None:
    """Write all events in the order of the file; as an array with an event on each line, or bare lines (NDJSON)."""
    first = True
    file.write(b"" if lines else b"[")
    for number in range(len(reader.index.segments)):
        for line in reader.segment_text(number).split("\n"):
            if line.strip():
                file.write(b"" if lines else b"\n" if first else b",\n")
                file.write(line.encode() + (b"\n" if lines else b""))
                first = False
    file.write(b"" if lines else b"\n]\n")
