"""The icons of pages.

A headless browser asks for none, and of one with a window Playwright hides the request; so capture asks itself, once a
URL, for what a page names. The page comes first: a browser with a window would ask for the icon too, so the site meets
nothing new; at another origin, which would learn of the recording alone, nothing is asked for.
"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from harness.capture import driver
from harness.capture.assets import AssetCollector
from harness.capture.batch import Batch

MAX_ICON_BYTES = 1 << 20
MAX_ICONS = 100
_TIMEOUT_MS = 1500


class Icons:
    """Keeps the icons that pages tell of as assets."""

    def __init__(self, context: driver.Context, assets: AssetCollector) -> None:
        self._context = context
        self._assets = assets
        self._asked: set[str] = set()

    def on_batch(self, batch: Batch, page: driver.Page) -> None:
        """Take what lines of a page say of its icon."""
        for line in batch.of_kind("icon"):
            self._want(str(json.loads(line)["data"]["url"]), page)

    def _want(self, url: str, page: driver.Page) -> None:
        if not url.startswith(("http://", "https://")) or url in self._asked or len(self._asked) >= MAX_ICONS:
            return
        self._asked.add(url)
        if urlsplit(url)[:2] != urlsplit(page.url)[:2]:
            return
        # Where the program answers requests itself, none of ours may go past it.
        if not self._assets.has(url) and not driver.is_routed(self._context, page):
            self._assets.start(self._fetch(url, page))

    async def _fetch(self, url: str, page: driver.Page) -> None:
        try:
            status, mime, body = await driver.fetch(self._context, url, _TIMEOUT_MS)
        except Exception:  # a server that is gone has no icon
            return
        if status == 200 and mime.startswith("image/") and 0 < len(body) <= MAX_ICON_BYTES:
            self._assets.add_once_allowed([url], body, mime, page)
