/** Console: what the pages wrote, with the arguments as they were. */
import { element } from "../dom.js";
import { clockText } from "../clock_text.js";
import { bodyView } from "./body_view.js";
import { formatted } from "./console_format.js";
import { choice, textFilter } from "./filters.js";
import { glyph } from "./glyphs.js";
import { ListPanel } from "./list_panel.js";
import { brief, button, definitions, section, verbatim } from "./recorded.js";
import { placeText, shortPlace, stackView } from "./stack_view.js";
import { textOf as valueText, valueTree } from "./value_tree.js";

const LEVELS = [
  ["all", "All"],
  ["error", "Errors"],
  ["warning", "Warnings"],
  ["info", "Info"],
  ["log", "Log"],
  ["debug", "Debug"],
];
const MARKS = { error: "error", warning: "warning", info: "info" };

/** @param {any} context see ../context.js @returns {import("../context.js").Panel} */
export function consolePanel(context) {
  const { document, signals } = context;
  let text = "";
  let level = "all";
  const panel = new ListPanel(context, {
    id: "console",
    title: "Console",
    counted: ["message"],
    empty: "No page wrote to the console.",
    itemsOf: withErrors,
    accepts: (item) => {
      if (level !== "all" && groupOf(levelOf(item)) !== level) return false;
      return !text || messageText(item).toLowerCase().includes(text) || placeText(item.location).toLowerCase().includes(text);
    },
    filters: [
      textFilter(document, "Filter messages", (value) => {
        text = value;
        panel.filter();
      }),
      choice(document, "Level", LEVELS, level, (value) => {
        level = value;
        panel.filter();
      }),
    ],
    fillRow: (item, row) => {
      const name = levelOf(item);
      row.classList.add(`level-${groupOf(name)}`);
      const mark = MARKS[groupOf(name)];
      row.append(
        element(document, "span.level", { role: "gridcell", "aria-label": name }, mark ? glyph(document, mark) : null),
        element(document, "span.grow.message", { role: "gridcell" }, brief(document, messageText(item))),
        element(document, "span.place", { role: "gridcell" }, brief(document, shortPlace(item.location))),
        element(document, "span.time", { role: "gridcell" }, clockText(item.t, { precise: true })),
      );
    },
    detailsOf: (item) => [{ id: "message", title: "Message", build: () => messageView(context, item) }],
    actionsOf: (item) => [button(document, "Copy", () => context.copy(messageText(item)))],
  });
  const badge = () => {
    const errors = panel.all.filter((item) => groupOf(levelOf(item)) === "error").length;
    if (errors) return { text: String(errors), tone: "error" };
    const warnings = panel.all.filter((item) => groupOf(levelOf(item)) === "warning").length;
    if (warnings) return { text: String(warnings), tone: "warning" };
    return signals.console.length ? String(signals.console.length) : "";
  };
  return panel.withBadge(badge);
}

/** A browser's console tells of errors that nobody caught, too. */
function withErrors({ console: messages, errors }) {
  const uncaught = errors.filter((error) => error.of === "page");
  return uncaught.length ? [...messages, ...uncaught].sort((a, b) => a.t - b.t) : messages;
}

function levelOf(item) {
  return item.kind === "error" ? "error" : item.level;
}

function groupOf(level) {
  if (level === "error" || level === "warning" || level === "info" || level === "debug") return level;
  return "log";
}

/** @param {any} item a message or an uncaught error @returns {string} */
export function messageText(item) {
  if (item.kind !== "error") return saidText(item) || (item.hash ? "(a long text)" : "");
  return `Uncaught ${item.name && !item.message.startsWith(item.name) ? `${item.name}: ` : ""}${item.message}`;
}

/** The driver's text names many objects only by their class. */
function saidText({ text, args }) {
  const said = formatted(text, args, valueText);
  const isTree = (value) => value !== null && typeof value === "object" && value.$ !== "more";
  return said === text && args.some(isTree) ? args.map((value) => valueText(value)).join(" ") : said;
}

function messageView(context, item) {
  const { document } = context;
  const parts = [];
  if (item.args?.length && !(item.args.length === 1 && typeof item.args[0] === "string")) {
    parts.push(section(document, "Arguments", ...item.args.map((value) => valueTree(document, value))));
  }
  if (item.hash) parts.unshift(bodyView(context, { hash: item.hash, text: null, size: item.size, omitted: "" }, "text/plain"));
  else if (!parts.length || item.kind === "error") parts.unshift(verbatim(document, messageText(item)));
  if (item.stack) parts.push(section(document, "Stack", stackView(document, item.stack)));
  parts.push(
    definitions(document, [
      ["level", levelOf(item)],
      ["at", clockText(item.t, { precise: true })],
      ["place", placeText(item.location)],
      ["original", placeText(item.original)],
      ["worker", item.worker],
      ["page", item.page],
    ]),
  );
  return element(document, "div", {}, ...parts);
}
