/** The way to what went wrong: the innermost step that failed last, as in Playwright's viewer, else the last error of a page. */
import { momentOf } from "./panels/step_moments.js";

/** @param {ReturnType<import("./context.js").createContext>} context */
export function toFailure(context) {
  const { errors } = context.signals;
  const error = errors.findLast((each) => each.step) ?? errors.at(-1);
  if (!error) {
    context.say("No step and no page of this recording told of an error");
    return;
  }
  const { step } = error;
  context.openPanel(step ? "call" : "errors");
  context.select(step ?? error);
  void context.seek(step ? momentOf(step, "action") : error.t, (step ?? error).page ?? undefined);
}
