/**
 * Events about one thing, joined: `request`, `response` and `request-end` become one request, and so on. A thing whose end is
 * missing is kept, with `end` null: the recording was cut off, or it never ended.
 */
import { addTimings } from "./resource_timings.js";
import { NETWORK_HANDLERS } from "./signal_network.js";
import { errorOf, listOf, numberOf, objectOf, placeOf, textOf } from "./signal_values.js";

/**
 * @typedef {object} Step
 * @property {"step"} kind
 * @property {string} id
 * @property {Step | null} parent
 * @property {Step[]} children
 * @property {number} depth 0 for a root
 * @property {number} t
 * @property {number | null} end
 * @property {number | null} page
 * @property {string} category `api`, `step`, `phase`, `assert`, `hook`
 * @property {string} title
 * @property {string} method
 * @property {Record<string, any>} params
 * @property {{file: string, line: number | null} | null} location
 * @property {{file: string, line: number | null, name: string}[]} stack of the calls that led to `location`, outwards
 * @property {{name: string, message: string, stack: string} | null} error
 * @property {string[]} log
 * @property {{t: number, page: number | null, doc: string | null, node: number | null, point: any, box: any} | null} target
 * @property {string} typed what was typed or chosen
 */

export class SignalJoin {
  /** @param {import("./timeline.js").Timeline} timeline */
  constructor(timeline) {
    this.duration = timeline.duration;
    this.byId = new Map();
    this.lists = {
      /** @type {Step[]} */ steps: [],
      /** requests and web sockets */ network: [],
      console: [],
      errors: [],
      actions: [],
      vitals: [],
      longTasks: [],
      memory: [],
      marks: [],
      navigations: [],
      dialogs: [],
      transfers: [],
      notes: [],
      tests: [],
      checks: [],
      contexts: [],
      icons: [],
    };
    /** what the pages say of the requests, see resource_timings.js */
    this.timings = [];
    /** file -> hash of its text @type {Map<string, string>} */
    this.sources = new Map();
  }

  /** Events have to come in order of time. @param {import("./source.js").RecordedEvent} event */
  add(event) {
    const handler = HANDLERS.get(event.kind);
    if (handler) handler(this, event, objectOf(event.data));
  }

  begin(list, event, fields, id) {
    const item = { t: event.t, end: null, page: numberOf(event.page), doc: event.doc ?? null, ...fields };
    if (id !== undefined && id !== null) {
      item.id = String(id);
      this.byId.set(item.id, item);
    }
    this.lists[list].push(item);
    return item;
  }

  /** @returns {any | null} what the event goes on about */
  known(data, kind) {
    const item = this.byId.get(String(data.id));
    return item && (!kind || item.kind === kind) ? item : null;
  }

  /** @returns {any} the lists, `roots` of the steps, `byId`, `sources` */
  result() {
    const { lists, byId, sources } = this;
    addTimings(lists.network, this.timings);
    const roots = lists.steps.filter((step) => !step.parent);
    // An error of a step is told where it arose, not again by each step around it.
    for (const step of lists.steps) {
      if (!step.error || step.children.some((child) => child.error)) continue;
      const at = step.end ?? step.t;
      lists.errors.push({
        kind: "error",
        of: "step",
        t: at,
        end: null,
        page: step.page,
        source: step.title,
        step,
        ...step.error,
      });
    }
    for (const test of lists.tests) addTestError(lists.errors, test);
    lists.errors.sort((a, b) => a.t - b.t);
    return { ...lists, roots, byId, sources };
  }
}

const HANDLERS = new Map([
  ["step", beginStep],
  [
    "step-target",
    (join, event, data) => {
      const step = join.known(data, "step");
      if (!step) return;
      step.target = targetOf(event, data, numberOf(event.page) ?? step.page);
      step.typed = textOf(data.text);
      step.page ??= numberOf(event.page);
    },
  ],
  [
    "step-end",
    (join, event, data) => {
      const step = join.known(data, "step");
      if (!step) return;
      step.end = event.t;
      step.error = errorOf(data.error);
      step.log = listOf(data.log).map((line) => textOf(line));
    },
  ],
  ["source", (join, event, data) => join.sources.set(textOf(data.file), textOf(data.hash))],
  ...NETWORK_HANDLERS,
  [
    "console",
    (join, event, data) => {
      const { level, text, args, location, worker, hash, size } = data;
      const fields = { level: levelOf(level), text: textOf(text), args: listOf(args), location: placeOf(location) };
      Object.assign(fields, {
        original: placeOf(location?.original),
        worker: textOf(worker),
        hash: textOf(hash),
        size: numberOf(size),
      });
      join.begin("console", event, { kind: "console", ...fields });
    },
  ],
  ["page-error", (join, event, data) => addError(join, event, data, "page", textOf(data.source, "exception"))],
  ["custom-error", (join, event, data) => addError(join, event, data, "custom", "reported by the page")],
  [
    "page-crash",
    (join, event) => {
      const fields = { of: "crash", name: "", message: "The page crashed", stack: "", source: "crash" };
      join.begin("errors", event, { kind: "error", ...fields });
    },
  ],
  [
    "dialog",
    (join, event, { id, type, message, default: preset }) => {
      const fields = { type: textOf(type, "alert"), message: textOf(message), preset: textOf(preset) };
      join.begin("dialogs", event, { kind: "dialog", ...fields, accepted: null, answer: "" }, id);
    },
  ],
  [
    "dialog-end",
    (join, event, data) => {
      const dialog = join.known(data, "dialog");
      if (dialog) Object.assign(dialog, { end: event.t, accepted: data.accepted === true, answer: textOf(data.answer) });
    },
  ],
  [
    "download",
    (join, event, { id, url, name }) => {
      const fields = { kind: "download", url: textOf(url), name: textOf(name), size: null, failure: "" };
      join.begin("transfers", event, fields, id);
    },
  ],
  [
    "download-end",
    (join, event, data) => {
      const download = join.known(data, "download");
      if (download) Object.assign(download, { end: event.t, size: numberOf(data.size), failure: textOf(data.failure) });
    },
  ],
  [
    "upload",
    (join, event, data) => {
      const files = listOf(data.files).map((file) => ({ name: textOf(file?.name), size: numberOf(file?.size) }));
      const target = targetOf(event, data, numberOf(event.page));
      join.begin("transfers", event, { kind: "upload", name: files.map((file) => file.name).join(", "), files, target });
    },
  ],
  [
    "navigation",
    (join, event, { url, type, frame }) => {
      const fields = { url: textOf(url), type: textOf(type, "navigate"), frame: frame === true };
      join.begin("navigations", event, { kind: "navigation", ...fields });
    },
  ],
  ["icon", (join, event, { url }) => join.begin("icons", event, { kind: "icon", url: textOf(url) })],
  [
    "vital",
    (join, event, { name, value, rating, node }) => {
      const target = numberOf(node) === null ? null : targetOf(event, { node }, numberOf(event.page));
      const fields = { name: textOf(name), value: numberOf(value), rating: textOf(rating), target };
      if (fields.value !== null) join.begin("vitals", event, { kind: "vital", ...fields });
    },
  ],
  ["long-task", (join, event, data) => addLongTask(join, event, data, "long-task")],
  ["long-animation-frame", (join, event, data) => addLongTask(join, event, data, "long-animation-frame")],
  [
    "memory",
    (join, event, { used, total }) => {
      if (numberOf(used) !== null) join.begin("memory", event, { kind: "memory", used, total: numberOf(total) });
    },
  ],
  [
    "action",
    (join, event, data) => {
      const fields = { type: textOf(data.type), name: textOf(data.name), selector: textOf(data.target), text: textOf(data.text) };
      const more = { data: data.data, target: targetOf(event, data, numberOf(event.page)), frustrations: [], errors: [] };
      join.begin("actions", event, { kind: "action", ...fields, ...more }, data.id);
    },
  ],
  [
    "frustration",
    (join, event, data) => {
      const action = join.byId.get(String(data.action));
      const type = textOf(data.type);
      const error = textOf(data.error) || errorOf(data.error)?.message || "";
      if (action?.kind === "action") {
        action.frustrations.push(type);
        if (error) action.errors.push(error);
        return;
      }
      const fields = { type: "frustration", name: type, selector: "", text: "", target: null };
      join.begin("actions", event, { kind: "action", ...fields, frustrations: [type], errors: error ? [error] : [] });
    },
  ],
  ["mark", (join, event, { label, data }) => join.begin("marks", event, { kind: "mark", label: textOf(label), data })],
  ["check", (join, event, data) => join.begin("checks", event, { kind: "check", label: textOf(data.label), data })],
  ["test", (join, event, data) => join.begin("tests", event, { kind: "test", data })],
  ["user", (join, event, data) => join.begin("contexts", event, { kind: "user", attributes: attributesOf(data) })],
  ["context", (join, event, data) => join.begin("contexts", event, { kind: "context", attributes: attributesOf(data) })],
  ...["gap", "thinned", "pause", "resume"].map((kind) => [
    kind,
    (join, event, data) => join.begin("notes", event, { kind: "note", of: kind, reason: textOf(data.reason), data }),
  ]),
]);

function beginStep(join, event, data) {
  const parent = join.byId.get(String(data.parent));
  const step = join.begin(
    "steps",
    event,
    {
      kind: "step",
      parent: parent?.kind === "step" ? parent : null,
      children: [],
      depth: parent?.kind === "step" ? parent.depth + 1 : 0,
      category: textOf(data.category, "api"),
      title: textOf(data.title) || textOf(data.method) || "step",
      method: textOf(data.method),
      params: objectOf(data.params),
      location: placeOf(data.location),
      stack: listOf(data.stack).map(placeOf).filter(Boolean),
      error: null,
      log: [],
      target: null,
      typed: "",
    },
    data.id,
  );
  step.parent?.children.push(step);
}

function addError(join, event, data, of, source) {
  const error = errorOf(data) || errorOf(data.error) || { name: "", message: "", stack: "" };
  // By source maps, where the scripts carry some; what was thrown is kept beside it.
  const original = textOf(data.original_stack);
  if (original) Object.assign(error, { stack: original, thrown: error.stack });
  join.begin("errors", event, { kind: "error", of, source, ...error, location: placeOf(data.location), data });
}

/** What the test runner says of a failure belongs to the step that failed, where there is one. */
function addTestError(errors, { t, page, data }) {
  const report = textOf(data.longrepr);
  const message = textOf(data.message);
  if (!/failed|error/.test(textOf(data.outcome)) || (!report && !message)) return;
  const step = errors.findLast((error) => error.of === "step" && error.message === message);
  if (step) step.report = report;
  else {
    const source = `${textOf(data.phase, "test")} of ${textOf(data.nodeid)}`;
    errors.push({
      kind: "error",
      of: "test",
      t,
      end: null,
      page,
      source,
      name: "",
      message: message || report.split("\n").at(-1),
      stack: "",
      report,
    });
  }
}

/** A task is told when it is over: it began `duration` before. */
function addLongTask(join, event, data, of) {
  const duration = numberOf(data.duration) || 0;
  const fields = { name: textOf(data.name), blocking: numberOf(data.blocking_duration), scripts: listOf(data.scripts) };
  join.begin("longTasks", event, { kind: "long-task", of, duration, ...fields });
}

/** What the stage outlines, see context.js. */
function targetOf(event, { node, point, box }, page) {
  return { t: event.t, page, doc: event.doc ?? null, node: numberOf(node), point: placed(point), box: placed(box) };
}

/** @returns {Record<string, number> | null} a point or box whose every side is a number */
function placed(value) {
  const object = objectOf(value);
  const entries = Object.entries(object);
  return entries.length && entries.every(([, side]) => numberOf(side) !== null) ? object : null;
}

function levelOf(level) {
  const name = textOf(level, "log").toLowerCase();
  return name === "warn" ? "warning" : name === "assert" ? "error" : name;
}

function attributesOf(data) {
  const { attributes } = data;
  return attributes && typeof attributes === "object" ? attributes : data;
}
