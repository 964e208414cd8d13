/** Actions: what the user did, in a person's words, and where the page did not do what they hoped. */
import { element } from "../dom.js";
import { clockText } from "../clock_text.js";
import { toggle } from "./filters.js";
import { glyph } from "./glyphs.js";
import { ListPanel } from "./list_panel.js";
import { brief, button, definitions, section } from "./recorded.js";
import { valueTree } from "./value_tree.js";

const GLYPHS = [
  [/click|drag|tap/, "pointer"],
  [/fill|press|select/, "keyboard"],
  [/check|submit/, "check"],
  [/upload/, "file"],
  [/scroll/, "down"],
  [/custom/, "flag"],
];
const FRUSTRATIONS = {
  "rage-click": ["rage click", "Three clicks or more in a second, on one place"],
  "dead-click": ["dead click", "Nothing happened after it: no change, no navigation, no request"],
  "error-click": ["error click", "An error followed it"],
};

/** @param {any} context see ../context.js @returns {import("../context.js").Panel} */
export function actionsPanel(context) {
  const { document, signals } = context;
  let frustratedOnly = false;
  const panel = new ListPanel(context, {
    id: "actions",
    title: "Actions",
    counted: ["action"],
    empty: "Nobody acted on the page.",
    itemsOf: ({ actions }) => actions,
    accepts: (action) => !frustratedOnly || action.frustrations.length > 0,
    filters: [
      toggle(document, "Frustrating", (on) => {
        frustratedOnly = on;
        panel.filter();
      }),
    ],
    fillRow: (action, row) => {
      const picture = (GLYPHS.find(([pattern]) => pattern.test(action.type)) || [null, "dot"])[1];
      row.append(
        element(document, "span.level", { role: "gridcell", "aria-label": action.type }, glyph(document, picture)),
        element(
          document,
          "span.grow",
          { role: "gridcell" },
          brief(document, action.name || action.type),
          ...tags(document, action),
        ),
        element(document, "span.time", { role: "gridcell" }, clockText(action.t, { precise: true })),
      );
    },
    detailsOf: (action) => [{ id: "action", title: "Action", build: () => actionView(context, action) }],
    actionsOf: (action) =>
      action.selector ? [button(document, "Copy selector", () => context.copy(action.selector, "Copied the selector"))] : [],
  });
  const badge = () => {
    const frustrating = signals.actions.filter((action) => action.frustrations.length).length;
    if (frustrating) return { text: String(frustrating), tone: "warning" };
    return signals.actions.length ? String(signals.actions.length) : "";
  };
  return panel.withBadge(badge);
}

function tags(document, { frustrations }) {
  return [...new Set(frustrations)].map((type) => {
    const [text, title] = FRUSTRATIONS[type] || [type, ""];
    return element(document, "span.tag.warning", { title: title || null }, brief(document, text));
  });
}

function actionView(context, action) {
  const { document } = context;
  const why = action.frustrations.map((type) => (FRUSTRATIONS[type] || [type])[0]).join(", ");
  return element(
    document,
    "div",
    {},
    definitions(document, [
      ["action", action.name],
      ["type", action.type],
      ["selector", action.selector],
      ["text", action.text],
      ["frustration", why],
      ["error", action.errors.join("\n")],
      ["at", clockText(action.t, { precise: true })],
      ["page", action.page],
    ]),
    action.data === undefined ? null : section(document, "Data", valueTree(document, action.data)),
  );
}
