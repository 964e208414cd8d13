"""What a visitor does in the shop: carts, ratings, orders and the check of the checkout form. All in memory."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from harness.demo.catalogue import BY_SLUG, Product

MOST_OF_ONE = 9
GIFT_CENTS = 250
DELIVERIES = {
    "post": ("Post", "two days, to your door", 390),
    "express": ("Express", "tomorrow before noon", 890),
    "pickup": ("Pick it up", "at the workshop, with tea", 0),
}
COUNTRIES = ("Austria", "Denmark", "Finland", "Germany", "Iceland", "Netherlands", "Norway", "Sweden", "Switzerland")
_LATEST_DAYS = 60
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d\s()/-]{6,20}")


@dataclass
class Line:
    """One product in a cart."""

    product: Product
    quantity: int

    @property
    def total_cents(self) -> int:
        """What the line costs."""
        return self.product.price_cents * self.quantity


@dataclass
class Cart:
    """Quantities by product, in the order in which they were added."""

    quantities: dict[str, int] = field(default_factory=dict)

    def add(self, slug: str, quantity: int) -> None:
        """Add so many of a product; more than the shelf holds stay there."""
        self.put(slug, self.quantities.get(slug, 0) + quantity)

    def put(self, slug: str, quantity: int) -> None:
        """Set how many of a product are in the cart; none takes it out."""
        if quantity < 1:
            self.quantities.pop(slug, None)
        else:
            self.quantities[slug] = min(quantity, MOST_OF_ONE)

    @property
    def lines(self) -> list[Line]:
        """The cart's lines, oldest first."""
        return [Line(BY_SLUG[slug], quantity) for slug, quantity in self.quantities.items()]

    @property
    def count(self) -> int:
        """How many things there are in it."""
        return sum(self.quantities.values())

    @property
    def subtotal_cents(self) -> int:
        """What they cost together."""
        return sum(line.total_cents for line in self.lines)


@dataclass(frozen=True)
class Order:
    """An order as it was placed."""

    number: str
    session: str
    name: str
    lines: tuple[Line, ...]
    delivery: str
    day: date
    hour: int
    gift: bool

    @property
    def total_cents(self) -> int:
        """Everything together."""
        things = sum(line.total_cents for line in self.lines)
        return things + DELIVERIES[self.delivery][2] + (GIFT_CENTS if self.gift else 0)


class Desk:
    """The shop's memory: one cart a session, the ratings of every product, the orders."""

    def __init__(self) -> None:
        self.carts: dict[str, Cart] = {}
        self.orders: dict[str, Order] = {}
        self._ratings: dict[str, dict[str, int]] = {}
        self._numbers = itertools.count(1042)

    def cart(self, session: str) -> Cart:
        """The cart of a session, empty at first."""
        return self.carts.setdefault(session, Cart())

    def rate(self, session: str, product: Product, stars: int) -> None:
        """Keep a session's rating of a product; a second one replaces the first."""
        self._ratings.setdefault(product.slug, {})[session] = stars

    def rating(self, product: Product) -> tuple[float, int]:
        """A product's average rating and how many have rated it."""
        given = self._ratings.get(product.slug, {}).values()
        count = product.stars[1] + len(given)
        return (product.stars[0] + sum(given)) / count if count else 0.0, count

    def place(self, session: str, form: Mapping[str, str]) -> Order:
        """Turn a session's cart into an order; `form` has passed `problems`."""
        cart = self.cart(session)
        order = Order(
            number=f"SH-{next(self._numbers)}",
            session=session,
            name=form["name"].strip(),
            lines=tuple(cart.lines),
            delivery=form["delivery"],
            day=date.fromisoformat(form["date"]),
            hour=int(form["hour"]),
            gift=form.get("gift") == "yes",
        )
        self.orders[order.number] = order
        cart.quantities.clear()
        return order


def first_day() -> date:
    """The first day on which something can be delivered."""
    return date.today() + timedelta(days=1)


def last_day() -> date:
    """The last day that can be chosen."""
    return date.today() + timedelta(days=_LATEST_DAYS)


def problems(form: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a checkout form, by field; empty when it can be ordered. The page says the same, earlier."""
    found = {}
    for key, message in {
        "name": "Please tell us your name.",
        "street": "Where should we ring?",
        "postcode": "The postcode is missing.",
        "city": "The town is missing.",
    }.items():
        if not form.get(key, "").strip():
            found[key] = message
    if not _EMAIL.fullmatch(form.get("email", "").strip()):
        found["email"] = "That does not look like an e-mail address."
    if form.get("phone", "").strip() and not _PHONE.fullmatch(form["phone"].strip()):
        found["phone"] = "Digits, please, with or without a plus."
    try:
        if not first_day() <= date.fromisoformat(form.get("date", "")) <= last_day():
            found["date"] = "From tomorrow on, and within two months."
    except ValueError:
        found["date"] = "Which day suits you?"
    if form.get("delivery") not in DELIVERIES or not re.fullmatch(r"\d{1,2}", form.get("hour", "")):
        found["delivery"] = "How should it reach you?"
    if form.get("terms") != "yes":
        found["terms"] = "Please tick this one; it is true."
    if not form.get("payment"):
        found["payment"] = "The card is not complete yet."
    return found
