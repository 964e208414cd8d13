"""The demo shop's pages and its JSON interface.

A newcomer's first recording, and the application our own tests record: pages from the server, a cart over fetch, web
components, a chart on canvas, forms, dialogs, frames of this and of another origin, a popup. Everything it sends is
made here; it asks nothing of the network.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from harness.demo import artwork, font, orders
from harness.demo.catalogue import BY_SLUG, COLLECTIONS, PRODUCTS, Product, euros, price_history, reviews
from harness.demo.markup import Markup, render
from harness.demo.orders import DELIVERIES, GIFT_CENTS, Cart, Desk, Line, Order

_STATIC = Path(__file__).parent / "static"
_SESSION = "small_hours"
_MOST_FORM_BYTES = 20_000
_PICTURE_WIDTHS = frozenset({360, 640, 720, 1440})  # what the pages ask for; drawing costs time, so nothing else is
_FOR_AN_HOUR = {"Cache-Control": "public, max-age=3600"}
_OTHER_NAME = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}

_JOURNAL = (
    (
        "journal-kiln@640.png",
        "Nine hundred degrees",
        "Firing day starts at four. What we do until the kiln lets us look inside.",
    ),
    (
        "journal-coast.svg",
        "A week without a catalogue",
        "We sailed up the coast to find the blue of the new mugs. It was grey.",
    ),
    (
        "journal-studio@640.png",
        "The shelf of almost",
        "Every shop has one: things that were nearly right, and why we keep them.",
    ),
)


def create_shop() -> Starlette:
    """A shop with an empty memory: no carts, no orders, ratings as printed."""
    shop = Starlette(
        routes=[
            Route("/", _catalogue),
            Route("/products/{slug}", _product),
            Route("/products/{slug}/reviews", _reviews),
            Route("/cart", _cart),
            Route("/checkout", _checkout),
            Route("/checkout", _place_order, methods=["POST"]),
            Route("/orders/{number}", _order),
            Route("/orders/{number}/receipt", _receipt),
            Route("/pay", _payment),
            Route("/api/cart", _api_cart),
            Route("/api/cart", _api_cart_add, methods=["POST"]),
            Route("/api/cart/{slug}", _api_cart_line, methods=["PUT", "DELETE"]),
            Route("/api/products/{slug}", _api_product),
            Route("/api/products/{slug}/prices", _api_prices),
            Route("/api/products/{slug}/rating", _api_rate, methods=["POST"]),
            Route("/images/{file}", _picture),
            Route("/fonts/small-hours.woff", _font),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        exception_handlers={404: _not_found, 422: _not_understood},
    )
    shop.state.desk = Desk()
    return shop


# Pages ---------------------------------------------------------------------------------------------------------------


async def _catalogue(request: Request) -> Response:
    chosen = request.query_params.get("collection", "")
    chips = [_chip("", "Everything", chosen)] + [_chip(key, name, chosen) for key, name in COLLECTIONS.items()]
    entries = [
        render("journal_entry", file=file, title=title, text=text, alt=f"Picture for “{title}”")
        for file, title, text in _JOURNAL
    ]
    desk = _desk(request)
    content = render("catalogue", chips=chips, cards=[_card(desk, product) for product in PRODUCTS], journal=entries)
    return _page(request, "Things for quiet rooms", content, script="catalogue.js")


async def _product(request: Request) -> Response:
    product = _find(request)
    average, count = _desk(request).rating(product)
    others = [other for other in PRODUCTS if other != product]
    others.sort(key=lambda other: other.collection != product.collection)
    content = render(
        "product",
        slug=product.slug,
        name=product.name,
        tagline=product.tagline,
        story=product.story,
        collection=product.collection,
        collection_name=COLLECTIONS[product.collection],
        average=f"{average:.1f}",
        ratings=count,
        details=[render("bullet", text=detail) for detail in product.details],
        price=_price(product),
        related=[
            render("strip_item", slug=other.slug, name=other.name, price=euros(other.price_cents))
            for other in others[:8]
        ],
    )
    return _page(request, product.name, content, script="product.js")


async def _reviews(request: Request) -> Response:
    product = _find(request)
    written = sorted(reviews(product.slug), key=lambda review: review.days_ago)
    items = [
        render(
            "review",
            author=review.author,
            initial=review.author[0],
            hue=sum(map(ord, review.author)) * 7 % 360,
            stars=review.stars,
            age=review.days_ago,
            text=review.text,
            helpful=review.days_ago % 7 + review.stars,
        )
        for review in written
    ]
    return HTMLResponse(render("reviews", name=product.name, count=len(items), reviews=items))


async def _cart(request: Request) -> Response:
    cart = _session_cart(request)
    hidden = Markup("hidden")
    content = render(
        "cart",
        lines=[
            render(
                "cart_line",
                slug=line.product.slug,
                name=line.product.name,
                price=euros(line.product.price_cents),
                quantity=line.quantity,
                total=euros(line.total_cents),
            )
            for line in cart.lines
        ],
        subtotal=euros(cart.subtotal_cents),
        full=None if cart.count else hidden,
        empty=hidden if cart.count else None,
    )
    return _page(request, "Your cart", content, script="cart.js")


async def _checkout(request: Request) -> Response:
    return _checkout_page(request, {}, {})


async def _place_order(request: Request) -> Response:
    body = await request.body()
    if len(body) > _MOST_FORM_BYTES:
        raise HTTPException(413)
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    problems = orders.problems(form)
    session = _session(request)
    if problems or not _session_cart(request).count:
        return _checkout_page(request, form, problems)
    order = _desk(request).place(session, form)
    return RedirectResponse(f"/orders/{order.number}", status_code=303)


def _checkout_page(request: Request, form: Mapping[str, str], problems: Mapping[str, str]) -> Response:
    cart = _session_cart(request)
    if not cart.count:
        return RedirectResponse("/cart", status_code=303)

    def field(key: str, label: str, kind: str, extra: str) -> Markup:
        values = {"id": key, "label": label, "type": kind, "extra": Markup(extra)}
        return render("field", **values, value=form.get(key, ""), error=problems.get(key))

    chosen = form.get("delivery", "post")
    delivery_cents = DELIVERIES.get(chosen, DELIVERIES["post"])[2]
    days = f'required min="{orders.first_day()}" max="{orders.last_day()}"'
    content = render(
        "checkout",
        form_error="Some things are missing. They are marked below." if problems else "",
        form_error_hidden=None if problems else Markup("hidden"),
        field_name=field("name", "Name", "text", 'required autocomplete="name" placeholder="Astrid Halvorsen"'),
        field_email=field("email", "E-mail", "email", 'required autocomplete="email" placeholder="you@example.com"'),
        field_phone=field("phone", "Telephone (if the courier gets lost)", "tel", 'autocomplete="tel"'),
        field_street=field("street", "Street and number", "text", 'required autocomplete="street-address"'),
        field_postcode=field("postcode", "Postcode", "text", 'required autocomplete="postal-code" inputmode="numeric"'),
        field_city=field("city", "Town", "text", 'required autocomplete="address-level2"'),
        field_date=field("date", "Day", "date", days),
        countries=[
            render("option", value=country, selected=_flag(country == form.get("country", "Norway"), "selected"))
            for country in orders.COUNTRIES
        ],
        deliveries=[
            render(
                "delivery_choice",
                key=key,
                name=name,
                when=when,
                cents=cents,
                price=euros(cents) if cents else "free",
                checked=_flag(key == chosen, "checked"),
            )
            for key, (name, when, cents) in DELIVERIES.items()
        ],
        payment_url=_payment_url(request),
        payment_error=problems.get("payment"),
        terms_error=problems.get("terms"),
        lines=_mini_lines(cart.lines),
        subtotal_cents=cart.subtotal_cents,
        subtotal=euros(cart.subtotal_cents),
        delivery_cost=euros(delivery_cents),
        total=euros(cart.subtotal_cents + delivery_cents),
    )
    return _page(request, "Checkout", content, script="checkout.js", status=422 if problems else 200)


async def _order(request: Request) -> Response:
    order = _find_order(request)
    gift = render("sum_row", label="Wrapping", amount=euros(GIFT_CENTS)) if order.gift else None
    content = render(
        "order",
        number=order.number,
        first_name=order.name.split()[0],
        day=f"{order.day:%A}, {order.day.day} {order.day:%B}",
        hour=order.hour,
        lines=_mini_lines(order.lines),
        delivery=euros(DELIVERIES[order.delivery][2]),
        gift=gift,
        total=euros(order.total_cents),
        confetti=[
            render("confetto", x=(index * 37) % 100, delay=(index * 53) % 400, hue=(index * 67) % 360, turn=index * 41)
            for index in range(36)
        ],
    )
    return _page(request, "Thank you", content, script="order.js")


async def _receipt(request: Request) -> Response:
    order = _find_order(request)
    rows = [(f"{line.quantity} × {line.product.name}", line.total_cents) for line in order.lines]
    rows.append((DELIVERIES[order.delivery][0], DELIVERIES[order.delivery][2]))
    if order.gift:
        rows.append(("Wrapping", GIFT_CENTS))
    body = render(
        "receipt",
        number=order.number,
        date=f"for {order.day:%d.%m.%Y}",
        rows=[render("receipt_row", label=label, amount=euros(cents)) for label, cents in rows],
        total=euros(order.total_cents),
    )
    return HTMLResponse(body)


async def _payment(request: Request) -> Response:
    """The card form of "Pebble Pay": asked for under the other loopback name, so it is of another origin."""
    url = request.url
    parent = f"{url.scheme}://{_OTHER_NAME.get(url.hostname or '', url.hostname)}:{url.port}"
    return HTMLResponse(render("payment", parent_origin=parent))


async def _not_found(request: Request, error: Exception) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": "There is no such thing."}, status_code=404)
    return _page(request, "Nothing here", render("not_found"), status=404)


async def _not_understood(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": getattr(error, "detail", "")}, status_code=422)


def _page(request: Request, title: str, content: Markup, *, script: str | None = None, status: int = 200) -> Response:
    menu = [
        render(
            "menu_item",
            key=key,
            name=name,
            picture=_picture_url(next(product for product in PRODUCTS if product.collection == key)),
            count=sum(product.collection == key for product in PRODUCTS),
        )
        for key, name in COLLECTIONS.items()
    ]
    count = _session_cart(request).count
    body = render(
        "layout",
        title=title,
        head=Markup(f'<script type="module" src="/static/{script}"></script>') if script else None,
        body_class="page-" + (script or "plain").removesuffix(".js"),
        menu=menu,
        cart_count=count,
        cart_empty=str(not count).lower(),
        content=content,
    )
    response = HTMLResponse(body, status_code=status)
    if request.cookies.get(_SESSION) != _session(request):
        response.set_cookie(_SESSION, _session(request), httponly=True, samesite="lax")
    return response


def _chip(key: str, name: str, chosen: str) -> Markup:
    href = f"/?collection={key}" if key else "/"
    return render("chip", key=key, name=name, href=href, current=_flag(key == chosen, 'aria-current="true"'))


def _card(desk: Desk, product: Product) -> Markup:
    source_set = f'srcset="/images/{product.slug}@360.png 1x, /images/{product.slug}@720.png 2x"'
    return render(
        "card",
        slug=product.slug,
        name=product.name,
        search=f"{product.name} {product.tagline} {COLLECTIONS[product.collection]}".lower(),
        tagline=product.tagline,
        collection=product.collection,
        price_cents=product.price_cents,
        average=f"{desk.rating(product)[0]:.2f}",
        picture=_picture_url(product),
        srcset=Markup(source_set) if product.picture == "png" else None,
        price=_price(product),
    )


def _price(product: Product) -> Markup:
    was = render("was", price=euros(product.was_cents)) if product.was_cents else None
    return render(
        "price",
        cents=product.price_cents,
        was_cents=product.was_cents or "",
        price=euros(product.price_cents),
        was=was,
    )


def _mini_lines(lines: Sequence[Line]) -> list[Markup]:
    return [
        render(
            "mini_line",
            slug=line.product.slug,
            name=line.product.name,
            quantity=line.quantity,
            total=euros(line.total_cents),
        )
        for line in lines
    ]


def _picture_url(product: Product) -> str:
    return f"/images/{product.slug}@360.png" if product.picture == "png" else f"/images/{product.slug}.svg"


def _payment_url(request: Request) -> str:
    """This server under its other loopback name; under any other name the frame is of the same origin."""
    url = request.url
    host = _OTHER_NAME.get(url.hostname or "", url.hostname)
    return f"{url.scheme}://{host}:{url.port}/pay"


def _flag(on: bool, attribute: str) -> Markup:
    return Markup(attribute if on else "")


# The JSON interface --------------------------------------------------------------------------------------------------


async def _api_cart(request: Request) -> Response:
    return _cart_json(_session_cart(request))


async def _api_cart_add(request: Request) -> Response:
    wanted = await _json(request)
    product = BY_SLUG.get(str(wanted.get("slug")))
    if product is None:
        return JSONResponse({"error": "There is no such thing."}, status_code=404)
    cart = _session_cart(request)
    cart.add(product.slug, _whole_number(wanted.get("quantity", 1), 1, orders.MOST_OF_ONE))
    return _cart_json(cart, status=201)


async def _api_cart_line(request: Request) -> Response:
    product = _find(request)
    cart = _session_cart(request)
    if request.method == "DELETE":
        cart.put(product.slug, 0)
    else:
        cart.put(product.slug, _whole_number((await _json(request)).get("quantity"), 0, orders.MOST_OF_ONE))
    return _cart_json(cart)


async def _api_product(request: Request) -> Response:
    product = _find(request)
    return JSONResponse(
        {
            "slug": product.slug,
            "name": product.name,
            "tagline": product.tagline,
            "story": product.story,
            "picture": f"/images/{product.slug}.svg",
            "price_html": _price(product),
        }
    )


async def _api_prices(request: Request) -> Response:
    days = request.query_params.get("days", "90")
    history = price_history(_find(request), _whole_number(int(days) if days.isdecimal() else days, 7, 365))
    return JSONResponse([{"day": day.isoformat(), "cents": cents} for day, cents in history])


async def _api_rate(request: Request) -> Response:
    product, desk = _find(request), _desk(request)
    desk.rate(_session(request), product, _whole_number((await _json(request)).get("stars"), 1, 5))
    average, count = desk.rating(product)
    return JSONResponse({"average": round(average, 2), "count": count})


def _cart_json(cart: Cart, *, status: int = 200) -> Response:
    return JSONResponse(
        {
            "count": cart.count,
            "subtotal": euros(cart.subtotal_cents),
            "lines": [
                {"slug": line.product.slug, "quantity": line.quantity, "total": euros(line.total_cents)}
                for line in cart.lines
            ],
        },
        status_code=status,
    )


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict):
        raise HTTPException(422, "A JSON object is expected.")
    return body


def _whole_number(value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise HTTPException(422, f"A whole number from {low} to {high} is expected.")
    return value


# Files that are drawn ------------------------------------------------------------------------------------------------


def _picture(request: Request) -> Response:  # a plain function: Starlette draws it off the event loop
    stem, _, suffix = request.path_params["file"].rpartition(".")
    name, _, width = stem.partition("@")
    if suffix == "svg" and stem == "mark":
        return Response(artwork.MARK, media_type="image/svg+xml", headers=_FOR_AN_HOUR)
    if suffix == "svg" and stem in artwork.NAMES:
        return Response(artwork.svg(stem), media_type="image/svg+xml", headers=_FOR_AN_HOUR)
    if suffix == "png" and name in artwork.NAMES and width.isdecimal() and int(width) in _PICTURE_WIDTHS:
        return Response(artwork.png(name, int(width)), media_type="image/png", headers=_FOR_AN_HOUR)
    raise HTTPException(404)


async def _font(request: Request) -> Response:
    return Response(font.woff(), media_type=font.MIME, headers=_FOR_AN_HOUR)


# Who is asking -------------------------------------------------------------------------------------------------------


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _session(request: Request) -> str:
    """The visitor's session, from the cookie; a new one is set by the page that answers."""
    known: str | None = getattr(request.state, "session", None) or request.cookies.get(_SESSION)
    request.state.session = known or secrets.token_hex(16)
    session: str = request.state.session
    return session


def _session_cart(request: Request) -> Cart:
    return _desk(request).cart(_session(request))


def _find(request: Request) -> Product:
    product = BY_SLUG.get(request.path_params["slug"])
    if product is None:
        raise HTTPException(404)
    return product


def _find_order(request: Request) -> Order:
    order = _desk(request).orders.get(request.path_params["number"])
    if order is None or order.session != _session(request):
        raise HTTPException(404)
    return order
