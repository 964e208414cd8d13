/**
 * Shadow roots of replayed elements. Open ones even where the page's were closed, so that whoever looks at a replay finds what is in
 * them; but those that markup declared closed stay so: nobody ever saw into them.
 */

// Found by identity: an element has one root for life.
const closed = new WeakMap();

/** @param {Element} element @returns {ShadowRoot | null} */
export function rootOf(element) {
  return element.shadowRoot || closed.get(element) || null;
}

/**
 * @param {Element} host without a root
 * @param {{manual: boolean, declaredClosed: boolean}} how
 * @returns {ShadowRoot}
 */
export function makeRoot(host, { manual, declaredClosed }) {
  const root = host.attachShadow({ mode: declaredClosed ? "closed" : "open", slotAssignment: manual ? "manual" : "named" });
  if (declaredClosed) closed.set(host, root);
  return root;
}
