/**
 * Ruler, marks and bands of the timeline, for the part in view. Marks that would stand on one another are drawn as one, so a
 * recording of thousands of steps has no more elements than the window has room for.
 */
import { clockText } from "./clock_text.js";
import { element } from "./dom.js";

const LABEL_PX = 64;
const JOIN_PX = 3;
const UPPER = new Set(["step"]);

export class TimelineLanes {
  /** @param {Document} document @param {import("./timeline_scale.js").TimelineScale} scale */
  constructor(document, scale) {
    this.document = document;
    this.scale = scale;
    this.ruler = element(document, "div.ruler", { "aria-hidden": "true" });
    this.steps = element(document, "div.lane.steps", { "aria-hidden": "true" });
    this.signs = element(document, "div.lane.signs", { "aria-hidden": "true" });
    this.bands = element(document, "div.lane.bands", { "aria-hidden": "true" });
    this.lost = element(document, "div.lost-bands", { "aria-hidden": "true" });
  }

  /**
   * @param {import("./timeline_marks.js").TimelineMark[]} marks by time
   * @param {[number, number][]} activity spans
   */
  draw(marks, activity) {
    this.drawRuler();
    const groups = new Map();
    for (const mark of marks) {
      if (mark.t > this.scale.to || (mark.end ?? mark.t) < this.scale.from) continue;
      const x = Math.round(this.scale.x(mark.t));
      const key = mark.kind === "step" && mark.failed ? "step-failed" : mark.kind;
      const group = groups.get(key) || [];
      const last = group[group.length - 1];
      const end = Math.min(this.scale.width, Math.max(x + 2, Math.round(this.scale.x(mark.end ?? mark.t))));
      // Steps that hold others (a click, and the wait within it) may overlap: the longer one is drawn first.
      if (last && x - last.x < JOIN_PX) {
        last.count += 1;
        last.end = Math.max(last.end, end);
      } else group.push({ x, end, count: 1, kind: key, mark });
      groups.set(key, group);
    }
    const upper = [];
    const lower = [];
    const lost = [];
    for (const [kind, group] of groups) {
      for (const each of group) (kind === "lost" ? lost : UPPER.has(kind.split("-")[0]) ? upper : lower).push(this.mark(each));
    }
    this.steps.replaceChildren(...upper);
    this.signs.replaceChildren(...lower);
    this.lost.replaceChildren(...lost);
    this.drawBands(activity);
  }

  mark({ x, end, count, kind, mark }) {
    const made = element(this.document, `span.mark.${kind}`, { "data-count": count, "data-t": Math.round(mark.t) });
    made.style.left = `${x}px`;
    if (mark.end !== undefined || kind === "lost") made.style.width = `${Math.max(2, end - x)}px`;
    return made;
  }

  drawRuler() {
    const { times, step } = this.scale.ticks(LABEL_PX);
    const digits = step >= 1000 ? 0 : step >= 100 ? 1 : 2;
    const labels = times.map((t) => {
      const fits = this.scale.width - this.scale.x(t) > LABEL_PX * 0.75;
      const label = element(this.document, "span.tick", {}, fits ? clockText(t, { digits }) : "");
      label.style.left = `${this.scale.x(t)}px`;
      return label;
    });
    this.ruler.replaceChildren(...labels);
  }

  drawBands(activity) {
    const bands = [];
    let last = null;
    for (const [from, to] of activity) {
      if (to < this.scale.from || from > this.scale.to) continue;
      const x = Math.max(0, this.scale.x(from));
      const end = Math.min(this.scale.width, Math.max(x + 1, this.scale.x(to)));
      if (last && x - last.end < 1) last.end = end;
      else bands.push((last = { x, end }));
    }
    this.bands.replaceChildren(
      ...bands.map(({ x, end }) => {
        const made = element(this.document, "span.active");
        made.style.left = `${x}px`;
        made.style.width = `${end - x}px`;
        return made;
      }),
    );
  }
}
