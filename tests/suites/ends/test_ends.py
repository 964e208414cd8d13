"""Tests that open their browser themselves, and some of which end the process that runs them."""

import os
import signal
import time

import pytest

HTML = "<!doctype html><title>page</title><h1 id=h>zero</h1><button onclick=\"h.textContent='clicked'\">go</button>"


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    from harness.browser import launch_options

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    context = browser.new_context()
    page = context.new_page()
    page.set_content(HTML)
    page.click("button")
    yield page
    context.close()


@pytest.fixture(scope="session")
def session_page(browser):
    page = browser.new_page()
    page.set_content(HTML)
    return page


@pytest.mark.parametrize("number", range(3))
def test_passes(page, number):
    pass


@pytest.mark.parametrize("number", range(2))
def test_fails(page, number):
    raise AssertionError("fails")


def test_kills_the_process(page):
    page.evaluate("h.textContent = 'killed'")
    page.wait_for_timeout(700)  # the page sends at most 0.1 s late, the writer flushes at most 0.5 s later
    os.kill(os.getpid(), signal.SIGKILL)


def test_uses_the_session(session_page):
    session_page.click("button")


def test_kills_the_session(session_page):
    session_page.evaluate("h.textContent = 'killed'")
    session_page.wait_for_timeout(700)
    os.kill(os.getpid(), signal.SIGKILL)


def test_exits(page):
    pytest.exit("enough", returncode=7)


def test_is_interrupted(session_page):
    session_page.click("button")
    signal.raise_signal(signal.SIGINT)


@pytest.mark.timeout(1.5, method="thread", func_only=True)
def test_hangs(page):
    time.sleep(60)
