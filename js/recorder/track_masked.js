/**
 * What changes in masked parts without a mutation: pictures that come late, whose placeholder then gets their size; boxes of hidden
 * elements that grow; marks that come and go, after which the document is recorded anew at its new levels.
 */
import { boxOf, sizeOf } from "./mask_box.js";
import { placeholderFor } from "./mask_pictures.js";
import { HIDDEN, MASK } from "./mask.js";

/**
 * @param {Window} win
 * @param {{mask: object, idOf: (node: Node) => number, timers: {set: Function}, snapshot: () => void}} scope snapshot() takes a new one
 * @param {(attributes: {id: number, attributes: object}) => void} emit the attributes of one element, as they are to be shown
 * @returns {{stop: () => void, onDocument: (doc: Document) => void, onHidden: (element: Element) => void, onLevelChange: () => void}}
 */
export function trackMasked(win, { mask, idOf, timers, snapshot }, emit) {
  let stopped = false;
  let due = false;
  const sizes = new WeakMap();

  const onLoad = (event) => {
    const element = event.target;
    if (!element || element.localName !== "img" || (mask.level < MASK && !mask.special)) return;
    const id = idOf(element);
    if (id > 0 && mask.levelOf(element) === MASK) emit({ id, attributes: { src: placeholderFor(element) } });
  };
  const observer = new win.ResizeObserver((entries) => {
    if (stopped) return;
    for (const { target } of entries) {
      const id = idOf(target);
      if (id <= 0 || !target.isConnected || mask.levelOf(target, true) !== HIDDEN) {
        observer.unobserve(target);
        continue;
      }
      const size = sizeOf(target, win.getComputedStyle(target));
      const key = `${size.width} ${size.height}`;
      if (sizes.get(target) === key) continue;
      sizes.set(target, key);
      emit({ id, attributes: boxOf(target, {}) });
    }
  });
  // An element's `load` does not come by the window.
  const watched = [];
  return {
    /** @param {Document} doc the page's, or that of a frame of its origin */
    onDocument(doc) {
      doc.addEventListener("load", onLoad, { capture: true, passive: true });
      watched.push(new WeakRef(doc));
    },
    stop() {
      stopped = true;
      observer.disconnect();
      for (const reference of watched) reference.deref()?.removeEventListener("load", onLoad, { capture: true });
    },
    onHidden(element) {
      const { width, height } = sizeOf(element, null);
      sizes.set(element, `${width} ${height}`);
      observer.observe(element);
    },
    onLevelChange() {
      if (due) return;
      due = true;
      timers.set(() => {
        due = false;
        if (!stopped) snapshot();
      }, 0);
    },
  };
}
