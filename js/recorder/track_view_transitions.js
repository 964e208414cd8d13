/**
 * View transitions: when the page asked for one, when its new state stood, and when it was over. What is seen in between are pictures
 * that the browser takes; the replay has it take them anew, see js/viewer/apply_view_transitions.js.
 */
import { afterCall, oncePerRealm } from "./patch.js";

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, timers: {microtask: Function}, guard: (call: Function) => Function}} scope
 * @param {(kind: "view-transition", data: {id: number, phase: "begin"|"updated"|"end", document: number}) => void} emit
 * @returns {{stop: () => void, trackWindow: Function}} see record.js
 */
export function trackViewTransitions(win, { idOf, timers, guard }, emit) {
  const restore = [];
  const isNewRealm = oncePerRealm();
  let count = 0;
  let stopped = false;

  const onStart = guard((root, args, transition) => {
    if (stopped || !transition || !transition.updateCallbackDone) return;
    const document = root.nodeType === 9 ? root : root.ownerDocument;
    if (root !== document) return;
    count += 1;
    const id = count;
    const tell = guard((phase) => stopped || emit("view-transition", { id, phase, document: idOf(document) }));
    // What was changed before the call is told first.
    timers.microtask(() => tell("begin"));
    // A callback that fails is still reported to the page's window, by the promise `ready`.
    const updated = () => tell("updated");
    const end = () => tell("end");
    transition.updateCallbackDone.then(updated, updated);
    transition.finished.then(end, end);
  });
  const trackWindow = (view) => {
    if (isNewRealm(view)) restore.push(afterCall(view.Document.prototype, "startViewTransition", onStart));
  };
  trackWindow(win);
  return {
    trackWindow,
    stop() {
      stopped = true;
      for (const undo of restore) undo();
    },
  };
}
