/**
 * The document that a replayed iframe shows.
 *
 * A frame of another origin is shut to whoever examines the replayed page by its DOM, as it was to the recorded page: the same
 * question gets the same answer, so that a live page and its replay can be compared. The player has its own way in.
 */

/** @param {Element} element @returns {Document | null} of an iframe or a frameset's frame, also of one that is shut; of others none */
export function frameDocument(element) {
  const view = element.ownerDocument.defaultView;
  const kind = view && [view.HTMLIFrameElement, view.HTMLFrameElement].find((one) => one && element instanceof one);
  return kind ? Object.getOwnPropertyDescriptor(kind.prototype, "contentDocument").get.call(element) : null;
}

/** @param {Element} element an iframe @param {boolean} on whether the recorded page could not look into it */
export function shutFrame(element, on) {
  if (on) Object.defineProperty(element, "contentDocument", { configurable: true, get: () => null });
  else delete element.contentDocument;
}
