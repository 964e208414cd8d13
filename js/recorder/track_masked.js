/**
 * What changes in masked parts without a mutation: pictures that come late, whose placeholder then gets their size; boxes of hidden
 * elements that grow; marks that come and go, after which the document is recorded anew at its new levels.
 */
import { boxOf, sizeOf } from "./mask_box.js";
import { createEventMask } from "./mask_events.js";
import { placeholderFor } from "./mask_pictures.js";
import { HIDDEN, MASK } from "./mask.js";

const MUTATION = 0;

/**
 * @param {Window} win
 * @param {{mask: object, idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, timers: {set: Function},
 *          snapshot: () => void, onHides: () => void, onPicture: Function}} scope snapshot() takes a new one; for the last two see
 *   `createEventMask`
 * @param {(kind: "mutation", data: object) => void} emit takes it as it is
 * @returns {{stop: () => void, apply: Function, tracked: Function}} the last two are `createEventMask`'s
 */
export function trackMasked(win, { mask, idOf, nodeOf, timers, snapshot, onHides, onPicture }, emit) {
  const tell = (id, attributes) => emit("mutation", { source: MUTATION, texts: [], attributes: [{ id, attributes }], removes: [], adds: [] });
  let stopped = false;
  let due = false;
  const sizes = new WeakMap();

  const onLoad = (event) => {
    const element = event.target;
    if (!element || element.localName !== "img" || (mask.level < MASK && !mask.special)) return;
    const id = idOf(element);
    if (id > 0 && mask.levelOf(element) === MASK) tell(id, { src: placeholderFor(element) });
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
      tell(id, boxOf(target, {}));
    }
  });
  // An element's `load` does not come by the window.
  const watched = [];
  const { apply, tracked } = createEventMask({
    mask, idOf, nodeOf, onHides, onPicture,
    onDocument(doc) {
      doc.addEventListener("load", onLoad, { capture: true, passive: true });
      watched.push(new WeakRef(doc));
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
  });
  return {
    apply,
    tracked,
    stop() {
      stopped = true;
      observer.disconnect();
      for (const reference of watched) reference.deref()?.removeEventListener("load", onLoad, { capture: true });
    },
  };
}
