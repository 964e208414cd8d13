"""The browser that everything is measured with: the one harness finds, kept from the network."""

from __future__ import annotations

from playwright.async_api import Browser, Playwright

from harness.browser import launch_options

VIEWPORT = {"width": 1280, "height": 720}
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",  # they differ from one build to the next
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]


async def launch(playwright: Playwright) -> Browser:
    return await playwright.chromium.launch(**launch_options(), args=QUIET)


async def again(browser: Browser) -> Browser:
    """Return another browser of the same kind, for a measurement that closes it."""
    return await browser.browser_type.launch(**launch_options(), args=QUIET)
