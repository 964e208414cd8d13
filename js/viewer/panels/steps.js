/** Steps: the script's calls as a tree, below the blocks and phases that they belong to. */
import { element } from "../dom.js";
import { lengthText } from "../clock_text.js";
import { shownText } from "../shown_text.js";
import { choice, textFilter, toggle } from "./filters.js";
import { glyph } from "./glyphs.js";
import { brief } from "./recorded.js";
import { glyphOf, isMinor, MOMENTS, momentOf } from "./step_moments.js";
import { VirtualList } from "./virtual_list.js";

const INDENT_PX = 14;

/** @param {any} context see ../context.js @returns {import("../context.js").Panel} */
export function stepsPanel(context) {
  const { document, signals } = context;
  const collapsed = new Set();
  let text = "";
  let failedOnly = false;
  let allCalls = false;
  let minor = new Set();
  let moment = "action";

  const list = new VirtualList({
    document,
    role: "tree",
    label: "Steps",
    fillRow,
    onselect: (step) => context.select(step),
    onopen: (step) => seekTo(step),
    onkey: onTreeKey,
  });

  /** What is shown: everything that is not in a collapsed step, or what matches and all around it. */
  function flatten() {
    const filtering = text !== "" || failedOnly;
    const wanted = filtering ? matching() : null;
    const shown = [];
    const walk = (steps) => {
      for (const step of steps) {
        if (wanted ? !wanted.has(step) : !allCalls && minor.has(step)) continue;
        shown.push(step);
        if (step.children.length && (filtering || !collapsed.has(step.id))) walk(step.children);
      }
    };
    walk(signals.roots);
    list.setItems(shown, shown);
    list.notice.textContent = emptyText();
  }

  function matching() {
    const found = new Set();
    for (const step of signals.steps) {
      if (failedOnly && !step.error) continue;
      if (text && !step.title.toLowerCase().includes(text)) continue;
      for (let each = step; each && !found.has(each); each = each.parent) found.add(each);
    }
    return found;
  }

  function emptyText() {
    if (signals.error) return `The steps could not be read: ${signals.error.message}`;
    if (!signals.loaded) return "Reading …";
    if (signals.steps.length) return "No step matches the filter.";
    return "This recording has no steps. They are recorded when a Playwright script or test drives the page.";
  }

  function fillRow(step, row) {
    const { children, error, end, depth } = step;
    row.style.paddingLeft = `${6 + Math.min(depth, 12) * INDENT_PX}px`;
    row.setAttribute("aria-level", String(depth + 1));
    if (children.length) row.setAttribute("aria-expanded", String(isOpen(step)));
    row.classList.toggle("failed", error !== null);
    row.classList.toggle("block", step.category !== "api" && step.category !== "assert");
    const twisty = element(document, "span.twisty");
    if (children.length) twisty.append(glyph(document, isOpen(step) ? "down" : "right"));
    row.append(
      twisty,
      glyph(document, error ? "error" : glyphOf(step)),
      brief(document, step.title, "bdi.step-title"),
      element(document, "span.time", {}, end === null ? "…" : lengthText(end - step.t)),
    );
    row.title = shownText(step.title.slice(0, 1000));
    row.setAttribute(
      "aria-label",
      `${shownText(step.title.slice(0, 400))}${error ? ", failed" : ""}${end === null ? ", did not end" : ""}`,
    );
  }

  function isOpen(step) {
    return text !== "" || failedOnly || !collapsed.has(step.id);
  }

  function setOpen(step, open) {
    if (open) collapsed.delete(step.id);
    else collapsed.add(step.id);
    const top = list.scroller.scrollTop;
    flatten();
    list.scroller.scrollTop = top;
    list.select(step);
  }

  function onTreeKey(step, key) {
    const open = isOpen(step);
    if (key === "toggle" && step.children.length) setOpen(step, !open);
    else if (key === "ArrowRight" && step.children.length) {
      if (open) list.choose(step.children.find((child) => list.indexOf(child) >= 0) || step);
      else setOpen(step, true);
    } else if (key === "ArrowLeft") {
      if (open && step.children.length) setOpen(step, false);
      else if (step.parent) list.choose(step.parent);
    } else return false;
    return true;
  }

  function seekTo(step) {
    void context.seek(momentOf(step, moment), step.page ?? undefined);
  }

  const moments = choice(document, "Moment of the step to show", MOMENTS, moment, (value) => {
    moment = value;
    if (context.selected?.kind === "step") seekTo(context.selected);
    else if (list.current) {
      list.choose(list.current);
      seekTo(list.current);
    }
  });
  const filter = textFilter(document, "Filter steps", (value) => {
    text = value;
    flatten();
  });
  const failed = toggle(document, "Failed", (on) => {
    failedOnly = on;
    flatten();
  });
  const all = toggle(document, "All calls", (on) => {
    allCalls = on;
    flatten();
  });
  const bar = element(document, "div.bar", {}, filter, failed, all);
  const foot = element(document, "div.bar.moments", {}, moments);
  all.hidden = true;
  context.on("signals", () => {
    const { selected } = list;
    const same = selected && signals.find(selected.id);
    if (same) {
      list.selected = same;
      if (context.selected === selected) context.selected = same;
    }
    minor = new Set(signals.steps.filter(isMinor));
    all.hidden = !minor.size;
    all.textContent = `All calls +${minor.size.toLocaleString("en")}`;
    all.title = `${minor.size.toLocaleString("en")} calls that only ask, prepare, or move the pointer`;
    flatten();
  });
  context.on("select", (item) => {
    if (item?.kind === "step" && minor.has(item) && !allCalls) all.click();
    list.select(item?.kind === "step" ? item : null);
  });
  flatten();
  return {
    id: "steps",
    title: "Steps",
    element: element(document, "div.panel.steps-panel", {}, bar, list.element, foot),
    update: (t) => list.update(t),
    badge: () => (signals.steps.length ? String(signals.steps.length) : ""),
    focus: () => list.focus(),
  };
}
