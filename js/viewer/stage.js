/**
 * Where the replayed page stands: one visible iframe, and while another moment is rebuilt a second one below it, so that
 * nobody sees a page half built.
 */
import { STAGE_FRAME } from "./states.js";

const MARK = "data-harness-document";

export class Stage {
  /**
   * @param {HTMLElement} root empty, positioned
   * @param {{shows?: boolean}} [options] shows: false for a picture beside the page that is replayed
   */
  constructor(root, { shows = true } = {}) {
    this.root = root;
    this.shows = shows;
    this.width = 1280;
    this.height = 720;
    this.onresize = () => {};
    this.zooms = new WeakMap();
    /** Made ahead, empty. @type {HTMLIFrameElement | null} */
    this.spare = null;
    this.shown = this.newFrame();
    if (shows) this.shown.setAttribute(MARK, "");
    this.shown.classList.add("shown");
    this.sizes = new WeakMap();
  }

  /** @returns {HTMLIFrameElement} below the one on show; one that has been made already where there was time */
  newFrame() {
    const frame = this.spare?.isConnected ? this.spare : this.makeFrame();
    this.spare = null;
    this.fit(frame, this.width, this.height);
    return frame;
  }

  makeFrame() {
    const frame = this.root.ownerDocument.createElement("iframe");
    frame.setAttribute("sandbox", "allow-same-origin");
    frame.setAttribute(STAGE_FRAME, "");
    frame.setAttribute("title", this.shows ? "Replayed page" : "Picture of the page");
    frame.tabIndex = -1;
    this.fit(frame, this.width, this.height);
    this.root.prepend(frame);
    return frame;
  }

  /** @param {HTMLIFrameElement} frame @param {number} width CSS pixels @param {number} height */
  resize(frame, width, height) {
    if (!(width > 0 && height > 0)) return;
    this.fit(frame, width, height);
    this.sizes.set(frame, { width, height });
    if (frame === this.shown) this.announce();
  }

  fit(frame, width, height) {
    frame.style.width = `${width}px`;
    frame.style.height = `${height}px`;
  }

  /**
   * The part of the layout viewport that a touch screen shows: a page that was not made for it is zoomed out, fingers zoom in.
   * @param {HTMLIFrameElement} frame @param {{scale: number, left: number, top: number}} view
   */
  zoom(frame, { scale, left, top }) {
    if (!(scale > 0)) return;
    const isPlain = scale === 1 && !left && !top;
    this.zooms.set(frame, scale);
    frame.style.transformOrigin = "0 0";
    frame.style.transform = isPlain ? "" : `scale(${scale}) translate(${-left}px, ${-top}px)`;
    if (frame === this.shown) this.announce();
  }

  /** The frame on show gives way to `frame`. */
  show(frame) {
    if (frame === this.shown) return;
    const old = this.shown;
    this.shown = frame;
    if (this.shows) frame.setAttribute(MARK, "");
    frame.classList.add("shown");
    old.removeAttribute(MARK);
    old.classList.remove("shown");
    this.announce();
    // With the old page goes the keyboard's focus, where it has it: at once, for that can be seen.
    if (this.root.ownerDocument.activeElement === old) old.remove();
    // Else it goes, and the frame for the next one is made, once this one has been seen.
    setTimeout(() => {
      old.remove();
      if (this.shows && this.root.isConnected && !this.spare?.isConnected) this.spare = this.makeFrame();
    });
  }

  announce() {
    const size = this.sizes.get(this.shown);
    // Zoomed out, all of it is seen, smaller; zoomed in, a part of it.
    const scale = Math.min(1, this.zooms.get(this.shown) ?? 1);
    if (size) [this.width, this.height] = [Math.round(size.width * scale), Math.round(size.height * scale)];
    this.onresize(this.width, this.height);
  }
}
