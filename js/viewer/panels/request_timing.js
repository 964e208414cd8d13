/** Phases of a request, as bars on one scale: in its details, and in small as its row of the waterfall. */
import { element } from "../dom.js";
import { lengthText } from "../clock_text.js";

/**
 * @param {any} request
 * @returns {{name: string, label: string, from: number, to: number}[]} ms from the request's start; what is not known is not there
 */
export function phasesOf(request) {
  const { timing } = request;
  const at = (name) => (typeof timing?.[name] === "number" && timing[name] >= 0 ? timing[name] : null);
  const total = request.end === null ? null : request.end - request.t;
  const phases = [];
  const add = (name, label, from, to) => {
    if (from !== null && to !== null && to >= from) phases.push({ name, label, from, to });
  };
  const first = at("dns_start") ?? at("connect_start") ?? at("request_start");
  add("queue", "Waiting to begin", first === null ? null : 0, first);
  add("dns", "Name lookup", at("dns_start"), at("dns_end"));
  add("connect", "Connecting", at("connect_start"), at("tls_start") ?? at("connect_end"));
  add("tls", "TLS", at("tls_start"), at("connect_end"));
  const answered = request.answeredAt === null || request.answeredAt === undefined ? null : request.answeredAt - request.t;
  add("wait", "Waiting for the answer", at("request_start") ?? (first === null ? 0 : null), at("response_start") ?? answered);
  add("receive", "Receiving", at("response_start") ?? answered, at("response_end") ?? total);
  return phases;
}

/** @param {Document} document @param {any} request */
export function timingView(document, request) {
  const phases = phasesOf(request);
  const total = Math.max(1, request.end === null ? 0 : request.end - request.t, ...phases.map((phase) => phase.to));
  if (!phases.length) return element(document, "p.list-note", {}, "No times were recorded for this request.");
  const rows = phases.map(({ name, label, from, to }) => {
    const bar = element(document, `span.phase.${name}`);
    bar.style.left = `${(from / total) * 100}%`;
    bar.style.width = `${Math.max(0.4, ((to - from) / total) * 100)}%`;
    return element(
      document,
      "tr",
      {},
      element(document, "th", { scope: "row" }, label),
      element(document, "td.phase-bar", {}, bar),
      element(document, "td.number", {}, lengthText(to - from)),
    );
  });
  const sum = element(
    document,
    "tr.total",
    {},
    element(document, "th", { scope: "row" }, "In all"),
    element(document, "td", {}),
    element(document, "td.number", {}, request.end === null ? "not finished" : lengthText(request.end - request.t)),
  );
  return element(document, "table.timing", {}, element(document, "tbody", {}, ...rows, sum));
}

/**
 * @param {Document} document @param {any} request @param {{from: number, to: number}} span what the whole width stands for
 * @returns {HTMLElement}
 */
export function waterfallBar(document, request, { from, to }) {
  const width = Math.max(1, to - from);
  const end = request.end ?? to;
  const place = (node, start, stop) => {
    node.style.left = `${((start - from) / width) * 100}%`;
    node.style.width = `${(Math.max(0, stop - start) / width) * 100}%`;
    return node;
  };
  const whole = place(element(document, `span.fall${request.end === null ? ".unended" : ""}`), request.t, end);
  const receive = phasesOf(request).find((phase) => phase.name === "receive");
  if (!receive) return element(document, "span.fall-space", {}, whole);
  return element(
    document,
    "span.fall-space",
    {},
    whole,
    place(element(document, "span.fall.receive"), request.t + receive.from, end),
  );
}
