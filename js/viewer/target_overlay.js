/** Outlines what a step acts on: of the step that is looked at, else of the one under way at `t`. */
import { actionSteps } from "./timeline_marks.js";

// What the step was about is still outlined for a moment after it, for many take no time at all.
const REST_MS = 500;

/** @param {ReturnType<import("./context.js").createContext>} context @param {import("./stage_view.js").StageView} view */
export function targetOverlay(context, view) {
  const { player } = context;
  let steps = [];
  let outlined = null;
  const find = (t) => {
    const { selected } = context;
    const wanted = selected?.target ? selected : null;
    if (wanted && t >= wanted.target.t - 1 && t <= Math.max(wanted.end ?? 0, wanted.target.t) + REST_MS) return wanted;
    // A step ends about where the next one begins, so of several the last to begin counts.
    return steps.findLast((step) => step.target.t <= t && t <= (step.end ?? step.target.t) + REST_MS) || null;
  };
  const draw = (t) => {
    if (view.picking) return;
    const step = find(t);
    if (!step && !outlined) return;
    outlined = step;
    const { target } = step || {};
    if (!step || (target.page ?? player.page) !== player.page) view.outline(null);
    else view.outline(nodeOf(player.scene, target) || target.box, step.title || "");
  };
  context.on("signals", () => {
    steps = actionSteps(context.signals).filter((step) => step.target && (step.target.box || step.target.node !== null));
    draw(player.now);
  });
  context.on("select", () => draw(player.now));
  context.on("time", draw);
  context.on("seek", draw);
}

/** The element itself where it is still there: it may have moved since. */
function nodeOf(scene, { doc, node }) {
  const found = node === null || node === undefined ? null : scene?.streams.get(doc)?.mirror.node(node);
  return found?.nodeType === 1 && found.isConnected ? found : null;
}
