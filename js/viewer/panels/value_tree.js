/** A value of the recorded page, as far as it was kept, to be opened level by level. */
import { element } from "../dom.js";
import { brief, recorded } from "./recorded.js";

// Children made at once; the rest behind a button, for an array can have a million.
const AT_ONCE = 200;
const PREVIEWED = 5;

/**
 * @param {Document} document
 * @param {any} value as in `args` of a console event, see docs/format.md
 * @param {string} [name] of the property that holds it
 * @returns {HTMLElement}
 */
export function valueTree(document, value, name = "") {
  const label = [];
  if (name !== "") label.push(brief(document, name, "bdi.value-name"), ": ");
  label.push(preview(document, value));
  const children = childrenOf(value);
  if (!children.length) return element(document, "div.value", {}, ...label);
  const inside = element(document, "div.value-children");
  const details = element(document, "details.value", {}, element(document, "summary", {}, ...label), inside);
  details.addEventListener("toggle", () => {
    if (details.open && !inside.childElementCount) addChildren(document, inside, children, 0);
  });
  return details;
}

function addChildren(document, inside, children, from) {
  const next = children.slice(from, from + AT_ONCE);
  inside.append(...next.map(([name, value]) => valueTree(document, value, name)));
  const left = children.length - from - next.length;
  if (left <= 0) return;
  const more = element(document, "button.link-button", { type: "button" }, `${left} more`);
  more.addEventListener("click", () => {
    more.remove();
    addChildren(document, inside, children, from + AT_ONCE);
  });
  inside.append(more);
}

/** @returns {[string, any][]} */
function childrenOf(value) {
  if (Array.isArray(value)) return value.map((each, n) => [isMore(each) ? "…" : String(n), each]);
  if (!value || typeof value !== "object") return [];
  if (!("$" in value)) return Object.entries(value);
  if (value.$ === "map" && Array.isArray(value.entries)) {
    return value.entries.map((pair) => (Array.isArray(pair) ? [textOf(pair[0]), pair[1]] : ["…", pair]));
  }
  if (value.$ === "set" && Array.isArray(value.values)) return value.values.map((each, n) => [String(n), each]);
  if (value.$ === "object" && value.properties && typeof value.properties === "object") return Object.entries(value.properties);
  if (value.$ === "error" && value.stack) return [["stack", String(value.stack)]];
  return [];
}

function isMore(value) {
  return value && typeof value === "object" && value.$ === "more";
}

function preview(document, value) {
  const text = textOf(value);
  const kind = kindOf(value);
  // A text is shown whole, for it is often what one looks for; all else as a line.
  if (kind === "string")
    return recorded(document, JSON.stringify(value.slice(0, 20_000)) + (value.length > 20_000 ? "…" : ""), "bdi.value-string");
  return brief(document, text, `bdi.value-${kind}`);
}

function kindOf(value) {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  if (typeof value.$ === "string" && /^[a-z]+$/.test(value.$)) return value.$;
  return "object";
}

/** @param {any} value @param {number} [depth] @returns {string} in a line, as consoles do */
export function textOf(value, depth = 0) {
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return depth ? JSON.stringify(value.slice(0, 100)) : value;
  if (typeof value !== "object") return "";
  if (typeof value.$ === "string") return specialText(value, depth);
  if (Array.isArray(value))
    return `(${value.length}) [${joined(
      value.map((each) => [null, each]),
      depth,
    )}]`;
  return `{${joined(Object.entries(value), depth)}}`;
}

function joined(entries, depth) {
  if (depth > 1) return entries.length ? "…" : "";
  const shown = entries.slice(0, PREVIEWED).map(([name, each]) => (name === null ? "" : `${name}: `) + textOf(each, depth + 1));
  if (entries.length > PREVIEWED) shown.push("…");
  return shown.join(", ");
}

function specialText(value, depth) {
  const text = typeof value.text === "string" ? value.text : "";
  switch (value.$) {
    case "undefined":
      return "undefined";
    case "bigint":
      return text.endsWith("n") ? text : `${text}n`;
    case "error":
      return `${value.name || "Error"}: ${value.message ?? ""}`;
    case "map":
      return `Map(${value.size ?? "?"})`;
    case "set":
      return `Set(${value.size ?? "?"})`;
    case "object":
      return `${value.class ? `${value.class} ` : ""}{${joined(Object.entries(value.properties || {}), depth)}}`;
    case "cycle":
      return "[the object above]";
    case "more":
      return text || (value.count ? `… ${value.count} more` : "…");
    default:
      return text || String(value.$);
  }
}
