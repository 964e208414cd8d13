/** Closed shadow roots: the page hides them from itself; `attachShadow` is the only moment at which they can be met. */

/**
 * @param {Window} win before its first script
 * @returns {{of: (element: Element) => ShadowRoot|null}} of() gives the closed root of an element
 */
export function keepClosedRoots(win) {
  const roots = new WeakMap();
  const prototype = win.Element.prototype;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, "attachShadow");
  const value = new Proxy(descriptor.value, {
    apply(target, element, args) {
      const root = Reflect.apply(target, element, args);
      if (root.mode === "closed") roots.set(element, root);
      return root;
    },
  });
  Object.defineProperty(prototype, "attachShadow", { ...descriptor, value });
  return {
    of(element) {
      return roots.get(element) || null;
    },
  };
}
