"""What the shop sells: products, collections, price histories, reviews. All invented, and the same at every start."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Product:
    """One thing for sale; prices are in cents of a euro."""

    slug: str
    name: str
    collection: str
    price_cents: int
    tagline: str
    story: str
    details: tuple[str, ...]
    picture: str  # "png" or "svg": which form its picture has in the grid
    was_cents: int | None = None
    stars: tuple[int, int] = (0, 0)  # (sum of the stars given, number of ratings)


@dataclass(frozen=True)
class Review:
    """What one customer wrote."""

    author: str
    stars: int
    days_ago: int
    text: str


COLLECTIONS = {
    "light": "Light",
    "table": "Table",
    "green": "Green",
    "desk": "Desk & sofa",
}

PRODUCTS = (
    Product(
        "dune-lamp", "Dune lamp", "light", 8900, "A warm light for late reading",
        "A shade of spun steel over a slim foot. The light falls down and sideways, never into your eyes.",
        ("38 cm high, 30 cm wide", "Powder-coated steel", "Dims by touch"), "svg", 10900, (113, 24),
    ),
    Product(
        "moon-jar", "Moon jar", "table", 6400, "Thrown in two halves",
        "Two bowls are joined at the waist, so no jar is quite round. The wave is painted in one stroke.",
        ("24 cm high", "Stoneware porcelain", "Holds water"), "png", None, (88, 18),
    ),
    Product(
        "pebble-mug", "Pebble mug", "table", 1850, "Made for two cold hands",
        "Heavy at the bottom, thin at the lip. The band is left unglazed where your thumb goes.",
        ("350 ml", "Dishwasher-safe", "Set of one, best in twos"), "png", None, (231, 49),
    ),
    Product(
        "little-cactus", "Little cactus", "green", 1400, "Asks for very little",
        "Water it when you remember, which is often enough. Flowers in June if you are kind.",
        ("About 18 cm with its pot", "South window", "Not for cats"), "svg", None, (142, 31),
    ),
    Product(
        "comet-pendant", "Comet pendant", "light", 14900, "Three globes on one canopy",
        "Mouth-blown globes at three heights. Hang it low over a table and switch everything else off.",
        ("Cords up to 180 cm", "Blown glass, brass", "3 × E27, bulbs included"), "svg", None, (57, 12),
    ),
    Product(
        "teapot", "Garden teapot", "table", 4200, "Pours without a drip",
        "The spout took us eleven tries. Holds four cups and keeps them warm for a chapter.",
        ("1.1 litres", "Steel strainer", "Glazed inside and out"), "png", 4900, (94, 20),
    ),
    Product(
        "snake-plant", "Snake plant", "green", 2600, "Grows in any corner",
        "The calmest plant we know. Thrives on shade, holidays and good intentions.",
        ("About 45 cm", "Shade to half-shade", "In a white clay pot"), "svg", None, (166, 36),
    ),
    Product(
        "quarter-clock", "Quarter clock", "desk", 5600, "Every hour has a soft spot",
        "A wall clock with a coloured quarter, to remind you to look out of the window.",
        ("26 cm across", "Ash wood", "Silent movement"), "svg", None, (71, 15),
    ),
    Product(
        "reed-vase", "Reed vase", "table", 3200, "For five stems and no more",
        "A narrow neck holds dried reeds upright. Celadon glaze, slightly different each time.",
        ("19 cm high", "Reeds included", "Stoneware"), "png", None, (48, 10),
    ),
    Product(
        "harbour-lantern", "Harbour lantern", "light", 4800, "Does not mind the wind",
        "Made for a jetty, happy on a balcony. The glass lifts out for cleaning.",
        ("32 cm high", "Galvanised steel, glass", "For candles up to 6 cm"), "svg", None, (109, 23),
    ),
    Product(
        "field-notebook", "Field notebook", "desk", 1250, "Lies flat, takes ink well",
        "Sewn, not glued: 160 pages that lie flat on a knee, a rail or a table.",
        ("13 × 21 cm", "100 g paper, dotted", "Pencil included"), "svg", None, (203, 43),
    ),
    Product(
        "hill-cushion", "Hill cushion", "desk", 3900, "An evening walk, woven",
        "A double weave in wool and linen. The back is plain, for people who like it plain.",
        ("50 × 35 cm", "Wool and linen", "Feather-free filling"), "svg", 4500, (62, 14),
    ),
)  # fmt: skip

BY_SLUG = {product.slug: product for product in PRODUCTS}

_REVIEWS = (
    Review("Ines", 5, 4, "Arrived in a day, wrapped like a present. It has made the corner by the window mine."),
    Review("Tomasz", 4, 11, "A little smaller than I had imagined, and exactly right where it stands now."),
    Review("Hana", 5, 19, "I bought one, then one for my mother, then one for her neighbour."),
    Review("Oluwaseun", 3, 26, "Lovely thing. The box had seen better days; they sent a new one without a question."),
    Review("Frida", 5, 40, "You can tell that somebody cared about the edges."),
    Review("Marek", 4, 63, "Quiet, useful, good to look at. What more is there."),
)


def reviews(slug: str) -> list[Review]:
    """What customers wrote about a product: the same few, in an order of its own."""
    order = list(_REVIEWS)
    random.Random(slug).shuffle(order)
    return order[:5]


def price_history(product: Product, days: int) -> list[tuple[date, int]]:
    """One price a day, oldest first, up to today's."""
    source = random.Random(product.slug)
    highest = product.was_cents or round(product.price_cents * 1.12)
    phase, rate = source.uniform(0, 6), source.uniform(22, 40)
    prices = []
    for back in range(365):
        wave = math.sin(back / rate + phase) * 0.5 + math.sin(back / 9 + phase * 2) * 0.15
        drift = min(back / 120, 1.0)
        jitter = source.uniform(-0.06, 0.06)
        price = product.price_cents + (highest - product.price_cents) * drift * (0.75 + wave + jitter)
        prices.append(product.price_cents if back == 0 else round(price / 10) * 10)
    today = date.today()
    return [(today - timedelta(days=back), prices[back]) for back in range(min(days, 365) - 1, -1, -1)]


def euros(cents: int) -> str:
    """A price as it is written in the shop: "€48.00"."""
    return f"€{cents // 100:,}.{cents % 100:02d}"
