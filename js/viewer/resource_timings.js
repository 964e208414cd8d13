/**
 * What a page's own resource timing says of a request, put to what the driver saw: who asked for it, what went over the wire.
 * The two are joined by page, URL and moment, for they know nothing of each other.
 */
import { numberOf, objectOf, textOf } from "./signal_values.js";

// Two clocks, and requests that waited in the browser before the driver heard of them.
const NEAR_MS = 1000;
// https://www.w3.org/TR/resource-timing/#dom-performanceresourcetiming-initiatortype; `other` says nothing.
const INITIATORS = new Map([
  ["navigation", "navigation"],
  ["css", "a style sheet"],
  ["fetch", "fetch()"],
  ["xmlhttprequest", "XMLHttpRequest"],
  ["beacon", "sendBeacon()"],
  ["early-hint", "an early hint"],
  ["other", ""],
]);

/**
 * @param {any[]} network requests as signal_network.js joins them
 * @param {{page: number | null, entries: any[]}[]} timings
 */
export function addTimings(network, timings) {
  const waiting = new Map();
  for (const { page, entries } of timings) {
    for (const value of entries) {
      const entry = objectOf(value);
      if (numberOf(entry.start) === null) continue;
      const key = keyOf(page, textOf(entry.url));
      if (!waiting.has(key)) waiting.set(key, { entries: [], requests: [] });
      waiting.get(key).entries.push(entry);
    }
  }
  for (const request of network) {
    if (request.kind === "request") waiting.get(keyOf(request.page, request.url))?.requests.push(request);
  }
  for (const { entries, requests } of waiting.values()) join(entries, requests);
}

function keyOf(page, url) {
  return `${page} ${url.split("#")[0]}`;
}

function join(entries, requests) {
  entries.sort((a, b) => a.start - b.start);
  requests.sort((a, b) => startOf(a) - startOf(b));
  let n = 0;
  for (const entry of entries) {
    const off = (at) => (at < requests.length ? Math.abs(startOf(requests[at]) - entry.start) : Infinity);
    while (off(n + 1) <= off(n) && n + 1 < requests.length) n += 1;
    if (off(n) > NEAR_MS) continue;
    addTiming(requests[n], entry);
    n += 1;
  }
}

function startOf(request) {
  return request.t + (numberOf(request.timing.start) ?? 0);
}

function addTiming(request, entry) {
  const initiator = textOf(entry.initiator);
  if (initiator && request.initiator === null) request.initiator = INITIATORS.get(initiator) ?? `<${initiator}>`;
  if (entry.delivery === "cache") request.fromCache = true;
  if (!request.httpVersion) request.httpVersion = textOf(entry.protocol);
  if (entry.render_blocking === true) request.renderBlocking = true;
  // A redirected one tells of where it led to; 0 bytes are what pages of other origins are told.
  const bytes = numberOf(entry.transfer_size) ?? (entry.delivery === "cache" ? 0 : numberOf(entry.encoded_size));
  if (request.size === null && bytes && !request.redirectedTo) request.size = bytes;
}
