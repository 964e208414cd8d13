/** Light and dark: as the system has it, or as chosen here. */
import { iconButton } from "./dom.js";

const NEXT = { auto: "light", light: "dark", dark: "auto" };
const ICONS = { auto: "auto", light: "sun", dark: "moon" };
const NAMES = { auto: "as the system has it", light: "light", dark: "dark" };

/**
 * @param {Document} document
 * @param {ReturnType<import("./memory.js").memory>} memory
 * @returns {{element: HTMLButtonElement, next: () => string}} `next` returns what it is now, in words
 */
export function themeSwitch(document, memory) {
  const kept = memory.get("theme");
  let theme = kept in NEXT ? kept : "auto";
  const button = iconButton(document, { icon: "auto", label: "Theme", keys: "t", onclick: () => next() });
  const show = () => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    const fresh = iconButton(document, { icon: ICONS[theme], label: `Theme: ${NAMES[theme]}`, keys: "t", onclick: () => {} });
    button.replaceChildren(...fresh.childNodes);
    button.setAttribute("aria-label", fresh.getAttribute("aria-label"));
    button.title = fresh.title;
  };
  const next = () => {
    theme = NEXT[theme];
    memory.set("theme", theme);
    show();
    return NAMES[theme];
  };
  show();
  return { element: button, next };
}
