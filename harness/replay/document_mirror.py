"""DOM mirror: one document as it stands after the events so far, without a browser.

It understands the events that rrweb's `record` writes about the tree and about form controls (snapshot, mutation,
input, scroll), in the order in which they were recorded, and it can write itself down again as a snapshot. Rules that
are not obvious:

- Node ids are those of one document's stream; a same-origin iframe's document is in the stream of its parent.
- A moved node is removed and added again with its id, as are all nodes in it. An added node has no children: they come
  too.
- A node may be added before the sibling it stands in front of, or before its parent; it then waits for it.
- A removal counts only where the node still stands in the named parent: a move between a tree and a shadow tree is
  written by two observers, and the removal may come after the addition.
- A `<style>` carries its rules in `_cssText` and its texts are empty, until one of its texts changes.
"""

from __future__ import annotations

from typing import Any, ClassVar

from harness.errors import ReplayError
from harness.replay import inline_style
from harness.replay.nodes import (
    COMMENT,
    DOCTYPE,
    DOCUMENT,
    ELEMENT,
    PLAIN_ELEMENT_KEYS,
    SHADOW,
    TEXT,
    Node,
    build,
    option_value,
    serialise,
)

_CSS_SPLIT = "/* rr_split */"  # rrweb's mark between the texts of one <style>


class DocumentMirror:
    """The document of one stream. `root` is None before the first snapshot; `dropped` counts what found no place."""

    KINDS: ClassVar[frozenset[str]]  # of the events that `apply` does something with

    def __init__(self) -> None:
        self.root: Node | None = None
        self.nodes: dict[int, Node] = {}
        self.dropped = 0
        self._has_frames = False  # or has had some
        self._documents: dict[int, dict[str, Any]] = {}  # iframe id -> document that came before its iframe

    def apply(self, event: dict[str, Any]) -> None:
        """Take in one event of this document; kinds that do not change the tree pass by.

        Raises ReplayError where the event's data have not the shape that its kind asks for.
        """
        handler = _HANDLERS.get(event["kind"])
        if handler is None or (self.root is None and event["kind"] not in ("snapshot", "checkpoint")):
            return  # before the first snapshot there is nothing that could change
        try:
            handler(self, event["data"])
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            what = f"{event['kind']} at {event.get('t')} ms of document {event.get('doc')}"
            raise ReplayError(f"{what}: cannot be applied ({type(error).__name__}: {error})") from error

    def snapshot(self, *, with_state: bool = True) -> dict[str, Any]:
        """Return the data of a snapshot event that would rebuild this moment, without the documents of iframes.

        Without state, values and scroll positions are left to the events that told of them. Raises ReplayError before
        the first snapshot.
        """
        if self.root is None:
            raise ReplayError("the document has no snapshot yet")
        left, top = self.root.scroll or (0, 0)
        node = serialise(self.root, with_state=with_state)
        return {"node": node, "initialOffset": {"left": left, "top": top}}

    def frames(self, *, with_state: bool = True) -> list[dict[str, Any]]:
        """Return the data of mutation events that attach the documents of this stream's iframes, outer ones first."""
        if self.root is None:
            return []
        attached = []
        if self._has_frames:
            attached = [
                (node.id, serialise(node.content, with_state=with_state))
                for node in self.root.subtree()
                if node.content is not None and self.nodes.get(node.content.id) is node.content
            ]
        return [
            {
                "source": 0,
                "adds": [{"parentId": iframe, "nextId": None, "node": document}],
                "removes": [],
                "texts": [],
                "attributes": [],
                "isAttachIframe": True,
            }
            for iframe, document in [*attached, *self._documents.items()]
        ]

    def _load(self, data: dict[str, Any]) -> None:
        before = self.nodes
        self.nodes = {}
        self.root = build(data["node"], self.nodes)
        offset = data.get("initialOffset") or {}
        self.root.scroll = offset.get("left", 0), offset.get("top", 0)
        # Right after a repeated snapshot come the iframes' documents again; until then they are what they were.
        for node in list(self.root.subtree()):
            old = before.get(node.id) if node.tag == "iframe" else None
            if old is not None and old.tag == "iframe" and old.content is not None:
                node.attach(old.content)
                self.nodes |= {inner.id: inner for inner in old.content.subtree() if before.get(inner.id) is inner}

    def _restore(self, data: dict[str, Any]) -> None:
        """A checkpoint: the tree, then the events that tell the rest."""
        self._load(data)
        for event in data.get("state") or ():
            handler = _STATE.get(event["kind"])
            if handler is not None:
                handler(self, event["data"])

    def mutate(self, data: dict[str, Any]) -> None:
        """As `apply` of a mutation with these data, after the first snapshot; other data raise as they come."""
        nodes = self.nodes
        find = nodes.get
        if removes := data.get("removes"):
            for removal in removes:
                node = find(removal["id"])
                if node is None or (parent := node.parent) is None:
                    continue  # went with an ancestor
                named = find(removal["parentId"])
                if named is not None and (parent is named or parent is named.shadow):
                    if named.tag == "style":
                        self._settle_css(named)
                    node.detach()
                    self._forget(node)
        if (adds := data.get("adds")) and not (len(adds) == 1 and self._add_plainly(adds[0])):
            self._add_all(adds)
        if texts := data.get("texts"):
            for change in texts:
                if (node := find(change["id"])) is not None:
                    if (parent := node.parent) is not None and parent.tag == "style":
                        self._settle_css(parent)
                    node.text = str(change["value"] or "")
        if attributes := data.get("attributes"):
            for change in attributes:
                if (node := find(change["id"])) is not None and node.type == ELEMENT:
                    for name, value in change["attributes"].items():
                        if value.__class__ is str and node.tag != "textarea":
                            node.attributes[name] = value
                        else:
                            self._set_attribute(node, name, value)

    def _add_all(self, additions: list[dict[str, Any]]) -> None:
        """Put nodes in their places; one whose parent or next sibling is missing waits until that has come."""
        waiting: dict[int, list[dict[str, Any]]] = {}
        ready = list(reversed(additions))
        while ready:
            addition = ready.pop()
            missing = self._missing(addition)
            if missing is None:
                self._add(addition)
                if waiting:
                    ready += reversed(waiting.pop(addition["node"]["id"], []))
            else:
                waiting.setdefault(missing, []).append(addition)
            if not ready and waiting:
                # Nothing more can come of itself: a sibling that never appears was gone again before the page's
                # observer ran. The node stands last then, and others may have waited for it.
                stuck = next((key for key, group in waiting.items() if self._any_has_parent(group)), None)
                if stuck is None:
                    break
                ready += [{**late, "nextId": None} for late in reversed(waiting.pop(stuck))]
        self.dropped += sum(len(group) for group in waiting.values())

    def _add_plainly(self, addition: dict[str, Any]) -> bool:
        """Add what most additions are, a new element in another one with nothing special about either; say whether."""
        nodes, data = self.nodes, addition["node"]
        parent = nodes.get(addition["parentId"])
        if parent is None or parent.type != ELEMENT or data["type"] != ELEMENT or data["id"] in nodes:
            return False
        if len(data) != PLAIN_ELEMENT_KEYS or data["tagName"] == "iframe" or "childNodes" not in data:
            return False
        following = None
        if (next_id := addition.get("nextId")) is not None:
            following = nodes.get(next_id)
            if following is None or following.parent is not parent:
                return False
        parent.insert(build(data, nodes), following)
        return True

    def _any_has_parent(self, additions: list[dict[str, Any]]) -> bool:
        return any(addition["parentId"] in self.nodes for addition in additions)

    def _missing(self, addition: dict[str, Any]) -> int | None:
        """Return the id of the node that has to come first, None if there is nothing to wait for."""
        parent_id, next_id = addition["parentId"], addition.get("nextId")
        if parent_id not in self.nodes:
            return None if addition["node"]["type"] == DOCUMENT else int(parent_id)
        if next_id is not None and next_id > 0 and next_id not in self.nodes:
            return int(next_id)
        return None

    def _add(self, addition: dict[str, Any]) -> None:
        data = addition["node"]
        parent = self.nodes.get(addition["parentId"])
        if data["type"] == DOCUMENT:
            if parent is None:
                self._documents[int(addition["parentId"])] = data
            elif parent.type == ELEMENT:
                self._attach(parent, data)
            return
        if parent is None or parent.type not in (DOCUMENT, ELEMENT):
            self.dropped += 1
            return
        following = self.nodes.get(addition.get("nextId") or 0)
        node = self._take_up(data, parent)
        container = parent.shadow_root() if data.get("isShadow") and parent.type == ELEMENT else parent
        self._make_room(container, node)
        container.insert(node, following if following is not None and following.parent is container else None)
        if node.tag == "iframe" and (document := self._documents.pop(node.id, None)) is not None:
            self._attach(node, document)

    def _take_up(self, data: dict[str, Any], parent: Node) -> Node:
        """Return the node for `data`, standing nowhere: a new one, or the one that has the id and is alike."""
        old = self.nodes.get(data["id"])
        if old is not None and not parent.is_in(old):
            if old.type == data["type"] and old.tag == data.get("tagName", "") and not data.get("childNodes"):
                old.detach()
                old.attributes = dict(data.get("attributes") or {})
                old.text = str(data.get("textContent") or "")
                return old
            old.detach()
            self._forget(old)
        return build(data, self.nodes)

    def _make_room(self, container: Node, node: Node) -> None:
        """Take out what the new node replaces without a removal being written."""
        if container.type == DOCUMENT:
            # document.open() ends the observer of the old tree; a document has one doctype and one root element.
            for other in container.children:
                if other.type == node.type and node.type in (DOCTYPE, ELEMENT):
                    other.detach()
                    self._forget(other)
        elif node.type == TEXT and container.tag == "textarea":
            for other in container.children:
                other.detach()
                self._forget(other)
        elif node.type == TEXT and node.text:
            self._settle_css(container)

    def _attach(self, iframe: Node, document: dict[str, Any]) -> None:
        if iframe.content is not None:
            self._forget(iframe.content)
        self._has_frames = True
        iframe.attach(build(document, self.nodes))

    def _forget(self, top: Node) -> None:
        """Drop the ids of a tree that left the document."""
        nodes, waiting = self.nodes, [top]
        for node in waiting:
            if nodes.get(node.id) is node:
                del nodes[node.id]
            child = node.first
            while child is not None:
                waiting.append(child)
                child = child.next
            if node.shadow is not None:
                waiting.append(node.shadow)
            if node.content is not None:
                waiting.append(node.content)
        for node in waiting:  # no cycles: the tree goes at once, and not when Python's collector has found it
            node.parent = node.previous = node.first = node.last = None
            if node.host is not None:
                node.host = None

    def _set_attribute(self, node: Node, name: str, value: Any) -> None:
        if value is None:
            node.attributes.pop(name, None)
            if name == "open" and node.tag == "dialog":
                node.attributes.pop("rr_open_mode", None)
        elif isinstance(value, dict):
            before = node.attributes.get(name)
            node.attributes[name] = inline_style.changed(before if isinstance(before, str) else "", value)
        else:
            node.attributes[name] = value
            if name == "value" and node.tag == "textarea":
                for child in node.children:
                    child.detach()
                    self._forget(child)

    def _settle_css(self, node: Node) -> None:
        """Before a text of a `<style>` changes: give the texts their parts of the rules in `_cssText`."""
        if node.tag != "style" or "_cssText" not in node.attributes:
            return
        parts = str(node.attributes.pop("_cssText") or "").split(_CSS_SPLIT)
        texts = [child for child in node.children if child.type == TEXT]
        for position, text in enumerate(texts):
            last = position == len(texts) - 1
            text.text = "".join(parts[position:]) if last else "".join(parts[position : position + 1])

    def _input(self, data: dict[str, Any]) -> None:
        if (node := self.nodes.get(data["id"])) is not None:
            node.value, node.checked = str(data["text"]), bool(data["isChecked"])

    def _control(self, data: dict[str, Any]) -> None:
        node = self.nodes.get(data["id"])
        if node is None or node.tag != "select" or not isinstance(data.get("selected"), list):
            return
        chosen = set(data["selected"])
        options = [option for option in node.subtree() if option.tag == "option"]
        for position, option in enumerate(options):
            option.attributes.pop("selected", None)
            if position in chosen:
                option.attributes["selected"] = True
        node.value = next((option_value(option) for position, option in enumerate(options) if position in chosen), "")

    def _scroll(self, data: dict[str, Any]) -> None:
        if (node := self.nodes.get(data["id"])) is not None and node.type not in (TEXT, COMMENT, SHADOW):
            node.scroll = data["x"], data["y"]


_HANDLERS = {
    "snapshot": DocumentMirror._load,
    "checkpoint": DocumentMirror._restore,
    "mutation": DocumentMirror.mutate,
    "input": DocumentMirror._input,
    "control": DocumentMirror._control,
    "scroll": DocumentMirror._scroll,
}
_STATE = {kind: handler for kind, handler in _HANDLERS.items() if kind not in ("snapshot", "checkpoint")}
DocumentMirror.KINDS = frozenset(_HANDLERS)
