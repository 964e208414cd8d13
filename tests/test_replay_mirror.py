"""The DOM mirror: what each kind of event does to the tree, and that the tree can be written down again."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from itertools import count
from random import Random
from typing import Any

import pytest

from harness.errors import ReplayError
from harness.replay.document import Document
from harness.replay.document_mirror import DocumentMirror
from harness.replay.inline_style import changed, parse
from harness.replay.nodes import COMMENT, DOCTYPE, DOCUMENT, ELEMENT, TEXT, Node


def el(id_: int, tag: str, *children: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """A serialised element; `class_` stands for class."""
    named = {name.rstrip("_"): value for name, value in attributes.items()}
    return {"type": ELEMENT, "tagName": tag, "attributes": named, "childNodes": list(children), "id": id_}


def text(id_: int, content: str) -> dict[str, Any]:
    return {"type": TEXT, "textContent": content, "id": id_}


def in_shadow(node: dict[str, Any]) -> dict[str, Any]:
    return {**node, "isShadow": True}


def document(id_: int, *children: dict[str, Any]) -> dict[str, Any]:
    return {"type": DOCUMENT, "childNodes": list(children), "id": id_}


def mirror_of(*body: dict[str, Any]) -> DocumentMirror:
    """A mirror after a snapshot: document 1, doctype 2, html 3, head 4, body 5 with `body` in it."""
    mirror = DocumentMirror()
    doctype = {"type": DOCTYPE, "name": "html", "publicId": "", "systemId": "", "id": 2}
    page = document(1, doctype, el(3, "html", el(4, "head"), el(5, "body", *body)))
    mirror.apply({"kind": "snapshot", "t": 0, "data": {"node": page, "initialOffset": {"left": 0, "top": 7}}})
    return mirror


def mutate(mirror: DocumentMirror, **data: Any) -> None:
    mirror.apply({"kind": "mutation", "t": 1, "doc": "d", "data": {"source": 0, **data}})


def add(parent: int, node: dict[str, Any], following: int | None = None) -> dict[str, Any]:
    return {"parentId": parent, "nextId": following, "node": node}


def shape(node: Node | None) -> str:
    """The tree in short: tags with ids and texts; shadow trees in [], documents of iframes in {}."""
    assert node is not None
    if node.type == TEXT:
        return repr(node.text)
    if node.type == DOCTYPE:
        return "!"
    inner = " ".join(shape(child) for child in node.children)
    shadow = f"[{' '.join(shape(child) for child in node.shadow.children)}]" if node.shadow else ""
    content = f"{{{shape(node.content)}}}" if node.content else ""
    return f"{node.tag or '#'}{node.id}{shadow}{content}" + (f"({inner})" if inner else "")


def body(mirror: DocumentMirror) -> str:
    return shape(mirror.nodes[5])


def test_a_snapshot_is_written_down_as_it_was_read() -> None:
    mirror = mirror_of(
        {
            **el(6, "x-card", in_shadow(el(7, "p", text(8, "in"))), text(9, "out")),
            "isShadowHost": True,
            "isCustom": True,
        },
        {**el(10, "svg", viewBox="0 0 1 1"), "isSVG": True},
        {"type": COMMENT, "textContent": "note", "id": 11},
        {**el(12, "input", type="checkbox", checked=True), "rootId": 1},
    )
    data = mirror.snapshot()
    again = DocumentMirror()
    again.apply({"kind": "snapshot", "t": 0, "data": data})
    assert again.snapshot() == data
    assert data["initialOffset"] == {"left": 0, "top": 7}
    card, svg, comment, checkbox = data["node"]["childNodes"][1]["childNodes"][1]["childNodes"]
    assert card["isShadowHost"] is True
    assert card["isCustom"] is True
    assert {child["id"]: child.get("isShadow") for child in card["childNodes"]} == {7: True, 9: None}
    assert svg["isSVG"] is True
    assert comment["textContent"] == "note"
    assert checkbox == {**el(12, "input", type="checkbox", checked=True), "rootId": 1}


def test_nodes_are_added_in_front_of_their_next_sibling() -> None:
    mirror = mirror_of(el(6, "a"), el(7, "b"))
    mutate(mirror, adds=[add(5, el(8, "i"), 7), add(5, el(9, "u"), None), add(5, el(10, "s"), 6)])
    assert body(mirror) == "body5(s10 a6 i8 b7 u9)"


def test_nodes_wait_for_a_parent_and_a_sibling_that_come_later() -> None:
    mirror = mirror_of(el(6, "a"))
    mutate(
        mirror,
        adds=[add(5, el(7, "b"), 8), add(8, el(9, "i")), add(9, text(10, "x")), add(5, el(8, "c"), 6)],
    )
    assert body(mirror) == "body5(b7 c8(i9('x')) a6)"
    assert mirror.dropped == 0


def test_a_sibling_that_never_comes_leaves_the_node_last_and_a_missing_parent_drops_it() -> None:
    mirror = mirror_of(el(6, "a"))
    mutate(mirror, adds=[add(5, el(7, "b"), 99), add(5, el(8, "c"), 7), add(77, el(9, "i")), add(9, el(10, "i"))])
    assert body(mirror) == "body5(a6 c8 b7)"
    assert mirror.dropped == 2


def test_removed_nodes_are_forgotten_with_all_that_is_in_them() -> None:
    mirror = mirror_of(el(6, "a", el(7, "b", text(8, "x"))), el(9, "c"))
    mutate(mirror, removes=[{"parentId": 5, "id": 6}, {"parentId": 6, "id": 7}])
    assert body(mirror) == "body5(c9)"
    assert mirror.nodes.keys() == {1, 2, 3, 4, 5, 9}


def test_a_move_keeps_ids() -> None:
    mirror = mirror_of(el(6, "ul", el(7, "li", text(8, "one")), el(9, "li")), el(10, "ol"))
    mutate(
        mirror,
        removes=[{"parentId": 6, "id": 7}],
        adds=[add(10, el(7, "li", class_="moved")), add(7, text(8, "one"))],
    )
    assert body(mirror) == "body5(ul6(li9) ol10(li7('one')))"
    assert mirror.nodes[7].attributes == {"class": "moved"}


def test_a_removal_that_comes_after_the_move_out_of_a_shadow_tree_does_nothing() -> None:
    host = {**el(6, "x-a", in_shadow(el(7, "p"))), "isShadowHost": True}
    mirror = mirror_of(host)
    mutate(mirror, adds=[add(5, el(7, "p"), 6)])
    mutate(mirror, removes=[{"parentId": 6, "id": 7, "isShadow": True}])
    assert body(mirror) == "body5(p7 x-a6[])"
    assert 7 in mirror.nodes


def test_shadow_trees_grow_and_shrink() -> None:
    mirror = mirror_of(el(6, "x-a", text(7, "light")))
    mutate(mirror, adds=[add(6, in_shadow(el(8, "p"))), add(8, text(9, "deep")), add(6, in_shadow(el(10, "b")), 8)])
    assert body(mirror) == "body5(x-a6[b10 p8('deep')]('light'))"
    mutate(mirror, removes=[{"parentId": 6, "id": 8, "isShadow": True}])
    assert body(mirror) == "body5(x-a6[b10]('light'))"


def test_a_documents_place_in_an_iframe_may_come_before_the_iframe() -> None:
    mirror = mirror_of()
    mutate(mirror, adds=[add(6, document(7, el(8, "html")))], isAttachIframe=True)
    mutate(mirror, adds=[add(5, el(6, "iframe"))])
    assert body(mirror) == "body5(iframe6{#7(html8)})"
    mutate(mirror, adds=[add(8, el(9, "body"))])
    assert body(mirror) == "body5(iframe6{#7(html8(body9))})"
    [attached] = mirror.frames()
    assert attached["isAttachIframe"] is True
    assert attached["adds"][0]["parentId"] == 6
    mutate(mirror, adds=[add(6, document(17, el(18, "html")))], isAttachIframe=True)
    assert body(mirror) == "body5(iframe6{#17(html18)})"
    assert 8 not in mirror.nodes
    mutate(mirror, removes=[{"parentId": 5, "id": 6}])
    assert mirror.nodes.keys() == {1, 2, 3, 4, 5}


def test_a_repeated_snapshot_keeps_the_documents_of_iframes_until_they_come_again() -> None:
    mirror = mirror_of(el(6, "iframe"))
    mutate(mirror, adds=[add(6, document(7, el(8, "html")))], isAttachIframe=True)
    mirror.apply({"kind": "snapshot", "t": 9, "data": mirror.snapshot()})
    assert body(mirror) == "body5(iframe6{#7(html8)})"
    mutate(mirror, adds=[add(8, el(9, "body"))])
    assert body(mirror) == "body5(iframe6{#7(html8(body9))})"


def test_a_reopened_document_has_one_doctype_and_one_root() -> None:
    mirror = mirror_of(el(6, "p"))
    doctype = {"type": DOCTYPE, "name": "html", "publicId": "", "systemId": "", "id": 20}
    mutate(mirror, adds=[add(1, el(21, "html")), add(1, doctype, 21), add(21, el(22, "body"))])
    assert shape(mirror.root) == "#1(! html21(body22))"
    assert mirror.nodes.keys() == {1, 20, 21, 22}


def test_texts_and_attributes_change() -> None:
    mirror = mirror_of(el(6, "a", text(7, "old"), href="/a", title="t"), el(8, "dialog", open="", rr_open_mode="modal"))
    mutate(
        mirror,
        texts=[{"id": 7, "value": "new"}, {"id": 99, "value": "gone"}],
        attributes=[
            {"id": 6, "attributes": {"href": "/b", "title": None, "style": "color: red; margin: 0 !important"}},
            {"id": 8, "attributes": {"open": None}},
        ],
    )
    mutate(mirror, attributes=[{"id": 6, "attributes": {"style": {"color": "blue", "margin-top": False}}}])
    assert body(mirror) == "body5(a6('new') dialog8)"
    assert mirror.nodes[6].attributes == {
        "href": "/b",
        "style": "margin: 0 !important; margin-top: revert-layer !important; color: blue;",
    }
    assert mirror.nodes[8].attributes == {}


def test_input_events_become_the_state_that_a_snapshot_writes() -> None:
    mirror = mirror_of(
        el(6, "input", type="text", value="first"),
        el(7, "input", type="radio", value="x", checked=True),
        el(8, "textarea", text(9, "default")),
        el(10, "select", el(11, "option", selected=True, value="a"), el(12, "option", text(13, " b\n c "))),
    )
    for data in (
        {"id": 6, "text": "typed", "isChecked": False},
        {"id": 7, "text": "x", "isChecked": False},
        {"id": 8, "text": "written", "isChecked": False},
        {"id": 10, "text": "b c", "isChecked": False},
        {"id": 99, "text": "gone", "isChecked": False},
    ):
        mirror.apply({"kind": "input", "t": 5, "data": {"source": 5, **data}})
    mirror.apply({"kind": "scroll", "t": 6, "data": {"source": 3, "id": 10, "x": 0, "y": 30}})
    mirror.apply({"kind": "scroll", "t": 6, "data": {"source": 3, "id": 1, "x": 4, "y": 50}})
    data = mirror.snapshot()
    node: Any = data["node"]
    field, radio, area, select = node["childNodes"][1]["childNodes"][1]["childNodes"]
    assert field["attributes"] == {"type": "text", "value": "typed"}
    assert radio["attributes"] == {"type": "radio", "value": "x"}
    assert (area["attributes"], area["childNodes"]) == ({"value": "written"}, [])
    assert select["attributes"] == {"value": "b c", "rr_scrollTop": 30}
    assert [option["attributes"] for option in select["childNodes"]] == [{"value": "a"}, {"selected": True}]
    assert data["initialOffset"] == {"left": 4, "top": 50}


def test_a_style_element_keeps_its_rules_in_one_attribute_until_a_text_changes() -> None:
    css = "a { }/* rr_split */b { }"
    style = el(6, "style", text(7, ""), text(8, ""), _cssText=css)
    mirror = mirror_of(style, el(9, "style", _cssText="c { }"))
    mutate(mirror, texts=[{"id": 8, "value": "d { }"}])
    assert body(mirror) == "body5(style6('a { }' 'd { }') style9)"
    assert "_cssText" not in mirror.nodes[6].attributes
    mutate(mirror, adds=[add(9, text(10, ""))])
    assert mirror.nodes[9].attributes == {"_cssText": "c { }"}
    mutate(mirror, removes=[{"parentId": 9, "id": 10}], adds=[add(9, text(11, "e { }"))])
    assert body(mirror) == "body5(style6('a { }' 'd { }') style9('e { }'))"
    assert mirror.nodes[9].attributes == {}


@pytest.mark.parametrize(
    "data",
    [
        {"adds": [{"parentId": 5}]},
        {"adds": [add(5, {"type": 9, "id": 6})]},
        {"adds": [add(5, {"type": 2, "id": 6})]},
        {"removes": [7]},
        {"texts": {"id": 1}},
        {"attributes": [{"id": 5, "attributes": None}]},
    ],
)
def test_data_of_another_shape_end_in_one_clear_error(data: dict[str, Any]) -> None:
    with pytest.raises(ReplayError, match="mutation at 1 ms of document d: cannot be applied"):
        mutate(mirror_of(), **data)


STRANGE: list[Any] = [
    None,
    True,
    -1,
    0,
    1,
    5,
    6,
    2**70,
    float("inf"),
    float("nan"),
    "",
    "x",
    "style",
    [],
    {},
    [[]],
    {"id": 1},
]


def damaged(value: Any, random: Random) -> Any:
    """The same value with some parts left out, mistaken for others, or of another kind."""
    if random.random() < 0.02:
        return copy.deepcopy(random.choice(STRANGE))
    if isinstance(value, dict):
        return {key: damaged(part, random) for key, part in value.items() if random.random() > 0.005}
    if isinstance(value, list):
        return [damaged(part, random) for part in value]
    return random.randrange(12) if isinstance(value, int) and random.random() < 0.05 else value


@pytest.mark.parametrize("seed", range(100))
def test_damaged_events_end_in_a_replay_error_or_in_some_tree(seed: int) -> None:
    random = Random(seed)
    host = {**el(6, "x-a", in_shadow(el(7, "p", text(8, "x"))), text(9, "y")), "isShadowHost": True}
    select = el(10, "select", el(11, "option", value="a"), el(12, "option", text(13, "b")))
    mirror = mirror_of(host, select, el(14, "style", text(15, ""), _cssText="a {}"), el(16, "iframe"))
    frame = document(17, el(18, "html", el(19, "body", el(20, "textarea", text(21, "z")))))
    events = [
        ("mutation", {"adds": [add(16, frame)]}),
        ("mutation", {"adds": [add(6, el(22, "i"), 9), add(22, text(23, "n")), add(5, el(7, "p"), 10)]}),
        ("mutation", {"removes": [{"parentId": 6, "id": 7, "isShadow": True}, {"parentId": 5, "id": 10}]}),
        (
            "mutation",
            {"texts": [{"id": 15, "value": "b {}"}], "attributes": [{"id": 6, "attributes": {"style": {"a": "b"}}}]},
        ),
        ("input", {"id": 20, "text": "typed", "isChecked": False}),
        ("scroll", {"id": 19, "x": 1, "y": 2}),
        ("snapshot", mirror.snapshot()),
    ]
    for _ in range(20):
        kind, data = random.choice(events)
        with suppress(ReplayError):
            mirror.apply({"kind": kind, "t": 1, "doc": "d", "data": damaged(data, random)})
    assert mirror.root is not None
    json.dumps([mirror.snapshot(), mirror.frames()])
    shown = Document(mirror.root, t=0, page=1, urls={})
    for part in (shown, *shown.frames):
        assert isinstance(part.title + part.text, str)
        for element in part.query("*, :checked"):
            repr([element, element.text, element.value, element.checked, element.attributes, element.parent])


def test_the_chosen_options_of_a_select_are_those_last_told() -> None:
    options = [el(11, "option", value="a"), el(12, "option", value="b"), el(13, "option", value="c")]
    mirror = mirror_of(el(10, "select", *options, multiple=True))
    mirror.apply({"kind": "control", "t": 1, "data": {"id": 10, "selected": [1, 2]}})
    assert mirror.root is not None
    shown = Document(mirror.root, t=0, page=1, urls={})
    assert [option.value for option in shown.query("option:checked")] == ["b", "c"]
    assert shown.query("select")[0].value == "b"
    mirror.apply({"kind": "control", "t": 2, "data": {"id": 10, "selected": []}})
    assert Document(mirror.root, t=0, page=1, urls={}).query("option:checked") == []


def test_a_node_cannot_come_to_stand_in_itself() -> None:
    mirror = mirror_of(el(6, "a", el(7, "b")))
    mutate(mirror, adds=[add(7, el(6, "a")), add(5, el(5, "body"))])
    assert mirror.root is not None
    assert sum(1 for _ in mirror.root.subtree()) < 12
    mirror.snapshot()


def test_ten_thousand_nodes_in_the_worst_order_are_no_trouble() -> None:
    mirror = mirror_of()
    ids = count(10)
    rows = [next(ids) for _ in range(10_000)]
    adds = [add(5, el(row, "tr"), following) for row, following in zip(rows, [*rows[1:], None], strict=True)]
    mutate(mirror, adds=adds)
    assert [child.id for child in mirror.nodes[5].children] == rows


def test_before_the_first_snapshot_there_is_nothing_to_write_down() -> None:
    mirror = DocumentMirror()
    mutate(mirror, adds=[add(5, el(6, "a"))])
    mirror.apply({"kind": "mouse", "t": 0, "data": {}})
    with pytest.raises(ReplayError, match="no snapshot yet"):
        mirror.snapshot()
    assert mirror.frames() == []


@pytest.mark.parametrize(
    ("style", "difference", "result"),
    [
        ("", {"color": "red"}, "color: red;"),
        ("color: red", {"color": ["blue", "important"]}, "color: blue !important;"),
        ("COLOR: red; --X: {a;b}; ;bad", {"top": "0px"}, "color: red; --X: {a;b}; top: 0px;"),
        ("overflow: hidden", {"overflow-x": False, "overflow-y": False}, ""),
        ("overflow: hidden; top: 0", {"overflow-x": False, "overflow-y": "auto"}, "top: 0; overflow-y: auto;"),
        ("font: 1em a", {"line-height": False}, "font: 1em a; line-height: revert-layer;"),
        ("mask: none", {"mask-image": False}, "mask: none; mask-image: revert-layer;"),
        ("background: url(data:a;b) /* c; */; top: 0", {"top": False}, "background: url(data:a;b);"),
        ('content: "a;\\"b"; left: 1px', {"left": "2px"}, 'content: "a;\\"b"; left: 2px;'),
    ],
)
def test_style_differences(style: str, difference: dict[str, Any], result: str) -> None:
    assert changed(style, difference) == result


def test_the_last_declaration_of_a_property_counts() -> None:
    assert parse("top: 1px; left: 0; top: 2px!important") == {"left": ("0", False), "top": ("2px", True)}
