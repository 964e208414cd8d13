/** Elements of the window, built without markup: what a recording says goes in as text and cannot become anything else. */
import { shownText } from "./shown_text.js";

/**
 * @param {Document} document
 * @param {string} name `tag`, `tag.class` or `tag.class.class`
 * @param {Record<string, unknown>} [attributes] a function is a listener (`onclick`), true an empty attribute; false, null and
 *   undefined leave the attribute out
 * @param {...(Node | string | null | false | undefined)} children
 * @returns {HTMLElement}
 */
export function element(document, name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== false && child !== undefined));
  return made;
}

/**
 * Text of the recorded page: isolated, so that its writing direction stays its own, and with what is invisible in it made
 * visible.
 * @returns {HTMLElement}
 */
export function isolated(document, text, name = "bdi") {
  return element(document, name, { dir: "auto" }, shownText(String(text)));
}

const SVG = "http://www.w3.org/2000/svg";

// 16 × 16, strokes of 1.5; `f` paths are filled.
const ICONS = {
  play: [["f", "M4.5 2.8v10.4L13 8z"]],
  pause: [["f", "M4 3h3v10H4zM9 3h3v10H9z"]],
  previous: [
    ["f", "M12.5 3.2v9.6L6 8z"],
    ["", "M4 3.5v9"],
  ],
  next: [
    ["f", "M3.5 3.2v9.6L10 8z"],
    ["", "M12 3.5v9"],
  ],
  skip: [["", "M2.5 4l4 4-4 4M8.5 4l4 4-4 4"]],
  link: [["", "M6.5 9.5l3-3M7 4.8l1.2-1.2a2.8 2.8 0 0 1 4 4L11 8.8M9 11.2l-1.2 1.2a2.8 2.8 0 0 1-4-4L5 7.2"]],
  sun: [["", "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9"]],
  moon: [["", "M13 9.6A5.5 5.5 0 0 1 6.4 3a5.5 5.5 0 1 0 6.6 6.6z"]],
  auto: [
    ["", "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2z"],
    ["f", "M8 3v10A5 5 0 0 0 8 3z"],
  ],
  help: [["", "M6 6.2A2 2 0 0 1 10 6.3c0 1.4-2 1.6-2 3M8 11.6v.2"]],
  search: [["", "M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4zM10.2 10.2l3.3 3.3"]],
  close: [["", "M4 4l8 8M12 4l-8 8"]],
  plus: [["", "M8 3.5v9M3.5 8h9"]],
  minus: [["", "M3.5 8h9"]],
  fit: [["", "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10"]],
  warning: [["", "M8 2.5l6 10.8H2zM8 6.5v3.2M8 11.4v.2"]],
  back: [["", "M9.5 3.5L5 8l4.5 4.5"]],
  panel: [["", "M2.5 3h11v10h-11zM2.5 9.5h11"]],
  side: [["", "M2.5 3h11v10h-11zM6.5 3v10"]],
};

/** @param {Document} document @param {keyof typeof ICONS} name @returns {SVGElement} */
export function icon(document, name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const [fill, d] of ICONS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    if (fill) path.setAttribute("class", "filled");
    svg.append(path);
  }
  return svg;
}

/**
 * A button with an icon; its name is what a screen reader says and what the tooltip shows.
 * @param {Document} document @param {{icon: string, label: string, keys?: string, onclick: () => void, class?: string}} options
 * @returns {HTMLButtonElement}
 */
export function iconButton(document, { icon: name, label, keys, onclick, class: extra }) {
  return element(
    document,
    `button.tool${extra ? `.${extra}` : ""}`,
    { type: "button", "aria-label": label, title: keys ? `${label} (${keys})` : label, "aria-keyshortcuts": keys, onclick },
    icon(document, name),
  );
}
