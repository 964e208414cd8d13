/**
 * A second page of the recording beside the stage, at the same moment: a popup and the page that opened it, two users of one
 * chat. It follows the clock some times a second and has no pointer.
 */
import { element } from "./dom.js";
import { Thumbnail } from "./thumbnail.js";

const UPDATE_MS = 150;
const MARGIN_PX = 12;

export class Beside {
  /** @param {ReturnType<import("./context.js").createContext>} context @param {HTMLElement} room holds the stage, and this */
  constructor(context, room) {
    const { document } = context;
    this.context = context;
    this.room = room;
    this.page = null;
    this.told = -Infinity;
    this.thumbnail = null;
    this.button = element(
      document,
      "button.tool.toggle.side-by-side",
      { type: "button", "aria-pressed": "false", title: "Another page beside this one (D)", "aria-keyshortcuts": "d", onclick: () => this.toggle() },
      "Side by side",
    );
    this.choice = element(document, "select.speed", { "aria-label": "Page beside", onchange: () => this.choose(Number(this.choice.value)) });
    this.empty = element(document, "p.empty-stage", { hidden: true }, "This page has nothing to show at this moment");
    this.picture = element(document, "div.beside-picture", {}, this.empty);
    this.root = element(document, "section.beside", { "aria-label": "Page beside", hidden: true }, this.choice, this.picture);
    room.append(this.root);
    new document.defaultView.ResizeObserver(() => this.fit()).observe(this.picture);
    context.on("seek", (t) => this.update(t));
    context.on("time", (t) => {
      if (performance.now() - this.told >= UPDATE_MS) this.update(t);
    });
    context.on("page", () => this.fill());
    context.on("grown", () => this.fill());
    this.fill();
  }

  get open() {
    return !this.root.hidden;
  }

  /** Which pages there are to choose from: all but the one on the stage. */
  fill() {
    const { document, timeline, player } = this.context;
    const others = timeline.pages.filter((page) => page.id !== player.page);
    this.button.hidden = timeline.pages.length < 2;
    this.choice.replaceChildren(
      ...others.map((page) => element(document, "option", { value: page.id }, page.title || page.url || `page ${page.id}`)),
    );
    // The page that was on the stage before goes beside the one that has come there.
    if (!others.some((page) => page.id === this.page)) this.page = this.before ?? others[0]?.id ?? null;
    this.before = player.page;
    this.choice.value = String(this.page);
    this.update(player.now);
  }

  toggle() {
    if (this.button.hidden) {
      this.context.say("This recording has one page");
      return;
    }
    this.root.hidden = this.open;
    this.room.classList.toggle("halved", this.open);
    this.button.setAttribute("aria-pressed", String(this.open));
    if (this.open) this.update(this.context.player.now);
    else {
      this.thumbnail?.element.remove();
      this.thumbnail = null;
    }
  }

  choose(page) {
    this.page = page;
    this.update(this.context.player.now);
  }

  update(t) {
    if (!this.open || this.page === null) return;
    this.told = performance.now();
    const { timeline } = this.context;
    const page = timeline.pages.find((each) => each.id === this.page);
    const there = timeline.documentAt(this.page, t) !== null && (page?.closedAt === null || t < page?.closedAt);
    this.empty.hidden = there;
    if (!this.thumbnail) {
      this.thumbnail = new Thumbnail(this.context, { width: 1, height: 1 });
      this.thumbnail.onresize = () => this.fit();
      this.picture.append(this.thumbnail.element);
      this.fit();
    }
    this.thumbnail.element.hidden = !there;
    if (there) void this.thumbnail.show(t, this.page);
  }

  fit() {
    if (!this.thumbnail) return;
    const width = Math.max(1, this.picture.clientWidth - 2 * MARGIN_PX);
    const height = Math.max(1, this.picture.clientHeight - 2 * MARGIN_PX);
    // Never larger than life.
    this.thumbnail.size = { width: Math.min(width, this.thumbnail.stage.width), height: Math.min(height, this.thumbnail.stage.height) };
    this.thumbnail.fit();
  }
}
