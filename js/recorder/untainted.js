/**
 * The built-in prototypes as rrweb looks for them, handed to it as its `globalThis`.
 *
 * rrweb distrusts a page's prototypes and makes a hidden helper iframe to get fresh ones. Its check of `Element` always fails
 * (it looks for accessors named `querySelector`), so it would put an iframe into every page; init scripts run in that iframe too,
 * and in a sandboxed page, where each frame has an origin of its own, recorders and helpers would make each other without end.
 * We run before the page's first script and have the built-ins at hand; rrweb accepts what looks native to it.
 */

import { afterCall, afterSet } from "./patch.js";

// What rrweb asks of `Node`.
const NODE = [
  "childNodes", "parentNode", "parentElement", "textContent", "ownerDocument", "firstChild", "lastChild", "nextSibling",
  "previousSibling", "contains", "getRootNode",
];

/**
 * @param {Window} win
 * @param {(element: Element) => ShadowRoot|null} closedRootOf the closed root of an element, where there is one
 * @param {(node: Node, call: Function) => Function} local see realms.js
 * @param {(call: (each: any) => void) => (each: any) => void} together calls later, once for all that it was called with
 * @returns {object} stands for `globalThis` in the scope in which rrweb is evaluated
 */
export function untaintedGlobals(win, closedRootOf, local, together) {
  const node = win.Node.prototype;
  const element = win.Element.prototype;
  const openRootOf = Object.getOwnPropertyDescriptor(element, "shadowRoot").get;
  return {
    afterCall,
    afterSet,
    local,
    together,
    Node: { prototype: nativeLooking(node, NODE, {}) },
    Element: {
      prototype: nativeLooking(element, [], {
        shadowRoot: { get: looksNative(openRootOf, (self) => openRootOf.call(self) || closedRootOf(self)) },
        // Asked for as accessors, whose value is then called without its element.
        querySelector: { get: looksNative(element.querySelector, (self) => element.querySelector.bind(self)) },
        querySelectorAll: { get: looksNative(element.querySelectorAll, (self) => element.querySelectorAll.bind(self)) },
      }),
    },
    ShadowRoot: {
      prototype: nativeLooking(win.ShadowRoot.prototype, ["host", "styleSheets"], {
        // Not in every browser, but looked for in all.
        getSelection: { value: looksNative(win.ShadowRoot.prototype.getSelection || node.contains) },
      }),
    },
    MutationObserver: { prototype: nativeLooking(win.MutationObserver.prototype, [], { constructor: { value: win.MutationObserver } }) },
  };
}

/** A copy of those accessors and methods of a prototype, each of which looks native, and of what is `instead` of others. */
function nativeLooking(prototype, names, instead) {
  const properties = {};
  for (const name of names) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    if (descriptor.get) properties[name] = { get: looksNative(descriptor.get) };
    else properties[name] = { value: looksNative(descriptor.value) };
  }
  return Object.create(null, { ...properties, ...instead });
}

/** A function whose source reads `[native code]`: a built-in itself, or a proxy, whatever it stands for. */
function looksNative(target, call) {
  if (call) return new Proxy(target, { apply: (_, self) => call(self) });
  return Function.prototype.toString.call(target).includes("[native code]") ? target : new Proxy(target, {});
}
