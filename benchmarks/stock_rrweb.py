"""The peer: rrweb as it is published, its `record` with the options for a whole page on, and its `Replayer`.

Its files are fetched on first use, by benchmarks/published.lock.json, into benchmarks/vendor/.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import zstandard
from playwright.async_api import Browser, BrowserContext, ElementHandle, Page

from harness import published

HERE = Path(__file__).parent
OPTIONS = "recordCanvas: true, inlineStylesheet: true, inlineImages: true, collectFonts: true"

# Only in top frames: rrweb's helper iframe runs init scripts too, and would make helpers without end.
_RECORD = """if (self === self.top && location.href !== "about:blank" && !self.__stockStarted) {
self.__stockStarted = true;
(() => { const module = { exports: {} }; const exports = module.exports; const define = undefined;
$RRWEB
let lines = [];
const flush = () => { if (lines.length) { const text = lines.join("\\n"); lines = []; self.__stock(text); } };
module.exports.record({ emit: (event) => lines.push(JSON.stringify(event)), $OPTIONS });
setInterval(flush, 100);
addEventListener("pagehide", flush, true);
self.__stockFlush = flush;
})(); }"""

_REPLAY = """<!doctype html><style>$CSS
body { margin: 0 } iframe { border: 0 } .replayer-mouse, .replayer-mouse-tail { display: none !important }</style>
<div id="root"></div>"""


@cache
def file(name: str) -> str:
    """Return the text of a published file, fetching it if it is not there yet."""
    vendor = HERE / "vendor"
    published.fetch_all(vendor, lock=HERE)
    return (vendor / name).read_text(encoding="utf-8").rpartition("//# sourceMappingURL")[0] or (
        vendor / name
    ).read_text(encoding="utf-8")


class StockRecorder:
    """Records the top frames of a context in batches of lines; `events` has each page's, as JSON text."""

    def __init__(self) -> None:
        self.events: dict[Page, list[str]] = {}

    async def start(self, context: BrowserContext) -> None:
        def on_batch(source: Any, text: str) -> None:
            self.events.setdefault(source["page"], []).extend(text.split("\n"))

        await context.expose_binding("__stock", on_batch)
        await context.add_init_script(_RECORD.replace("$RRWEB", file("rrweb.js")).replace("$OPTIONS", OPTIONS))

    @staticmethod
    async def flush(page: Page) -> None:
        await page.evaluate("() => { if (window.__stockFlush) window.__stockFlush(); }")


class StockReplay:
    """rrweb's Replayer in a page of its own, given all events of a recorded page."""

    def __init__(self, page: Page, first_ms: float) -> None:
        self.page = page
        self._first_ms = first_ms

    @classmethod
    async def open(cls, browser: Browser, lines: list[str], **context: Any) -> StockReplay:
        events = sorted((json.loads(line) for line in lines), key=lambda event: float(event["timestamp"]))
        page = await browser.new_page(**context)
        await page.set_content(_REPLAY.replace("$CSS", file("rrweb.css")))
        await page.add_script_tag(content=file("rrweb.js"))
        await page.evaluate(
            """(events) => {
              const options = { root: document.getElementById("root"), mouseTail: false, showWarning: false };
              Object.assign(options, { useVirtualDom: true, UNSAFE_replayCanvas: true });
              window.replayer = new rrweb.Replayer(events, options);
            }""",
            events,
        )
        return cls(page, events[0]["timestamp"])

    async def seek(self, epoch_ms: float) -> ElementHandle:
        """Show the moment; return the iframe that shows it."""
        await self.page.evaluate("(t) => replayer.pause(t)", epoch_ms - self._first_ms)
        frame = await self.page.query_selector("iframe")
        assert frame is not None
        return frame


@asynccontextmanager
async def in_batches(context: BrowserContext, directory: Path) -> AsyncIterator[None]:
    """Record into DIRECTORY/events.zst: the events as lines in one blob of zstd at level 9."""
    recorder = StockRecorder()
    await recorder.start(context)
    yield
    lines = [line for own in recorder.events.values() for line in own]
    content = zstandard.ZstdCompressor(level=9).compress("\n".join(lines).encode("utf-8", "replace"))
    (directory / "events.zst").write_bytes(content)
