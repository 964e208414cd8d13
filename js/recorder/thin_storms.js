/**
 * When a page changes its DOM faster than it can be told without freezing it: rrweb's buffers are held back for a while. They go on
 * collecting, and then tell what all the changes add up to, so that the end state is never lost; what came and went meanwhile is, and
 * is counted.
 *
 * The measure is the share of the main thread that telling takes, and how much is under way to Python. A clock also counts the time in
 * which a busy machine runs other programs; so no batch of changes counts for longer than so many may take.
 */

// Time spent on telling is a debt, of which this share of the passing time is paid off. With too much of it, telling waits.
const SHARE = 0.2;
const DEBT_MS = 600;
// What a batch may take, whatever the clock says: measured, telling of a node takes 0.01 ms on an ordinary machine.
const BATCH_MS = 10;
const NODE_MS = 0.04;
// How long: until most of the debt is paid off.
const LEAST_MS = 500;
const MOST_MS = 5000;
const UNDER_WAY_CHARS = 32 << 20;

const THAW = "harness-thaw";
const [CUSTOM, INCREMENTAL] = [5, 3];
const [MUTATION, MOUSE, INPUT] = [0, 2, 5];

/**
 * @param {{set: Function, clear: Function}} timers
 * @param {() => number} clock in ms, finer than a millisecond where the browser has it
 */
export function createStorms(timers, clock) {
  let rrweb = null;
  let underWay = () => 0;
  let onThinned = () => {};
  let debt = 0;
  let looked = clock();
  let frozen = null;
  let thawed = null;
  let timer = null;
  let written = 0;

  const pay = () => {
    const now = clock();
    debt = Math.max(0, debt - (now - looked) * SHARE);
    looked = now;
    return now;
  };
  const freeze = (reason) => {
    frozen = { reason, seen: 0, told: 0, from: Date.now() };
    rrweb.freezePage();
    timer = timers.set(thaw, Math.min(MOST_MS, Math.max(LEAST_MS, debt / SHARE)));
  };
  const thaw = () => {
    if (!frozen) return;
    const start = clock();
    rrweb.addCustomEvent(THAW, null);
    debt += clock() - start;
    report();
  };
  /** The buffers are about to tell. */
  const thawing = () => {
    thawed = frozen;
    frozen = null;
    timers.clear(timer);
  };
  /** They have told. */
  const report = () => {
    if (!thawed) return;
    const { reason, seen, told, from } = thawed;
    thawed = null;
    if (seen > told) onThinned({ reason, count: seen - told, from, to: Date.now() });
  };

  return {
    /** What one stream needs: `record`, characters on their way to Python, and where to say what was thinned out. */
    connect(options) {
      rrweb = options.rrweb;
      underWay = options.underWay;
      onThinned = options.onThinned;
    },
    thaw,
    // Called by rrweb, see harness/capture/rrweb_patches.py: around its work on a batch of mutation records …
    begin(records) {
      if (frozen) for (const record of records) frozen.seen += changesIn(record);
      written = 0;
      return pay();
    },
    /** So many nodes were written. */
    wrote(count) {
      written += count;
    },
    /** @param {number} start what begin() gave @param {number} changes nodes that came or went, attributes, texts */
    end(start, changes) {
      debt += Math.min(pay() - start, BATCH_MS + NODE_MS * (changes + written));
      if (frozen || !rrweb) return;
      if (debt > DEBT_MS) freeze("storm");
      else if (underWay() > UNDER_WAY_CHARS) freeze("backpressure");
    },
    // … and where another event would make frozen buffers tell what they have: only what refers to the newest nodes does.
    thaws(event) {
      if (!frozen) return true;
      const { type, data } = event;
      const ours = type === CUSTOM && data.tag === THAW;
      if (!ours && !(type === INCREMENTAL && (data.source === MOUSE || data.source === INPUT))) return false;
      thawing();
      if (!ours) timers.microtask(report);
      return true;
    },
    /** Whether rrweb's event is our own; of a mutation after a thaw, what it tells of. */
    isOwn(event) {
      if (event.type === CUSTOM && event.data.tag === THAW) return true;
      if (thawed && event.type === INCREMENTAL && event.data.source === MUTATION) {
        const { adds, removes, texts, attributes } = event.data;
        thawed.told += adds.length + removes.length + texts.length + attributes.length;
      }
      return false;
    },
  };
}

/** Nodes that came or went, or one attribute or text. */
function changesIn({ type, addedNodes, removedNodes }) {
  return type === "childList" ? addedNodes.length + removedNodes.length : 1;
}
