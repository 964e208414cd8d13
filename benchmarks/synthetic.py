"""A synthetic session: rrweb events of a person at a dashboard for hours, the same for the same seed.

A table of rows whose cells change, rows that come and go, a list that grows and is cleared, classes and styles that
flip, with the pointer, scrolling and typing in between: 200,000 events an hour, as in a busy application. The document
keeps its size, so that what an hour costs more than a minute is the recording's length and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

EVENTS_PER_HOUR = 200_000
HOUR_MS = 3_600_000
ROWS, CELLS, FEED = 120, 8, 40
WORDS = [
    "open",
    "paid",
    "sent",
    "held",
    "late",
    "done",
    "next",
    "more",
    "list",
    "view",
    "edit",
    "total",
    "order",
    "item",
    "cart",
    "user",
    "mail",
    "note",
    "file",
    "page",
]

Event = dict[str, Any]
Serialised = dict[str, Any]


class Session:
    """Makes the events; `events` may be called once."""

    def __init__(self, *, hours: float = 1, seed: int = 1, started_at: float = 1_700_000_000_000) -> None:
        self.count = round(EVENTS_PER_HOUR * hours)
        self._duration_ms = HOUR_MS * hours
        self._started_at = started_at
        self._random = Random(seed)
        self._next_id = 1
        self._cells: list[tuple[int, int]] = []  # (td, its text)
        self._rows: list[tuple[int, list[tuple[int, int]]]] = []
        self._feed: list[int] = []
        self._ids: dict[str, int] = {}
        self._typed = ""

    def events(self) -> Iterator[Event]:
        """Yield meta, a full snapshot and then `count` incremental events, evenly spread over the time."""
        start = self._started_at
        yield {"type": 4, "data": {"href": "http://dashboard.test/", "width": 1280, "height": 720}, "timestamp": start}
        snapshot = {"node": self._document(), "initialOffset": {"left": 0, "top": 0}}
        yield {"type": 2, "data": snapshot, "timestamp": start}
        step = self._duration_ms / self.count
        makers = [
            (self._change_text, 26), (self._change_class, 14), (self._change_style, 8), (self._replace_row, 3),
            (self._add_to_feed, 5), (self._move_pointer, 28), (self._scroll, 7), (self._type, 5), (self._press, 4),
        ]  # fmt: skip
        chosen = self._random.choices(
            [maker for maker, _ in makers], [weight for _, weight in makers], k=min(self.count, 50_000)
        )
        for number in range(self.count):
            data = chosen[number % len(chosen)]()
            yield {"type": 3, "data": data, "timestamp": round(start + step * (number + 1))}

    def _id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _words(self, count: int) -> str:
        return " ".join(self._random.choices(WORDS, k=count)) + f" {self._random.randrange(10_000)}"

    def _element(self, tag: str, children: list[Serialised], **attributes: Any) -> Serialised:
        named = {name.rstrip("_"): value for name, value in attributes.items()}
        return {"type": 2, "tagName": tag, "attributes": named, "childNodes": children, "id": self._id()}

    def _text(self, content: str) -> Serialised:
        return {"type": 3, "textContent": content, "id": self._id()}

    def _named(self, name: str, element: Serialised) -> Serialised:
        self._ids[name] = element["id"]
        return element

    def _row(self) -> tuple[Serialised, tuple[int, list[tuple[int, int]]]]:
        cells = [self._element("td", [self._text(self._words(2))], class_="cell") for _ in range(CELLS)]
        row = self._element("tr", cells, class_="row", data_id=f"r{self._next_id}")
        return row, (row["id"], [(cell["id"], cell["childNodes"][0]["id"]) for cell in cells])

    def _document(self) -> Serialised:
        css = (
            "body{font:14px sans-serif} table{border-collapse:collapse} .on{background:#fe9} "
            "td{border:1px solid #ccc;padding:2px 6px}"
        )
        rows = []
        for _ in range(ROWS):
            row, known = self._row()
            rows.append(row)
            self._rows.append(known)
        table = self._named("table", self._element("table", [self._named("tbody", self._element("tbody", rows))]))
        feed = self._named("feed", self._element("ul", [], class_="feed"))
        field = self._named("field", self._element("input", [], type="text", name="search"))
        bar = self._named("bar", self._element("div", [], class_="bar", style="width: 10%;"))
        pane = self._named("pane", self._element("div", [table], class_="pane", style="height: 500px; overflow: auto;"))
        body = self._element("body", [self._element("header", [field, bar]), pane, feed])
        style = self._element("style", [self._text("")], _cssText=css)
        head = self._element("head", [self._element("title", [self._text("Dashboard")]), style])
        doctype = {"type": 1, "name": "html", "publicId": "", "systemId": "", "id": self._id()}
        html = self._element("html", [head, body], lang="en")
        return self._named("document", {"type": 0, "childNodes": [doctype, html], "id": self._id()})

    def _mutation(self, **changes: Any) -> Event:
        return {"source": 0, "texts": [], "attributes": [], "removes": [], "adds": []} | changes

    def _change_text(self) -> Event:
        _, cells = self._random.choice(self._rows)
        return self._mutation(texts=[{"id": self._random.choice(cells)[1], "value": self._words(2)}])

    def _change_class(self) -> Event:
        row, cells = self._random.choice(self._rows)
        target = self._random.choice([row, cells[0][0]])
        return self._mutation(
            attributes=[{"id": target, "attributes": {"class": self._random.choice(["row", "row on"])}}]
        )

    def _change_style(self) -> Event:
        width = {"style": {"width": f"{self._random.randrange(100)}%"}}
        return self._mutation(attributes=[{"id": self._ids["bar"], "attributes": width}])

    def _replace_row(self) -> Event:
        at = self._random.randrange(ROWS)
        following = self._rows[at + 1][0] if at + 1 < ROWS else None
        row, known = self._row()
        tbody = self._ids["tbody"]
        removed, self._rows[at] = self._rows[at][0], known
        add = {"parentId": tbody, "nextId": following, "node": row}
        return self._mutation(removes=[{"parentId": tbody, "id": removed}], adds=[add])

    def _add_to_feed(self) -> Event:
        feed = self._ids["feed"]
        removes = []
        if len(self._feed) >= FEED:
            removes = [{"parentId": feed, "id": self._feed.pop(0)}]
        item = self._element("li", [self._text(self._words(6))], class_="item")
        self._feed.append(item["id"])
        return self._mutation(removes=removes, adds=[{"parentId": feed, "nextId": None, "node": item}])

    def _move_pointer(self) -> Event:
        x, y = self._random.randrange(1280), self._random.randrange(720)
        body = self._ids["pane"]
        positions = [{"x": x + n, "y": y, "id": body, "timeOffset": -50 * (3 - n)} for n in range(4)]
        return {"source": 1, "positions": positions}

    def _scroll(self) -> Event:
        return {"source": 3, "id": self._ids["pane"], "x": 0, "y": self._random.randrange(1500)}

    def _type(self) -> Event:
        self._typed = "" if len(self._typed) > 20 else self._typed + self._random.choice("abcdefgh ")
        return {"source": 5, "text": self._typed, "isChecked": False, "id": self._ids["field"]}

    def _press(self) -> Event:
        row, _ = self._random.choice(self._rows)
        return {"source": 2, "type": self._random.choice([1, 0, 2]), "id": row, "x": 100, "y": 100}
