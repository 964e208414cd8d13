/** What is worth a mark on the timeline, from the signals and the index, as one list. */
import { isMinor } from "./panels/step_moments.js";

/**
 * @typedef {object} TimelineMark
 * @property {"step" | "mark" | "navigation" | "error" | "vital" | "frustration" | "check" | "lost"} kind
 * @property {number} t ms
 * @property {number} [end] ms
 * @property {number | null} [page]
 * @property {string} text
 * @property {boolean} [failed]
 * @property {object} [item] the signal it stands for
 */

/**
 * @param {import("./signals.js").Signals} signals
 * @param {import("./timeline.js").Timeline} timeline
 * @returns {TimelineMark[]} by time
 */
export function timelineMarks(signals, timeline) {
  const marks = [];
  const add = (kind, item, text, more = {}) => marks.push({ kind, t: item.t, page: item.page ?? null, text, item, ...more });
  for (const step of actionSteps(signals)) {
    add("step", step, step.title, { end: step.end ?? timeline.duration, failed: Boolean(step.error) });
  }
  for (const mark of timeline.marks) add("mark", mark, mark.label || "mark");
  for (const each of signals.navigations) add("navigation", each, `${each.type} ${each.url}`);
  for (const error of signals.errors) {
    if (error.of !== "step") add("error", error, [error.name, error.message].filter(Boolean).join(": ") || "error");
  }
  for (const line of signals.console) if (line.level === "error") add("error", line, line.text || "console error");
  for (const vital of signals.vitals) add("vital", vital, `${vital.name} ${vitalText(vital)}${vital.rating ? ` · ${vital.rating}` : ""}`);
  for (const action of signals.actions) {
    if (action.frustrations.length) add("frustration", action, `${action.frustrations.join(", ")}: ${action.name}`);
  }
  for (const check of signals.checks) add("check", check, check.label || "check");
  for (const note of signals.notes) {
    if (note.of === "gap") add("lost", note, `${lostText(note.data?.lost)} (${note.reason || "gap"})`);
    else if (note.of === "thinned") {
      const { from_ms: from, to_ms: to, count } = note.data || {};
      const range = typeof from === "number" && typeof to === "number" ? { t: from, end: to } : {};
      add("lost", note, `thinned: ${count ?? "?"} events (${note.reason || "storm"})`, range);
    }
  }
  return marks.sort((a, b) => a.t - b.t);
}

/** The calls that the steps list shows; the blocks and phases around them would cover the whole line. */
export function actionSteps(signals) {
  const isCall = (step) => step.category === "api" || (step.category === "assert" && step.children.length === 0);
  return signals.steps.filter((step) => isCall(step) && !isMinor(step));
}

/** Moments that the step keys go to, and the playhead snaps to. @returns {number[]} */
export function stopsOf(marks) {
  const own = marks.filter((mark) => mark.kind === "step");
  const wanted = own.length ? own : marks.filter((mark) => mark.kind === "mark");
  const times = [...new Set([...wanted, ...marks.filter((mark) => mark.kind === "mark")].map((mark) => mark.t))];
  return times.sort((a, b) => a - b);
}

function vitalText({ name, value }) {
  return name === "CLS" ? value.toFixed(3) : `${Math.round(value)} ms`;
}

function lostText(lost) {
  if (typeof lost !== "number") return "events lost";
  return `${lost} ${lost === 1 ? "event" : "events"} lost`;
}
