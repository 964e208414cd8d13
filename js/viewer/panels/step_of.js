/** The step that the Call and Source tabs are about: the chosen one, else the one at the playhead. */
import { isMinor } from "./step_moments.js";

/**
 * @param {any} context see ../context.js
 * @param {number} t ms
 * @returns {import("../signal_join.js").Step | null}
 */
export function stepOf(context, t) {
  const { selected, signals } = context;
  if (selected?.kind === "step") return selected;
  if (selected?.step) return selected.step;
  const { steps } = signals;
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle].t <= t) low = middle + 1;
    else high = middle;
  }
  // What the tree leaves out is not what one means.
  let n = low - 1;
  while (n > 0 && isMinor(steps[n])) n -= 1;
  return n >= 0 ? steps[n] : null;
}
