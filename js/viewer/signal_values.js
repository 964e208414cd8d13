/** Values of a recording as what they should be: a page can put anything anywhere. */

/** @param {unknown} value @param {string} [fallback] @returns {string} */
export function textOf(value, fallback = "") {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return fallback;
}

/** @param {unknown} value @returns {number | null} */
export function numberOf(value) {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** @param {unknown} value @returns {any[]} */
export function listOf(value) {
  return Array.isArray(value) ? value : [];
}

/** @param {unknown} value @returns {Record<string, any>} */
export function objectOf(value) {
  return value && typeof value === "object" && !Array.isArray(value) ? value : {};
}

/** @param {unknown} value `[[name, value]…]` or `{name: value}` @returns {[string, string][]} */
export function pairsOf(value) {
  const pairs = Array.isArray(value)
    ? value.map((pair) => (Array.isArray(pair) ? pair : [objectOf(pair).name, objectOf(pair).value]))
    : Object.entries(objectOf(value));
  return pairs.map(([name, text]) => [textOf(name), textOf(text)]);
}

/** @param {unknown} value @returns {{name: string, message: string, stack: string} | null} */
export function errorOf(value) {
  if (typeof value === "string") return value ? { name: "", message: value, stack: "" } : null;
  const { name, message, stack } = objectOf(value);
  if (name === undefined && message === undefined && stack === undefined) return null;
  return { name: textOf(name), message: textOf(message), stack: textOf(stack) };
}

/** @param {unknown} value @returns {{file: string, line: number | null, column: number | null, name: string} | null} */
export function placeOf(value) {
  const { file, url, line, column, function: name } = objectOf(value);
  const where = textOf(file) || textOf(url);
  return where ? { file: where, line: numberOf(line), column: numberOf(column), name: textOf(name) } : null;
}

/**
 * @param {unknown} value
 * @returns {{hash: string, text: string | null, base64: string | null, size: number | null, omitted: string} | null}
 */
export function bodyOf(value) {
  if (typeof value === "string") return { hash: "", text: value, base64: null, size: value.length, omitted: "" };
  const { hash, text, base64, size, omitted } = objectOf(value);
  if (hash === undefined && text === undefined && base64 === undefined && size === undefined && !omitted) return null;
  return {
    hash: textOf(hash),
    text: typeof text === "string" ? text : null,
    base64: typeof base64 === "string" ? base64 : null,
    size: numberOf(size),
    omitted: omitted === true ? "not kept" : textOf(omitted),
  };
}
