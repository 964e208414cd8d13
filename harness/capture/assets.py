"""Assets: stylesheets, images, fonts and media as the browser received them, taken at the driver and never from the
page."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable
from typing import Any

from harness.capture import driver
from harness.capture.guard import guarded
from harness.capture.pictures import MIMES, Pictures
from harness.capture.ranges import Ranges, size_of
from harness.storage.writer import RecordingWriter

MAX_ASSET_BYTES = 20 * 1024 * 1024
# The driver answers one body after the other; more than this under way is a page that loads faster than we can read.
MAX_UNDER_WAY = 256
KEPT_TYPES = frozenset({"stylesheet", "image", "font", "media"})
KEPT_MIMES = ("image/", "font/", "video/", "audio/", "text/css")

# What the inspector already holds when a recording starts in the middle.
_LOADED_KINDS = frozenset({"Stylesheet", "Image", "Font", "Media"})

_SIZE_TIMEOUT_S = 5
# Of an image that is there, or will be in a moment.
_NATURAL_SIZE = """async (url) => {
    const image = [...document.images].find((image) => image.currentSrc === url || image.src === url);
    if (!image) return {};
    if (!image.complete) await new Promise((done) => { image.addEventListener("load", done, { once: true }); });
    return { width: image.naturalWidth, height: image.naturalHeight };
}"""

Emit = Callable[[str, dict[str, Any], Any], None]


class AssetCollector:
    """Takes response bodies once per URL and version, stores them, and tells which URL had which content from when
    on."""

    def __init__(
        self, context: driver.Context, writer: RecordingWriter, emit: Emit, pictures: Pictures, started_at: float
    ) -> None:
        """`emit(kind, data, page)` writes an event of ours; `page` may be None. `started_at` is in epoch ms."""
        self._started_at = started_at
        self.pictures = pictures
        self._waiting: set[asyncio.Task[None]] = set()
        self._context = context
        self._writer = writer
        self._emit = emit
        self._ranges = Ranges()
        self._versions: dict[str, tuple[Any, ...]] = {}
        self._held: dict[str, tuple[Any, ...]] = {}  # what tells the last response of a URL that we have from others
        self._tasks: set[asyncio.Task[None]] = set()

    def on_fault(self, error: Exception) -> None:
        detail = f"{type(error).__name__}: {error}"[:500]
        self._emit("gap", {"reason": "an asset could not be taken", "lost": 1, "detail": detail}, None)

    @guarded
    def on_response(self, response: driver.Response) -> None:
        """Listener of the context's `response` event.

        Asked for now, not on `requestfinished`: the driver then reads the body the moment it is whole, before a
        navigation evicts it.
        """
        request = response.request
        headers = response.headers
        mime = headers.get("content-type", "").partition(";")[0].strip().lower()
        if request.method != "GET" or not is_asset(request.resource_type, mime):
            return
        if not (200 <= response.status < 300 or response.status == 304):
            return
        url = response.url
        validators = _validators(headers)
        content_range = headers.get("content-range", "")
        if response.status == 206 and not _is_whole(content_range):
            self._take_range(response, mime, validators[:2], content_range)
            return
        if response.status == 304 and self._stands(url, validators):
            return
        if any(validators[:2]) and self._versions.get(url) == validators:
            return
        self._versions[url] = validators
        size = int(headers["content-length"]) if headers.get("content-length", "").isdigit() else None
        if size is not None and size > MAX_ASSET_BYTES:
            self.start(self._omit_large(response, size, mime))
        elif len(self._tasks) >= MAX_UNDER_WAY:
            self._omit(response, "too many under way", size)
            self._versions.pop(url, None)
        else:
            self.start(self._take(response, mime, self._since_of(response)))

    def add(
        self, url: str, content: bytes, mime: str, page: driver.Page | None, came: dict[str, Any] | None = None
    ) -> None:
        """Store a content and say that `url` has it: from now on, or as `came` (`status`, `since`, `location`) says."""
        digest = self._writer.write_asset(content, mime)
        data = {"url": url, "status": 200, "mime": mime, "hash": digest, "size": len(content)}
        self._emit("resource", data | (came or {}), page)

    def add_once_allowed(
        self,
        urls: list[str],
        content: bytes,
        mime: str,
        page: driver.Page | None,
        came: dict[str, Any] | None = None,
    ) -> None:
        """Store a content as that of `urls`, of which all but the first led to it; a picture only if the page it stands
        in does not hide it."""
        if not mime.startswith(MIMES):
            self._add_all(urls, content, mime, page, came)
            return
        task = driver.loop_of(self._context).create_task(self._hold(urls, content, mime, page, came))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    def _add_all(
        self, urls: list[str], content: bytes, mime: str, page: driver.Page | None, came: dict[str, Any] | None
    ) -> None:
        for url in urls:
            redirected = {} if url == urls[0] else {"location": urls[0]}
            self.add(url, content, mime, page, (came or {}) | redirected)

    async def _hold(
        self, urls: list[str], content: bytes, mime: str, page: driver.Page | None, came: dict[str, Any] | None
    ) -> None:
        if await self.pictures.allows(urls, len(content)):
            self._add_all(urls, content, mime, page, came)
        else:
            for url in urls:
                self._emit("resource-omitted", {"url": url, "reason": "privacy", "size": len(content)}, page)

    def collect_loaded(self, page: driver.Page) -> None:
        """Take what an open page had loaded before the recording began."""
        self.start(self._take_loaded(page))

    async def finish(self, timeout_s: float = 5) -> None:
        """Wait for the bodies under way; what does not come in time is said to be missing by its own event."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=timeout_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for url, size in self._ranges.incomplete():
            self._emit("resource-omitted", {"url": url, "reason": "partial content", "size": size}, None)
        self.pictures.release()
        await asyncio.gather(*self._waiting, return_exceptions=True)

    def has(self, url: str) -> bool:
        """Whether a content of this URL has come."""
        return url in self._versions

    def start(self, work: Any) -> None:
        """Run work that `finish` waits for."""
        task = driver.spawn(self._context, work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _take_range(
        self, response: driver.Response, mime: str, version: tuple[str | None, ...], content_range: str
    ) -> None:
        if (size := size_of(content_range)) is None or size > MAX_ASSET_BYTES:
            self._omit(response, "partial content" if size is None else "too large", size)
        elif len(self._tasks) < MAX_UNDER_WAY:
            self.start(self._add_range(response, mime, version, content_range))

    async def _add_range(
        self, response: driver.Response, mime: str, version: tuple[str | None, ...], content_range: str
    ) -> None:
        since = self._since_of(response)
        try:
            body = await driver.body_of(response)
        except Exception:  # of a range that the browser has given up; what is missing is said at the end
            body = b""
        whole = self._ranges.add(response.url, version, content_range, body)
        if whole is not None:
            self.add_once_allowed([response.url], whole, mime, _page_of(response), since)

    async def _take(self, response: driver.Response, mime: str, since: dict[str, float]) -> None:
        try:
            body = await driver.body_of(response)
        except asyncio.CancelledError:
            self._omit(response, "the recording ended before it came", None)
            raise
        except Exception:  # evicted, or the page is gone; Playwright has no type of its own for it
            if self._held.get(response.url) == _copy_of(response):
                return  # out of the browser's memory, which has no body to show: the response that we have already
            self._versions.pop(response.url, None)
            self._omit(response, "body gone", None)
            return
        if len(body) > MAX_ASSET_BYTES:
            await self._omit_large(response, len(body), mime)
            return
        self._held[response.url] = _copy_of(response)
        urls, earlier = [response.url], response.request.redirected_from
        while earlier is not None:
            urls.append(earlier.url)
            earlier = earlier.redirected_from
        self.add_once_allowed(
            urls,
            body,
            mime,
            _page_of(response),
            {"status": response.status} | since,
        )

    def _stands(self, url: str, validators: tuple[str | None, ...]) -> bool:
        """Whether a "not modified", which brings no body and may leave headers out, is about the content we have."""
        known = self._versions.get(url)
        return known is not None and all(said in (None, known[n]) for n, said in enumerate(validators[:2]))

    def _since_of(self, response: driver.Response) -> dict[str, float]:
        """Return `since`: when the response came, in ms of the recording. Its body may be long in coming, and the event
        too.

        Nothing where the browser does not say, as for what a route of the program has fulfilled.
        """
        timing = response.request.timing
        start_ms, after_ms = timing.get("startTime", -1), timing.get("responseStart", -1)
        if start_ms <= 0 or after_ms < 0:
            return {}
        now_ms = float(round(time.time() * 1000 - self._started_at))
        return {"since": min(now_ms, max(0.0, float(round(start_ms + after_ms - self._started_at))))}

    async def _omit_large(self, response: driver.Response, size: int, mime: str) -> None:
        """Say that a body was not kept, and of a picture how large it is shown: a placeholder takes its place."""
        shown: dict[str, Any] = {}
        if mime.startswith("image/"):
            try:
                shown = await asyncio.wait_for(
                    driver.evaluate(response.frame, _NATURAL_SIZE, response.url), _SIZE_TIMEOUT_S
                )
            except Exception:  # no such element, or the page went on: the placeholder has a size of its own
                shown = {}
        data = {"url": response.url, "reason": "too large", "size": size}
        self._emit("resource-omitted", data | (shown or {}), _page_of(response))

    async def _take_loaded(self, page: driver.Page) -> None:
        try:
            session = await driver.cdp_session(self._context, page)
            await driver.cdp_send(session, "Page.enable", {})  # without it there is no resource content
            tree = await driver.cdp_send(session, "Page.getResourceTree", {})
        except Exception as error:  # another browser, or a page that went away
            self._omit_loaded(page, page.url, error)
            return
        for frame, resource in _resources(tree["frameTree"]):
            if resource["type"] not in _LOADED_KINDS:
                continue
            try:
                where = {"frameId": frame, "url": resource["url"]}
                content = await driver.cdp_send(session, "Page.getResourceContent", where)
            except Exception as error:  # no longer in the browser's memory
                self._omit_loaded(page, resource["url"], error)
                continue
            body = base64.b64decode(content["content"]) if content["base64Encoded"] else content["content"].encode()
            if len(body) <= MAX_ASSET_BYTES:
                self.add_once_allowed([resource["url"]], body, resource["mimeType"], page)

    def _omit_loaded(self, page: driver.Page, url: str, error: Exception) -> None:
        reason = f"loaded before the recording began, and no longer to be had ({type(error).__name__})"
        self._emit("resource-omitted", {"url": url, "reason": reason, "size": None}, page)

    def _omit(self, response: driver.Response, reason: str, size: int | None) -> None:
        self._emit("resource-omitted", {"url": response.url, "reason": reason, "size": size}, _page_of(response))


def _validators(headers: dict[str, str]) -> tuple[str | None, ...]:
    return tuple(headers.get(name) for name in ("etag", "last-modified", "content-length"))


def _copy_of(response: driver.Response) -> tuple[Any, ...]:
    """Return what a response and its copies out of a cache have in common: one that is made anew has another date."""
    return response.status, response.headers.get("date"), _validators(response.headers)


def is_asset(resource_type: str, mime: str) -> bool:
    """Whether a response is one of those that the collector keeps: what a page shows, not what its scripts read."""
    if resource_type in KEPT_TYPES:
        return True
    return resource_type not in ("fetch", "xhr") and mime.startswith(KEPT_MIMES)


def _is_whole(content_range: str) -> bool:
    """Whether `bytes 0-99/100` covers all of it."""
    span, _, total = content_range.removeprefix("bytes ").partition("/")
    return total.isdigit() and span == f"0-{int(total) - 1}"


def _page_of(response: driver.Response) -> driver.Page | None:
    try:
        return response.frame.page
    except Exception:  # a service worker's request, or a frame that is not there yet
        return None


def _resources(tree: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = [(tree["frame"]["id"], resource) for resource in tree.get("resources", ())]
    for child in tree.get("childFrames", ()):
        found += _resources(child)
    return found
