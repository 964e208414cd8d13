"""harness: record a browser journey into one `.replay` file, and see it again as a live DOM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.errors import (
    BrowserError,
    CorruptRecordingError,
    HarnessError,
    RecordingError,
    ReplayError,
    UnsupportedVersionError,
    UsageError,
)
from harness.version import __version__

if TYPE_CHECKING:
    from harness.capture.recording import Recording, record
    from harness.capture.signals.blocks import step
    from harness.replay.replay import Replay
    from harness.replay.replay import open_replay as open

__all__ = [
    "BrowserError",
    "CorruptRecordingError",
    "HarnessError",
    "Recording",
    "RecordingError",
    "Replay",
    "ReplayError",
    "UnsupportedVersionError",
    "UsageError",
    "__version__",
    "open",
    "record",
    "step",
]

# Looked up on first use: reading a recording imports no capture code, recording imports no lxml.
_LAZY = {
    "Recording": ("harness.capture.recording", "Recording"),
    "record": ("harness.capture.recording", "record"),
    "Replay": ("harness.replay.replay", "Replay"),
    "step": ("harness.capture.signals.blocks", "step"),
    "open": ("harness.replay.replay", "open_replay"),
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'harness' has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _LAZY[name]
    return getattr(import_module(module), attribute)
