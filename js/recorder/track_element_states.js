/**
 * What selectors can ask of an element and no attribute tells: the states and the validity that a custom element gives itself, and
 * whether a control is `:user-valid` or `:user-invalid`, which depends on what the user did with it.
 */
import { afterCall, isFresh, oncePerRealm } from "./patch.js";

const CONTROLS = "input, select, textarea";
const MAX_MET = 500;

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, internals: WeakMap<Element, ElementInternals>,
 *          timers: {set: Function, microtask: Function}, guard: (call: Function) => Function}} scope `internals`: those of custom
 *   elements, over all streams of the document
 * @param {(kind: "element-state", data: object) => void} emit data: {id, states?, validity?: "valid"|"invalid", user?: the same};
 *   all of it, so that what is missing holds no more
 * @returns {{stop: () => void, trackWindow: Function, forget: Function, added: Function, check: Function}} see record.js
 */
export function trackElementStates(win, { idOf, nodeOf, internals, timers, guard }, emit) {
  const restore = [];
  const isNewRealm = oncePerRealm();
  const due = new Set();
  const met = new Set();
  const hosts = new WeakMap();
  let told = new WeakMap();
  let scheduled = false;
  let stopped = false;

  const tell = (element) => {
    const id = idOf(element);
    if (!(id > 0)) return;
    const state = stateOf(element, internals.get(element));
    const text = JSON.stringify(state);
    if (text === (told.get(element) || "{}")) return;
    told.set(element, text);
    emit("element-state", { id, ...state });
  };
  const flush = () => {
    scheduled = false;
    if (stopped) return;
    const elements = [...due];
    due.clear();
    elements.forEach(tell);
  };
  const suspect = (element) => {
    due.add(element);
    if (!scheduled) timers.microtask(flush);
    scheduled = true;
  };
  const onHost = guard((object) => {
    const host = hosts.get(object);
    if (host) suspect(host);
  });
  // The browser makes up its mind about a control around these events, some before and some after.
  const onUser = guard((event) => {
    const target = event.composedPath()[0];
    const controls = event.type === "submit" || event.type === "reset" ? [...target.elements] : [target];
    timers.set(() => {
      for (const control of controls) {
        if (!control.matches || !control.matches(CONTROLS)) continue;
        if (met.size < MAX_MET) met.add(control);
        tell(control);
      }
    }, 0);
  });

  const meet = (host, found) => {
    internals.set(host, found);
    hosts.set(found, host);
    if (found.states) hosts.set(found.states, host);
  };
  const trackWindow = (view) => {
    if (!isNewRealm(view)) return;
    // Most documents have no internals: those classes are left alone until a script gets some.
    let isPatched = !view.ElementInternals;
    const patch = () => {
      if (isPatched) return;
      isPatched = true;
      restore.push(afterCall(view.ElementInternals.prototype, "setValidity", onHost));
      if (!view.CustomStateSet) return;
      for (const method of ["add", "delete", "clear"]) restore.push(afterCall(view.CustomStateSet.prototype, method, onHost));
    };
    if (!isFresh(view)) patch();
    restore.push(afterCall(view.HTMLElement.prototype, "attachInternals", guard((host, _, found) => {
      patch();
      meet(host, found);
    })));
    for (const type of ["blur", "change", "invalid", "submit", "reset"]) {
      view.addEventListener(type, onUser, { capture: true, passive: true });
      restore.push(() => view.removeEventListener(type, onUser, { capture: true }));
    }
  };
  trackWindow(win);

  return {
    trackWindow,
    forget() {
      told = new WeakMap();
    },
    added({ tagName, id }) {
      if (!tagName) return;
      const element = nodeOf(id);
      const found = internals.get(element);
      if (found) {
        meet(element, found);
        tell(element);
      } else if (met.has(element)) tell(element);
    },
    check() {
      for (const control of met) {
        if (control.isConnected) tell(control);
        else met.delete(control);
      }
    },
    stop() {
      stopped = true;
      for (const undo of restore.reverse()) undo();
    },
  };
}

function stateOf(element, found) {
  const state = {};
  if (found) {
    if (found.states && found.states.size) state.states = [...found.states];
    if (element.constructor.formAssociated) {
      if (element.matches(":invalid")) state.validity = "invalid";
      else if (element.matches(":valid")) state.validity = "valid";
    }
  } else if (element.matches(":user-invalid")) state.user = "invalid";
  else if (element.matches(":user-valid")) state.user = "valid";
  return state;
}
