/**
 * What form controls hold beyond rrweb's `input` events: the chosen options of a select, `indeterminate`, `setCustomValidity`,
 * the names of chosen files; and values that change without an event or a setter (`reset()`, `stepUp()`, `setRangeText()`,
 * what the browser restores when one goes back).
 *
 * A control is looked at after something may have changed it, and told of when its state is another than was told last.
 */
import { afterCall, afterSet, oncePerRealm } from "./patch.js";

const CONTROLS = "input, select, textarea";
const STATE_ATTRIBUTES = ["selected", "value", "checked", "type", "multiple"];
const METHODS = {
  HTMLInputElement: ["setCustomValidity", "setRangeText", "stepUp", "stepDown"],
  HTMLTextAreaElement: ["setCustomValidity", "setRangeText"],
  HTMLSelectElement: ["setCustomValidity"],
};
const SETTERS = {
  HTMLInputElement: ["indeterminate", "files", "valueAsNumber", "valueAsDate"],
  HTMLSelectElement: ["value", "selectedIndex"],
  HTMLOptionElement: ["selected"],
};

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, mask: {isMasked: Function, maskValue: Function, isUndecided: Function},
 *          timers: {set: Function, microtask: Function}, guard: (call: Function) => Function}} scope
 * @param {(kind: "control"|"input", data: object, options?: {type: number}) => void} emit `input` in rrweb's form
 * @returns {{stop: () => void, trackWindow: (win: Window) => void, added: (serialised: object, parentId: number) => void,
 *            changed: (event: object) => void}}
 *   added() learns of every node that a snapshot or a mutation brought, changed() of rrweb's other events
 */
export function trackForms(win, { idOf, nodeOf, mask, timers, guard }, emit) {
  const suspects = new Set();
  const undecided = new Set();
  const told = new WeakMap();
  const restore = [];
  const isNewRealm = oncePerRealm();
  let due = false;
  let stopped = false;

  const check = () => {
    due = false;
    const controls = [...suspects];
    suspects.clear();
    if (stopped) return;
    for (const control of controls) {
      const id = idOf(control);
      if (id > 0) look(control, id);
    }
  };
  const suspect = guard((touched) => {
    const control = touched.localName === "option" ? touched.closest("select") : touched;
    if (!control) return;
    suspects.add(control);
    if (!due) timers.microtask(check);
    due = true;
  });
  const remember = (control) => {
    if (!told.has(control)) told.set(control, { state: "{}", value: null });
    return told.get(control);
  };
  const look = (control, id) => {
    const known = remember(control);
    const state = stateOf(control, mask);
    const text = JSON.stringify(state);
    if (text !== known.state) {
      known.state = text;
      emit("control", { id, ...state });
    }
    const value = valueOf(control, mask);
    if (known.value === null || value === null || value === known.value) return;
    known.value = value;
    const [shown, isChecked] = JSON.parse(value);
    emit("input", { source: 5, text: shown, isChecked, id }, { type: 3 });
  };
  const suspectAll = (root) => {
    for (const control of root.querySelectorAll(CONTROLS)) suspect(control);
  };

  // The values change after the event.
  const onReset = guard((event) => timers.set(() => {
    for (const control of event.target.elements || []) if (control.matches(CONTROLS)) suspect(control);
  }, 0));
  const onChange = guard((event) => {
    const target = event.composedPath()[0];
    if (!target.matches || !target.matches(CONTROLS)) return;
    // rrweb tells the value of what had an event; its listener comes after ours, and a microtask may come between the two.
    remember(target).value = valueOf(target, mask);
    suspect(target);
  });
  // What one had filled in before is restored about now.
  const onLoad = guard((event) => {
    if (event.target.nodeType !== 9) return;
    timers.set(() => {
      decide(event.target);
      suspectAll(event.target);
    }, 0);
  });
  /** Now that all sheets are there: fields that nobody draws as dots may be shown as they were written. */
  const decide = (doc) => {
    for (const control of undecided) {
      if (control.ownerDocument !== doc) continue;
      undecided.delete(control);
      const id = idOf(control);
      const value = control.getAttribute("value");
      if (id <= 0 || value === null) continue;
      emit("mutation", { source: 0, texts: [], attributes: [{ id, attributes: { value } }], removes: [], adds: [] }, { type: 3 });
    }
  };
  const listeners = { input: onChange, change: onChange, reset: onReset, load: onLoad };

  const trackWindow = (view) => {
    for (const [type, listener] of Object.entries(listeners)) {
      view.addEventListener(type, listener, { capture: true, passive: true });
      restore.push(() => view.removeEventListener(type, listener, { capture: true }));
    }
    if (!isNewRealm(view)) return;
    for (const [name, methods] of Object.entries(METHODS)) {
      for (const method of methods) restore.push(afterCall(view[name].prototype, method, suspect));
    }
    for (const [name, setters] of Object.entries(SETTERS)) {
      for (const setter of setters) restore.push(afterSet(view[name].prototype, setter, suspect));
    }
  };
  trackWindow(win);

  return {
    trackWindow,
    added(serialised, parentId) {
      const tag = serialised.tagName;
      if (tag === "option" || tag === "optgroup") {
        const select = selectAround(nodeOf(parentId));
        if (select) suspect(select);
      } else if (tag === "select" || tag === "input" || tag === "textarea") {
        const control = nodeOf(serialised.id);
        if (!control) return;
        const known = remember(control);
        known.state = "{}";
        known.value = valueOf(control, mask);
        if (tag !== "select" && mask.isUndecided(control)) undecided.add(control);
        suspect(control);
      }
    },
    changed({ kind, data }) {
      if (kind === "input") {
        const control = nodeOf(data.id);
        if (!control) return;
        remember(control).value = JSON.stringify([data.text, data.isChecked]);
        suspect(control);
      } else if (kind === "mutation") {
        for (const { id, attributes } of data.attributes) {
          if (!STATE_ATTRIBUTES.some((name) => name in attributes)) continue;
          const node = nodeOf(id);
          const control = node && (node.localName === "option" ? selectAround(node) : node);
          if (control && control.matches && control.matches(CONTROLS)) suspect(control);
        }
        for (const { parentId } of data.removes) {
          const select = selectAround(nodeOf(parentId));
          if (select) suspect(select);
        }
      }
    },
    stop() {
      stopped = true;
      for (const undo of restore) undo();
    },
  };
}

function selectAround(node) {
  return (node && node.localName && (node.localName === "select" || node.localName === "optgroup" || node.localName === "option")
    && node.closest("select")) || null;
}

/** What is not in rrweb's vocabulary; an empty object for a control in its plain state. */
function stateOf(control, mask) {
  const state = {};
  if (control.localName === "select") {
    // Which option it is would tell the value.
    if (mask.isMasked(control)) state.masked = true;
    else state.selected = chosen(control);
  } else if (control.localName === "textarea") {
    // rrweb tells its value only; what stands in it is another thing once somebody has typed.
    if (control.defaultValue !== control.value) state.default = mask.maskValue(control.defaultValue, control);
  } else if (control.type === "checkbox" && control.indeterminate) state.indeterminate = true;
  else if (control.type === "file" && control.files && control.files.length) {
    state.files = [...control.files].map(({ name }) => mask.maskValue(name, control));
  }
  if (control.validity && control.validity.customError) state.invalid = true;
  return state;
}

function chosen(select) {
  if (!select.multiple) return select.selectedIndex < 0 ? [] : [select.selectedIndex];
  const indices = [];
  for (let i = 0; i < select.options.length; i += 1) if (select.options[i].selected) indices.push(i);
  return indices;
}

/** As rrweb tells it; null where `control` events say it all. */
function valueOf(control, mask) {
  if (control.localName === "select" || control.type === "file") return null;
  return JSON.stringify([mask.maskValue(control.value, control), Boolean(control.checked)]);
}
