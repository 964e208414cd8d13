/** Batches event lines into strings for the binding: by count, by size, and at most FLUSH_MS after the first of a batch. */

// Measured: 5,000 small events cost 7.0 s one binding call each with an object, 0.18 s in batches of strings.
const MAX_LINES = 200;
const MAX_CHARS = 64 * 1024;
const FLUSH_MS = 100;
// What nobody waits for rides along with other lines, and makes a batch of its own only after so long.
const LAZY_MS = 500;
// A document that is being left may live on for a while, on a busy machine; what it still does must not wait for a timer, and
// leaves with the end of its own task. (Measured: doing so after each click and Enter makes three times the calls, and each
// costs the page, the driver and Python together 2 ms.)
const LEAVING_MS = 2000;
// The first change after a click or the like leaves with the end of its own task, too: a program that then hangs hears no more.
const ANSWER_MS = 100;

/**
 * A batch is NDJSON: its first line is a header that Python reads instead of parsing the events
 * (`doc`, `total` events sent before, `count`, `first` and `last` time in ms, `snapshot`, `now` at sending, `faults` so far).
 *
 * @param {{send: (batch: string) => Promise<unknown>, doc: string, now: () => number, timers: {set: Function, clear: Function, microtask: Function},
 *          beforeFlush: () => void, faults: () => number}} options `now` is in ms since the recording's start
 * @returns {{push: (t: number, line: string, options?: {urgent?: boolean, change?: boolean, lazy?: boolean, snapshot?: boolean}) => void, flush: () => void,
 *            leave: () => void, stop: () => void, underWay: number}}
 */
export function createTransport({ send, doc, now, timers, beforeFlush, faults }) {
  const stringify = JSON.stringify;
  let lines = [];
  let chars = 0;
  let first = 0;
  let last = 0;
  let snapshot = false;
  let total = 0;
  let timer = null;
  let lazyTimer = null;
  let flushing = false;
  let leavingUntil = 0;
  let isDue = false;
  let answerUntil = 0;
  let underWay = 0;

  const sendBatch = () => {
    const header = stringify({ doc, total, count: lines.length, first, last, snapshot, now: now(), faults: faults() });
    const batch = header + "\n" + lines.join("\n") + "\n";
    total += lines.length;
    lines = [];
    chars = 0;
    snapshot = false;
    // A rejected call (page closing, recording over) must not become an unhandled rejection of the page.
    underWay += batch.length;
    const arrived = () => {
      underWay -= batch.length;
    };
    send(batch).then(arrived, arrived);
  };

  const flush = () => {
    if (timer !== null) timers.clear(timer);
    if (lazyTimer !== null) timers.clear(lazyTimer);
    timer = null;
    lazyTimer = null;
    if (flushing) return;
    flushing = true;
    try {
      beforeFlush();
      if (lines.length) sendBatch();
    } finally {
      flushing = false;
    }
  };

  const flushDue = () => {
    isDue = false;
    flush();
  };

  return {
    /** Characters that were sent and have not arrived: more and more of them where Python is slower than the page. */
    get underWay() {
      return underWay;
    },
    push(t, line, options) {
      if (!lines.length) {
        first = t;
        last = t;
      }
      if (t < first) first = t;
      if (t > last) last = t;
      lines.push(line);
      chars += line.length;
      if (options && options.snapshot) snapshot = true;
      if (options && options.urgent) answerUntil = t + ANSWER_MS;
      const isAnswer = t < answerUntil && Boolean(options && options.change);
      if (isAnswer) answerUntil = 0;
      if ((options && options.urgent) || lines.length >= MAX_LINES || chars >= MAX_CHARS) {
        flush();
      } else if (options && options.lazy) {
        if (timer === null && lazyTimer === null) lazyTimer = timers.set(flush, LAZY_MS);
      } else if (t < leavingUntil || isAnswer) {
        if (!isDue) timers.microtask(flushDue);
        isDue = true;
      } else if (timer === null) {
        timer = timers.set(flush, FLUSH_MS);
      }
    },
    flush,
    /** The document is about to go: flush now, and what still comes at the end of its task. */
    leave() {
      leavingUntil = now() + LEAVING_MS;
      flush();
    },
    stop() {
      flush();
    },
  };
}
