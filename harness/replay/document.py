"""What `replay.at(t)` returns: a document that can be asked, without a browser.

`query` takes a CSS selector. It is matched in the document and in each of its shadow trees, each tree by itself, so
that `.total` finds what is inside `<my-cart>`, and `my-cart .total` does not. The documents of iframes are documents of
their own: `element.frame`, or `document.frames` for all of them.

Attribute names that XML does not know (`@click`, `:class`) can be asked for, escaped as CSS wants it: `[\\@click]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import cssselect
from cssselect.parser import Attrib
from cssselect.parser import Element as TypeSelector
from cssselect.xpath import HTMLTranslator, XPathExpr
from lxml import etree

from harness.errors import UsageError
from harness.replay.nodes import DOCUMENT, ELEMENT, SHADOW, TEXT, Node, is_selected, option_value

if TYPE_CHECKING:
    from lxml.etree import _Element

# The text of these is no text of the page.
_SILENT = frozenset({"head", "script", "style", "template", "noscript"})
_UNSAFE_NAME = re.compile(r"[^a-z0-9_-]|^(?=[0-9-]|\Z)")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Element:
    """One element of a Document at its moment."""

    def __init__(self, node: Node, document: Document) -> None:
        self._node = node
        self._document = document

    @property
    def tag(self) -> str:
        """The tag's name in lower case."""
        return self._node.tag

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes, without those that only the recorder writes; one without a value is ''."""
        return attributes_of(self._node)

    @property
    def text(self) -> str:
        """The text in the element, white space as in the DOM: of a component what its shadow tree shows, slots filled.

        Scripts, styles and templates do not count; what CSS hides does.
        """
        return "".join(_texts(self._node))

    @property
    def value(self) -> str | None:
        """What a form control would send, as the user left it; None for elements that have no value."""
        return _value(self._node)

    @property
    def checked(self) -> bool | None:
        """Whether a checkbox or radio button is on, or an option chosen; None for other elements."""
        return _checked(self._node)

    @property
    def parent(self) -> Element | None:
        """The element around this one; from the top of a shadow tree, its host."""
        around = self._node.parent
        if around is not None and around.type == SHADOW:
            around = around.host
        return Element(around, self._document) if around is not None and around.type == ELEMENT else None

    @property
    def children(self) -> list[Element]:
        """The elements directly in this one, without its shadow tree."""
        return [Element(child, self._document) for child in self._node.children if child.type == ELEMENT]

    @property
    def frame(self) -> Document | None:
        """The document that this iframe shows; None for other elements, and where it was not recorded."""
        content = self._node.content
        return None if content is None else self._document._frame(content)

    def query(self, css: str) -> list[Element]:
        """Return the elements inside this one that match `css`, in document order."""
        return [found for found in self._document.query(css) if found != self and found._node.is_in(self._node)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Element) and other._node is self._node

    def __hash__(self) -> int:
        return id(self._node)

    def __repr__(self) -> str:
        attributes = self.attributes
        shown = "".join(f' {name}="{attributes[name]}"' for name in ("id", "class", "name") if name in attributes)
        return f"<{self.tag}{shown}>"


class Document:
    """A document of the recording at the moment `t` (ms since the start). It does not change."""

    def __init__(self, root: Node, *, t: float, page: int, urls: Mapping[Node, str]) -> None:
        """Make the document of `root`; `urls` has those of documents, this one and the ones inside, that are known."""
        self.t = t
        self.page = page
        self.url = urls.get(root, "")
        self._root = root
        self._urls = urls
        self._trees: list[tuple[_Element, dict[_Element, Node]]] | None = None

    def query(self, css: str) -> list[Element]:
        """Return the elements that match the selector, in document order; see the module for shadow trees and iframes.

        Raises UsageError for a selector that is not valid, or asks for what only a browser can know (`:hover`).
        """
        expression = _xpath(css)
        if self._trees is None:
            self._trees = [_query_tree(top) for top in self._walk() if top.type in (DOCUMENT, SHADOW)]
        matching: set[int] = set()
        for tree, nodes in self._trees:
            try:
                found = expression(tree)
            except etree.XPathError as error:
                raise _bad_selector(css, error) from error
            matching.update(id(nodes[element]) for element in found if element in nodes)
        return [Element(node, self) for node in self._walk() if id(node) in matching]

    @property
    def title(self) -> str:
        """The title, white space collapsed as the browser does."""
        for node in self._walk():
            if node.tag == "title" and node.parent is not None and node.parent.tag == "head":
                return " ".join("".join(child.text for child in node.children).split())
        return ""

    @property
    def frames(self) -> list[Document]:
        """The documents of the iframes in this document, in document order."""
        return [self._frame(node.content) for node in self._walk() if node.content is not None]

    @property
    def text(self) -> str:
        """The text of the page; see `Element.text`."""
        return "".join(_texts(self._root))

    def _frame(self, content: Node) -> Document:
        return Document(content, t=self.t, page=self.page, urls=self._urls)

    def _walk(self) -> Iterator[Node]:
        """The nodes of this document and its shadow trees, in document order."""
        return self._root.subtree(frames=False)

    def __repr__(self) -> str:
        return f"<Document {self.url} at {self.t:g} ms>"


def attributes_of(node: Node) -> dict[str, str]:
    """Return the attributes that the page gave the element, as strings."""
    return {
        name: "" if value is True else str(value)
        for name, value in node.attributes.items()
        if value is not None and value is not False and not name.startswith("rr_") and name != "_cssText"
    }


def _value(node: Node) -> str | None:
    attributes = node.attributes
    recorded = attributes.get("value")
    written = "" if recorded in (None, True) else str(recorded)
    if node.tag == "input":
        if attributes.get("type") in ("checkbox", "radio"):
            return "on" if recorded is None else written
        return written if node.value is None else node.value
    if node.tag == "textarea":
        if node.value is not None:
            return node.value
        return written if recorded is not None else "".join(child.text for child in node.children)
    if node.tag == "select":
        options = [option for option in node.subtree() if option.tag == "option"]
        if node.value is not None:
            return node.value
        chosen = [option for option in options if is_selected(option)]
        if not chosen and "multiple" not in attributes:
            chosen = [option for option in options if "disabled" not in option.attributes]
        return option_value(chosen[0]) if chosen else ""
    if node.tag == "option":
        return option_value(node)
    if node.tag in ("button", "progress", "meter", "data", "param", "output"):
        return written if node.tag != "output" else "".join(_texts(node))
    return None


def _checked(node: Node) -> bool | None:
    if node.tag == "option":
        return is_selected(node)
    if node.tag != "input" or node.attributes.get("type") not in ("checkbox", "radio"):
        return None
    return node.attributes.get("checked") not in (None, False) if node.checked is None else node.checked


def _texts(top: Node) -> Iterator[str]:
    """Yield the texts under `top` as laid out: shadow trees instead of the host's children, slots filled."""
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if node.type == TEXT:
            yield node.text
        elif node.tag not in _SILENT or node is top:
            waiting += reversed(_shown_children(node))


def _shown_children(node: Node) -> list[Node]:
    if node.shadow is not None and node.shadow.first is not None:
        return list(node.shadow.children)
    if node.tag == "slot" and (assigned := _assigned(node)):
        return assigned
    return list(node.children)


def _assigned(slot: Node) -> list[Node]:
    """Return the host's children that go into `slot`, by name; later slots of the same name do not matter here."""
    tree: Node | None = slot
    while tree is not None and tree.type != SHADOW:
        tree = tree.parent
    if tree is None or tree.host is None:
        return []
    name = slot.attributes.get("name") or ""
    return [
        child
        for child in tree.host.children
        if (child.type == ELEMENT and (child.attributes.get("slot") or "") == name) or (child.type == TEXT and not name)
    ]


def _query_tree(top: Node) -> tuple[_Element, dict[_Element, Node]]:
    """Return an lxml tree of the elements and texts of one tree, and which of its elements stands for which node.

    A document's root element is the root of it; a shadow tree has a root that stands for nothing.
    """
    roots = [child for child in top.children if child.type == ELEMENT]
    nodes: dict[_Element, Node] = {}
    if top.type == DOCUMENT and len(roots) == 1:
        tree = _query_element(roots[0], None)
        nodes[tree] = roots[0]
        waiting = [(tree, roots[0])]
    else:
        tree = etree.Element("tree")
        waiting = [(tree, top)]
    while waiting:
        around, node = waiting.pop()
        last: _Element | None = None
        for child in node.children:
            if child.type == ELEMENT:
                last = _query_element(child, around)
                nodes[last] = child
                waiting.append((last, child))
            elif child.type == TEXT:
                text = _NOT_XML.sub("\ufffd", child.text)
                if last is None:
                    around.text = (around.text or "") + text
                else:
                    last.tail = (last.tail or "") + text
    return tree, nodes


def _query_element(node: Node, around: _Element | None) -> _Element:
    attributes = {_safe_name(name): _NOT_XML.sub("\ufffd", value) for name, value in attributes_of(node).items()}
    # `:checked` is answered from these two, and means the state.
    if (checked := _checked(node)) is not None:
        name = "selected" if node.tag == "option" else "checked"
        attributes.pop(name, None)
        if checked:
            attributes[name] = ""
    if around is None:
        return etree.Element(_safe_name(node.tag), attributes)
    return etree.SubElement(around, _safe_name(node.tag), attributes)


def _safe_name(name: str) -> str:
    """Return a name that XML and XPath take as it is: lower case, anything strange as `_` and its code."""
    return _UNSAFE_NAME.sub(lambda match: f"_{ord(match.group() or '_'):x}_", name.lower())


class _Translator(HTMLTranslator):
    """CSS to XPath, with names made safe as in the tree that is searched."""

    def xpath_element(self, selector: TypeSelector) -> XPathExpr:
        if selector.element and not selector.namespace:
            selector = TypeSelector(None, _safe_name(selector.element))
        return super().xpath_element(selector)

    def xpath_attrib(self, selector: Attrib) -> XPathExpr:
        if not selector.namespace:
            safe = _safe_name(selector.attrib)
            selector = Attrib(selector.selector, None, safe, selector.operator, selector.value)  # type: ignore[arg-type]
        return super().xpath_attrib(selector)


_TRANSLATOR = _Translator()


def _xpath(css: str) -> Any:
    try:
        selectors = cssselect.parse(css)
        if pseudo := next((s.pseudo_element for s in selectors if s.pseudo_element), None):
            raise _bad_selector(css, f"::{pseudo} is no element")
        return etree.XPath(" | ".join(_TRANSLATOR.selector_to_xpath(s, "descendant-or-self::") for s in selectors))
    except (cssselect.SelectorError, etree.XPathError, RecursionError) as error:
        raise _bad_selector(css, error) from error


def _bad_selector(css: str, why: object) -> UsageError:
    return UsageError(f"{css!r}: not a CSS selector that can be searched for ({why})")
