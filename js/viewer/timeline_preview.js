/** What hangs below the timeline at the pointer: the page at that moment, the time, and the marks that stand there. */
import { clockText } from "./clock_text.js";
import { element, isolated } from "./dom.js";
import { Thumbnail } from "./thumbnail.js";

const SIZE = { width: 256, height: 160 };
const MAX_LINES = 4;
const REST_MS = 40;

export class TimelinePreview {
  /** @param {ReturnType<import("./context.js").createContext>} context */
  constructor(context) {
    this.context = context;
    this.thumbnail = null;
    this.timer = 0;
    const { document } = context;
    this.picture = element(document, "div.preview-picture");
    this.time = element(document, "div.preview-time");
    this.lines = element(document, "div.preview-lines");
    this.root = element(document, "div.preview", { hidden: true, "aria-hidden": "true" }, this.picture, this.time, this.lines);
  }

  /**
   * @param {number} t ms
   * @param {number} x px in the timeline
   * @param {number} width px of the timeline
   * @param {import("./timeline_marks.js").TimelineMark[]} marks that stand there
   */
  show(t, x, width, marks) {
    const { document, timeline, player } = this.context;
    this.root.hidden = false;
    this.time.textContent = clockText(t, { precise: true });
    const lines = marks.slice(0, MAX_LINES).map((mark) =>
      element(document, `div.preview-line.${mark.failed ? "error" : mark.kind}`, {}, isolated(document, mark.text)),
    );
    if (marks.length > MAX_LINES) lines.push(element(document, "div.preview-line", {}, `and ${marks.length - MAX_LINES} more`));
    this.lines.replaceChildren(...lines);
    const half = SIZE.width / 2 + 8;
    this.root.style.left = `${Math.max(half, Math.min(x, width - half))}px`;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (!this.thumbnail) {
        this.thumbnail = new Thumbnail(this.context, SIZE);
        this.picture.append(this.thumbnail.element);
      }
      void this.thumbnail.show(t, (player.follow && timeline.activePage(t)) || player.page);
    }, REST_MS);
  }

  hide() {
    clearTimeout(this.timer);
    this.root.hidden = true;
  }
}
