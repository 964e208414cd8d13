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
    this.wanted = [];
    this.round = 0;
    this.timer = 0;
    this.key = "";
    context.on("state", () => this.soon());
  }

  /** The part in view has changed. */
  draw() {
    const { timeline } = this.context;
    const [viewport] = [...timeline.viewports.values()].filter(Boolean);
    const ratio = viewport ? Math.max(0.5, Math.min(viewport.width / viewport.height, 2.2)) : 16 / 9;
    const wide = Math.round(HEIGHT_PX * ratio);
    const key = [this.scale.from, this.scale.to, this.scale.width, wide].map(Math.round).join();
    if (key === this.key) return;
    this.key = key;
    const places = Math.max(1, Math.min(MAX_PICTURES, Math.floor(this.scale.width / (wide + GAP_PX))));
    const before = this.wanted;
    this.wanted = Array.from({ length: places }, (_, n) => {
      const x = ((n + 0.5) / places) * this.scale.width;
      const t = this.scale.t(x);
      const page = timeline.activePage(t);
      const known = before.find((each) => each.done && Math.abs(each.t - t) < 1 && each.page === page);
      return known ? Object.assign(known, { x }) : { x, t, page, done: false, canvas: null };
    });
    for (const old of before) if (!this.wanted.includes(old)) old.canvas?.remove();
    for (const { canvas, x } of this.wanted) if (canvas) canvas.style.left = `${Math.round(x)}px`;
    this.soon();
  }

  soon() {
    this.round += 1;
    clearTimeout(this.timer);
    if (!this.context.player.playing && this.wanted.some((each) => !each.done)) {
      this.timer = setTimeout(() => this.build(), REST_MS);
    }
  }

  async build() {
    const { player, document } = this.context;
    const round = this.round;
    const isStale = () => round !== this.round || player.playing;
    const thumbnail = new Thumbnail(this.context, { width: 1, height: 1 });
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

  /** The recording has grown. */
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
