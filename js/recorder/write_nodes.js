/**
 * Nodes as rrweb writes them, in the shortest way: plain elements with what is in them, texts and comments. All others are left to
 * rrweb, which comes back here for what is in those.
 */
import { PLAIN_BY_TAG } from "./plain_elements.js";

const [ELEMENT, TEXT, COMMENT] = [2, 3, 5];
// Whose value may be an address, which rrweb makes absolute.
const ADDRESSES = new Set(["src", "href", "xlink:href", "background", "srcset", "style", "data"]);
// Whose texts are no texts.
const CODE = new Set(["style", "script", "textarea"]);
// Deeper than this JSON is hard to read: what is below is told by itself.
const MAX_DEPTH = 60;

/**
 * @param {Window} win before its first script
 * @param {object} dom see fast_dom.js
 * @param {object} ids see node_ids.js
 * @returns {{connect: Function, write: Function, writes: (pass: object|null) => void, isTooDeep: (node: Node) => boolean}}
 */
export function createNodeWriter(win, dom, ids) {
  const { getAttribute, getAttributeNames, hasAttributes } = win.Element.prototype;
  const { find } = Array.prototype;
  const { nodeType, localName, tagName, firstChild, nextSibling, parentNode, textContent, shadowRoot } = dom;
  let rrweb = null;
  let pass = null;

  const idOf = (node) => {
    let id = ids.getId(node);
    if (id === -1) id = ids.next();
    else if (pass) pass.again(id, node);
    ids.set(node, id);
    return id;
  };
  const rootIdOf = (doc) => {
    const id = ids.getId(doc);
    return id > 1 ? id : 0;
  };
  // For what is in an element: the options of rrweb's with which the element is written, one level deeper.
  const inner = (options) => (options.inner ??= {
    ...options, inner: undefined, depth: options.depth + 1, cssCaptured: false, needsMask: dom.masksTexts ? undefined : options.needsMask,
  });

  const characters = (type, node, rootId) => {
    const text = textContent(node) || "";
    return rootId ? { type, textContent: text, rootId, id: idOf(node) } : { type, textContent: text, id: idOf(node) };
  };

  const attributesOf = (element, name, options) => {
    const attributes = {};
    const { blockClass } = options;
    for (const attribute of getAttributeNames.call(element)) {
      let value = getAttribute.call(element, attribute);
      if (value === null) {
        // Named with capitals by a script: it is found by no name.
        ({ value } = find.call(element.attributes, (each) => each.name === attribute));
        value = rrweb.valueOf(options.doc, name, attribute.toLowerCase(), value);
      } else if (attribute === "class") {
        if (value.includes(blockClass) && dom.marked(element, blockClass, null, false)) return null;
      } else if (ADDRESSES.has(attribute)) value = rrweb.valueOf(options.doc, name, attribute, value);
      attributes[attribute] = value;
    }
    return attributes;
  };

  /** @returns {object|undefined} undefined: it is for rrweb to write */
  const elementIn = (element, options, rootId) => {
    const tag = tagName(element);
    const plain = PLAIN_BY_TAG.get(tag);
    if (!plain || localName(element) !== plain.name) return undefined;
    if (options.blockSelector !== null && dom.marked(element, options.blockClass, options.blockSelector, false)) return undefined;
    const attributes = hasAttributes.call(element) ? attributesOf(element, plain.name, options) : {};
    if (attributes === null) return undefined;
    if (!options.newlyAddedElement) {
      if (element.scrollLeft) attributes.rr_scrollLeft = element.scrollLeft;
      if (element.scrollTop) attributes.rr_scrollTop = element.scrollTop;
    }
    const childNodes = [];
    const node = rootId ?
      { type: ELEMENT, tagName: plain.name, attributes, childNodes, rootId, id: idOf(element) } :
      { type: ELEMENT, tagName: plain.name, attributes, childNodes, id: idOf(element) };
    const root = plain.hosts ? shadowRoot(element) : null;
    if (root) {
      options.onSerialize(element);
      node.isShadowHost = true;
    }
    if (options.depth > MAX_DEPTH) {
      tooDeep(element);
      return node;
    }
    let child = firstChild(element);
    if (child !== null || root) {
      const within = inner(options);
      for (; child !== null; child = nextSibling(child)) {
        const told = nodeIn(child, within, rootId) || rrweb.serialise(child, within);
        if (told) childNodes.push(told);
      }
      if (root) {
        for (child = firstChild(root); child !== null; child = nextSibling(child)) {
          const told = nodeIn(child, within, rootId) || rrweb.serialise(child, within);
          if (!told) continue;
          told.isShadow = true;
          childNodes.push(told);
        }
      }
    }
    return node;
  };

  /** A node that stands in a plain element. */
  const nodeIn = (node, options, rootId) => {
    const type = nodeType(node);
    if (type === 1) return elementIn(node, options, rootId);
    if (type === 3) return dom.masksTexts ? undefined : characters(TEXT, node, rootId);
    return type === 8 ? characters(COMMENT, node, rootId) : undefined;
  };

  const isCode = (node, parent, options) => (
    parent !== null && nodeType(node) === 3 && (options.cssCaptured || (nodeType(parent) === 1 && CODE.has(localName(parent))))
  );

  const tooDeep = (node) => {
    if (pass) pass.deep.push(node);
    return true;
  };

  return {
    /** @param {{serialise: Function, valueOf: Function}} functions of rrweb's */
    connect(functions) {
      rrweb = functions;
    },
    /** A pass tells of a mutation: `again(id, node)` is told of nodes that had an id before, `deep` gets those that are written without what is in them. */
    writes(next) {
      pass = next;
    },
    isTooDeep: tooDeep,
    /** What rrweb does first in writing any node. @returns {object|undefined} undefined: it has to do it */
    write(node, options) {
      const parent = parentNode(node);
      const told = isCode(node, parent, options) ? undefined : nodeIn(node, options, rootIdOf(options.doc));
      if (told === undefined) {
        const id = ids.getId(node);
        if (pass && id !== -1) pass.again(id, node);
        return undefined;
      }
      if (parent && nodeType(parent) === 11 && parent.host) told.isShadow = true;
      return told;
    },
  };
}
