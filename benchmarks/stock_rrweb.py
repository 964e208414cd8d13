"""The peer: rrweb's own `record` with its options for a whole page on, and strings in batches over one binding."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import zstandard
from playwright.async_api import BrowserContext

from harness import published

OPTIONS = "recordCanvas: true, inlineStylesheet: true, inlineImages: true, collectFonts: true"

# Only in top frames: rrweb's helper iframe runs init scripts too, and would make helpers without end.
_SCRIPT = """if (self === self.top && location.href !== "about:blank") {
(() => { const module = { exports: {} }; const exports = module.exports; const define = undefined;
$RRWEB
const record = module.exports.record || exports.rrwebRecord.record;
let lines = [];
const flush = () => { if (lines.length) { const text = lines.join("\\n"); lines = []; self.__stock(text); } };
record({ emit: (event) => lines.push(JSON.stringify(event)), $OPTIONS });
setInterval(flush, 100);
addEventListener("pagehide", flush, true);
})(); }"""


def source() -> str:
    """Return rrweb's published recorder, which sets `module.exports`."""
    return published.path("rrweb-record.js").read_text(encoding="utf-8").rpartition("//# sourceMappingURL")[0]


@asynccontextmanager
async def in_batches(context: BrowserContext, directory: Path) -> AsyncIterator[None]:
    """Record into DIRECTORY/events.zst: the events as lines in one blob of zstd at level 9."""
    batches: list[str] = []

    def on_batch(_: Any, text: str) -> None:
        batches.append(text)

    await context.expose_binding("__stock", on_batch)
    await context.add_init_script(_SCRIPT.replace("$RRWEB", source()).replace("$OPTIONS", OPTIONS))
    yield
    content = zstandard.ZstdCompressor(level=9).compress("\n".join(batches).encode("utf-8", "replace"))
    (directory / "events.zst").write_bytes(content)
