"""What the demo shop draws and writes by itself: pictures, the typeface, HTML, prices."""

from __future__ import annotations

import io
import re
import struct
import zlib
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from harness.demo import artwork, font, glyphs, orders
from harness.demo.catalogue import COLLECTIONS, PRODUCTS, euros, price_history, reviews
from harness.demo.drawing import Scene, across, box, down, ellipse, plain
from harness.demo.markup import Markup, escape, render

STATIC = Path(artwork.__file__).parent / "static"


def decoded(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def test_png_is_what_was_drawn() -> None:
    scene = Scene(40, 20, plain("#204060"))
    scene.add(box(10, 5, 20, 10), plain("#ff0000"))
    picture = decoded(scene.png(80))
    assert picture.size == (80, 40)
    assert picture.mode == "RGB"
    assert picture.getpixel((2, 2)) == (0x20, 0x40, 0x60)
    assert picture.getpixel((40, 20)) == (255, 0, 0)
    assert picture.getpixel((19, 20)) == (0x20, 0x40, 0x60)
    assert picture.getpixel((20, 10)) == (255, 0, 0)


def test_edges_are_smooth_and_gradients_run() -> None:
    scene = Scene(40, 40, plain("#000000"))
    scene.add(ellipse(20, 20, 15.3, 15.3), plain("#ffffff"))
    greys = {picture for picture in decoded(scene.png(40)).convert("L").tobytes() if 0 < picture < 255}
    assert len(greys) > 8
    run = decoded(Scene(16, 4, across("#000000", "#ffffff")).png(64))
    assert run.getpixel((0, 0)) != run.getpixel((63, 0))
    assert run.getpixel((32, 0)) == run.getpixel((32, 15))
    fall = decoded(Scene(4, 16, down("#000000", "#ffffff")).png(16))
    assert fall.getpixel((0, 0)) == fall.getpixel((15, 0)) != fall.getpixel((0, 60))


def test_shapes_beyond_the_edges_are_cut_off() -> None:
    scene = Scene(10, 10, plain("#000000"))
    scene.add(ellipse(0, 0, 30, 30), across("#ff0000", "#00ff00", opacity=0.5)).glow(9, 9, 20, 20, "#0000ff", 1)
    assert decoded(scene.png(20)).size == (20, 20)


@pytest.mark.parametrize("name", sorted(artwork.NAMES))
def test_every_picture_can_be_drawn_both_ways(name: str) -> None:
    scene = artwork.scene(name)
    small = decoded(scene.png(40))
    assert small.size[0] == 40
    assert len(set(small.convert("L").tobytes())) > 10, "a picture of one colour is none"
    root = ElementTree.fromstring(artwork.svg(name))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    used = set(re.findall(rb"url\(#(\w+)\)", artwork.svg(name)))
    assert used <= set(re.findall(rb'id="(\w+)"', artwork.svg(name)))


def test_pictures_are_the_same_each_time() -> None:
    assert artwork.scene("hero").png(64) == artwork.scene("hero").png(64)


def test_every_product_has_its_picture_and_its_collection() -> None:
    assert {product.slug for product in PRODUCTS} <= artwork.NAMES
    assert {product.collection for product in PRODUCTS} == set(COLLECTIONS)


def tables_of(woff: bytes) -> dict[bytes, bytes]:
    signature, _, length, count = struct.unpack(">4sIIH", woff[:14])
    assert signature == b"wOFF"
    assert length == len(woff)
    tables = {}
    for index in range(count):
        tag, offset, packed, size, checksum = struct.unpack_from(">4sIIII", woff, 44 + 20 * index)
        content = woff[offset : offset + packed]
        tables[tag] = zlib.decompress(content) if packed < size else content
        assert len(tables[tag]) == size
        summed = tables[tag][:8] + bytes(4) + tables[tag][12:] if tag == b"head" else tables[tag]
        summed += bytes(-size % 4)
        assert sum(struct.unpack(f">{len(summed) // 4}I", summed)) & 0xFFFFFFFF == checksum
    return tables


def test_font_has_whole_tables_in_order() -> None:
    tables = tables_of(font.woff())
    assert list(tables) == sorted(tables)
    assert set(tables) == {
        b"OS/2", b"cmap", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"name", b"post"
    }  # fmt: skip
    glyph_count = struct.unpack_from(">H", tables[b"maxp"], 4)[0]
    assert len(tables[b"hmtx"]) == glyph_count * 4
    offsets = struct.unpack(f">{glyph_count + 1}I", tables[b"loca"])
    assert list(offsets) == sorted(offsets)
    assert offsets[-1] == len(tables[b"glyf"])


def test_font_has_letters_figures_and_signs() -> None:
    assert set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 €.,:-–!?&%") <= set(glyphs.CHARACTERS)
    assert len({glyphs.advance(figure) for figure in "0123456789"}) == 1
    for character in glyphs.CHARACTERS.replace(" ", ""):
        assert glyphs.contours(character), character


def test_pillow_reads_the_font_and_draws_with_it() -> None:
    from PIL import ImageFont

    face = ImageFont.truetype(io.BytesIO(font.woff()), 40)
    assert face.getname() == ("Small Hours", "Regular")
    assert face.getlength("M") > face.getlength("I")
    assert face.getlength("hours") == face.getlength("HOURS")
    assert face.getbbox("H")[3] - face.getbbox("H")[1] > 20


def test_values_in_templates_are_escaped() -> None:
    assert escape('<b title="x">&') == "&lt;b title=&quot;x&quot;&gt;&amp;"
    assert escape(Markup("<b>")) == "<b>"
    assert escape([Markup("<i>"), "<i>", None]) == "<i>&lt;i&gt;"
    assert "<script>" not in render("bullet", text="<script>alert(1)</script>")


def test_price_history_ends_today_at_the_price() -> None:
    for product in PRODUCTS:
        history = price_history(product, 90)
        assert len(history) == 90
        assert history[-1] == (date.today(), product.price_cents)
        assert price_history(product, 30) == history[-30:]
        assert all(cents > 0 for _, cents in price_history(product, 365))


def test_reviews_and_prices_are_written_for_people() -> None:
    assert len(reviews("teapot")) == 5
    assert reviews("teapot") == reviews("teapot")
    assert [euros(cents) for cents in (5, 1250, 123456)] == ["€0.05", "€12.50", "€1,234.56"]


def test_checkout_form_says_what_is_wrong() -> None:
    good = {
        "name": "Astrid", "email": "a@example.com", "street": "Havnegata 7", "postcode": "7010", "city": "Trondheim",
        "date": orders.first_day().isoformat(), "hour": "14", "delivery": "post", "terms": "yes", "payment": "token",
    }  # fmt: skip
    assert orders.problems(good) == {}
    assert set(orders.problems({})) == {*good, "delivery"} - {"hour"}
    for key, value in (
        ("email", "a@b"),
        ("date", "2020-01-01"),
        ("date", "soon"),
        ("delivery", "drone"),
        ("name", " "),
    ):
        assert set(orders.problems({**good, key: value})) == {key}
    assert set(orders.problems({**good, "phone": "ring me"})) == {"phone"}


def test_cart_keeps_to_the_shelf() -> None:
    cart = orders.Cart()
    cart.add("teapot", 2)
    cart.add("teapot", 9)
    assert cart.count == orders.MOST_OF_ONE
    cart.put("teapot", 0)
    assert (cart.count, cart.subtotal_cents, cart.lines) == (0, 0, [])


def test_nothing_points_away_from_the_shop() -> None:
    files = [path for path in STATIC.parent.rglob("*") if path.suffix in {".html", ".css", ".js", ".py"}]
    assert len(files) > 30
    for path in files:
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        if path.suffix == ".py":  # docstrings name the specifications
            text = re.sub(r'""".*?"""', "", text, flags=re.DOTALL)
        assert not re.search(r"https?://(?!\{|127\.0\.0\.1)\w", text), path
