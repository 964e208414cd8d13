/** Keys as they are pressed in the replayed page: the last ones, at the foot of the stage, text run together. */
import { element } from "./dom.js";

const SHOWN_MS = 1600;
const MAX_TEXT = 40;
const NAMES = {
  " ": "␣", Enter: "Enter ↵", Tab: "Tab ⇥", Backspace: "⌫", Delete: "Del", Escape: "Esc", ArrowLeft: "←", ArrowRight: "→",
  ArrowUp: "↑", ArrowDown: "↓", PageUp: "Page ↑", PageDown: "Page ↓",
}; // prettier-ignore
const ALONE = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock"]);
const SHORT = { Control: "Ctrl", Meta: "⌘" };

/** @param {ReturnType<import("./context.js").createContext>} context @returns {HTMLElement} */
export function keyOverlay(context) {
  const { document, player } = context;
  const root = element(document, "div.keys", { "aria-hidden": "true" });
  const bySegment = new WeakMap();
  let shown = "";
  const keysOf = (events) => {
    if (!bySegment.has(events)) bySegment.set(events, events.filter((event) => event.kind === "key").sort((a, b) => a.t - b.t));
    return bySegment.get(events);
  };
  const draw = (t) => {
    const pressed = [];
    for (const events of player.segments) {
      for (const event of keysOf(events)) {
        if (event.page === player.page && event.t > t - SHOWN_MS && event.t <= t) pressed.push(event.data);
      }
    }
    const caps = capsOf(pressed);
    const key = caps.join("\n");
    if (key === shown) return;
    shown = key;
    root.replaceChildren(...caps.map((cap) => element(document, "kbd", {}, cap)));
  };
  context.on("time", draw);
  context.on("seek", draw);
  return root;
}

/** @param {any[]} pressed data of `key` events @returns {string[]} what stands on the caps */
export function capsOf(pressed) {
  const caps = [];
  let text = "";
  const endText = () => {
    if (text) caps.push(text.slice(-MAX_TEXT));
    text = "";
  };
  for (const { key, modifiers, masked } of pressed) {
    if (typeof key !== "string" && !masked) continue;
    const held = (Array.isArray(modifiers) ? modifiers : []).filter((name) => name !== "Shift" || [...String(key)].length > 1);
    if (masked) text += "•";
    else if (ALONE.has(key)) continue;
    else if (!held.length && [...key].length === 1) text += key === " " ? "␣" : key;
    else {
      endText();
      const cap = NAMES[key] || (held.length && key.length === 1 ? key.toUpperCase() : key);
      caps.push([...held.map((name) => SHORT[name] || name), cap].join(" + "));
    }
  }
  endText();
  return caps.slice(-4);
}
