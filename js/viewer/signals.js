/**
 * What happened besides the DOM, read once and joined: each step, request, dialog … is one object from its start, its end and
 * what came in between. All lists are in order of time, `t` and `end` are ms since the recording's start.
 *
 * Everything here was written by a page or a program that no one vouches for: texts are texts, numbers numbers, lists lists,
 * whatever the file says, so that panels need not ask.
 */
import { SignalJoin } from "./signal_join.js";

// A slice of work between two frames; a long task begins at 50 ms.
const SLICE_MS = 12;

export class Signals {
  /** @param {import("./source.js").Source} source @param {import("./timeline.js").Timeline} timeline */
  constructor(source, timeline) {
    this.source = source;
    this.timeline = timeline;
    this.listeners = new Set();
    this.loaded = false;
    /** @type {Error | null} why there is nothing, or not all */
    this.error = null;
    Object.assign(this, new SignalJoin(timeline).result());
    this.loading = null;
  }

  /**
   * Resolves when all is read, also when that failed (`error` says so). The first call begins; it is for the window to say when.
   * @returns {Promise<void>}
   */
  get ready() {
    this.loading ||= this.load();
    return this.loading;
  }

  /** Reads all again: the recording has grown. @returns {Promise<void>} */
  reload() {
    this.loading = this.load();
    return this.loading;
  }

  /** @param {() => void} listener told when the lists have been read, or read again @returns {() => void} ends that */
  onload(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async load() {
    const events = [];
    this.error = null;
    try {
      await readEvents(this.source.signals(), events);
    } catch (error) {
      this.error = error;
    }
    events.sort((a, b) => a.t - b.t);
    const join = new SignalJoin(this.timeline);
    let since = performance.now();
    for (const event of events) {
      join.add(event);
      if (performance.now() - since > SLICE_MS) {
        await pause();
        since = performance.now();
      }
    }
    Object.assign(this, join.result());
    this.loaded = true;
    for (const listener of this.listeners) listener();
  }

  /** @param {string} id of anything that has one @returns {any | undefined} */
  find(id) {
    return this.byId.get(String(id));
  }
}

/** @param {AsyncIterable<string>} pieces @param {any[]} events gets them */
async function readEvents(pieces, events) {
  let rest = "";
  let since = performance.now();
  for await (const piece of pieces) {
    const text = rest + piece;
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      addEvent(text.slice(start, end), events);
      start = end + 1;
      if (performance.now() - since > SLICE_MS) {
        await pause();
        since = performance.now();
      }
    }
    rest = text.slice(start);
  }
  addEvent(rest, events);
}

/** A line that is no event is left out: a recording cut off in mid-line ends with one. */
function addEvent(line, events) {
  if (!line) return;
  try {
    const event = JSON.parse(line);
    if (event && typeof event.t === "number" && typeof event.kind === "string") events.push(event);
  } catch {
    return;
  }
}

/** Lets the browser draw and take keys. */
function pause() {
  return new Promise((resolve) => setTimeout(resolve));
}
