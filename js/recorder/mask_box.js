/** A hidden element: a box of its size at its place, and nothing else of it. */

// What places a box among its neighbours; all of it says nothing about what is in the box.
const PLACED = [
  "display", "position", "float", "clear", "inset", "z-index", "margin", "vertical-align", "visibility", "flex", "order", "align-self",
  "justify-self", "grid-area", "min-width", "min-height", "max-width", "max-height", "transform", "border-radius", "break-inside",
];

// Values that need not be said.
const INITIAL = /^(static|none|auto|baseline|visible|0|0px|0 1 auto)$/;

/**
 * @param {Element|null} element
 * @param {object} attributes as rrweb serialised them, with the size where rrweb knew of the block
 * @returns {object} the attributes of the box
 */
export function boxOf(element, attributes) {
  let { rr_width: width, rr_height: height } = attributes;
  if (!element || !element.isConnected) return { rr_width: width || "0px", rr_height: height || "0px" };
  const view = element.ownerDocument.defaultView;
  const style = view ? view.getComputedStyle(element) : null;
  ({ width, height } = sizeOf(element, style));
  const rules = ["box-sizing:border-box", "padding:0", "border:0", "overflow:hidden", "background:rgba(128,128,128,.25)"];
  for (const name of PLACED) {
    let value = style ? style.getPropertyValue(name) : "";
    if (name === "display") value = boxDisplay(value);
    if (value && (name === "display" || !INITIAL.test(value))) rules.push(`${name}:${value}`);
  }
  return { style: rules.join(";"), rr_width: width, rr_height: height, "data-harness-privacy": "hidden" };
}

/** @returns {{width: string, height: string}} before any transform, which the box gets too */
export function sizeOf(element, style) {
  const turned = style && style.transform !== "none" && element.offsetWidth !== undefined;
  const box = turned ? { width: element.offsetWidth, height: element.offsetHeight } : element.getBoundingClientRect();
  return { width: `${box.width}px`, height: `${box.height}px` };
}

/** An inline box takes no size. */
function boxDisplay(value) {
  return value === "inline" ? "inline-block" : value;
}
