/**
 * The row of pictures on the timeline. They are made one at a time, when the window has nothing else to do, and few of them
 * where pages are large: each is the page rebuilt.
 */
import { element } from "./dom.js";
import { Thumbnail } from "./thumbnail.js";

const HEIGHT_PX = 44;
const GAP_PX = 4;
const MAX_PICTURES = 20;
// Nodes in all pictures together; past this only some of the places get one.
const MAX_NODES = 24_000;
const REST_MS = 150;

export class Filmstrip {
  /**
   * @param {ReturnType<import("./context.js").createContext>} context
   * @param {import("./timeline_scale.js").TimelineScale} scale
   */
  constructor(context, scale) {
    this.context = context;
    this.scale = scale;
    this.root = element(context.document, "div.filmstrip", { "aria-hidden": "true" });
    this.pictures = [];
    this.building = 0;
    this.timer = 0;
    this.key = "";
    context.on("state", () => this.soon());
  }

  /** The part in view has changed. */
  draw() {
    const { timeline } = this.context;
    const [viewport] = [...timeline.viewports.values()].filter(Boolean);
    const ratio = viewport ? Math.max(0.5, Math.min(viewport.width / viewport.height, 2.2)) : 16 / 9;
    this.wide = Math.round(HEIGHT_PX * ratio);
    const key = [this.scale.from, this.scale.to, this.scale.width, this.wide].map(Math.round).join();
    if (key === this.key) return;
    this.key = key;
    const places = Math.max(1, Math.min(MAX_PICTURES, Math.floor(this.scale.width / (this.wide + GAP_PX))));
    this.wanted = [];
    for (let n = 0; n < places; n += 1) {
      const x = ((n + 0.5) / places) * this.scale.width;
      this.wanted.push({ x, t: this.scale.t(x) });
    }
    this.building += 1;
    this.soon();
  }

  soon() {
    clearTimeout(this.timer);
    if (this.wanted && !this.context.player.playing) this.timer = setTimeout(() => this.build(), REST_MS);
  }

  async build() {
    const { player, timeline, document } = this.context;
    const round = ++this.building;
    let stride = 1;
    for (let n = 0; n < this.wanted.length; n += stride) {
      await idle(document.defaultView);
      if (round !== this.building || player.playing) return;
      const { x, t } = this.wanted[n];
      const page = timeline.activePage(t) ?? player.page;
      const picture = this.pictureFor(t, page, x);
      if (picture.shown === `${t}|${page}`) continue;
      await picture.thumbnail.show(t, page);
      picture.shown = `${t}|${page}`;
      picture.holder.classList.add("ready");
      if (round !== this.building) return;
      stride = Math.max(1, Math.ceil((picture.thumbnail.weight * this.wanted.length) / MAX_NODES));
    }
    for (const old of this.pictures.filter((each) => each.round !== round)) this.drop(old);
  }

  /** One that stands already and shows this moment, or any that is free; else a new one. */
  pictureFor(t, page, x) {
    const round = this.building;
    const free = this.pictures.filter((each) => each.round !== round);
    let picture = free.find((each) => each.shown === `${t}|${page}`) || null;
    if (!picture && this.pictures.length >= MAX_PICTURES) picture = free[0] || null;
    if (!picture) {
      const thumbnail = new Thumbnail(this.context, { width: this.wide, height: HEIGHT_PX });
      const holder = element(this.context.document, "div.picture", {}, thumbnail.element);
      picture = { thumbnail, holder, shown: "", round };
      this.pictures.push(picture);
      this.root.append(holder);
    }
    picture.round = round;
    picture.holder.style.left = `${Math.round(x - this.wide / 2)}px`;
    picture.holder.style.width = `${this.wide}px`;
    return picture;
  }

  drop(picture) {
    picture.holder.remove();
    this.pictures.splice(this.pictures.indexOf(picture), 1);
  }

  /** The recording has grown: what the last pictures show may be outdated. */
  grow() {
    this.key = "";
    this.draw();
  }
}

function idle(window) {
  return new Promise((resolve) => {
    if (window.requestIdleCallback) window.requestIdleCallback(() => resolve(), { timeout: 500 });
    else setTimeout(resolve, 30);
  });
}
