/** The recording as Markdown that can be pasted into an issue: what was done, what went wrong, where, and a way back to here. */
import { clockText, lengthText } from "../clock_text.js";
import { shownText } from "../shown_text.js";
import { placeText } from "./stack_view.js";
import { isMinor } from "./step_moments.js";
import { hasFailed, statusText } from "./request_words.js";

const MAX_STEPS = 60;
const MAX_ERRORS = 10;
const MAX_REQUESTS = 10;
const MAX_STACK_LINES = 20;

/** @param {any} context see ../context.js @returns {string} Markdown; what the page wrote is in code, where it means nothing else */
export function bugReport(context) {
  const { signals, source, timeline, player } = context;
  const { header, index } = source.manifest;
  const title = header.title || timeline.titleAt(player.page, player.now) || "A recorded session";
  const parts = [`# ${plain(title)}`];
  const status = index.status && index.status !== "unknown" ? ` It ${index.status}.` : "";
  parts.push(`Seen at ${at(player.now)} of ${at(timeline.duration)} in a recording.${status}`);
  parts.push(link(context.link({ t: player.now, page: player.page })));
  parts.push("## Environment", bullets(environment(context)));
  const steps = stepLines(signals);
  if (steps.length) parts.push("## Steps", steps.join("\n"));
  const errors = signals.errors.slice(0, MAX_ERRORS).map(errorText);
  if (errors.length) {
    const more = signals.errors.length - errors.length;
    parts.push("## Errors", ...errors, ...(more ? [`and ${more} more`] : []));
  }
  const failed = signals.network.filter(hasFailed);
  if (failed.length) {
    const lines = failed.slice(0, MAX_REQUESTS).map((request) => {
      const why = request.failure ? ` (${code(request.failure)})` : "";
      return `- ${at(request.t)} ${code(`${request.method} ${request.url}`)} → ${statusText(request)}${why}`;
    });
    parts.push("## Failed requests", lines.join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
}

function environment({ source, timeline, player }) {
  const { header, index } = source.manifest;
  const page = timeline.documentAt(player.page, player.now);
  const viewport = timeline.viewports.get(player.page);
  const rows = [
    ["Page", page?.url || timeline.pages.find(({ id }) => id === player.page)?.url],
    ["Browser", header.browser && `${header.browser.name ?? ""} ${header.browser.version ?? ""}`.trim()],
    ["Viewport", viewport && `${viewport.width} × ${viewport.height}`],
    ["Began", typeof header.started_at === "number" ? new Date(header.started_at).toISOString() : ""],
    ["Recording", header.id],
    ["harness", header.harness_version],
    ["Lost events", index.lost_unknown ? "unknown" : index.lost_events ? String(index.lost_events) : ""],
  ];
  for (const [name, group] of [
    ["git", header.git],
    ["CI", header.ci],
  ]) {
    if (!group || typeof group !== "object") continue;
    for (const [key, value] of Object.entries(group)) if (typeof value !== "object") rows.push([`${name} ${key}`, String(value)]);
  }
  return rows;
}

/** What the script did, or where there was none, the user. */
function stepLines({ steps, roots, actions }) {
  if (!steps.length) {
    return shortened(
      actions.map((action) =>
        [`- ${at(action.t)} ${code(action.name)}`, action.frustrations.join(", ")].filter(Boolean).join(" – "),
      ),
    );
  }
  const lines = nested(roots)
    .filter((step) => !isMinor(step))
    .map((step) => {
      const took = step.end === null ? "did not end" : lengthText(step.end - step.t);
      const indent = "  ".repeat(Math.min(step.depth, 6));
      const failed = step.error ? ` **failed**${step.location ? ` at ${code(placeText(step.location))}` : ""}` : "";
      return `${indent}- ${at(step.t)} ${code(step.title)} (${took})${failed}`;
    });
  return shortened(lines);
}

/** What stands in a step follows it, also where another one began meanwhile: else the list falls apart. */
function nested(roots) {
  const found = [];
  const waiting = [...roots].reverse();
  while (waiting.length) {
    const step = waiting.pop();
    found.push(step);
    for (const child of [...step.children].reverse()) waiting.push(child);
  }
  return found;
}

/** The end is where it went wrong. */
function shortened(lines) {
  if (lines.length <= MAX_STEPS) return lines;
  return [`- … ${lines.length - MAX_STEPS} before`, ...lines.slice(-MAX_STEPS).map((line) => line.replace(/^\s+/, ""))];
}

function errorText(error) {
  const head = error.name && !error.message.startsWith(error.name) ? `${error.name}: ${error.message}` : error.message;
  const stack = error.stack && error.stack.includes(error.message) ? error.stack : [head, error.stack].filter(Boolean).join("\n");
  const lines = (error.report || stack).split("\n");
  const shown = lines.slice(0, MAX_STACK_LINES).join("\n") + (lines.length > MAX_STACK_LINES ? "\n…" : "");
  const where = error.step ? `in step ${code(error.step.title)}` : code(error.source);
  return `${at(error.t)}, ${where}\n\n${block(shown)}`;
}

function bullets(rows) {
  return rows
    .filter(([, value]) => value)
    .map(([name, value]) => `- ${name}: ${code(value)}`)
    .join("\n");
}

/** Text in a code span longer than any run of backticks in it. https://spec.commonmark.org/0.31.2/#code-spans */
function code(text) {
  const line = shownText(String(text)).replace(/\s+/g, " ").trim().slice(0, 1000) || "–";
  const ticks = "`".repeat(longestRun(line) + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${ticks}${pad}${line}${pad}${ticks}`;
}

function block(text) {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}\n${shownText(text)}\n${fence}`;
}

function longestRun(text) {
  return (text.match(/`+/g) || []).reduce((most, run) => Math.max(most, run.length), 0);
}

/** @returns {string} text that is no markup, on one line */
function plain(text) {
  return shownText(String(text))
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_{}[\]()#+!|<>~@&-]/g, "\\$&");
}

function link(url) {
  return `<${url.replace(/[<>\s]/g, encodeURIComponent)}>`;
}

function at(t) {
  return clockText(t, { precise: true });
}
