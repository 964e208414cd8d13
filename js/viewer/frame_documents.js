/**
 * The document that a replayed iframe shows.
 *
 * A frame of another origin is shut to whoever examines the replayed page by its DOM, as it was to the recorded page: the same
 * question gets the same answer, so that a live page and its replay can be compared. The player has its own way in.
 */

/** @param {Element} element @returns {Document | null} of an iframe, also of one that is shut; of others none */
export function frameDocument(element) {
  const { HTMLIFrameElement } = element.ownerDocument.defaultView || {};
  if (!HTMLIFrameElement || !(element instanceof HTMLIFrameElement)) return null;
  return Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "contentDocument").get.call(element);
}

/** @param {Element} element an iframe @param {boolean} on whether the recorded page could not look into it */
export function shutFrame(element, on) {
  if (on) Object.defineProperty(element, "contentDocument", { configurable: true, get: () => null });
  else delete element.contentDocument;
}
