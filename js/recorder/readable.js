/**
 * Values of the page as JSON that a person can read: what the console was given. docs/format.md has the forms.
 *
 * Nothing of the page runs for it: accessors are named, not called. (A proxy's traps are; there is no way to look past them.)
 */

const MAX_DEPTH = 4;
const MAX_ITEMS = 50;
const MAX_TEXT = 1000;
const MAX_NODES = 500;

/**
 * @param {unknown[]} values
 * @returns {string} JSON of one readable value for each
 */
export function readable(values) {
  const budget = { left: MAX_NODES };
  return JSON.stringify(values.map((value) => read(value, 0, [], budget)));
}

function read(value, depth, above, budget) {
  budget.left -= 1;
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return shortened(value);
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0) ? value : { $: "number", text: Object.is(value, -0) ? "-0" : String(value) };
  if (typeof value === "undefined") return { $: "undefined" };
  if (typeof value === "bigint" || typeof value === "symbol") return { $: typeof value, text: shortened(String(value)) };
  if (typeof value === "function") return { $: "function", text: value.name || "anonymous" };
  if (above.includes(value)) return { $: "cycle" };
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (value instanceof Error || tag === "Error") return readError(value);
  if (value instanceof Node) return { $: "element", text: nodeText(value) };
  if (tag === "Date") return { $: "date", text: Number.isNaN(+value) ? "Invalid Date" : value.toISOString() };
  if (tag === "RegExp") return { $: "regexp", text: shortened(String(value)) };
  if (depth >= MAX_DEPTH || budget.left <= 0) return { $: "more", text: Array.isArray(value) ? `Array(${value.length})` : className(value) };
  return readInside(value, tag, depth + 1, [...above, value], budget);
}

function readInside(value, tag, depth, above, budget) {
  const inner = (item) => read(item, depth, above, budget);
  if (Array.isArray(value)) return readItems(value.length, (at) => ownValue(value, at, inner));
  if (ArrayBuffer.isView(value) && "length" in value) {
    return { $: "object", class: tag, properties: readItems(value.length, (at) => value[at]) };
  }
  if (tag === "Map") {
    const entries = [...value].slice(0, MAX_ITEMS).map(([key, item]) => [inner(key), inner(item)]);
    return { $: "map", entries, size: value.size };
  }
  if (tag === "Set") return { $: "set", values: [...value].slice(0, MAX_ITEMS).map(inner), size: value.size };
  const names = Object.keys(value);
  const properties = {};
  for (const name of names.slice(0, MAX_ITEMS)) {
    if (budget.left <= 0) break;
    Object.defineProperty(properties, name.slice(0, MAX_TEXT), { value: ownValue(value, name, inner), enumerable: true });
  }
  const rest = names.length - Object.keys(properties).length;
  if (rest > 0) properties["…"] = { $: "more", count: rest };
  const prototype = Object.getPrototypeOf(value);
  if ((prototype === null || prototype === Object.prototype) && !("$" in properties)) return properties;
  return { $: "object", class: className(value), properties };
}

function readItems(length, itemAt) {
  const items = [];
  for (let at = 0; at < length && at < MAX_ITEMS; at += 1) items.push(itemAt(at));
  if (length > MAX_ITEMS) items.push({ $: "more", count: length - MAX_ITEMS });
  return items;
}

/** The value of an own property, unless an accessor would have to run for it. */
function ownValue(object, name, inner) {
  const descriptor = Object.getOwnPropertyDescriptor(object, name);
  if (!descriptor) return { $: "undefined" };
  return "value" in descriptor ? inner(descriptor.value) : { $: "more", text: "(accessor)" };
}

function readError(error) {
  const text = (name) => {
    try {
      return shortened(String(error[name] ?? ""), 4 * MAX_TEXT);
    } catch {
      return "";
    }
  };
  return { $: "error", name: text("name"), message: text("message"), stack: text("stack") };
}

function nodeText(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeName.toLowerCase();
  const name = node.localName;
  const id = node.id ? ` id="${node.id}"` : "";
  const classes = node.getAttribute("class") ? ` class="${node.getAttribute("class")}"` : "";
  return shortened(`<${name}${id}${classes}>`, 200);
}

function className(value) {
  try {
    const descriptor = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(value) ?? {}, "constructor");
    return descriptor && typeof descriptor.value === "function" && descriptor.value.name ? descriptor.value.name : "Object";
  } catch {
    return "Object";
  }
}

function shortened(text, limit = MAX_TEXT) {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}
