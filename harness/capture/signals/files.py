"""Downloads: what a page gave its user to keep. (What a user gives a page is seen in the page: `upload`.)"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.capture import driver
from harness.capture.signals.sink import Sink


class Downloads:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def on_page(self, page: driver.Page) -> None:
        self._sink.listen(page, "download", lambda download: self._on_download(page, download))

    def _on_download(self, page: driver.Page, download: Any) -> None:
        number = self._sink.new_id("l")
        self._sink.emit("download", {"id": number, "url": download.url, "name": download.suggested_filename}, page)
        self._sink.spawn(self._wait(page, number, download), waits=False)

    async def _wait(self, page: driver.Page, number: str, download: Any) -> None:
        """Wait for the end; a download that outlives the recording has none."""
        failure = await download.failure()
        size = None
        if failure is None:
            try:
                size = Path(await download.path()).stat().st_size
            except Exception:  # another machine's file, or the program has moved it
                size = None
        self._sink.emit("download-end", {"id": number, "size": size, "failure": failure}, page)
