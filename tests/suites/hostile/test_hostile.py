"""Node ids, titles, steps, marks, URLs, console, errors: each test has its own vector, and all stand in the page."""

import json
import os
from urllib.parse import quote

import pytest

import harness

VECTORS = json.loads(os.environ["VECTORS"])


@pytest.mark.parametrize("vector", VECTORS, ids=[f"{number} {vector}" for number, vector in enumerate(VECTORS)])
def test_fails(page, recording, request, vector):
    page.route("http://shop.invalid/**", lambda route: route.fulfill(body="<h1>shop</h1>", content_type="text/html"))
    page.goto(f"http://shop.invalid/?{quote(vector)}#{vector}")
    recording.mark(vector, text=vector)
    with harness.step(vector):
        page.evaluate("(text) => { document.querySelector('h1').textContent = document.title = text }", vector)
        page.evaluate("(texts) => texts.forEach((text) => console.error(text))", VECTORS)
    raise RuntimeError(vector)
