/**
 * What is selected in each document, in rrweb's form with the `document` it is in: rrweb tells of the top document only, and again
 * and again while nothing changes.
 */
import { isFresh } from "./patch.js";

const INTERVAL_MS = 40;

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, timers: {set: Function}, guard: (call: Function) => Function}} scope
 * @param {(data: {source: 14, document: number, ranges: object[]}) => void} emit
 */
export function trackSelection(win, { idOf, timers, guard }, emit) {
  const restore = [];
  const due = new Set();
  let told = new WeakMap();
  let resting = false;

  const flush = () => {
    const documents = [...due];
    due.clear();
    for (const doc of documents) tell(doc);
  };
  const tell = (doc) => {
    const id = idOf(doc);
    if (id <= 0 || !doc.defaultView) return;
    const ranges = rangesOf(selectionIn(doc), idOf);
    const text = JSON.stringify(ranges);
    if (text === (told.get(doc) || "[]")) return;
    told.set(doc, text);
    emit({ source: 14, document: id, ranges });
  };
  const onChange = guard((event) => {
    const doc = event.target.nodeType === 9 ? event.target : event.target.ownerDocument;
    due.add(doc);
    if (resting) return;
    resting = true;
    // At the end of the task: with a mutation, its nodes are known by then.
    timers.set(flush, 0);
    timers.set(() => {
      resting = false;
      if (due.size) flush();
    }, INTERVAL_MS);
  });
  const trackWindow = (view) => {
    view.addEventListener("selectionchange", onChange, { capture: true, passive: true });
    restore.push(() => view.removeEventListener("selectionchange", onChange, { capture: true }));
  };
  trackWindow(win);
  return {
    trackWindow,
    flush,
    forget() {
      told = new WeakMap();
      // Nothing can be selected yet, and asking would lay the page out.
      if (isFresh(win)) return;
      due.add(win.document);
      timers.set(flush, 0);
    },
    stop() {
      for (const undo of restore) undo();
    },
  };
}

/** Of a selection in a shadow tree the document knows no more than the host. */
function selectionIn(doc) {
  let root = doc;
  while (root.activeElement && root.activeElement.shadowRoot) root = root.activeElement.shadowRoot;
  const inner = root !== doc && root.getSelection ? root.getSelection() : null;
  return inner && inner.rangeCount ? inner : doc.getSelection();
}

function rangesOf(selection, idOf) {
  if (!selection || !selection.rangeCount || !selection.anchorNode) return [];
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  const range = { start: idOf(anchorNode), startOffset: anchorOffset, end: idOf(focusNode), endOffset: focusOffset };
  return range.start > 0 && range.end > 0 ? [range] : [];
}
