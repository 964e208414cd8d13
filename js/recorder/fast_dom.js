/**
 * What rrweb asks of the DOM for every node, in the shortest way: harness/capture/rrweb_patches.py puts these in place of its own, and
 * with them what it does for every node and record (node_ids.js, write_nodes.js, mutation_buffer.js).
 *
 * The accessors are the browser's, taken before the page's first script. Whether an element bears a mark (a class or a selector
 * that hides or masks) is remembered for the length of a task: rrweb walks up all ancestors of each node to find out.
 */
import { mutationBuffers } from "./mutation_buffer.js";
import { createNodeIds } from "./node_ids.js";
import { createNodeWriter } from "./write_nodes.js";

const NO_STORMS = { begin: () => 0, wrote() {}, end() {}, thaws: () => true };

/**
 * @param {Window} win
 * @param {(element: Element) => ShadowRoot|null} closedRootOf the closed root of an element, where there is one
 * @param {{masksTexts?: boolean, storms?: object}} [options] whether rrweb is the one that masks texts; see thin_storms.js
 */
export function fastDom(win, closedRootOf, { masksTexts = false, storms = NO_STORMS } = {}) {
  const getter = (prototype, name) => {
    const { get } = Object.getOwnPropertyDescriptor(prototype, name);
    return (node) => get.call(node);
  };
  const node = win.Node.prototype;
  const element = win.Element.prototype;
  const { matches, hasAttributes, getAttribute, getAttributeNames } = element;
  const { find } = Array.prototype;
  const openRootOf = getter(element, "shadowRoot");
  const parentNode = getter(node, "parentNode");
  const microtask = win.queueMicrotask.bind(win);

  // Whether an element, or what it stands in, matches: of one selector at a time, for it is the same one all the time.
  let own = new Map();
  let within = new Map();
  const mark = { className: "", selector: "", text: "", target: null, ancestors: false, found: false };
  let clearing = false;
  const clear = () => {
    own = new Map();
    within = new Map();
    mark.target = null;
    clearing = false;
  };
  const prepare = (className, selector) => {
    // Between two callbacks of a mutation observer there is always a microtask that comes before the second.
    if (!clearing) microtask(clear);
    if (className === mark.className && selector === mark.selector) {
      clearing = true;
      return;
    }
    clear();
    clearing = true;
    Object.assign(mark, { className, selector, text: selector ? `.${className},${selector}` : `.${className}` });
  };
  const matchesItself = (target) => {
    if (!mark.selector) {
      const names = getAttribute.call(target, "class");
      return names !== null && names.includes(mark.className) && matches.call(target, mark.text);
    }
    if (!hasAttributes.call(target)) return false;
    let found = own.get(target);
    if (found === undefined) {
      found = matches.call(target, mark.text);
      own.set(target, found);
    }
    return found;
  };
  const matchesWithin = (target) => {
    const path = [];
    let found = false;
    for (let at = target; at && at.nodeType === 1; at = parentNode(at)) {
      const before = within.get(at);
      if (before !== undefined) {
        found = before;
        break;
      }
      path.push(at);
      if (matchesItself(at)) {
        found = true;
        break;
      }
    }
    for (const each of path) within.set(each, found);
    return found;
  };

  const dom = {
    masksTexts,
    storms,
    getter,
    nodeType: getter(node, "nodeType"),
    localName: getter(element, "localName"),
    ownerDocument: getter(node, "ownerDocument"),
    childNodes: getter(node, "childNodes"),
    parentNode,
    parentElement: getter(node, "parentElement"),
    textContent: getter(node, "textContent"),
    firstChild: getter(node, "firstChild"),
    lastChild: getter(node, "lastChild"),
    nextSibling: getter(node, "nextSibling"),
    previousSibling: getter(node, "previousSibling"),
    isConnected: getter(node, "isConnected"),
    tagName: getter(element, "tagName"),
    shadowRoot: (target) => openRootOf(target) || closedRootOf(target),
    hasAttributes: (target) => hasAttributes.call(target),
    attributeNames: (target) => getAttributeNames.call(target),
    attributeOrNull: (target, name) => getAttribute.call(target, name),
    /** An attribute that a script named with capitals is found by no name. */
    attribute: (target, name) => getAttribute.call(target, name) ?? find.call(target.attributes, (each) => each.name === name).value,
    /** Whether an element (or with `ancestors` what it stands in, in its tree) has the class or matches the selector. */
    marked(target, className, selector, ancestors) {
      prepare(className, selector);
      if (target !== mark.target || ancestors !== mark.ancestors) {
        mark.found = ancestors ? matchesWithin(target) : matchesItself(target);
        mark.target = target;
        mark.ancestors = ancestors;
      }
      return mark.found;
    },
  };
  const ids = createNodeIds();
  const writer = createNodeWriter(win, dom, ids);
  const buffers = mutationBuffers({ win, dom, ids, writer, storms, microtask });
  return {
    ...dom,
    /** rrweb is being loaded: these functions of its own go on being used. @returns {object} its mirror */
    connect(functions) {
      writer.connect(functions);
      buffers.connect(functions);
      return ids;
    },
    nextId: ids.next,
    write: writer.write,
    isTooDeep: writer.isTooDeep,
    buffer: buffers.create,
  };
}
