"""The demo shop in a real browser: the scripted visit, and what a visit does not touch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import async_playwright
from playwright.sync_api import Browser, BrowserContext, Page, expect

from harness.browser import launch_options
from harness.demo.journey import journey
from harness.demo.server import serve_shop

RunAsync = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    with serve_shop() as base_url:
        yield base_url


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext) -> Page:
    return visitor.new_page()


def test_visit_passes_without_errors_and_stays_on_loopback(shop: str, run_async: RunAsync) -> None:
    actions: list[str] = []
    hosts: set[str] = set()
    complaints: list[str] = []

    def refused(status: int, url: str) -> None:
        if status >= 400:
            complaints.append(f"{status} {url}")

    async def visit() -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(**launch_options())
            context = await browser.new_context(viewport={"width": 1280, "height": 720})
            context.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
            context.on("response", lambda answer: refused(answer.status, answer.url))
            context.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
            context.on("weberror", lambda error: complaints.append(str(error.error)))
            await journey(await context.new_page(), shop, on_action=actions.append, pace=0)
            await browser.close()

    run_async(visit())
    assert len(actions) == len(set(actions)) >= 25
    assert {host for host in hosts if host} == {"127.0.0.1", "localhost"}
    assert complaints == []


def test_typeface_is_accepted_and_used(shop: str, page: Page) -> None:
    page.goto(f"{shop}/")
    assert page.evaluate("document.fonts.ready.then(() => [...document.fonts].map((face) => face.status))") == [
        "loaded"
    ]
    assert page.evaluate("document.fonts.check('40px \"Small Hours\"', 'Small Hours 0123456789 €')")
    ours, fallback = page.evaluate(
        """() => {
          const context = document.createElement("canvas").getContext("2d");
          return ['"Small Hours", monospace', "monospace"].map((family) => {
            context.font = `40px ${family}`;
            return ["M", "I"].map((letter) => context.measureText(letter).width);
          });
        }"""
    )
    assert fallback[0] == fallback[1]
    assert ours[0] > 2 * ours[1]


@pytest.mark.parametrize("path", ["/", "/products/comet-pendant", "/cart"])
def test_every_picture_of_a_page_decodes(shop: str, page: Page, path: str) -> None:
    page.goto(f"{shop}{path}")
    broken = page.evaluate(
        """() => Promise.all([...document.images].map(async (image) => {
          image.loading = "eager";
          try { await image.decode(); return null; } catch { return image.currentSrc; }
        })).then((sources) => sources.filter(Boolean))"""
    )
    assert broken == []


def test_chart_is_drawn_anew_for_each_range(shop: str, page: Page) -> None:
    page.goto(f"{shop}/products/moon-jar")
    canvas = page.locator("canvas.chart")
    pictures = set()
    for name, days in (("90 days", 90), ("30 days", 30), ("1 year", 365)):
        page.get_by_role("button", name=name).click()
        expect(canvas).to_have_attribute("data-drawn", str(days))
        pictures.add(canvas.evaluate("(canvas) => canvas.toDataURL()"))
    assert len(pictures) == 3


def test_components_keep_their_parts_in_open_shadow_roots(shop: str, page: Page) -> None:
    page.goto(f"{shop}/products/dune-lamp")
    for name in ("star-rating", "price-tag"):
        root = page.locator(name).first.evaluate(
            "(element) => [element.shadowRoot.mode, element.shadowRoot.adoptedStyleSheets.length]"
        )
        assert root == ["open", 1]
    page.locator("star-rating [data-star='2']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("star-rating")).to_have_attribute("rated", "3")


def test_payment_frame_is_of_another_origin(shop: str, page: Page) -> None:
    page.goto(f"{shop}/")
    page.locator("[data-add=teapot]").click()
    expect(page.locator("[data-cart-count]")).to_have_text("1")
    page.goto(f"{shop}/checkout")
    card = page.frame_locator(".payment")
    expect(card.get_by_label("Card number")).to_be_visible()
    frame = next(frame for frame in page.frames if frame != page.main_frame)
    assert urlsplit(frame.url).hostname == "localhost"
    card.get_by_label("Card number").fill("4111 1111 1111 1112")
    expect(card.get_by_text("That number does not add up")).to_be_visible()


def test_form_is_checked_by_the_server_too(shop: str, visitor: BrowserContext, page: Page) -> None:
    page.goto(f"{shop}/")
    page.locator("[data-add=teapot]").click()
    expect(page.locator("[data-cart-count]")).to_have_text("1")
    answer = visitor.request.post(f"{shop}/checkout", form={"name": '"><script>', "email": "nobody"})
    assert answer.status == 422
    body = answer.text()
    assert "That does not look like an e-mail address." in body
    assert 'value="&quot;&gt;&lt;script&gt;"' in body


def test_theme_is_kept_and_shared_with_frames(shop: str, page: Page) -> None:
    page.goto(f"{shop}/products/teapot")
    frame = page.frame_locator(".reviews").locator("html")
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(frame).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_interface_refuses_what_it_does_not_know(shop: str, visitor: BrowserContext) -> None:
    request = visitor.request
    assert request.get(f"{shop}/nowhere").status == 404
    assert request.get(f"{shop}/orders/SH-1").status == 404
    assert request.get(f"{shop}/images/teapot@999999.png").status == 404
    assert request.get(f"{shop}/api/products/teapot/prices?days=x").status == 422
    assert request.post(f"{shop}/api/cart", data={"slug": "moon"}).status == 404
    assert request.post(f"{shop}/api/cart", data={"slug": "teapot", "quantity": 0}).status == 422
    assert request.put(f"{shop}/api/cart/teapot", data="[]").status == 422
    assert request.get(f"{shop}/checkout", max_redirects=0).status == 303


def test_each_shop_starts_empty_and_stops() -> None:
    before = threading.active_count()
    with serve_shop() as first, serve_shop() as second:
        assert first != second
    assert threading.active_count() <= before
