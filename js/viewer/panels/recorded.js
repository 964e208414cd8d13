/** Parts of panels that show what a recording says: always as text, isolated, with what is invisible in it made visible. */
import { element, isolated } from "../dom.js";
import { clipped } from "../shown_text.js";

// Laying out more than this is felt.
const MAX_VERBATIM = 60_000;

/** @param {Document} document @param {unknown} text @param {string} [name] as of `element` */
export function recorded(document, text, name = "bdi") {
  return isolated(document, text, name);
}

/** The start of a text on one line, for a row of a list. @param {Document} document @param {string} text @param {string} [name] */
export function brief(document, text, name = "bdi", length = 400) {
  return isolated(document, clipped(text, length), name);
}

/** Lines as they were written, in a block. @param {Document} document @param {string} text @param {string} [name] as of `element` */
export function verbatim(document, text, name = "pre.verbatim", limit = MAX_VERBATIM) {
  const left = text.length - limit;
  const shown = left > 0 ? `${text.slice(0, limit)}\n… ${left.toLocaleString("en")} more characters` : text;
  return element(document, name, {}, recorded(document, shown));
}

/** @param {Document} document @param {[string, any][]} rows name and content (node, or a recorded text); empty ones are left out */
export function definitions(document, rows) {
  const list = element(document, "dl.definitions");
  for (const [name, content] of rows) {
    if (content === null || content === undefined || content === "") continue;
    const value = typeof content === "object" ? content : recorded(document, content);
    list.append(
      element(document, "div", {}, element(document, "dt", {}, recorded(document, name)), element(document, "dd", {}, value)),
    );
  }
  return list;
}

/** @param {Document} document @param {string} label @param {() => void} onclick @param {Record<string, any>} [attributes] */
export function button(document, label, onclick, attributes = {}) {
  return element(document, "button.small-button", { type: "button", onclick, ...attributes }, label);
}

/** A heading and what belongs to it. @param {Document} document @param {string} title @param {...any} children */
export function section(document, title, ...children) {
  return element(document, "section.part", {}, element(document, "h3", {}, title), ...children);
}

/** @param {number | null | undefined} size @returns {string} `512 B`, `1.5 kB` */
export function bytesText(size) {
  if (size === null || size === undefined || !Number.isFinite(size)) return "";
  if (size < 1000) return `${size} B`;
  if (size < 1_000_000) return `${(size / 1000).toFixed(size < 10_000 ? 1 : 0)} kB`;
  return `${(size / 1_000_000).toFixed(1)} MB`;
}

/** @param {number} number @param {string} one @param {string} [many] @returns {string} `1 request`, `1,204 requests` */
export function countText(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
