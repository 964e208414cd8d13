/** Requests in the few words that a row has room for. */

export const TYPES = [
  ["all", "All"],
  ["document", "Doc"],
  ["fetch", "Fetch"],
  ["script", "JS"],
  ["stylesheet", "CSS"],
  ["image", "Img"],
  ["font", "Font"],
  ["media", "Media"],
  ["websocket", "WS"],
  ["other", "Other"],
];
const KNOWN = new Set(TYPES.map(([type]) => type));

/** @param {any} request @returns {string} one of TYPES */
export function typeOf(request) {
  const { type } = request;
  if (type === "xhr" || type === "eventsource") return "fetch";
  return KNOWN.has(type) && type !== "all" ? type : "other";
}

/** @param {string} url @returns {{name: string, host: string}} */
export function nameOf(url) {
  if (url.startsWith("data:")) return { name: `${url.slice(0, 60)}…`, host: "" };
  try {
    const { host, pathname, search } = new URL(url);
    const last = pathname.replace(/\/+$/, "").split("/").pop();
    return { name: (last || host || pathname) + search, host };
  } catch {
    return { name: url, host: "" };
  }
}

/** @param {any} request @returns {boolean} no answer, or one that says so */
export function hasFailed(request) {
  return (request.failure !== "" && !wasClosed(request)) || saysNo(request);
}

function saysNo({ status }) {
  return status !== null && status >= 400;
}

/** A page that has heard enough closes its stream, which browsers call a failure. */
function wasClosed({ type, status, failure }) {
  return type === "eventsource" && status === 200 && /abort|cancel/i.test(failure);
}

/** @param {any} request @returns {string} */
export function statusText(request) {
  if (wasClosed(request)) return "closed";
  // What the server said, also of an answer whose content the browser then had no use for.
  if (request.failure && !saysNo(request)) return "failed";
  if (request.status !== null) return String(request.status);
  if (request.kind === "websocket") return request.end === null ? "open" : "closed";
  return request.end === null ? "pending" : "";
}

/** @param {any} request @returns {string} where its answer came from, if not from a server */
export function cacheText(request) {
  if (request.fromServiceWorker) return "service worker";
  return request.fromCache ? "cache" : "";
}

/** @param {any} request @returns {number | null} ms */
export function tookMs(request) {
  return request.end === null ? null : request.end - request.t;
}
