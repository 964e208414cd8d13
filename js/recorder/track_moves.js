/**
 * Nodes moved by `moveBefore()`, which keep their state: scroll positions, animations, frames, open dialogs. To a mutation observer
 * they are taken out and put in like any other.
 */
import { afterCall, oncePerRealm } from "./patch.js";

/**
 * @param {Window} win
 * @param {{nodeOf: (id: number) => Node|null, guard: (call: Function) => Function}} scope
 * @returns {{stop: () => void, trackWindow: Function, mark: (data: object) => void}} `mark` names them in a mutation: `kept`, their ids
 */
export function trackMoves(win, { nodeOf, guard }) {
  const restore = [];
  const isNewRealm = oncePerRealm();
  let moved = new WeakSet();
  let some = false;
  const onMove = guard((_, [node]) => {
    moved.add(node);
    some = true;
  });
  const trackWindow = (view) => {
    if (!isNewRealm(view)) return;
    for (const name of ["Element", "DocumentFragment"]) restore.push(afterCall(view[name].prototype, "moveBefore", onMove));
  };
  trackWindow(win);
  return {
    trackWindow,
    mark(data) {
      if (!some || !data.adds || !data.adds.length) return;
      const kept = data.adds.map(({ node }) => node.id).filter((id) => moved.has(nodeOf(id)));
      if (!kept.length) return;
      data.kept = kept;
      moved = new WeakSet();
      some = false;
    },
    stop() {
      for (const undo of restore.reverse()) undo();
    },
  };
}
