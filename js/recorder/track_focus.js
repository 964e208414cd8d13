/**
 * Which element has the focus, and whether it shows (`:focus-visible`).
 *
 * rrweb tells of focus events only, and by nodes that it has met: an element that is put into the page and focused in one task
 * has no id yet then; and one that is taken out of the page loses the focus without an event.
 */

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, rootOf: (host: Element) => ShadowRoot|null, timers: {microtask: Function},
 *          guard: (call: Function) => Function}} scope
 * @param {(kind: "focus", data: {id: number|null, visible?: boolean}) => void} emit `id` null: nothing has it
 */
export function trackFocus(win, { idOf, rootOf, timers, guard }, emit) {
  const restore = [];
  let told = "null";
  let due = false;
  let stopped = false;

  const check = () => {
    due = false;
    if (stopped) return;
    const element = focusedIn(win.document, rootOf);
    const id = element ? idOf(element) : null;
    // Not met yet: it is looked at again with the next mutation.
    if (id !== null && id <= 0) return;
    const data = element ? { id, visible: element.matches(":focus-visible") } : { id };
    const text = JSON.stringify(data);
    if (text === told) return;
    told = text;
    emit("focus", data);
  };
  const onFocus = guard(() => {
    if (!due) timers.microtask(check);
    due = true;
  });
  const trackWindow = (view) => {
    for (const type of ["focusin", "focusout", "keydown"]) {
      view.addEventListener(type, onFocus, { capture: true, passive: true });
      restore.push(() => view.removeEventListener(type, onFocus, { capture: true }));
    }
  };
  trackWindow(win);
  return {
    trackWindow,
    check,
    changed({ kind }) {
      if (kind === "mutation") check();
    },
    forget() {
      told = "null";
      onFocus();
    },
    stop() {
      stopped = true;
      for (const undo of restore) undo();
    },
  };
}

/** The innermost focused element, in shadow trees and frames; the body counts as none. */
function focusedIn(doc, rootOf) {
  let element = doc.activeElement;
  for (;;) {
    const root = element && rootOf(element);
    if (root && root.activeElement) element = root.activeElement;
    else if (element && element.localName === "iframe") {
      const inner = documentOf(element);
      if (!inner || !inner.activeElement) break;
      element = inner.activeElement;
    } else break;
  }
  const isIdle = element && element === element.ownerDocument.body && !element.isContentEditable;
  return element && !isIdle && element.matches(":focus") ? element : null;
}

function documentOf(frame) {
  try {
    return frame.contentDocument;
  } catch {
    return null;
  }
}
