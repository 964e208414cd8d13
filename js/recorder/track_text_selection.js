/** What is selected in the text field that has the focus; rrweb tells of selections in the document only. */

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, timers: {microtask: Function}, guard: (call: Function) => Function}} scope
 * @param {(kind: "text-selection", data: {id: number, start: number, end: number}) => void} emit
 * @returns {{stop: () => void, trackWindow: (win: Window) => void}}
 */
export function trackTextSelection(win, { idOf, timers, guard }, emit) {
  const restore = [];
  let told = "";
  let due = null;

  const tell = () => {
    const field = due;
    due = null;
    const id = idOf(field);
    // Fields of numbers, dates and the like have no selection to tell of.
    if (id <= 0 || typeof field.selectionStart !== "number") return;
    const data = { id, start: field.selectionStart, end: field.selectionEnd };
    const text = JSON.stringify(data);
    if (text === told) return;
    told = text;
    emit("text-selection", data);
  };
  const onChange = guard((event) => {
    const target = event.composedPath()[0];
    if (target.localName !== "input" && target.localName !== "textarea") return;
    if (!due) timers.microtask(tell);
    due = target;
  });
  const trackWindow = (view) => {
    for (const type of ["selectionchange", "select", "focusin"]) {
      view.addEventListener(type, onChange, { capture: true, passive: true });
      restore.push(() => view.removeEventListener(type, onChange, { capture: true }));
    }
  };
  trackWindow(win);
  return {
    trackWindow,
    forget() {
      told = "";
    },
    stop() {
      for (const undo of restore) undo();
    },
  };
}
