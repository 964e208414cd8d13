"""The scripted visit to the shop that `make demo` records, at a pace that a person can follow.

Also a journey for the command line: `harness record harness/demo/journey.py` starts a shop of its own.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Callable
from datetime import date, timedelta

from playwright.async_api import FloatRect, Locator, Page, expect

from harness.demo import artwork
from harness.demo.server import serve_shop

_STEP_SECONDS = 0.012  # between two positions of the pointer; the recorder keeps one every 50 ms
_LOOK_SECONDS = 0.07  # before a click, and after what is worth seeing
_TYPING_MS = 6.0

# Scrolls by `distance` in `duration` ms; a person's wheel is no jump.
_SCROLL = """([distance, duration]) => new Promise((resolve) => {
  const from = scrollY, start = performance.now();
  const step = (now) => {
    const part = duration ? Math.min(Math.max(now - start, 0) / duration, 1) : 1;
    scrollTo({ top: from + distance * part * (2 - part), behavior: "instant" });
    if (part < 1) requestAnimationFrame(step); else resolve();
  };
  requestAnimationFrame(step);
})"""


# Whether an element keeps its place when the page scrolls.
_STAYS = "(element) => element.closest('.top, .summary, dialog') !== null"


class Visitor:
    """Somebody at a page: the pointer glides, the page scrolls, and each thing done has a name."""

    def __init__(self, page: Page, on_action: Callable[[str], None] | None = None, pace: float = 1.0) -> None:
        self.page = page
        self.pace = pace
        self._on_action = on_action or (lambda label: None)
        self._x, self._y = 640.0, 360.0

    def begin(self, label: str) -> None:
        """Say what is done next."""
        self._on_action(label)

    async def look(self, times: float = 1) -> None:
        """Wait for the eyes of whoever watches the recording, never for the page."""
        await asyncio.sleep(_LOOK_SECONDS * times * self.pace)

    async def point(self, place: Locator, *, part: tuple[float, float] = (0.5, 0.5)) -> None:
        """Move the pointer to `place`, or to a part of it, in a curve that slows down at the end."""
        box = await self._scroll_to(place)
        x, y = box["x"] + box["width"] * part[0], box["y"] + box["height"] * part[1]
        from_x, from_y = self._x, self._y
        # By the clock, not by steps: on a busy machine the pointer makes fewer stops, and is no slower.
        duration = min(0.08 + math.hypot(x - from_x, y - from_y) / 5000, 0.2) * self.pace
        start = time.monotonic()
        done = 0.0
        while done < 1:
            await asyncio.sleep(_STEP_SECONDS)
            done = min((time.monotonic() - start) / duration, 1) if duration else 1
            eased = done * (2 - done)
            bend = math.sin(eased * math.pi) * 14
            await self.page.mouse.move(from_x + (x - from_x) * eased, from_y + (y - from_y) * eased - bend)
        self._x, self._y = x, y

    async def _scroll_to(self, place: Locator) -> FloatRect:
        """Scroll until `place` stands well inside the window; return where that is."""
        box, size = await place.bounding_box(), self.page.viewport_size
        assert box is not None, f"{place} has no box"
        if size is None or 90 <= box["y"] <= size["height"] - 40 - box["height"]:
            return box
        if await place.evaluate(_STAYS):
            return box
        distance = box["y"] + box["height"] / 2 - size["height"] * 0.55
        await self.page.evaluate(_SCROLL, [distance, min(100 + abs(distance) / 6, 300) * self.pace])
        return await place.bounding_box() or box

    async def click(self, place: Locator) -> None:
        """Point at `place` and click it."""
        await self.point(place)
        await self.look()
        await place.click()

    async def type(self, field: Locator, text: str) -> None:
        """Click a field and type."""
        await self.click(field)
        await field.press_sequentially(text, delay=_TYPING_MS)


async def journey(
    page: Page,
    base_url: str | None = None,
    *,
    on_action: Callable[[str], None] | None = None,
    pace: float = 1.0,
) -> None:
    """Visit the shop at `base_url`, or one started for the visit; `on_action` is told the name of each action.

    `pace` stretches the visitor's movements and pauses; 0 leaves them out.
    """
    visitor = Visitor(page, on_action, pace)
    if base_url is not None:
        await _visit(visitor, base_url)
        return
    artwork.draw_ahead()
    with serve_shop() as own_url:
        await _visit(visitor, own_url)


async def _visit(visitor: Visitor, base_url: str) -> None:
    await _browse(visitor, base_url)
    await _study_the_lamp(visitor)
    await _fill_the_cart(visitor)
    await _order(visitor)
    await _take_the_receipt(visitor)


async def _browse(visitor: Visitor, base_url: str) -> None:
    page = visitor.page
    cards = page.locator(".card:visible")

    visitor.begin("Open the shop")
    await page.goto(f"{base_url}/")
    await expect(page).to_have_title(re.compile("Small Hours"))
    await expect(cards).to_have_count(12)
    await visitor.look(3)

    visitor.begin("Look into the menu")
    await visitor.point(page.get_by_role("link", name="Collections"))
    await expect(page.locator(".menu-panel")).to_be_visible()
    await visitor.look(2)

    visitor.begin("Choose the lamps")
    await visitor.click(page.locator(".menu-item", has_text="Light"))
    await expect(page).to_have_url(re.compile(r"\?collection=light$"))
    await expect(cards).to_have_count(3)

    visitor.begin("Show everything again")
    await visitor.click(page.locator(".chip", has_text="Everything"))
    await expect(page).to_have_url(f"{base_url}/")
    await expect(cards).to_have_count(12)

    visitor.begin("Search for a teapot")
    search = page.get_by_role("searchbox")
    await visitor.type(search, "teapot")
    await expect(cards).to_have_count(1)
    await visitor.look(2)

    visitor.begin("Open the quick view")
    teapot = page.locator(".card[data-slug=teapot]")
    await visitor.point(teapot)
    await visitor.click(teapot.get_by_role("button", name="Quick view"))
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("heading", name="Garden teapot")).to_be_visible()
    await visitor.look(3)

    visitor.begin("Add the teapot to the cart")
    await visitor.click(dialog.get_by_role("button", name="Add to cart"))
    await expect(page.locator("[data-cart-count]")).to_have_text("1")
    await expect(dialog).to_be_hidden()

    visitor.begin("Clear the search")
    await search.press("ControlOrMeta+a")
    await search.press("Delete")
    await expect(cards).to_have_count(12)

    visitor.begin("Scroll down to the journal")
    await visitor.point(page.locator(".entry img").nth(1))
    await expect(page.locator(".entry img").nth(1)).to_have_js_property("naturalWidth", 640)
    await visitor.look(3)


async def _study_the_lamp(visitor: Visitor) -> None:
    page = visitor.page

    visitor.begin("Open the lamp's page")
    await visitor.click(page.locator(".card h3 a", has_text="Dune lamp"))
    await expect(page.get_by_role("heading", name="Dune lamp")).to_be_visible()

    visitor.begin("Switch to dark")
    await visitor.click(page.get_by_role("button", name="Switch between light and dark"))
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await visitor.look(3)

    visitor.begin("Give it five stars")
    await visitor.click(page.locator("star-rating [data-star='5']"))
    await expect(page.get_by_text("4.7 · 25 ratings")).to_be_visible()

    chart = page.locator("canvas.chart")
    visitor.begin("Show the price over a year")
    await visitor.click(page.get_by_role("button", name="1 year"))
    await page.locator("canvas[data-drawn='365']").wait_for()

    visitor.begin("Follow the price with the pointer")
    for part in (0.3, 0.8):
        await visitor.point(chart, part=(part, 0.5))
    await expect(page.locator("[data-chart-note]")).to_have_text(re.compile(r"^\d+ \w+: €\d+\.\d\d$"))

    visitor.begin("Sort the reviews, and call one helpful")
    reviews = page.frame_locator(".reviews")
    await visitor.click(reviews.get_by_role("button", name="Kindest"))
    await expect(reviews.locator(".review").nth(1)).to_have_attribute("data-stars", "5")
    helpful = reviews.locator(".helpful").first
    await visitor.click(helpful)
    await expect(helpful).to_have_attribute("aria-pressed", "true")


async def _fill_the_cart(visitor: Visitor) -> None:
    page = visitor.page
    badge = page.locator("[data-cart-count]")

    visitor.begin("Ask about delivery, and close the answer with Escape")
    await visitor.click(page.get_by_role("button", name="Delivery and where"))
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    await visitor.look(3)
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()

    visitor.begin("Take two lamps")
    await visitor.click(page.get_by_role("button", name="One more"))
    await visitor.click(page.get_by_role("button", name="Add to cart"))
    await expect(badge).to_have_text("3")

    visitor.begin("Go back")
    await page.go_back()
    await expect(page.locator("[data-grid]")).to_be_visible()
    await visitor.look(2)

    visitor.begin("Go forward again")
    await page.go_forward()
    await expect(page.get_by_role("heading", name="Dune lamp")).to_be_visible()
    await visitor.look(2)

    visitor.begin("Open the cart")
    await visitor.click(page.get_by_role("link", name="Cart"))
    await expect(page.locator(".line")).to_have_count(2)

    visitor.begin("One lamp is enough")
    await visitor.click(page.get_by_role("button", name="One Dune lamp less"))
    await expect(page.locator(".line", has_text="Dune lamp").locator("[data-line-total]")).to_have_text("€89.00")
    await expect(badge).to_have_text("2")


async def _order(visitor: Visitor) -> None:
    page = visitor.page

    visitor.begin("Go to the checkout")
    await visitor.click(page.get_by_role("link", name="To the checkout"))
    await expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    submit = page.get_by_role("button", name="Place the order")

    visitor.begin("Order too early")
    await visitor.click(submit)
    await expect(page.get_by_text("Please tell us your name.")).to_be_visible()
    await visitor.look(3)

    visitor.begin("Say who it is for")
    await visitor.type(page.get_by_label("Name", exact=True), "Astrid Halvorsen")
    await page.keyboard.press("Tab")
    email = page.get_by_label("E-mail")
    await expect(email).to_be_focused()
    await email.press_sequentially("astrid@example.com", delay=_TYPING_MS)
    await page.keyboard.press("Tab")
    await page.get_by_label("Telephone").press_sequentially("+47 555 01 234", delay=_TYPING_MS)

    visitor.begin("Say where it goes")
    await visitor.type(page.get_by_label("Street and number"), "Havnegata 7")
    for label, text in (("Postcode", "7010"), ("Town", "Trondheim")):
        await page.keyboard.press("Tab")
        await page.get_by_label(label).press_sequentially(text, delay=_TYPING_MS)
    await page.get_by_label("Country").select_option("Sweden")

    visitor.begin("Choose express, a day and an hour")
    await visitor.click(page.locator(".choice", has_text="Express"))
    await expect(page.locator("[data-delivery-cost]")).to_have_text("€8.90")
    await page.get_by_label("Day", exact=True).fill((date.today() + timedelta(days=5)).isoformat())
    hour = page.get_by_label("Around")
    await visitor.click(hour)
    for _ in range(3):
        await hour.press("ArrowRight")
    await expect(page.locator("[data-hour]")).to_have_text("17:00")

    visitor.begin("Make it a present")
    await visitor.click(page.get_by_label("It is a present"))
    await visitor.type(page.get_by_label("A word to go with it"), "For the long evenings")
    await expect(page.locator("[data-total]")).to_have_text("€142.40")

    visitor.begin("Fill in the card")
    card = page.frame_locator(".payment")
    await visitor.type(card.get_by_label("Card number"), "4111111111111111")
    await expect(card.get_by_label("Card number")).to_have_value("4111 1111 1111 1111")
    for label, text in (("Valid until", "1231"), ("Code", "123")):
        await page.keyboard.press("Tab")
        await card.get_by_label(label).press_sequentially(text, delay=_TYPING_MS)
    await expect(card.get_by_text("Ready to pay")).to_be_visible()
    await visitor.click(page.get_by_label("I know that nothing"))
    await expect(page.locator("[data-form-error]")).to_be_hidden()

    visitor.begin("Place the order")
    await visitor.click(submit)
    await expect(page.get_by_role("heading", name="Thank you, Astrid")).to_be_visible()
    await visitor.look(6)


async def _take_the_receipt(visitor: Visitor) -> None:
    page = visitor.page

    visitor.begin("Open the receipt in a window")
    async with page.expect_popup() as opened:
        await visitor.click(page.get_by_role("button", name="Open the receipt"))
    receipt = await opened.value
    await expect(receipt.locator("tfoot")).to_contain_text("€142.40")
    await visitor.look(6)

    visitor.begin("Put the receipt away")
    async with receipt.expect_event("close"):
        await Visitor(receipt, pace=visitor.pace).click(receipt.get_by_role("button", name="Close"))
    await expect(page.get_by_text("Receipt put away.")).to_be_visible()

    visitor.begin("Switch back to light")
    await visitor.click(page.get_by_role("button", name="Switch between light and dark"))
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    await visitor.look(4)
