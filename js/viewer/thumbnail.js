/**
 * Small pictures of the replay at any moment: the page rebuilt once more in an iframe of its own, scaled down. It runs beside
 * the stage, on the same segments and assets, and gives way to it: while the replay plays, nothing is built.
 */
import { element } from "./dom.js";
import { Player } from "./player.js";
import { Stage } from "./stage.js";

export class Thumbnail {
  /**
   * @param {ReturnType<import("./context.js").createContext>} context
   * @param {{width: number, height: number}} size px, of the picture at most
   */
  constructor(context, size) {
    const { document, player, source, timeline } = context;
    this.size = size;
    const root = element(document, "div.stage", { inert: true });
    this.element = element(document, "div.thumbnail", { "aria-hidden": "true" }, root);
    this.stage = new Stage(root, { shows: false });
    /** Told when the page's viewport has another size. */
    this.onresize = () => this.fit();
    this.stage.onresize = () => this.onresize();
    const parts = { source, timeline, assets: player.assets, stage: this.stage };
    this.player = new Player({ ...parts, onKey: () => {}, bare: false, points: false });
    this.fit();
  }

  /** @param {number} t @param {number} page @returns {Promise<void>} when the picture stands */
  show(t, page) {
    return this.player.seek(t, { page });
  }

  /** Something else has to be done first: what is being built is left as it is. */
  giveUp() {
    this.player.giveUp();
  }

  fit() {
    const { width, height } = this.stage;
    const scale = Math.min(this.size.width / width, this.size.height / height);
    const { style } = this.stage.root;
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.transform = `scale(${scale})`;
    this.element.style.width = `${Math.round(width * scale)}px`;
    this.element.style.height = `${Math.round(height * scale)}px`;
  }
}
