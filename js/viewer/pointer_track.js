/**
 * Where the pointer was at a moment. rrweb sends moves in batches of half a second that say how long ago each position was;
 * so the position at `t` may stand in an event after `t`.
 */

// rrweb's MouseInteractions
const UP = 0;
const DOWN = 1;
const CLICK = 2;
const DOUBLE_CLICK = 4;
const TOUCH_START = 7;
const TOUCH_END = 9;
const TOUCH_CANCEL = 10;
const POINTER_TOUCH = 2;

/** A position that comes later than this was not moved to in a line. */
const LINE_MS = 600;
/** How far after `t` an event may stand that tells of `t`. */
export const LOOKAHEAD_MS = 1000;

/**
 * @typedef {object} PointerEntry
 * @property {number} t ms
 * @property {number} page
 * @property {string} doc
 * @property {number} id node under the pointer
 * @property {number} x in the viewport of the document that holds the node
 * @property {number} y
 * @property {"move" | "down" | "up" | "click"} what
 * @property {boolean} touch
 */

/** @param {import("./source.js").RecordedEvent[]} events of a segment @returns {PointerEntry[]} by time */
export function pointerEntries(events) {
  const entries = [];
  for (const { kind, t, page, doc, data } of events) {
    if (kind === "mousemove" || kind === "touchmove" || kind === "drag") {
      for (const { x, y, id, timeOffset } of data.positions || []) {
        entries.push({ t: t + (timeOffset || 0), page, doc, id, x, y, what: "move", touch: kind === "touchmove" });
      }
    } else if (kind === "mouse" && typeof data.x === "number") {
      const what = WHAT.get(data.type);
      const touch = data.pointerType === POINTER_TOUCH || data.type >= TOUCH_START;
      if (what) entries.push({ t, page, doc, id: data.id, x: data.x, y: data.y, what, touch });
    }
  }
  return entries.sort((a, b) => a.t - b.t);
}

const WHAT = new Map([
  [UP, "up"],
  [DOWN, "down"],
  [CLICK, "click"],
  [DOUBLE_CLICK, "click"],
  [TOUCH_START, "down"],
  [TOUCH_END, "up"],
  [TOUCH_CANCEL, "up"],
]);

/** All that the pointer did in the segments that are loaded, page by page. */
export class PointerTrack {
  constructor() {
    this.bySegment = new WeakMap();
  }

  /** @param {import("./source.js").RecordedEvent[]} events @returns {PointerEntry[]} */
  entries(events) {
    if (!this.bySegment.has(events)) this.bySegment.set(events, pointerEntries(events));
    return this.bySegment.get(events);
  }

  /**
   * @param {import("./source.js").RecordedEvent[][]} segments in order
   * @param {number} page
   * @param {number} t
   * @returns {{at: PointerEntry, next: PointerEntry | null, down: PointerEntry | null} | null}
   */
  at(segments, page, t) {
    let at = null;
    let next = null;
    let pressed = null;
    for (const events of segments) {
      for (const entry of this.entries(events)) {
        if (entry.page !== page) continue;
        // A click moves no pointer: it is where the button went down and up, or there is none – keys and scripts click at 0, 0.
        if (entry.what === "click") continue;
        if (entry.t <= t) {
          if (!at || entry.t >= at.t) at = entry;
          if ((entry.what === "down" || entry.what === "up") && (!pressed || entry.t >= pressed.t)) pressed = entry;
        } else if (!next || entry.t < next.t) next = entry;
      }
    }
    if (!at) return null;
    if (next && (next.t - at.t > LINE_MS || next.doc !== at.doc)) next = null;
    return { at, next, down: pressed && pressed.what === "down" ? pressed : null };
  }

  /** @returns {PointerEntry[]} clicks of a page in (from, to] */
  clicks(segments, page, from, to) {
    const found = [];
    for (const events of segments) {
      for (const entry of this.entries(events)) {
        const shows = (entry.what === "click" && (entry.x !== 0 || entry.y !== 0)) || (entry.what === "down" && entry.touch);
        if (shows && entry.page === page && entry.t > from && entry.t <= to) found.push(entry);
      }
    }
    return found;
  }
}
