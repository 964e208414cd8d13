/**
 * The row of pictures on the timeline, made one at a time when the window has nothing else to do: the page is rebuilt out of
 * sight, once for all of them, and drawn small.
 */
import { element } from "./dom.js";
import { sketch } from "./sketch.js";
import { Thumbnail } from "./thumbnail.js";

const HEIGHT_PX = 44;
const GAP_PX = 4;
const MAX_PICTURES = 24;
// Of events that pictures may make the window read: with more to read there are fewer of them.
const MAX_BYTES = 16 << 20;
// After a seek, before pictures are made: whoever looks for a moment does not wait for them.
const REST_MS = 300;
// While a recording grows, all pictures move: new ones are made no more often than this.
const GROW_MS = 5000;

export class Filmstrip {
  /**
   * @param {ReturnType<import("./context.js").createContext>} context
   * @param {import("./timeline_scale.js").TimelineScale} scale
   */
  constructor(context, scale) {
    this.context = context;
    this.scale = scale;
    this.root = element(context.document, "div.filmstrip", { "aria-hidden": "true" });
    this.wanted = [];
    this.round = 0;
    this.timer = 0;
    this.key = "";
    this.thumbnail = null;
    this.drawnAt = -Infinity;
    context.on("state", () => this.soon());
    for (const event of ["time", "seek"]) {
      context.on(event, () => {
        if (!context.player.playing) this.soon();
      });
    }
  }

  /** The replay needs the time for itself; of what is watched live, there is no other time. */
  get busy() {
    return this.context.player.playing && !this.context.player.live;
  }

  /** The part in view has changed. */
  draw() {
    const { timeline } = this.context;
    const [viewport] = [...timeline.viewports.values()].filter(Boolean);
    const ratio = viewport ? Math.max(0.5, Math.min(viewport.width / viewport.height, 2.2)) : 16 / 9;
    const wide = Math.round(HEIGHT_PX * ratio);
    const key = [this.scale.from, this.scale.to, this.scale.width, wide].map(Math.round).join();
    if (key === this.key) return;
    if (this.context.player.live && performance.now() - this.drawnAt < GROW_MS) {
      this.shift();
      return;
    }
    this.key = key;
    this.drawnAt = performance.now();
    const room = Math.min(MAX_PICTURES, Math.floor(this.scale.width / (wide + GAP_PX)));
    const places = Math.max(1, Math.min(room, this.affordable(room)));
    const before = this.wanted;
    // While it grows, pictures that stand nearly right are kept.
    const near = this.context.player.live ? this.scale.span / places / 2 : 1;
    this.wanted = Array.from({ length: places }, (_, n) => {
      const x = ((n + 0.5) / places) * this.scale.width;
      const t = this.scale.t(x);
      const page = timeline.activePage(t);
      const known = before.find((each) => each.done && Math.abs(each.t - t) < near && each.page === page);
      return known ? Object.assign(known, { x: this.scale.x(known.t) }) : { x, t, page, done: false, canvas: null };
    });
    for (const old of before) if (!this.wanted.includes(old)) old.canvas?.remove();
    for (const { canvas, x } of this.wanted) if (canvas) canvas.style.left = `${Math.round(x)}px`;
    this.soon();
  }

  /** How many of so many pictures can be made without reading too much. */
  affordable(places) {
    const { timeline } = this.context;
    const needed = new Set();
    for (let n = 0; n < places; n += 1) {
      const t = this.scale.t(((n + 0.5) / places) * this.scale.width);
      const plan = timeline.plan(timeline.activePage(t), t);
      for (let k = plan?.first ?? 0; plan && k <= plan.last; k += 1) needed.add(k);
    }
    const bytes = [...needed].reduce((sum, n) => sum + (timeline.segments[n].raw_size || 0), 0);
    return bytes > MAX_BYTES ? Math.floor((places * MAX_BYTES) / bytes) : places;
  }

  soon() {
    this.round += 1;
    this.thumbnail?.giveUp();
    clearTimeout(this.timer);
    if (!this.busy && this.wanted.some((each) => !each.done)) {
      this.timer = setTimeout(() => this.build(), REST_MS);
    }
  }

  async build() {
    const { player, document } = this.context;
    const round = this.round;
    const isStale = () => round !== this.round || this.busy;
    const thumbnail = new Thumbnail(this.context, { width: 1, height: 1 });
    this.thumbnail = thumbnail;
    thumbnail.element.classList.add("unseen");
    this.root.append(thumbnail.element);
    for (const each of this.wanted) {
      if (each.done) continue;
      await idle(document.defaultView);
      if (isStale()) break;
      await thumbnail.show(each.t, each.page ?? player.page);
      if (isStale()) break;
      await this.picture(each, thumbnail, isStale);
    }
    thumbnail.element.remove();
    if (this.thumbnail === thumbnail) this.thumbnail = null;
  }

  async picture(each, thumbnail, isStale) {
    const { document, player } = this.context;
    const { stage } = thumbnail;
    const shown = stage.shown.contentDocument;
    const height = Math.min(HEIGHT_PX, (HEIGHT_PX * 2 * stage.height) / stage.width);
    const width = (height * stage.width) / stage.height;
    const ratio = Math.min(2, document.defaultView.devicePixelRatio || 1);
    const canvas = element(document, "canvas.picture", { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    canvas.style.width = `${Math.round(width)}px`;
    canvas.style.height = `${Math.round(height)}px`;
    canvas.style.left = `${Math.round(each.x)}px`;
    const imageOf = (url) => player.assets.preloadedImage(url);
    try {
      await sketch(shown, canvas, { width: stage.width, height: stage.height }, imageOf, isStale);
    } catch (error) {
      // A picture less; the replay itself is not touched by it.
      console.warn(`harness: picture at ${Math.round(each.t)} ms: ${error.message}`);
    }
    if (isStale() || !this.wanted.includes(each)) return;
    each.done = true;
    each.canvas = canvas;
    this.root.append(canvas);
  }

  /** What there is stands elsewhere now. */
  shift() {
    for (const each of this.wanted) {
      each.x = this.scale.x(each.t);
      if (each.canvas) each.canvas.style.left = `${Math.round(each.x)}px`;
    }
  }
}

function idle(window) {
  return new Promise((resolve) => {
    if (window.requestIdleCallback) window.requestIdleCallback(() => resolve(), { timeout: 500 });
    else setTimeout(resolve, 30);
  });
}
