/** Source: the text of the file that made the step's call, as it was when it ran, with the line lit. */
import { element } from "../dom.js";
import { brief, button, recorded } from "./recorded.js";
import { shownText } from "../shown_text.js";
import { shortPlace } from "./stack_view.js";
import { stepOf } from "./step_of.js";
import { VirtualList } from "./virtual_list.js";

const ROW_PX = 18;

/** @param {any} context see ../context.js @returns {import("../context.js").Panel} */
export function sourcePanel(context) {
  const { document, signals, source } = context;
  const texts = new Map();
  let about;
  let shown;
  let path = "";

  const list = new VirtualList({
    document,
    role: "listbox",
    label: "Source text",
    rowHeight: ROW_PX,
    timeOf: () => -Infinity,
    fillRow: (line, row) => {
      row.classList.toggle("lit", line.lit);
      row.setAttribute("aria-label", `line ${line.number}`);
      if (line.lit) row.setAttribute("aria-current", "location");
      row.append(
        element(document, "span.line-number", {}, String(line.number)),
        element(document, "code", {}, shownText(line.text)),
      );
    },
    onselect: () => {},
  });
  list.currentAt = () => null;
  const where = element(document, "span.summary");
  const copy = button(document, "Copy path", () => context.copy(path));
  const callers = element(document, "div.callers", { role: "group", "aria-label": "Calls that led here" });
  const bar = element(document, "div.bar", {}, where, copy);
  const columns = element(document, "div.columns", {}, list.element, callers);
  const root = element(document, "div.panel.source-panel", {}, bar, columns);
  async function show(step) {
    if (step === about) return;
    about = step;
    const stack = placesFor(step);
    callers.replaceChildren(
      ...stack.map((place) =>
        element(
          document,
          "button.moment",
          { type: "button", onclick: () => void open(place) },
          brief(document, place.name || "module"),
          element(document, "span.time", {}, brief(document, shortPlace(place))),
        ),
      ),
    );
    callers.hidden = stack.length < 2;
    await open(stack[0] || null);
  }

  async function open(place) {
    const key = place ? `${place.file}:${place.line}` : "";
    stackAt(place);
    if (key === shown) return;
    shown = key;
    copy.hidden = !place;
    if (!place) {
      path = "";
      where.replaceChildren();
      say("No step with a place in a file is chosen.");
      return;
    }
    path = key;
    where.replaceChildren(recorded(document, key));
    const text = await textOf(place.file);
    if (shown !== key) return;
    if (text === null) {
      say("The text of this file is not in the recording.");
      return;
    }
    const lines = text.split("\n").map((each, n) => ({ text: each.slice(0, 2000), number: n + 1, lit: n + 1 === place.line }));
    list.setItems(lines);
    const lit = place.line === null ? null : lines[place.line - 1];
    if (lit) centre(place.line - 1);
  }

  /** A step without a place of its own stands where the one around it does. */
  function placesFor(step) {
    for (let each = step; each; each = each.parent) {
      if (each.location) return [each.location, ...each.stack];
    }
    return [];
  }

  function stackAt(place) {
    const at = placesFor(about).indexOf(place);
    [...callers.children].forEach((each, n) => {
      if (n === at) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    });
  }

  function centre(n) {
    const { scroller } = list;
    scroller.scrollTop = Math.max(0, n * ROW_PX - scroller.clientHeight / 2 + ROW_PX);
    list.render();
  }

  function say(text) {
    list.setItems([]);
    list.notice.textContent = text;
  }

  async function textOf(file) {
    const hash = signals.sources.get(file);
    if (!hash) return null;
    if (!texts.has(hash))
      texts.set(
        hash,
        source.assetText(hash).catch(() => null),
      );
    return texts.get(hash);
  }

  const follow = () => void show(stepOf(context, context.player.now));
  context.on("select", follow);
  context.on("signals", () => {
    about = undefined;
    shown = undefined;
    follow();
  });
  // A panel that was hidden had no height to put the line in the middle of.
  context.on("panel", (id) => {
    if (id !== "source") return;
    const lit = list.items.findIndex((line) => line.lit);
    if (lit >= 0) centre(lit);
  });
  follow();
  return { id: "source", title: "Source", element: root, update: follow, focus: () => list.focus() };
}
