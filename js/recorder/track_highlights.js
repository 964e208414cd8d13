/** The custom highlights of a document, `CSS.highlights`: name, priority and ranges of each. */
import { afterCall, afterSet, oncePerRealm } from "./patch.js";

const MAX_RANGES = 5000;

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, timers: {microtask: Function}, guard: (call: Function) => Function}} scope
 * @param {(kind: "highlights", data: object) => void} emit data: {id (document), highlights: [{name, priority, ranges: [{start,
 *   startOffset, end, endOffset}]}]}: all of them
 * @returns {{stop: () => void, trackWindow: Function, forget: Function, changed: Function, check: Function}} see record.js
 */
export function trackHighlights(win, { idOf, timers, guard }, emit) {
  const restore = [];
  const isNewRealm = oncePerRealm();
  const views = new Set();
  let told = new WeakMap();
  let scheduled = false;
  let stopped = false;

  const tell = (view) => {
    const doc = view.document;
    const id = doc ? idOf(doc) : -1;
    if (!(id > 0)) return;
    const highlights = [];
    let left = MAX_RANGES;
    for (const [name, highlight] of view.CSS.highlights) {
      const ranges = [];
      for (const { startContainer, startOffset, endContainer, endOffset } of highlight) {
        if (left-- <= 0) break;
        const [start, end] = [idOf(startContainer), idOf(endContainer)];
        if (start > 0 && end > 0) ranges.push({ start, startOffset, end, endOffset });
      }
      highlights.push({ name, priority: highlight.priority, ranges });
    }
    const text = JSON.stringify(highlights);
    if (text === (told.get(doc) || "[]")) return;
    told.set(doc, text);
    emit("highlights", { id, highlights });
  };
  const check = () => {
    if (stopped) return;
    for (const view of views) {
      if (!view.document || !view.CSS) views.delete(view);
      else tell(view);
    }
  };
  const trackWindow = (view) => {
    if (!isNewRealm(view) || !view.HighlightRegistry) return;
    if (view.CSS.highlights.size) views.add(view);
    const onChange = guard(() => {
      views.add(view);
      if (!scheduled) {
        timers.microtask(() => {
          scheduled = false;
          check();
        });
      }
      scheduled = true;
    });
    for (const method of ["set", "delete", "clear"]) {
      restore.push(afterCall(view.HighlightRegistry.prototype, method, onChange));
    }
    for (const method of ["add", "delete", "clear"]) restore.push(afterCall(view.Highlight.prototype, method, onChange));
    restore.push(afterSet(view.Highlight.prototype, "priority", onChange));
  };
  trackWindow(win);

  return {
    trackWindow,
    forget() {
      told = new WeakMap();
    },
    // Ranges move with the text they stand in.
    changed({ kind }) {
      if (views.size && (kind === "mutation" || kind === "snapshot")) check();
    },
    check() {
      if (views.size) check();
    },
    stop() {
      stopped = true;
      for (const undo of restore.reverse()) undo();
    },
  };
}
