/** `mouse` (focus, blur and the buttons), `key`: which element has the focus, and whether it shows. */

// rrweb's MouseInteractions
const MOUSE_DOWN = 1;
const FOCUS = 5;
const BLUR = 6;
const TOUCH_START = 7;
const TEXT_INPUTS = /^(text|search|url|tel|email|password|number|date|month|week|time|datetime-local|)$/;

export function applyMouse(scene, stream, event) {
  const { type, id } = event.data;
  if (type === MOUSE_DOWN || type === TOUCH_START) scene.focus.byKeyboard = false;
  else if (type === FOCUS) {
    const element = stream.mirror.node(id);
    if (element && element.nodeType === 1) scene.focus.enter(element);
  } else if (type === BLUR) scene.focus.leave(stream.mirror.node(id));
}

export function applyKey(scene, stream, event) {
  const { modifiers } = event.data;
  const names = Array.isArray(modifiers) ? modifiers : [];
  if (!names.some((name) => /^(ctrl|control|meta|alt)$/i.test(name))) scene.focus.byKeyboard = true;
}

/** The focused element, and whether `:focus-visible` matches: https://html.spec.whatwg.org/multipage/interaction.html */
export class Focus {
  constructor() {
    this.element = null;
    this.visible = false;
    this.byKeyboard = null;
  }

  enter(element) {
    // Focus that a script moves keeps the look it had; the first one of a page shows.
    const follows = this.element && this.byKeyboard === null ? this.visible : true;
    this.visible = takesText(element) || (this.byKeyboard ?? follows);
    this.element = element;
  }

  leave(element) {
    if (this.element === element) this.element = null;
  }

  /**
   * @param {import("./states.js").States} states
   * @param {WeakSet<Element>} delegates hosts that count as focused while something in their shadow tree is
   */
  show(states, delegates) {
    if (this.element && !this.element.isConnected) this.element = null;
    const focused = this.element ? [this.element] : [];
    for (let host = this.element?.getRootNode().host; host && delegates.has(host); host = host.getRootNode().host) focused.push(host);
    states.put("focus", focused);
    states.put("focus-visible", this.element && this.visible ? [this.element] : []);
    states.putChain("focus-within", this.element);
  }
}

function takesText(element) {
  if (element.localName === "textarea" || element.isContentEditable) return true;
  return element.localName === "input" && TEXT_INPUTS.test(element.type);
}
