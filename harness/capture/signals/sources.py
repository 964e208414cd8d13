"""Source files of the recorded program: which frames of a stack are its own, and their text, kept once."""

from __future__ import annotations

import site
import sys
import sysconfig
from functools import lru_cache
from pathlib import Path
from typing import Any

from harness.capture.signals.sink import Sink

MAX_FRAMES = 8
MAX_FILE_BYTES = 1 << 20
_OURS = Path(__file__).resolve().parents[2]
# Journeys that harness brings along are programs like others.
_THEIRS = _OURS / "demo"


class Sources:
    """Keeps the text of each file that a step names, once, at privacy level `allow`."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._known: set[str] = set()
        self._keeps = "sources" in sink.signals and sink.privacy == "allow"

    def keep(self, file: str) -> None:
        if not self._keeps or file in self._known or not self._sink.hears:
            return
        self._known.add(file)
        try:
            path = Path(file)
            if path.stat().st_size > MAX_FILE_BYTES:
                return
            content = path.read_bytes()
        except OSError:  # typed at a prompt, or unpacked from an archive
            return
        digest = self._sink.keep(content, "text/x-python" if path.suffix == ".py" else "text/plain")
        self._sink.emit("source", {"file": file, "hash": digest, "size": len(content)})


def own_frames(frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the frames in the program's own files, the innermost first; if there are none, the innermost of all."""
    own = [
        {"file": frame["file"], "line": frame["line"], "function": frame.get("function") or ""}
        for frame in frames
        if is_own(frame["file"])
    ]
    return own[:MAX_FRAMES]


@lru_cache(maxsize=1024)
def is_own(file: str) -> bool:
    """Whether a file is neither Python's, nor an installed package's, nor ours."""
    if file.startswith("<") or not file:
        return False
    path = Path(file).resolve()
    if path.is_relative_to(_OURS):
        return path.is_relative_to(_THEIRS)
    return not any(path.is_relative_to(directory) for directory in _foreign())


@lru_cache(maxsize=1)
def _foreign() -> tuple[Path, ...]:
    paths = sysconfig.get_paths()
    named = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib") if name in paths}
    named.update(site.getsitepackages() if hasattr(site, "getsitepackages") else ())
    named.update(entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages"))
    return tuple(Path(name).resolve() for name in named)
