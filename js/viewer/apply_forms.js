/** `control`: the state of a form control that its attributes and `input` events do not say. */

export function applyControl(scene, stream, event) {
  const element = stream.mirror.node(event.data.id);
  if (element && element.nodeType === 1) scene.controls.set(element, event.data);
}

/** Set once everything else is: options come after their select, and in any order. */
export class Controls {
  constructor() {
    this.changed = new Map();
    this.states = new WeakMap();
  }

  /** @param {Element} element @param {any} state of a `control` event */
  set(element, state) {
    this.states.set(element, state);
    this.changed.set(element, state);
  }

  /** Options came or went: what the browser makes of them is not what the page had. @param {Node} node */
  touched(node) {
    const select = node.nodeType === 1 && node.closest("select");
    if (select && this.states.has(select)) this.changed.set(select, this.states.get(select));
  }

  /** @param {import("./scrolls.js").Scrolls} scrolls */
  flush(scrolls) {
    for (const [element, state] of this.changed) {
      if (!element.isConnected) continue;
      try {
        if (element.localName === "select" && (element.multiple || element.size > 1)) scrolls.hold(element);
        show(element, state);
      } catch (error) {
        console.warn(`harness: form control: ${error.message}`);
      }
    }
    this.changed.clear();
  }
}

function show(element, state) {
  const { localName } = element;
  if (localName === "select") {
    const selected = new Set(state.masked ? [] : state.selected || []);
    if (element.multiple) for (const [i, option] of [...element.options].entries()) option.selected = selected.has(i);
    else element.selectedIndex = selected.size ? [...selected][0] : -1;
  } else if (localName === "textarea") {
    const { value } = element;
    element.textContent = state.default ?? value;
    if (element.value !== value) element.value = value;
  } else if (element.type === "checkbox") element.indeterminate = Boolean(state.indeterminate);
  else if (element.type === "file") showFiles(element, state.files || []);
  element.setCustomValidity?.(state.invalid ? " " : "");
}

/** @param {HTMLInputElement} element @param {string[]} names */
function showFiles(element, names) {
  const { DataTransfer, File } = element.ownerDocument.defaultView;
  const transfer = new DataTransfer();
  for (const name of names) transfer.items.add(new File([], String(name)));
  element.files = transfer.files;
}
