/**
 * How the browser paints a control of its own while the pointer is over it or presses it, where the page gives it no style.
 *
 * The browser paints that by itself, and for a pointer that is really there. The colours it then takes are those of the resting
 * control, moved a little: a filter or another accent colour does nearly that, and leaves the box alone. See the rules in blank.js.
 */
import { NATIVE } from "./states.js";

const CONTROLS = "button, input, select, textarea, option";
const BUTTONS = new Set(["button", "submit", "reset", "color"]);
const GREY = "rgb(118, 118, 118)";
// What a control has that no author has touched: background, border style, border width.
const PLAIN = {
  button: ["rgb(239, 239, 239)", "outset", "2px"],
  color: ["rgb(239, 239, 239)", "solid", "1px"],
  select: ["rgb(239, 239, 239)", "solid", "1px", GREY],
  text: ["rgb(255, 255, 255)", "inset", "2px", GREY],
  textarea: ["rgb(255, 255, 255)", "solid", "1px", GREY],
};

export class NativeLooks {
  constructor() {
    this.carrier = null;
  }

  /** @param {Element | null} hovered the innermost one @param {Element | null} pressed */
  show(hovered, pressed) {
    const control = controlAt(hovered);
    const look = control && lookOf(control, controlAt(pressed) === control);
    if (this.carrier && (this.carrier !== control || !look)) this.carrier.removeAttribute(NATIVE);
    if (look && control.getAttribute(NATIVE) !== look) control.setAttribute(NATIVE, look);
    this.carrier = look ? control : null;
  }
}

/** @param {Element | null} element @returns {Element | null} the control that it stands in or labels */
function controlAt(element) {
  const found = element?.closest(`${CONTROLS}, label`);
  return found?.localName === "label" ? found.control : found || null;
}

/** @returns {string | null} null: the page's own style counts */
function lookOf(control, isPressed) {
  if (control.disabled) return null;
  const { localName, type } = control;
  const style = control.ownerDocument.defaultView?.getComputedStyle(control);
  if (!style) return null;
  const state = isPressed ? "active" : "hover";
  if (localName === "option" || style.appearance === "base-select") {
    const select = control.closest("select");
    const isBase = select && control.ownerDocument.defaultView.getComputedStyle(select).appearance === "base-select";
    return isBase ? `base ${state}` : null;
  }
  if (style.appearance === "none") return null;
  if (type === "range" || control.checked || control.indeterminate) return `accent ${state}`;
  if (type === "checkbox" || type === "radio") return `box ${state}`;
  const kind = localName === "button" || (localName === "input" && BUTTONS.has(type) && type !== "color") ? "button"
    : localName === "input" ? (type === "color" ? "color" : "text") : localName;
  if (!isPlain(style, PLAIN[kind])) return null;
  if (kind === "button" || kind === "color") return `button ${state}`;
  return isPressed && kind !== "select" ? null : `box ${state}`;
}

function isPlain(style, [background, border, width, colour]) {
  return (
    style.backgroundColor === background && style.backgroundImage === "none" && style.borderTopStyle === border &&
    style.borderTopWidth === width && style.borderTopLeftRadius === "0px" && (!colour || style.borderTopColor === colour)
  );
}
