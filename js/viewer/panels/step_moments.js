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
const MINOR = new Set(
  (
    "boundingbox textcontent innertext innerhtml inputvalue getattribute isvisible ishidden isenabled isdisabled ischecked " +
    "iseditable isclosed allinnertexts alltextcontents count title content url storagestate cookies viewportsize ownerframe " +
    "contentframe ariasnapshot all elementhandle elementhandles setdefaulttimeout setdefaultnavigationtimeout addinitscript " +
    "setextrahttpheaders exposefunction exposebinding route unroute unrouteall routefromhar grantpermissions clearpermissions " +
    "on once"
  ).split(" "),
);

/** @param {import("../signal_join.js").Step} step @returns {boolean} it is left out until it is asked for */
export function isMinor({ category, method, error, children }) {
  if (category !== "api" || error || children.length) return false;
  const name = method
    .slice(method.lastIndexOf(".") + 1)
    .replaceAll("_", "")
    .toLowerCase();
  return method === "Mouse.move" || method.startsWith("Tracing.") || MINOR.has(name);
}
