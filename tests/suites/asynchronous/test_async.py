"""Tests of Playwright's async API, as a plugin for asyncio runs them."""

import pytest

from harness.browser import launch_options

HTML = "<!doctype html><title>page</title><h1 id=h>zero</h1><button onclick=\"h.textContent='clicked'\">go</button>"
pytestmark = pytest.mark.anyio


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="session")
async def browser():
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options())
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser):
    context = await browser.new_context()
    page = await context.new_page()
    await page.set_content(HTML)
    yield page
    await context.close()


@pytest.fixture(scope="module")
async def module_page(browser):
    page = await browser.new_page()
    await page.set_content(HTML)
    yield page
    await page.close()


async def test_passes(page):
    await page.click("button")


async def test_fails(page, recording):
    recording.mark("now")
    await page.click("button")
    assert await page.inner_text("h1") == "never"


async def test_module_passes(module_page):
    await module_page.click("button")


async def test_module_fails(module_page):
    await module_page.evaluate("h.textContent = 'last'")
    raise AssertionError("module")


async def test_leaves_open_fails(browser):
    page = await browser.new_page()
    await page.set_content(HTML)
    await page.click("button")
    raise AssertionError("still open")
