"""The player's modules as one script: one after the other, a browser takes a second to fetch them."""

from __future__ import annotations

import threading
from pathlib import Path

from harness.javascript import link


class LinkedScript:
    """The script of one entry module; it is linked once, and anew where a file has changed. For any thread."""

    def __init__(self, entry: Path) -> None:
        self._entry = entry
        self._lock = threading.Lock()
        self._version: tuple[int, int] | None = None
        self._content = b""

    def content(self) -> bytes:
        """Return the script. Raises HarnessError where the modules do not fit together."""
        with self._lock:
            version = self._files()
            if version != self._version:
                self._content = f"{link(self._entry)};\n".encode()
                self._version = version
            return self._content

    def prepare(self) -> None:
        """Link in the background: it takes some 200 ms, and a browser takes longer to come."""
        threading.Thread(target=self._prepare, name="harness-link", daemon=True).start()

    def _prepare(self) -> None:
        try:
            self.content()
        except Exception:  # the request for it says what is wrong
            return

    def _files(self) -> tuple[int, int]:
        times = [path.stat().st_mtime_ns for path in self._entry.parent.rglob("*.js")]
        return len(times), max(times, default=0)
