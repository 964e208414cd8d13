/**
 * Functions of a frame's own realm.
 *
 * The recorder of a page records its frames of the same origin too, with functions of the page's realm. What the browser makes for
 * a MutationObserver's callback belongs to the callback's realm, nodes that no script has met before included: to the frame such an
 * element would be no `Element` for good. (Measured in Chromium; of the observers' and listeners' callbacks only this one matters.)
 */

/**
 * @param {Window} win whose realm needs nothing
 * @returns {{meet: (view: Window, wrap: (call: Function) => Function) => void, local: (node: Node, call: Function) => Function}}
 *   meet() learns of a frame's `wrap`, which returns a function of that frame's realm; local() returns `call` as a function of the
 *   realm that the node's document is shown in
 */
export function createRealms(win) {
  // Not by window: that one stays when its frame navigates.
  const wraps = new WeakMap();
  return {
    meet(view, wrap) {
      wraps.set(view.Object, wrap);
    },
    local(node, call) {
      const view = (node.ownerDocument || node).defaultView;
      if (!view || view === win) return call;
      const wrap = wraps.get(view.Object);
      return wrap ? wrap(call) : new view.Proxy(call, {});
    },
  };
}
