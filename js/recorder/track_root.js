/**
 * The document's root element being replaced: `document.open()` takes all nodes and all event listeners, those of the window too,
 * and may be called from a world in which no patch of ours is seen. Only mutation observers stay.
 */

/**
 * @param {Document} doc
 * @param {() => void} onReplaced called once the document has another root element
 * @returns {{stop: () => void}}
 */
export function trackRoot(doc, onReplaced) {
  const root = doc.documentElement;
  const observer = new MutationObserver(() => {
    if (doc.documentElement && doc.documentElement !== root) onReplaced();
  });
  observer.observe(doc, { childList: true });
  return {
    stop() {
      observer.disconnect();
    },
  };
}
