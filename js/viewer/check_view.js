/**
 * At moments where the recorder took a screenshot (`check`), the stage can show it in place of the replay, or the difference of
 * the two: black where they agree.
 */
import { element } from "./dom.js";

const NEAR_MS = 250;
const VIEWS = [
  ["replay", "Replay"],
  ["live", "Live"],
  ["difference", "Difference"],
];

export class CheckView {
  /** @param {ReturnType<import("./context.js").createContext>} context @param {HTMLElement} sheet holds the replayed page */
  constructor(context, sheet) {
    const { document } = context;
    this.context = context;
    this.sheet = sheet;
    this.view = "replay";
    this.check = null;
    this.image = element(document, "img.check-picture", { alt: "Screenshot of the recorded page", hidden: true });
    sheet.append(this.image);
    this.buttons = VIEWS.map(([view, name]) =>
      element(document, "button.segment", { type: "button", "aria-pressed": "false", onclick: () => this.choose(view) }, name),
    );
    this.root = element(document, "div.segments", { role: "group", "aria-label": "What the stage shows", hidden: true }, ...this.buttons);
    context.on("signals", () => this.update(context.player.now));
    context.on("time", (t) => this.update(t));
    context.on("seek", (t) => this.update(t));
    this.show("replay");
  }

  update(t) {
    const { signals, player } = this.context;
    const here = signals.checks.filter((check) => (check.page ?? player.page) === player.page && Math.abs(check.t - t) <= NEAR_MS);
    const check = here.find((each) => screenshotOf(each)) || null;
    if (check === this.check) return;
    this.check = check;
    this.root.hidden = !check;
    this.show(this.view);
  }

  next() {
    if (!this.check) this.context.say("There is no screenshot at this moment");
    else this.choose(VIEWS[(VIEWS.findIndex(([view]) => view === this.view) + 1) % VIEWS.length][0]);
  }

  choose(view) {
    this.show(view);
    const { stage, say } = this.context;
    if (view === "difference" && stage.scale !== 1) say("Scaled pictures differ at every edge: Z shows the difference at 1:1");
  }

  show(view) {
    this.view = view;
    const hash = this.check && screenshotOf(this.check);
    const covers = Boolean(hash) && view !== "replay";
    if (covers) {
      const url = this.context.source.assetUrl(hash);
      if (this.image.src !== url) this.image.src = url;
    }
    this.image.hidden = !covers;
    this.sheet.classList.toggle("difference", covers && view === "difference");
    this.buttons.forEach((button, n) => button.setAttribute("aria-pressed", String(VIEWS[n][0] === view)));
  }
}

function screenshotOf(check) {
  const hash = check.screenshot ?? check.data?.screenshot;
  return typeof hash === "string" && hash ? hash : null;
}
