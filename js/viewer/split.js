/** A border between two regions that can be dragged, or moved with the arrow keys; its place is kept for the next visit. */
import { element } from "./dom.js";

const STEP_PX = 24;

/**
 * @param {Document} document
 * @param {object} options
 * @param {string} options.name for the screen reader, and for what is kept
 * @param {"x" | "y"} options.axis along which it moves
 * @param {1 | -1} options.sign 1: the region before the border has the size, -1: the one after it
 * @param {string} options.property custom property, in px, that the layout reads on `options.root`
 * @param {HTMLElement} options.root
 * @param {number} options.initial px
 * @param {number} options.min px
 * @param {() => number} options.max px
 * @param {ReturnType<import("./memory.js").memory>} options.memory
 * @returns {HTMLElement}
 */
export function split(document, { name, axis, sign, property, root, initial, min, max, memory }) {
  let size = Number(memory.get(property)) || initial;
  const place = (wanted, keep) => {
    size = Math.round(Math.max(min, Math.min(wanted, Math.max(min, max()))));
    root.style.setProperty(property, `${size}px`);
    border.setAttribute("aria-valuenow", String(size));
    border.setAttribute("aria-valuemax", String(Math.round(Math.max(min, max()))));
    if (keep) memory.set(property, String(size));
  };
  const border = element(document, `div.split.${axis}`, {
    role: "separator",
    tabindex: 0,
    "aria-label": name,
    "aria-orientation": axis === "x" ? "vertical" : "horizontal",
    "aria-valuemin": min,
    onpointerdown: (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      border.focus();
      border.setPointerCapture(event.pointerId);
      const at = axis === "x" ? event.clientX : event.clientY;
      const before = size;
      const move = (moved) => place(before + sign * ((axis === "x" ? moved.clientX : moved.clientY) - at), true);
      border.addEventListener("pointermove", move);
      const end = () => border.removeEventListener("pointermove", move);
      border.addEventListener("lostpointercapture", end, { once: true });
    },
    ondblclick: () => place(initial, true),
    onkeydown: (event) => {
      const [less, more] = axis === "x" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
      if (event.key === less) place(size - sign * STEP_PX, true);
      else if (event.key === more) place(size + sign * STEP_PX, true);
      else if (event.key === "Home") place(sign > 0 ? min : max(), true);
      else if (event.key === "End") place(sign > 0 ? max() : min, true);
      else if (event.key === "Enter") place(initial, true);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
  });
  document.defaultView.addEventListener("resize", () => place(size, false));
  place(size, false);
  return border;
}
