/** Info: what was recorded, with what, and what is missing. */
import { element } from "../dom.js";
import { clockText, lengthText } from "../clock_text.js";
import { lostText } from "../losses.js";
import { bugReport } from "./bug_report.js";
import { brief, button, bytesText, countText, definitions, section } from "./recorded.js";
import { noteText } from "./marks.js";
import { valueTree } from "./value_tree.js";

const PRIVACY = {
  allow: "allow: all but sensitive fields",
  "mask-user-input": "mask-user-input: nothing that was typed",
  mask: "mask: no text",
};
// What has a line of its own.
const SHOWN_KEYS = new Set(
  "format format_version id started_at harness_version title privacy browser signals recovered_from git ci".split(" "),
);
const MAX_OMITTED = 200;

/** @param {any} context see ../context.js @returns {import("../context.js").Panel} */
export function infoPanel(context) {
  const { document, signals, timeline, source } = context;
  const root = element(document, "div.panel.info-panel.text-panel");

  function draw() {
    const { index, header } = source.manifest;
    const omitted = index.omitted || [];
    const parts = [
      element(
        document,
        "div.bar",
        {},
        button(document, "Copy as bug report", () => context.copy(bugReport(context), "Copied as bug report")),
      ),
      section(document, "Recording", definitions(document, recordingRows(index, header))),
      section(document, "Environment", definitions(document, environmentRows(document, header, timeline))),
      section(document, "Pages", pagesTable(context)),
    ];
    const notes = signals.notes.filter((note) => note.of === "gap" || note.of === "thinned");
    parts.push(
      section(
        document,
        "What is missing",
        definitions(document, [
          ["lost events", lostText(index) || "none"],
          ["closed properly", index.complete ? "yes" : "no: the recorder was cut off, or is still at work"],
          ["resources left out", omitted.length ? countText(omitted.length, "resource") : "none"],
          ["switched on", Array.isArray(header.signals) ? header.signals.join(", ") : ""],
          ["not read", signals.error ? signals.error.message : ""],
        ]),
        ...notes.map((note) => momentButton(context, note, noteText(note))),
        omitted.length ? omittedTable(context, omitted) : null,
      ),
    );
    for (const { kind, attributes, t } of signals.contexts) {
      parts.push(
        section(
          document,
          `${kind === "user" ? "User" : "Context"} from ${clockText(t)}`,
          definitions(document, rowsOf(document, attributes)),
        ),
      );
    }
    root.replaceChildren(...parts);
  }

  context.on("signals", draw);
  context.on("grown", draw);
  draw();
  const badge = () => {
    const { index } = source.manifest;
    return lostText(index) ? { text: `${index.lost_unknown ? "?" : index.lost_events} lost`, tone: "warning" } : "";
  };
  return { id: "info", title: "Info", element: root, update: () => {}, badge };
}

function recordingRows(index, header) {
  const kinds = Object.values(index.kinds || {}).reduce((sum, each) => sum + each, 0);
  const stored = Object.values(index.assets || {}).reduce((sum, asset) => sum + (asset.stored ?? asset.size ?? 0), 0);
  const segments = (index.segments || []).reduce((sum, segment) => sum + segment.size, 0);
  return [
    ["title", header.title],
    ["status", index.status],
    ["began", dateText(header.started_at)],
    ["lasted", lengthText(index.duration_ms || 0)],
    ["events", kinds ? kinds.toLocaleString("en") : ""],
    [
      "size",
      `${bytesText(segments)} events, ${bytesText(stored)} in ${countText(Object.keys(index.assets || {}).length, "asset")}`,
    ],
    ["privacy", PRIVACY[header.privacy] || header.privacy],
    ["id", header.id],
  ];
}

function environmentRows(document, header, timeline) {
  const { browser, git, ci } = header;
  const viewports = [
    ...new Set([...timeline.viewports.values()].filter(Boolean).map((size) => `${size.width} × ${size.height}`)),
  ];
  return [
    ["browser", browser && `${browser.name ?? ""} ${browser.version ?? ""}`.trim()],
    ["viewport", viewports.join(", ")],
    ["harness", header.harness_version],
    ["file format", header.format_version],
    ["git", git && valueTree(document, git)],
    ["CI run", ci && valueTree(document, ci)],
    ["recovered from", header.recovered_from && valueTree(document, header.recovered_from)],
    ...rowsOf(document, Object.fromEntries(Object.entries(header).filter(([key]) => !SHOWN_KEYS.has(key)))),
  ];
}

function rowsOf(document, object) {
  return Object.entries(object).map(([name, value]) => [
    name,
    value && typeof value === "object" ? valueTree(document, value) : value === null ? "" : String(value),
  ]);
}

function dateText(ms) {
  if (typeof ms !== "number") return "";
  return `${new Date(ms)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "")} UTC`;
}

function pagesTable(context) {
  const { document, timeline } = context;
  const rows = timeline.pages.map((page) =>
    momentButton(context, { t: page.openedAt, page: page.id }, `${page.id}: ${page.title || "no title"} – ${page.url}`),
  );
  return element(document, "div", {}, ...rows);
}

function omittedTable(context, omitted) {
  const { document } = context;
  const rows = omitted
    .slice(0, MAX_OMITTED)
    .map((each) => momentButton(context, each, `${each.reason}${each.size ? ` (${bytesText(each.size)})` : ""}: ${each.url}`));
  if (omitted.length > MAX_OMITTED) rows.push(element(document, "p.list-note", {}, `and ${omitted.length - MAX_OMITTED} more`));
  return element(document, "details.omitted", {}, element(document, "summary", {}, "Resources left out"), ...rows);
}

/** A line that seeks to where it belongs. */
function momentButton(context, { t, page }, text) {
  const { document } = context;
  return element(
    document,
    "button.moment",
    { type: "button", onclick: () => void context.seek(t, page ?? undefined) },
    element(document, "span.time", {}, clockText(t, { precise: true })),
    brief(document, text),
  );
}
