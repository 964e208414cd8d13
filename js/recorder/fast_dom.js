/**
 * What rrweb asks of the DOM for every node, in the shortest way: harness/capture/rrweb_patches.py puts these in place of its own.
 *
 * The accessors are the browser's, taken before the page's first script. Whether an element bears a mark (a class or a selector
 * that hides or masks) is remembered for the length of a task: rrweb walks up all ancestors of each node to find out.
 */

const NO_STORMS = { begin: () => 0, end() {}, thaws: () => true };

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

  // selector -> element -> whether it, or what it stands in, matches
  let own = new Map();
  let within = new Map();
  let clearing = false;
  const clear = () => {
    own = new Map();
    within = new Map();
    clearing = false;
  };
  // Between two callbacks of a mutation observer there is always a microtask that comes before the second.
  const memo = (all, selector) => {
    let known = all.get(selector);
    if (!known) {
      known = new Map();
      all.set(selector, known);
      if (!clearing) microtask(clear);
      clearing = true;
    }
    return known;
  };
  const matchesItself = (target, selector) => {
    if (!hasAttributes.call(target)) return false;
    const known = memo(own, selector);
    let found = known.get(target);
    if (found === undefined) {
      found = matches.call(target, selector);
      known.set(target, found);
    }
    return found;
  };
  const matchesWithin = (target, selector) => {
    const known = memo(within, selector);
    const path = [];
    let found = false;
    for (let at = target; at && at.nodeType === 1; at = parentNode(at)) {
      const before = known.get(at);
      if (before !== undefined) {
        found = before;
        break;
      }
      path.push(at);
      if (matchesItself(at, selector)) {
        found = true;
        break;
      }
    }
    for (const each of path) known.set(each, found);
    return found;
  };
  // It is the same ones all the time.
  const last = { className: "", selector: "", text: "" };
  const joined = (className, selector) => {
    if (className !== last.className || selector !== last.selector) {
      Object.assign(last, { className, selector, text: selector ? `.${className},${selector}` : `.${className}` });
    }
    return last.text;
  };

  return {
    masksTexts,
    storms,
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
    shadowRoot: (target) => openRootOf(target) || closedRootOf(target),
    hasAttributes: (target) => hasAttributes.call(target),
    attributeNames: (target) => getAttributeNames.call(target),
    /** An attribute that a script named with capitals is found by no name. */
    attribute: (target, name) => getAttribute.call(target, name) ?? find.call(target.attributes, (each) => each.name === name).value,
    /** Whether an element (or with `ancestors` what it stands in, in its tree) has the class or matches the selector. */
    marked(target, className, selector, ancestors) {
      const text = joined(className, selector);
      return ancestors ? matchesWithin(target, text) : matchesItself(target, text);
    },
  };
}
