/**
 * Which `<select>` has its list open. The list of a plain one is the browser's own window, and that of a customizable one
 * (`appearance: base-select`) is in no tree; the browser says so in `:open` alone, and tells of it by no event.
 */
import { afterCall, oncePerRealm } from "./patch.js";

// A list may close by a key or a click that no page hears of: while one is open, it is looked at so often.
const CHECK_MS = 100;
const EVENTS = ["mousedown", "mouseup", "click", "keydown", "change", "focusout"];

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, timers: {set: Function, clear: Function}, guard: (call: Function) => Function}} scope
 * @param {(kind: "picker", data: {id: number|null}) => void} emit `id` null: none is open
 * @returns {{stop: () => void, trackWindow: Function, forget: Function, check: Function}} see record.js
 */
export function trackPickers(win, { idOf, timers, guard }, emit) {
  const none = { trackWindow() {}, stop() {} };
  if (!win.CSS.supports("selector(:open)")) return none;
  const restore = [];
  const isNewRealm = oncePerRealm();
  let suspected = null;
  let told = null;
  let timer = null;
  let stopped = false;

  const check = () => {
    if (!suspected || stopped) return;
    const isOpen = suspected.isConnected && suspected.matches(":open");
    const id = isOpen ? idOf(suspected) : -1;
    const open = id > 0 ? id : null;
    if (open !== told) {
      told = open;
      emit("picker", { id: open });
    }
    timers.clear(timer);
    if (isOpen) timer = timers.set(check, CHECK_MS);
    else suspected = null;
  };
  const suspect = guard((select) => {
    if (suspected !== select) check();
    suspected = select;
    timers.clear(timer);
    // It opens once the event is over.
    timer = timers.set(check, 0);
  });
  const onEvent = guard((event) => {
    const target = event.composedPath()[0];
    const select = target && target.closest ? target.closest("select") : null;
    if (select && !select.multiple) suspect(select);
    else if (suspected) suspect(suspected);
  });
  const trackWindow = (view) => {
    for (const type of EVENTS) {
      view.addEventListener(type, onEvent, { capture: true, passive: true });
      restore.push(() => view.removeEventListener(type, onEvent, { capture: true }));
    }
    if (isNewRealm(view)) restore.push(afterCall(view.HTMLSelectElement.prototype, "showPicker", suspect));
  };
  trackWindow(win);

  return {
    trackWindow,
    check,
    forget() {
      told = null;
      check();
    },
    stop() {
      stopped = true;
      timers.clear(timer);
      for (const undo of restore) undo();
    },
  };
}
