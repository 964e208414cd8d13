"""The words come from outside, so that the source code of this test holds none of them."""

import os

import pytest

NAMES = ("TEXT", "MAIL", "PASSWORD", "NAMED", "HASTY")
TEXT, MAIL, PASSWORD, NAMED, HASTY = (os.environ[name] for name in NAMES)


@pytest.fixture
def shown(page):
    page.set_content("<h1></h1><label>Password <input type=password></label>")
    page.evaluate("(text) => { document.querySelector('h1').textContent = text }", f"{TEXT} {MAIL} {NAMED}")
    page.get_by_label("Password").fill(PASSWORD)
    return page


@pytest.mark.parametrize("way", ["assert", "raise", "named"])
def test_fails(shown, way):
    text = shown.inner_text("h1")
    if way == "assert":
        assert text == shown.input_value("input")
    raise RuntimeError(f"{PASSWORD} {text}" if way == "raise" else f"cannot log in as '{MAIL}': {text}")


def test_hasty_fails(page):
    """At once, while nothing but the page knows what field that was."""
    page.set_content("<input type=password>")
    page.locator("input").fill(HASTY)
    raise RuntimeError(HASTY)


@pytest.fixture(scope="module")
def shared(browser):
    page = browser.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("word", [NAMED], ids=["word"])
def test_shared_fails(shared, word):
    shared.set_content("<h1></h1>")
    shared.evaluate("(text) => { document.querySelector('h1').textContent = text }", f"{TEXT} {MAIL}")
    raise RuntimeError(f"{word} {shared.inner_text('h1')}")
