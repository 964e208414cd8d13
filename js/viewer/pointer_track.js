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

/** @param {import("./source.js").RecordedEvent} event @returns {PointerEntry[]} what one event tells, in its order */
function entriesOf({ kind, t, page, doc, data }) {
  if (kind !== "mouse") {
    const touch = kind === "touchmove";
    return (data.positions || []).map(({ x, y, id, timeOffset }) => {
      return { t: t + (timeOffset || 0), page, doc, id, x, y, what: "move", touch };
    });
  }
  const what = typeof data.x === "number" && WHAT.get(data.type);
  if (!what) return [];
  const touch = data.pointerType === POINTER_TOUCH || data.type >= TOUCH_START;
  return [{ t, page, doc, id: data.id, x: data.x, y: data.y, what, touch }];
}

const KINDS = new Set(["mousemove", "touchmove", "drag", "mouse"]);

const WHAT = new Map([
  [UP, "up"],
  [DOWN, "down"],
  [CLICK, "click"],
  [DOUBLE_CLICK, "click"],
  [TOUCH_START, "down"],
  [TOUCH_END, "up"],
  [TOUCH_CANCEL, "up"],
]);

/**
 * What the pointer did in the segments that are loaded. Their events are many, and to parse them takes time: only those are
 * that can tell of the moment.
 */
export class PointerTrack {
  constructor() {
    this.bySegment = new WeakMap();
  }

  /** @param {import("./source.js").RecordedEvent[]} events @returns {import("./source.js").RecordedEvent[]} the pointer's, by time */
  told(events) {
    let told = this.bySegment.get(events);
    if (!told) {
      told = events.filter(({ kind }) => KINDS.has(kind)).sort((a, b) => a.t - b.t);
      this.bySegment.set(events, told);
    }
    return told;
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
    for (let n = segments.length - 1; n >= 0; n -= 1) {
      const told = this.told(segments[n]);
      for (let k = told.length - 1; k >= 0; k -= 1) {
        const event = told[k];
        if (event.page !== page || event.t > t + LINE_MS + LOOKAHEAD_MS) continue;
        // What stands so far before what is known already tells of nothing later; but who pressed the button may.
        const isOld = at !== null && event.t + LOOKAHEAD_MS < at.t;
        if (isOld && (pressed || event.kind !== "mouse")) continue;
        const entries = entriesOf(event);
        for (let m = entries.length - 1; m >= 0; m -= 1) {
          const entry = entries[m];
          // A click moves no pointer: it is where the button went down and up, or there is none – keys and scripts click at 0, 0.
          if (entry.what === "click") continue;
          if (entry.t <= t) {
            if (!at || entry.t > at.t) at = entry;
            if (entry.what !== "move" && (!pressed || entry.t > pressed.t)) pressed = entry;
          } else if (!next || entry.t <= next.t) next = entry;
        }
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
      for (const event of this.told(events)) {
        if (event.kind !== "mouse" || event.page !== page || !(event.t > from && event.t <= to)) continue;
        for (const entry of entriesOf(event)) {
          if ((entry.what === "click" && (entry.x !== 0 || entry.y !== 0)) || (entry.what === "down" && entry.touch)) found.push(entry);
        }
      }
    }
    return found;
  }
}
