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
  else if (scene.focus.told.has(stream)) return;
  else if (type === FOCUS) {
    const element = stream.mirror.node(id);
    if (element && element.nodeType === 1) scene.focus.enter(element);
  } else if (type === BLUR) scene.focus.leave(stream.mirror.node(id));
}

/** `focus`: what the page itself says; in its stream, rrweb's focus and blur are no news. */
export function applyFocus(scene, stream, event) {
  const { id, visible } = event.data;
  scene.focus.told.add(stream);
  scene.focus.tell(stream, id, Boolean(visible));
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
    this.told = new Set();
    this.stream = null;
  }

  /** @param {import("./stream.js").Stream} stream @param {number | null} id @param {boolean} visible */
  tell(stream, id, visible) {
    const element = id === null ? null : stream.mirror.node(id) || null;
    if (!element) {
      if (this.stream === stream) this.element = null;
      return;
    }
    // A frame of another origin has the focus, and in it an element of which its own stream tells.
    if (this.element && this.stream !== stream && isWithin(this.element, element)) return;
    this.element = element;
    this.stream = stream;
    this.visible = visible;
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

/** Whether an element stands in the document of a frame, or in one of that document's frames. */
function isWithin(element, frame) {
  for (let owner = element; owner; owner = owner.ownerDocument.defaultView?.frameElement) if (owner === frame) return true;
  return false;
}

function takesText(element) {
  if (element.localName === "textarea" || element.isContentEditable) return true;
  return element.localName === "input" && TEXT_INPUTS.test(element.type);
}
