"""A recording shown in a browser of ours: the bare viewer, served and driven from Python, for pictures of moments."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.errors import BrowserError

TIMEOUT_MS = 30_000
SEEK = "([t, page]) => harness.seek(t, { page })"
# A picker of the page opens only in a frame that is older than the last call from here, which counts as a gesture.
PICKED = """async () => {
  const until = performance.now() + 2000;
  while (harness.player.scene?.picker.isWaiting && performance.now() < until) await new Promise(requestAnimationFrame);
}"""


@contextmanager
def serving(path: Path) -> Iterator[str]:
    """Serve the recording on a free loopback port, in a thread; give its URL, without a slash at the end."""
    import uvicorn

    from harness.viewer.server import create_app, listen

    with listen("127.0.0.1", 0) as listener:
        config = uvicorn.Config(create_app(path), log_level="critical", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def launched(browser_path: str | None) -> Iterator[Any]:
    """Give a headless browser of Playwright's sync API. Raises BrowserError if none starts."""
    from playwright.sync_api import Error, sync_playwright

    from harness.browser import launch_options

    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(**launch_options(browser_path))
        except Error as error:
            raise BrowserError(
                f"the browser did not start: {error.message.splitlines()[0]}; run `harness doctor`"
            ) from error
        try:
            yield browser
        finally:
            browser.close()


class Stage:
    """The bare viewer in a page of a browser."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def show(self, t_ms: float, page: int) -> None:
        self.page.evaluate(SEEK, [t_ms, page])
        self.page.evaluate(PICKED)

    def picture(self, kind: str = "png") -> bytes:
        """Return what is shown, as PNG or JPEG."""
        options = {"quality": 90} if kind == "jpeg" else {}
        content: bytes = self.page.screenshot(type=kind, animations="allow", caret="initial", **options)
        return content


@contextmanager
def stage(path: Path, width: int, height: int, browser_path: str | None) -> Iterator[Stage]:
    """Show the recording at scale 1 in a viewport of that size, in CSS pixels. Raises BrowserError if it cannot be."""
    from playwright.sync_api import Error

    with serving(path) as url, launched(browser_path) as browser:
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(TIMEOUT_MS)
        try:
            page.goto(f"{url}/?bare=1")
            page.evaluate("harness.ready")
            yield Stage(page)
        except Error as error:
            raise BrowserError(f"{path}: cannot be shown: {error.message.splitlines()[0]}", path=path) from error
