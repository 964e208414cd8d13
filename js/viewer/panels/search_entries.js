/** All that can be found by its text: what it is called, when it was, and which panel shows it. */
import { messageText } from "./console.js";
import { markText } from "./marks.js";
import { statusText } from "./request_words.js";
import { shortBodies } from "./search_bodies.js";

/**
 * @typedef {object} Entry
 * @property {string} group
 * @property {string} text
 * @property {string} lower
 * @property {number} t
 * @property {any} item null where the place is all there is
 * @property {string} panel id of the panel that shows it
 * @property {string} glyph
 * @property {string} [of] whose text it is, where that is not the group
 */

// A text longer than this is looked through up to here; nobody searches for what stands behind.
const MAX_CHARS = 4000;

export const GROUPS = [
  ["all", "All"],
  ["steps", "Steps"],
  ["errors", "Errors"],
  ["network", "Network"],
  ["bodies", "Bodies"],
  ["console", "Console"],
  ["actions", "Actions"],
  ["marks", "Marks"],
  ["pages", "Pages"],
  ["text", "On the page"],
];

/** One function for each kind: what is searched, group by group. @param {any} context see ../context.js */
export function* searchEntries({ signals, timeline }) {
  for (const step of signals.steps)
    yield entry("steps", textOf(step.title, step.error?.message), step, "call", step.error ? "error" : "group");
  for (const error of signals.errors)
    yield entry("errors", textOf(error.name, error.message, error.source), error, "errors", "error");
  for (const request of signals.network) {
    yield entry("network", textOf(request.method, request.url, statusText(request)), request, "network", "navigate");
  }
  yield* shortBodies(signals);
  for (const message of signals.console) yield entry("console", messageText(message), message, "console", "text");
  for (const action of signals.actions)
    yield entry("actions", textOf(action.name, action.selector), action, "actions", "pointer");
  for (const list of [signals.marks, signals.navigations, signals.dialogs, signals.transfers, signals.notes]) {
    for (const mark of list) yield entry("marks", markText(mark), mark, "marks", "flag");
  }
  for (const page of timeline.documents.values()) {
    if (!page.top) continue;
    const text = textOf(page.title, page.url);
    yield {
      group: "pages",
      text,
      lower: text.toLowerCase(),
      t: page.start_ms,
      page: page.page,
      item: null,
      panel: "",
      glyph: "file",
    };
  }
}

function entry(group, text, item, panel, glyph) {
  const clipped = text.slice(0, MAX_CHARS);
  return { group, text: clipped, lower: clipped.toLowerCase(), t: item.t, page: item.page, item, panel, glyph };
}

function textOf(...parts) {
  return parts.filter(Boolean).join("  ");
}
