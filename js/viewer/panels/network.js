/** Network: all requests and web sockets on one scale of time. */
import { element } from "../dom.js";
import { lengthText } from "../clock_text.js";
import { shownText } from "../shown_text.js";
import { choice, textFilter, toggle } from "./filters.js";
import { ListPanel } from "./list_panel.js";
import { brief, bytesText, countText } from "./recorded.js";
import { requestActions, requestTabs } from "./request_details.js";
import { waterfallBar } from "./request_timing.js";
import { cacheText, hasFailed, nameOf, statusText, tookMs, TYPES, typeOf } from "./request_words.js";

// So many requests tell which host is the usual one.
const SAMPLE = 300;
const COLUMNS = [
  ["name", "Name", (request) => nameOf(request.url).name.toLowerCase()],
  ["method", "Method", (request) => request.method],
  ["status", "Status", (request) => (statusText(request) === "failed" ? 1000 : (request.status ?? 0))],
  ["type", "Type", (request) => request.type],
  ["size", "Size", (request) => request.size ?? -1],
  ["took", "Time", (request) => tookMs(request) ?? Infinity],
  ["t", "Waterfall", (request) => request.t],
];

/** @param {any} context see ../context.js @returns {import("../context.js").Panel} */
export function networkPanel(context) {
  const { document, signals, timeline } = context;
  let text = "";
  let type = "all";
  let failed = false;
  let sorting = { column: "t", down: false };
  // Most requests go there; what goes elsewhere is worth a word.
  let usualHost = "";
  let span = { from: 0, to: Math.max(1, timeline.duration) };
  const head = element(document, "div.row.head-row", { role: "row" }, ...COLUMNS.map(([id, title]) => headCell(id, title)));

  function headCell(id, title) {
    const cell = element(document, `div.cell.cell-${id}`, { role: "columnheader", "data-column": id });
    cell.append(element(document, "button.sort", { type: "button", onclick: () => sortBy(id) }, title));
    return cell;
  }

  function sortBy(column) {
    const down = sorting.column === column && !sorting.down;
    sorting = { column, down };
    showSorting();
    panel.filter();
  }

  function showSorting() {
    for (const cell of head.children) {
      const own = cell.dataset.column === sorting.column;
      cell.setAttribute("aria-sort", own ? (sorting.down ? "descending" : "ascending") : "none");
    }
  }

  function order(requests) {
    const { column, down } = sorting;
    if (column === "t") return down ? [...requests].reverse() : requests;
    const keyOf = COLUMNS.find(([id]) => id === column)[2];
    const keyed = requests.map((request) => [keyOf(request), request]);
    keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1));
    return keyed.map(([, request]) => request);
  }

  function accepts(request) {
    if (failed && !hasFailed(request)) return false;
    if (type !== "all" && typeOf(request) !== type) return false;
    return (
      !text || request.url.toLowerCase().includes(text) || request.method.toLowerCase() === text || statusText(request) === text
    );
  }

  function fillRow(request, row) {
    const { name, host } = nameOf(request.url);
    const status = statusText(request);
    const from = cacheText(request);
    row.classList.toggle("failed", hasFailed(request));
    row.title = shownText(request.url.slice(0, 1000));
    const cell = (id, ...children) => element(document, `span.cell.cell-${id}`, { role: "gridcell" }, ...children);
    row.append(
      cell(
        "name",
        brief(document, name),
        host && host !== usualHost ? element(document, "span.host", {}, brief(document, host)) : null,
      ),
      cell("method", brief(document, request.method)),
      cell("status", status),
      cell("type", brief(document, request.type)),
      cell("size", from ? element(document, "span.from-cache", { title: `from the ${from}` }, from) : bytesText(request.size)),
      cell("took", tookMs(request) === null ? "…" : lengthText(tookMs(request))),
      cell("t", waterfallBar(document, request, span)),
    );
  }

  const panel = new ListPanel(context, {
    id: "network",
    title: "Network",
    counted: ["request"],
    empty: "No requests were recorded.",
    head,
    filters: [
      textFilter(document, "Filter by URL, method, status", (value) => {
        text = value;
        panel.filter();
      }),
      choice(document, "Type", TYPES, type, (value) => {
        type = value;
        panel.filter();
      }),
      toggle(document, "Failed", (on) => {
        failed = on;
        panel.filter();
      }),
    ],
    itemsOf: ({ network }) => {
      if (network.length) {
        const to = network.reduce((end, request) => Math.max(end, request.end ?? request.t), 0);
        span = { from: Math.min(0, network[0].t), to: Math.max(1, to) };
        usualHost = mostCommon(network.slice(0, SAMPLE).map((request) => nameOf(request.url).host));
      }
      return network;
    },
    accepts,
    order,
    fillRow,
    detailsOf: (request) => requestTabs(context, request),
    actionsOf: (request) => requestActions(context, request),
    summary: (shown, all) => {
      const size = shown.reduce((sum, request) => sum + (request.size || 0), 0);
      const bad = shown.filter(hasFailed).length;
      const some = shown.length === all.length ? "" : `${shown.length.toLocaleString("en")} of `;
      return [some + countText(all.length, "request"), bytesText(size), bad && `${bad} failed`].filter(Boolean).join(" · ");
    },
  });
  showSorting();
  const update = (t) => {
    panel.update(t);
    const part = (t - span.from) / (span.to - span.from);
    panel.list.space.style.setProperty("--now", `${Math.min(1, Math.max(0, part)) * 100}%`);
  };
  const badge = () => {
    const bad = signals.network.filter(hasFailed).length;
    if (bad) return { text: String(bad), tone: "error" };
    return signals.network.length ? String(signals.network.length) : "";
  };
  return { ...panel.withBadge(badge), update };
}

/** @param {string[]} words @returns {string} */
function mostCommon(words) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) || 0) + 1);
  let found = "";
  for (const [word, number] of counts) if (number > (counts.get(found) || 0)) found = word;
  return found;
}
