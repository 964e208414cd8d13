/** Call: what one step was asked to do, how long it took, what went wrong and what Playwright logged about it. */
import { element } from "../dom.js";
import { clockText, lengthText } from "../clock_text.js";
import { button, definitions, recorded, section, verbatim } from "./recorded.js";
import { MOMENTS, momentOf } from "./step_moments.js";
import { stackView } from "./stack_view.js";
import { stepOf } from "./step_of.js";
import { valueTree } from "./value_tree.js";

/** @param {any} context see ../context.js @returns {import("../context.js").Panel} */
export function callPanel(context) {
  const { document } = context;
  const root = element(document, "div.panel.call-panel.text-panel");
  let shown;

  function show(step) {
    if (step === shown && step !== null) return;
    shown = step;
    if (step) root.replaceChildren(...parts(step));
    else root.replaceChildren(element(document, "p.list-empty", {}, "No step here. Choose one on the left."));
    root.scrollTop = 0;
  }

  function parts(step) {
    const { error, log, params, location } = step;
    const moments = MOMENTS.map(([moment, label]) =>
      button(document, `${label} ${clockText(momentOf(step, moment), { precise: true })}`, () => {
        context.select(step);
        void context.seek(momentOf(step, moment), step.page ?? undefined);
      }),
    );
    const made = [
      element(
        document,
        "div.call-head",
        {},
        recorded(document, step.title, "h2"),
        element(document, "div.call-moments", {}, ...moments),
      ),
    ];
    if (error) {
      const copy = button(document, "Copy error", () => context.copy(error.stack || `${error.name}: ${error.message}`));
      made.push(element(document, "div.error-box", {}, errorText(document, error), copy));
    }
    const selector = [params.locator, params.selector].find((each) => typeof each === "string") || "";
    const facts = element(
      document,
      "div",
      {},
      definitions(document, [
        ...paramsOf(step).map(([name, value]) => [name, typeof value === "object" ? valueTree(document, value) : String(value)]),
        ["typed", step.typed],
        [
          "element",
          step.target?.box && `${boxText(step.target.box)}${step.target.point ? `, at ${pointText(step.target.point)}` : ""}`,
        ],
        ["method", step.method],
        ["place", location && placeButton(location)],
        ["began", clockText(step.t, { precise: true })],
        ["took", step.end === null ? "did not end in this recording" : lengthText(step.end - step.t)],
        ["page", step.page],
      ]),
      selector ? button(document, "Copy selector", () => context.copy(selector, "Copied the selector")) : null,
    );
    const more = element(
      document,
      "div",
      {},
      log.length ? section(document, "Log", verbatim(document, log.join("\n"))) : null,
      error?.stack ? section(document, "Stack", stackView(document, error.stack)) : null,
    );
    made.push(element(document, "div.call-columns", {}, facts, more));
    return made;
  }

  function placeButton(location) {
    const text = `${location.file}${location.line === null ? "" : `:${location.line}`}`;
    const open = () => {
      context.select(shown);
      context.openPanel("source");
    };
    return element(document, "button.link-button", { type: "button", onclick: open }, recorded(document, text));
  }

  const follow = () => show(stepOf(context, context.player.now));
  context.on("select", follow);
  context.on("signals", () => {
    shown = undefined;
    follow();
  });
  follow();
  return { id: "call", title: "Call", element: root, update: follow };
}

/** @param {Document} document @param {{name: string, message: string}} error */
export function errorText(document, error) {
  const { name, message } = error;
  const text = name && !message.startsWith(name) ? `${name}: ${message}` : message;
  return verbatim(document, text || "An error without a message", "pre.verbatim.error-text");
}

/** What the call was given, without what says the same again in other words. */
function paramsOf({ params, method }) {
  const entries = Object.entries(params).filter(([name, value]) => {
    if (name === "selector") return typeof params.locator !== "string";
    return name !== "expression" || typeof value !== "string" || !method.endsWith(value);
  });
  return entries.sort(([a], [b]) => Number(b === "locator") - Number(a === "locator"));
}

function boxText({ x, y, width, height }) {
  return `${round(width)} × ${round(height)} at ${round(x)}, ${round(y)}`;
}

function pointText({ x, y }) {
  return `${round(x)}, ${round(y)}`;
}

function round(value) {
  return Math.round(value * 10) / 10;
}
