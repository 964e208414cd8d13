"""A tree of DOM nodes, from and to the JSON that rrweb's snapshot writes.

A serialised node is a dict: {"type": 0..5, "id", …}. Documents and elements have "childNodes", elements "tagName"
and "attributes" (strings, numbers, true or null), texts and comments "textContent". What stands in a shadow
tree is among the host's "childNodes", marked "isShadow". An iframe's document is no child: events attach it to the
iframe's id.

Here a shadow tree hangs on a node of its own (SHADOW) and an iframe's document on the iframe, both through `host`.
Siblings are linked, not listed, so that one change costs the same in a table of ten rows and of ten thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

DOCUMENT, DOCTYPE, ELEMENT, TEXT, CDATA, COMMENT = range(6)
SHADOW = -1  # ours: the shadow root, which rrweb does not write down

_OWN_KEYS = frozenset({"type", "id", "tagName", "attributes", "childNodes", "textContent", "isShadow", "isShadowHost"})
PLAIN_ELEMENT_KEYS, PLAIN_TEXT_KEYS = 5, 3  # with nothing but type, id, tagName, attributes, childNodes or textContent
# rrweb writes the state of these controls into other attributes, or not at all
_STATELESS_INPUTS = frozenset({"radio", "checkbox", "submit", "button"})
_NO_ATTRIBUTES: Any = MappingProxyType({})


class Node:
    """One node. `value` and `checked` are what input events said, None before the first; `scroll` is (left, top).

    What not all nodes have stands in the class and comes into the instance when it is set: a node is made in half the
    time. Only elements have attributes that can be set.
    """

    tag = ""
    text = ""
    attributes: dict[str, Any] = _NO_ATTRIBUTES
    parent: Node | None = None
    previous: Node | None = None
    next: Node | None = None
    first: Node | None = None
    last: Node | None = None
    rest: dict[str, Any] | None = None  # keys of the serialised node that mean nothing here: isSVG, rootId, …
    host: Node | None = None  # of a shadow root or an attached document
    shadow: Node | None = None
    content: Node | None = None  # the document in an iframe
    value: str | None = None
    checked: bool | None = None
    scroll: tuple[float, float] | None = None
    since_ms: float | None = None  # of audio and video: when they came

    def __init__(self, type_: int, id_: int = 0) -> None:
        self.type = type_
        self.id = id_

    @property
    def children(self) -> Iterator[Node]:
        """The child nodes in order, without shadow content; the node yielded may be taken out meanwhile."""
        child = self.first
        while child is not None:
            following = child.next
            yield child
            child = following

    def insert(self, child: Node, before: Node | None = None) -> None:
        """Put `child`, which stands nowhere, in front of `before`, or at the end."""
        child.parent = self
        child.next = before
        child.previous = self.last if before is None else before.previous
        if child.previous is None:
            self.first = child
        else:
            child.previous.next = child
        if before is None:
            self.last = child
        else:
            before.previous = child

    def detach(self) -> None:
        """Take this node out of its parent, with all that is in it."""
        if self.parent is None:
            return
        if self.previous is None:
            self.parent.first = self.next
        else:
            self.previous.next = self.next
        if self.next is None:
            self.parent.last = self.previous
        else:
            self.next.previous = self.previous
        self.parent = self.previous = self.next = None

    def shadow_root(self) -> Node:
        """Return the shadow root, made where there is none."""
        if self.shadow is None:
            self.shadow = Node(SHADOW)
            self.shadow.host = self
        return self.shadow

    def attach(self, document: Node) -> None:
        """Show `document` in this iframe."""
        self.content = document
        document.host = self

    def subtree(self, *, frames: bool = True) -> Iterator[Node]:
        """Yield this node and all in it in document order: shadow trees before children, iframes' documents last."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if frames and node.content is not None:
                waiting.append(node.content)
            child = node.last
            while child is not None:
                waiting.append(child)
                child = child.previous
            if node.shadow is not None:
                waiting.append(node.shadow)

    def is_in(self, ancestor: Node) -> bool:
        """Say whether this node is `ancestor` or stands in it, across shadow roots and iframes."""
        node: Node | None = self
        while node is not None and node is not ancestor:
            node = node.parent or node.host
        return node is ancestor


def build(serialised: dict[str, Any], known: dict[int, Node]) -> Node:
    """Return the tree for a serialised node; each node is entered in `known` by its id.

    Raises KeyError, TypeError, ValueError, AttributeError or OverflowError for JSON that has not the shape above.
    """
    root = _one(serialised)
    known[root.id] = root
    children = serialised.get("childNodes")
    if not children:
        return root
    new = Node.__new__
    waiting = [(root, children)]
    while waiting:
        parent, items = waiting.pop()
        last = parent.last
        for item in items:
            # `_one` of a plain text or element and `insert` at the end, written out: a mirror spends its time here.
            type_ = item["type"]
            size = len(item)
            if type_ == TEXT and size == PLAIN_TEXT_KEYS and item["textContent"].__class__ is str:
                child = new(Node)
                child.type = TEXT
                child.id = id_ = item["id"]
                child.text = item["textContent"]
                grandchildren = None
            elif type_ == ELEMENT and size == PLAIN_ELEMENT_KEYS and "childNodes" in item:
                child = new(Node)
                child.type = ELEMENT
                child.id = id_ = item["id"]
                child.tag = str(item["tagName"])
                child.attributes = {**item["attributes"]}
                grandchildren = item["childNodes"]
            else:
                child = _one(item)
                id_ = child.id
                grandchildren = item.get("childNodes")
                if "isShadow" in item and _in_shadow(item, parent):
                    parent.shadow_root().insert(child)
                    known[id_] = child
                    if grandchildren:
                        waiting.append((child, grandchildren))
                    continue
            if id_.__class__ is not int:
                raise TypeError("an id that is no number")
            known[id_] = child
            child.parent = parent
            if last is None:
                parent.first = child
            else:
                last.next = child
                child.previous = last
            last = child
            if grandchildren:
                waiting.append((child, grandchildren))
        parent.last = last
    return root


def _in_shadow(item: dict[str, Any], parent: Node) -> bool:
    return bool(item["isShadow"]) and parent.type == ELEMENT


def _one(data: dict[str, Any]) -> Node:
    type_ = data["type"]
    if type_ == ELEMENT:
        node = Node(ELEMENT, int(data["id"]))
        node.tag = str(data["tagName"])
        node.attributes = dict(data["attributes"])
        if len(data) == PLAIN_ELEMENT_KEYS and "childNodes" in data:
            return node
        if data.get("isShadowHost"):
            node.shadow_root()
    elif type_ not in range(6):
        raise ValueError(f"unknown type of node {type_!r}")
    else:
        node = Node(type_, int(data["id"]))
        if type_ >= TEXT:
            node.text = str(data.get("textContent") or "")
            if len(data) == PLAIN_TEXT_KEYS and "textContent" in data:
                return node
    if rest := {key: value for key, value in data.items() if key not in _OWN_KEYS}:
        node.rest = rest
    return node


def serialise(root: Node, *, with_state: bool = True) -> dict[str, Any]:
    """Return the tree in rrweb's form, no iframe's document.

    With state, values and scroll positions are what events said since, as a snapshot has them; without, what they were
    when each node came.
    """
    if not with_state:
        return _bare(root)
    done: dict[str, Any] = _to_dict(root)
    waiting = [(root, done)]
    while waiting:
        node, data = waiting.pop()
        if "childNodes" not in data:
            continue
        if not (node.tag == "textarea" and "value" in data["attributes"]):
            for child in node.children:
                waiting.append((child, _to_dict(child)))
                data["childNodes"].append(waiting[-1][1])
        if node.shadow is not None:
            for child in node.shadow.children:
                waiting.append((child, _to_dict(child) | {"isShadow": True}))
                data["childNodes"].append(waiting[-1][1])
    return done


def _to_dict(node: Node) -> dict[str, Any]:
    data: dict[str, Any] = {"type": node.type}
    if node.type == ELEMENT:
        data |= {"tagName": node.tag, "attributes": _attributes_now(node), "childNodes": []}
        if node.shadow is not None:
            data["isShadowHost"] = True
    elif node.type == DOCUMENT:
        data["childNodes"] = []
    elif node.type >= TEXT:
        data["textContent"] = node.text
    return data | (node.rest or {}) | {"id": node.id}


def _bare(root: Node) -> dict[str, Any]:
    """As `serialise`, for checkpoints: it is run over whole documents while they are recorded."""
    done = _told(root)
    waiting = [(root, done)]
    while waiting:
        node, data = waiting.pop()
        children = data["childNodes"]
        child = node.first
        while child is not None:
            type_ = child.type
            if type_ == TEXT and child.rest is None:
                children.append({"type": TEXT, "textContent": child.text, "id": child.id})
            else:
                told = _told(child)
                children.append(told)
                if type_ == ELEMENT and (child.first is not None or child.shadow is not None):
                    waiting.append((child, told))
            child = child.next
        if node.shadow is not None:
            data["isShadowHost"] = True
            for child in node.shadow.children:
                told = _told(child) | {"isShadow": True}
                children.append(told)
                if child.type == ELEMENT:
                    waiting.append((child, told))
    return done


def _told(node: Node) -> dict[str, Any]:
    type_ = node.type
    if type_ == ELEMENT:
        data = {
            "type": ELEMENT,
            "tagName": node.tag,
            "attributes": node.attributes,
            "childNodes": [],
            "id": node.id,
        }
    elif type_ == DOCUMENT:
        data = {"type": DOCUMENT, "childNodes": [], "id": node.id}
    elif type_ == DOCTYPE:
        data = {"type": DOCTYPE, "id": node.id}
    else:
        data = {"type": type_, "textContent": node.text, "id": node.id}
    return data if node.rest is None else data | node.rest


def _attributes_now(node: Node) -> dict[str, Any]:
    """Return the attributes as rrweb's snapshot writes them: with the state of controls and scroll positions."""
    attributes = dict(node.attributes)
    if node.scroll is not None:
        for name, position in zip(("rr_scrollLeft", "rr_scrollTop"), node.scroll, strict=True):
            attributes.pop(name, None)
            if position:
                attributes[name] = position
    if node.checked is not None and attributes.get("type") in ("radio", "checkbox"):
        attributes.pop("checked", None)
        if node.checked:
            attributes["checked"] = True
    if node.value is not None and attributes.get("type") not in _STATELESS_INPUTS:
        attributes["value"] = node.value
    if node.tag == "option" and (select := select_of(node)) is not None and select.value is not None:
        attributes.pop("selected", None)
        if is_selected(node):
            attributes["selected"] = True
    return attributes


def select_of(option: Node) -> Node | None:
    """Return the `<select>` that an `<option>` belongs to."""
    node = option.parent
    while node is not None and node.tag != "select":
        node = node.parent
    return node


def option_value(option: Node) -> str:
    """Return what an `<option>` stands for: its value attribute, or its text with white space collapsed."""
    value = option.attributes.get("value")
    if value is not None:
        return "" if value is True else str(value)
    return " ".join("".join(node.text for node in option.subtree() if node.type == TEXT).split())


def is_selected(option: Node) -> bool:
    """Say whether an `<option>` is chosen. An input event names one value: it is no news of a multiple select."""
    select = select_of(option)
    if select is not None and select.value is not None and "multiple" not in select.attributes:
        return option_value(option) == select.value
    return option.attributes.get("selected") not in (None, False)
