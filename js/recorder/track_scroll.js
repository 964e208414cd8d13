/**
 * Scroll positions of windows, elements, shadow content and frames, in rrweb's form.
 *
 * Our own, where rrweb has an observer: that one has one timer for all that scrolls in a document, and of two elements that scroll
 * in the same tenth of a second it tells only one; panes that scroll together are common.
 */
import { listenEverywhere } from "./listen_everywhere.js";

const INTERVAL_MS = 50;

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, rootOf: (host: Element) => ShadowRoot|null,
 *          timers: {set: Function}, guard: (call: Function) => Function}} scope
 * @param {(data: {source: 3, id: number, x: number, y: number}) => void} emit
 * @returns {{stop: () => void, trackWindow: (win: Window) => void, added: (node: object, parentId: number) => void, flush: () => void}}
 *   added() finds the shadow trees, whose scroll events nobody outside meets; flush() tells what is due
 */
export function trackScroll(win, { idOf, nodeOf, rootOf, timers, guard }, emit) {
  const due = new Set();
  const resting = new Set();

  const tell = (target) => {
    const id = idOf(target);
    if (id <= 0) return;
    const view = target.nodeType === 9 ? target.defaultView : null;
    if (view) emit({ source: 3, id, x: view.scrollX, y: view.scrollY });
    else if (target.nodeType === 1) emit({ source: 3, id, x: target.scrollLeft, y: target.scrollTop });
  };
  /** At once, then at most every INTERVAL_MS, and the last position always. */
  const rest = (target) => {
    resting.add(target);
    timers.set(() => {
      resting.delete(target);
      if (!due.delete(target)) return;
      tell(target);
      rest(target);
    }, INTERVAL_MS);
  };
  const onScroll = guard((event) => {
    const { target } = event;
    if (resting.has(target)) due.add(target);
    else {
      tell(target);
      rest(target);
    }
  });
  const flush = () => {
    for (const target of due) tell(target);
    due.clear();
  };
  const { trackWindow, added, stop } = listenEverywhere(win, ["scroll"], onScroll, { nodeOf, rootOf });

  return {
    trackWindow,
    added,
    flush,
    stop() {
      flush();
      stop();
    },
  };
}
