/**
 * What media queries can ask of the user and the device beside the viewport: dark or light, reduced motion, print, forced colours,
 * hover … A test emulates them at any moment, and a viewer's own machine has others.
 */

// Each feature's values that are not the usual one, which counts where none of them matches. https://drafts.csswg.org/mediaqueries-5/
const FEATURES = {
  "prefers-color-scheme": ["dark"],
  "prefers-reduced-motion": ["reduce"],
  "prefers-reduced-transparency": ["reduce"],
  "prefers-contrast": ["more", "less", "custom"],
  "forced-colors": ["active"],
};
// They stay as they are while a page is open, and are asked for only where something is unusual about them.
const DEVICE = {
  hover: ["none"],
  "any-hover": ["none"],
  pointer: ["coarse", "none"],
  "any-pointer": ["coarse", "none"],
};

// Of classic scrollbars, in CSS px at a zoom from 50 to 300 %.
const MIN_SCROLLBAR = 5;
const MAX_SCROLLBAR = 40;
const SCROLLBAR_EVENTS = ["load", "resize", "scroll"];

const USUAL_DEVICE = "(hover: hover) and (any-hover: hover) and (pointer: fine) and (any-pointer: fine)";

/**
 * @param {Window} win
 * @param {{guard: (call: Function) => Function}} scope
 * @param {(kind: "media-features", data: object) => void} emit data: {print, features: {name: value}, scrollbars?}; unusual ones only,
 *   and the width in CSS px of scrollbars that take room
 * @returns {{stop: () => void, forget: () => void}} see record.js
 */
export function trackMediaFeatures(win, { guard }, emit) {
  const lists = [];
  let scrollbars = 0;
  const tell = guard(() => {
    const features = {};
    for (const { name, value, list } of lists) if (name && list.matches) features[name] = value;
    emit("media-features", { print: lists[0].list.matches, features, ...(scrollbars ? { scrollbars } : {}) });
  });
  // Found where one is: nothing tells of them before something is scrolled, or is longer than the window.
  const measure = guard(({ type, target }) => {
    const { document } = win;
    const scroller = target && target.nodeType === 1 ? target : document.documentElement;
    if (type === "load" && target !== document) return;
    const room = scroller === document.documentElement
      ? win.innerWidth - scroller.clientWidth
      : scroller.offsetWidth - scroller.clientWidth - 2 * scroller.clientLeft;
    const { overflowY, scrollbarGutter } = win.getComputedStyle(scroller);
    // A stable gutter is there without scrollbars, too.
    if (scrollbarGutter && scrollbarGutter !== "auto") return;
    const isSeen = room >= MIN_SCROLLBAR && room <= MAX_SCROLLBAR;
    if (!isSeen && (type !== "scroll" || overflowY === "hidden")) return;
    leaveOff();
    if (!isSeen) return;
    scrollbars = room;
    tell();
  });
  const leaveOff = () => {
    for (const type of SCROLLBAR_EVENTS) win.removeEventListener(type, measure, { capture: true });
  };
  for (const type of SCROLLBAR_EVENTS) win.addEventListener(type, measure, { capture: true, passive: true });
  const ask = (query, name, value) => {
    const list = win.matchMedia(query);
    list.addEventListener("change", tell);
    lists.push({ name, value, list });
  };
  ask("print");
  for (const [name, values] of Object.entries(FEATURES)) for (const value of values) ask(`(${name}: ${value})`, name, value);
  if (!win.matchMedia(USUAL_DEVICE).matches) {
    for (const [name, values] of Object.entries(DEVICE)) for (const value of values) ask(`(${name}: ${value})`, name, value);
  }
  tell();
  return {
    forget: tell,
    stop() {
      for (const { list } of lists) list.removeEventListener("change", tell);
      leaveOff();
    },
  };
}
