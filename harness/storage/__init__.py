"""The `.replay` file: frames, events, index, assets, checks and recovery; docs/format.md specifies it for others."""

from harness.storage.index import Asset, Document, Index, Mark, Omitted, Page, Resource, Segment
from harness.storage.reader import RecordingReader
from harness.storage.writer import RecordingWriter

__all__ = [
    "Asset",
    "Document",
    "Index",
    "Mark",
    "Omitted",
    "Page",
    "RecordingReader",
    "RecordingWriter",
    "Resource",
    "Segment",
]
