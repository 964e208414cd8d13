"""rrweb as published, recorder and replayer, pinned in published.lock.json: a peer, not a part of ours."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from harness import published

CACHE = Path.home() / ".cache" / "harness-bench"


@cache
def script() -> str:
    """Return rrweb's file for a `<script>`, which sets `window.rrweb`; fetched at the first call.

    Raises PublishedFileError where it cannot be had.
    """
    published.fetch_all(CACHE, lock=Path(__file__).parent)
    text = (CACHE / "rrweb.js").read_text(encoding="utf-8")
    return text.rpartition("//# sourceMappingURL")[0] or text
