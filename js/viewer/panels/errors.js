/** Errors: what no page caught, what the program reported, and the steps that failed. */
import { element } from "../dom.js";
import { clockText } from "../clock_text.js";
import { errorText } from "./call.js";
import { glyph } from "./glyphs.js";
import { ListPanel } from "./list_panel.js";
import { brief, button, definitions, section, verbatim } from "./recorded.js";
import { bugReport } from "./bug_report.js";
import { placeText, stackView } from "./stack_view.js";
import { valueTree } from "./value_tree.js";

const NAMES = { page: "page", step: "step", test: "test", custom: "reported", crash: "crash" };

/** @param {any} context see ../context.js @returns {import("../context.js").Panel} */
export function errorsPanel(context) {
  const { document, signals } = context;
  const panel = new ListPanel(context, {
    id: "errors",
    title: "Errors",
    counted: ["error"],
    empty: "No errors.",
    itemsOf: ({ errors }) => errors,
    filters: [button(document, "Copy as bug report", () => context.copy(bugReport(context), "Copied as bug report"))],
    fillRow: (error, row) => {
      const text = error.name && !error.message.startsWith(error.name) ? `${error.name}: ${error.message}` : error.message;
      row.classList.add("level-error");
      row.append(
        element(document, "span.level", { role: "gridcell", "aria-label": "error" }, glyph(document, "error")),
        element(document, "span.kind", { role: "gridcell" }, NAMES[error.of]),
        element(
          document,
          "span.grow.message",
          { role: "gridcell" },
          brief(document, text || error.name || "An error without a message"),
        ),
        element(document, "span.place", { role: "gridcell" }, brief(document, error.source, "bdi", 80)),
        element(document, "span.time", { role: "gridcell" }, clockText(error.t, { precise: true })),
      );
    },
    detailsOf: (error) => [{ id: "error", title: "Error", build: () => errorView(context, error) }],
    actionsOf: (error) => [
      button(document, "Copy", () => context.copy(error.report || error.stack || `${error.name}: ${error.message}`)),
    ],
  });
  const badge = () => (signals.errors.length ? { text: String(signals.errors.length), tone: "error" } : "");
  return panel.withBadge(badge);
}

function errorView(context, error) {
  const { document } = context;
  const { step, data } = error;
  const toStep =
    step &&
    element(
      document,
      "button.link-button",
      {
        type: "button",
        onclick: () => {
          context.select(step);
          context.openPanel("call");
        },
      },
      brief(document, step.title),
    );
  const more = data?.data === undefined ? null : section(document, "Data", valueTree(document, data.data));
  return element(
    document,
    "div",
    {},
    errorText(document, error),
    definitions(document, [
      ["at", clockText(error.t, { precise: true })],
      ["step", toStep],
      ["source", step ? "" : error.source],
      ["place", step ? placeText(step.location) : placeText(error.location)],
      ["page", error.page],
    ]),
    error.stack ? section(document, "Stack", stackView(document, error.stack)) : null,
    error.report ? section(document, "As the test runner reports it", verbatim(document, error.report)) : null,
    error.thrown ? section(document, "Stack in the scripts as they were loaded", stackView(document, error.thrown)) : null,
    step?.log.length ? section(document, "Log", stackView(document, step.log.join("\n"))) : null,
    more,
  );
}
