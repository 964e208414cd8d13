/**
 * Closed shadow roots: the page hides them from itself. `attachShadow` is the only moment at which they can be met; those that markup
 * declares the driver knows, see harness/capture/declared_roots.py.
 */
import { afterCall } from "./patch.js";

/**
 * @param {Window} win before its first script
 * @returns {{of: (element: Element) => ShadowRoot|null, keep: (win: Window) => void, meet: (root: ShadowRoot) => boolean,
 *            isDeclared: (root: ShadowRoot) => boolean}} of() gives the
 *   closed root of an element; keep() also keeps those of a frame; meet() is told of one, and says whether it is new
 */
export function keepClosedRoots(win) {
  const roots = new WeakMap();
  const declared = new WeakSet();
  const keep = (view) => {
    afterCall(view.Element.prototype, "attachShadow", (element, _, root) => {
      if (root.mode === "closed") roots.set(element, root);
    });
    // An element may be given the root that markup has declared for it.
    afterCall(view.HTMLElement.prototype, "attachInternals", (element, _, { shadowRoot: root }) => {
      if (!root || root.mode !== "closed" || roots.has(element)) return;
      roots.set(element, root);
      declared.add(root);
    });
  };
  keep(win);
  return {
    keep,
    of(element) {
      return roots.get(element) || null;
    },
    isDeclared(root) {
      return declared.has(root);
    },
    meet(root) {
      if (roots.get(root.host) === root) return false;
      roots.set(root.host, root);
      declared.add(root);
      return true;
    },
  };
}
