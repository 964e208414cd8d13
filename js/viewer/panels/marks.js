/** Marks: what the program or the page marked, and everything else that has a moment but no panel of its own. */
import { element } from "../dom.js";
import { clockText, lengthText } from "../clock_text.js";
import { choice } from "./filters.js";
import { glyph } from "./glyphs.js";
import { ListPanel } from "./list_panel.js";
import { brief, bytesText, countText, definitions, section } from "./recorded.js";
import { valueTree } from "./value_tree.js";

const KINDS = [
  ["all", "All"],
  ["mark", "Marks"],
  ["navigation", "Navigations"],
  ["dialog", "Dialogs"],
  ["transfer", "Files"],
  ["note", "Gaps"],
];
const GLYPHS = {
  mark: "flag",
  navigation: "navigate",
  dialog: "dialog",
  transfer: "file",
  note: "warning",
  check: "check",
  test: "check",
  context: "info",
};
const NAVIGATIONS = {
  navigate: "opened",
  reload: "reloaded",
  back_forward: "went back or forward to",
  push: "changed its address to",
  replace: "replaced its address by",
  hash: "moved to",
  pop: "went back or forward to",
};

/** @param {any} context see ../context.js @returns {import("../context.js").Panel} */
export function marksPanel(context) {
  const { document, signals } = context;
  let kind = "all";
  const panel = new ListPanel(context, {
    id: "marks",
    title: "Marks",
    counted: ["entry", "entries"],
    empty: "Nothing was marked.",
    itemsOf: (all) =>
      [
        ...all.marks,
        ...all.navigations,
        ...all.dialogs,
        ...all.transfers,
        ...all.notes,
        ...all.checks,
        ...all.tests,
        ...all.contexts,
      ].sort((a, b) => a.t - b.t),
    accepts: (item) => kind === "all" || groupOf(item) === kind,
    filters: [
      choice(document, "Kind", KINDS, kind, (value) => {
        kind = value;
        panel.filter();
      }),
    ],
    fillRow: (item, row) => {
      const group = groupOf(item);
      row.classList.toggle("level-warning", group === "note" && item.of !== "resume" && item.of !== "pause");
      row.append(
        element(document, "span.level", { role: "gridcell", "aria-label": group }, glyph(document, GLYPHS[group])),
        element(document, "span.grow", { role: "gridcell" }, brief(document, markText(item))),
        element(document, "span.time", { role: "gridcell" }, clockText(item.t, { precise: true })),
      );
    },
    detailsOf: (item) => [{ id: "mark", title: "Mark", build: () => markView(context, item) }],
  });
  const badge = () => (signals.marks.length ? String(signals.marks.length) : "");
  return panel.withBadge(badge);
}

function groupOf({ kind }) {
  if (kind === "download" || kind === "upload") return "transfer";
  return kind === "user" ? "context" : kind;
}

/** @param {any} item @returns {string} what happened, in a line */
export function markText(item) {
  switch (item.kind) {
    case "mark":
      return item.label;
    case "navigation":
      return `${item.frame ? "A frame of page" : "Page"} ${item.page ?? "?"} ${NAVIGATIONS[item.type] || item.type} ${item.url}`;
    case "dialog":
      return `${item.type}: ${item.message}${item.end === null ? "" : ` → ${dialogAnswer(item)}`}`;
    case "download":
      return `Download of ${item.name || item.url}${item.failure ? ` failed: ${item.failure}` : ""}`;
    case "upload":
      return `Upload of ${item.name}`;
    case "check":
      return `Checked against the page: ${item.label}`;
    case "test":
      return `Test ${item.data.phase || ""} ${item.data.outcome || ""}: ${item.data.nodeid || ""}`;
    case "user":
    case "context":
      return `${item.kind === "user" ? "User" : "Context"}: ${Object.keys(item.attributes).join(", ")}`;
    default:
      return noteText(item);
  }
}

/** @param {any} note a gap, a thinned storm, a pause */
export function noteText({ of, reason, data }) {
  if (of === "pause") return "Recording paused";
  if (of === "resume") return "Recording resumed";
  if (of === "thinned") return `${countText(Number(data.count) || 0, "event")} left out: ${reason}`;
  const lost = typeof data.lost === "number" ? countText(data.lost, "event") : "Events";
  return data.lost === 0 ? `Recording waited: ${reason}` : `${lost} lost: ${reason}`;
}

function markView({ document }, item) {
  const files = (item.files || []).map((file) => `${file.name} (${bytesText(file.size)})`).join("\n");
  const data =
    item.kind === "mark" || item.kind === "note" || item.kind === "test" || item.kind === "check" ? item.data : item.attributes;
  return element(
    document,
    "div",
    {},
    definitions(document, [
      ["what", markText(item)],
      ["at", clockText(item.t, { precise: true })],
      ["took", item.end === null ? "" : lengthText(item.end - item.t)],
      ["answer", item.kind === "dialog" ? dialogAnswer(item) : ""],
      ["preset", item.preset],
      ["URL", item.url],
      ["size", item.kind === "download" ? bytesText(item.size) : ""],
      ["files", files],
      ["page", item.page],
    ]),
    isEmpty(data) ? null : section(document, "Data", valueTree(document, data)),
  );
}

function isEmpty(data) {
  return data === undefined || data === null || (typeof data === "object" && !Object.keys(data).length);
}

function dialogAnswer({ accepted, answer, end }) {
  if (end === null) return "none in this recording";
  return accepted ? `accepted${answer ? ` with “${answer}”` : ""}` : "dismissed";
}
