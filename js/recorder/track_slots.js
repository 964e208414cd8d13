/** Nodes that scripts assign to slots by hand, in shadow roots made so. */
import { afterCall, oncePerRealm } from "./patch.js";

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, timers: {microtask: Function},
 *          guard: (call: Function) => Function}} scope
 * @param {(kind: "slot", data: {id: number, nodes: number[]}) => void} emit
 * @returns {{stop: () => void, trackWindow: Function, added: Function, changed: Function}} see record.js
 */
export function trackSlots(win, { idOf, nodeOf, timers, guard }, emit) {
  const restore = [];
  const isNewRealm = oncePerRealm();
  const due = new Set();

  const flush = () => {
    for (const slot of due) {
      const id = idOf(slot);
      if (!(id > 0)) continue;
      due.delete(slot);
      emit("slot", { id, nodes: slot.assignedNodes().map(idOf).filter((node) => node > 0) });
    }
  };
  const trackWindow = (view) => {
    if (!isNewRealm(view)) return;
    restore.push(afterCall(view.HTMLSlotElement.prototype, "assign", guard((slot) => {
      due.add(slot);
      timers.microtask(flush);
    })));
  };
  trackWindow(win);

  return {
    trackWindow,
    added({ tagName, id }) {
      if (tagName !== "slot") return;
      const slot = nodeOf(id);
      if (slot && slot.getRootNode().slotAssignment === "manual") due.add(slot);
    },
    changed: flush,
    stop() {
      for (const undo of restore.reverse()) undo();
    },
  };
}
