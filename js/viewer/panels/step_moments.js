/** Which moments of a step one looks at, and what it is about: as the hands of Playwright's users expect it. */

export const MOMENTS = [
  ["before", "Before"],
  ["action", "Action"],
  ["after", "After"],
];

/**
 * @param {import("../signal_join.js").Step} step
 * @param {string} moment `before`: as the step found the page; `action`: as it acted, or where it only waited or asked, as it
 *   got its answer; `after`: as it left the page
 * @returns {number} ms
 */
export function momentOf(step, moment) {
  const end = step.end ?? step.t;
  if (moment === "before") return step.t;
  return moment === "action" && step.target ? step.target.t : end;
}

const GLYPHS = [
  [/goto|navigat|reload|go[_ ]?back|go[_ ]?forward|set[_ ]?content/i, "navigate"],
  [/wait|timeout|delay/i, "clock"],
  [/click|tap|check|hover|drag|wheel|scroll|mouse/i, "pointer"],
  [/fill|type|press|select|keyboard|input|clear|focus|blur/i, "keyboard"],
  [/screenshot|pdf/i, "picture"],
  [/evaluat|script|expose|query/i, "code"],
];

/** @param {import("../signal_join.js").Step} step @returns {string} name of a glyph */
export function glyphOf(step) {
  if (step.category === "assert" || /^expect/i.test(step.method)) return "check";
  if (step.category === "step") return "group";
  if (step.category === "phase" || step.category === "hook") return "flag";
  const name = step.method.slice(step.method.lastIndexOf(".") + 1) || step.title.split(" ")[0];
  return (GLYPHS.find(([pattern]) => pattern.test(name)) || [null, "dot"])[1];
}

// What asks or prepares and changes nothing that is seen; Playwright's own viewer hides much the same.
const ASKING =
  /\.(bounding_?box|text_?content|inner_?text|inner_?html|input_?value|get_?attribute|is_?(visible|hidden|enabled|disabled|checked|editable|closed)|all_?(inner_?texts|text_?contents)|count|title|content|url|storage_?state|cookies|viewport_?size|owner_?frame|content_?frame|aria_?snapshot|all|element_?handles?)$/i;
const PREPARING =
  /\.(set_?default_?(navigation_?)?timeout|add_?init_?script|set_?extra_?http_?headers|expose_?(function|binding)|(un)?route.*|grant_?permissions|clear_?permissions|on|once)$/i;

/** @param {import("../signal_join.js").Step} step @returns {boolean} it is left out until it is asked for */
export function isMinor({ category, method, error, children }) {
  if (category !== "api" || error || children.length) return false;
  return method === "Mouse.move" || method.startsWith("Tracing.") || ASKING.test(method) || PREPARING.test(method);
}
