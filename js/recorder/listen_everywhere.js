/**
 * Listeners for events that do not leave a shadow tree: on windows, and on each shadow root that is met.
 *
 * @param {Window} win
 * @param {string[]} types of events
 * @param {(event: Event) => void} listener
 * @param {{nodeOf: (id: number) => Node|null, rootOf: (host: Element) => ShadowRoot|null}} scope
 * @returns {{stop: () => void, trackWindow: (win: Window) => void, added: (node: object, parentId: number) => void}} see record.js
 */
export function listenEverywhere(win, types, listener, { nodeOf, rootOf }) {
  const roots = new WeakSet();
  const restore = [];
  const trackWindow = (where) => {
    for (const type of types) {
      where.addEventListener(type, listener, { capture: true, passive: true });
      restore.push(() => where.removeEventListener(type, listener, { capture: true }));
    }
  };
  trackWindow(win);

  return {
    trackWindow,
    added({ isShadow }, parentId) {
      const root = isShadow ? rootOf(nodeOf(parentId)) : null;
      if (!root || roots.has(root)) return;
      roots.add(root);
      trackWindow(root);
    },
    stop() {
      for (const undo of restore) undo();
    },
  };
}
