/**
 * The middle of the window: the replayed page at fit or 1:1, in a device's frame where it was on one, with what is drawn over it.
 *
 * Over the page lies a layer of ours in the page's own CSS pixels, scaled with it. The replayed document is never written to.
 */
import { Beside } from "./beside.js";
import { CheckView } from "./check_view.js";
import { element } from "./dom.js";
import { frameDocument } from "./frame_documents.js";
import { keyOverlay } from "./key_overlay.js";
import { AddressBar, PageTabs } from "./page_tabs.js";
import { pointerOverlay } from "./pointer_overlay.js";
import { targetOverlay } from "./target_overlay.js";

const MARGIN_PX = 12;
// Phones and small tablets in either orientation, with a screen to touch: a small window on a desk (a popup) has a mouse.
const DEVICE_MAX = { width: 500, height: 1000 };

export class StageView {
  /**
   * @param {ReturnType<import("./context.js").createContext>} context
   * @param {import("./stage.js").Stage} stage
   * @param {ReturnType<import("./memory.js").memory>} memory
   */
  constructor(context, stage, memory) {
    const { document } = context;
    this.context = context;
    this.stage = stage;
    this.memory = memory;
    this.actual = memory.get("scale") === "actual";
    this.scale = 1;
    this.layer = element(document, "div.layer", { "aria-hidden": "true" });
    this.outlined = element(document, "div.outline", { hidden: true }, element(document, "span.outline-label"));
    this.layer.append(this.outlined);
    this.sheet = element(document, "div.sheet", {}, stage.root, this.layer);
    this.device = element(document, "div.device", {}, this.sheet);
    this.empty = element(document, "p.empty-stage", { hidden: true });
    this.scroller = element(
      document,
      "div.scroller",
      { id: "replayed-page", tabindex: 0, role: "tabpanel", "aria-label": "Replayed page" },
      this.device,
      this.empty,
    );
    this.checks = new CheckView(context, this.sheet);
    this.pages = new PageTabs(context);
    this.scaleButton = element(
      document,
      "button.tool.toggle",
      { type: "button", title: "One pixel of the page is one of the window (Z)", "aria-keyshortcuts": "z", onclick: () => this.toggleScale() },
      "1:1",
    );
    this.address = new AddressBar(context, this.checks.root, this.scaleButton);
    const room = element(document, "div.stage-room", {}, this.scroller, keyOverlay(context));
    this.beside = new Beside(context, room);
    this.pages.root.append(this.beside.button);
    this.root = element(
      document,
      "section.stage-view",
      { "aria-label": "Stage" },
      this.pages.root,
      this.address.root,
      room,
    );
    pointerOverlay(context, this.layer);
    targetOverlay(context, this);
    this.picking = null;
    stage.onresize = () => this.place();
    for (const event of ["seek", "page"]) context.on(event, () => this.showEmpty());
    // Playing, the page may come to be there, or go.
    context.on("time", () => {
      if (this.empty.hidden !== this.isThere()) this.showEmpty();
    });
    new document.defaultView.ResizeObserver(() => this.place()).observe(this.scroller);
    this.showScale(this.actual);
  }

  /** @param {boolean} actual one CSS pixel of the page is one of the window; else the page is made to fit */
  showScale(actual) {
    this.actual = actual;
    this.scaleButton.setAttribute("aria-pressed", String(actual));
    this.place();
  }

  toggleScale() {
    this.showScale(!this.actual);
    this.memory.set("scale", this.actual ? "actual" : "fit");
    this.context.say(this.actual ? "1:1" : "Made to fit");
  }

  isThere() {
    const { player, timeline } = this.context;
    return timeline.documentAt(player.page, player.now) !== null;
  }

  showEmpty() {
    const { timeline } = this.context;
    this.empty.textContent = timeline.pages.length ? "This page has nothing to show yet" : "This recording holds no pages";
    this.empty.hidden = this.isThere();
    this.device.hidden = !this.empty.hidden;
    if (this.onDevice() !== this.device.classList.contains("framed")) this.place();
  }

  onDevice() {
    const { width, height } = this.stage;
    const small = Math.min(width, height) <= DEVICE_MAX.width && Math.max(width, height) <= DEVICE_MAX.height;
    return small && this.context.player.scene?.mediaFeatures.answer("any-pointer") === "coarse";
  }

  place() {
    const { width, height } = this.stage;
    const framed = this.onDevice();
    this.device.classList.toggle("framed", framed);
    const frame = framed ? 2 * 10 : 0;
    const room = { width: this.scroller.clientWidth - 2 * MARGIN_PX - frame, height: this.scroller.clientHeight - 2 * MARGIN_PX - frame };
    const fit = Math.min(1, room.width / width, room.height / height);
    this.scale = this.actual ? 1 : Math.max(0.05, fit);
    this.sheet.style.width = `${width * this.scale}px`;
    this.sheet.style.height = `${height * this.scale}px`;
    for (const part of [this.stage.root, this.layer]) {
      part.style.width = `${width}px`;
      part.style.height = `${height}px`;
      part.style.transform = `scale(${this.scale})`;
    }
    this.layer.style.setProperty("--unscale", String(1 / this.scale));
    this.address.showSize(this.stage, this.scale);
  }

  /** @param {Element} target in the replayed page, in any of its frames @returns {DOMRect | null} in the page's viewport */
  boxOf(target) {
    if (!target?.isConnected) return null;
    const box = target.getBoundingClientRect();
    let { x, y } = box;
    for (let view = target.ownerDocument.defaultView; view && view.frameElement && view.frameElement !== this.stage.shown; ) {
      const holder = view.frameElement;
      const outer = holder.getBoundingClientRect();
      x += outer.x + holder.clientLeft;
      y += outer.y + holder.clientTop;
      view = holder.ownerDocument.defaultView;
    }
    return new DOMRect(x, y, box.width, box.height);
  }

  /** @param {Element | {x: number, y: number, width: number, height: number} | null} target @param {string} [label] */
  outline(target, label = "") {
    const box = target && "nodeType" in target ? this.boxOf(target) : target;
    this.outlined.hidden = !box;
    if (!box) return;
    this.outlined.style.transform = `translate(${box.x}px, ${box.y}px)`;
    this.outlined.style.width = `${box.width}px`;
    this.outlined.style.height = `${box.height}px`;
    this.outlined.firstChild.textContent = label;
    this.outlined.classList.toggle("low", box.y < 24);
  }

  /** @param {number} x CSS pixels of the window @param {number} y @returns {Element | null} the replayed element there */
  elementAt(x, y) {
    const sheet = this.sheet.getBoundingClientRect();
    let [left, top] = [(x - sheet.left) / this.scale, (y - sheet.top) / this.scale];
    let root = this.stage.shown.contentDocument;
    let found = null;
    while (root) {
      const inner = root.elementFromPoint(left, top);
      if (!inner || inner === found) break;
      found = inner;
      if (frameDocument(inner)) {
        const box = inner.getBoundingClientRect();
        left -= box.x + inner.clientLeft;
        top -= box.y + inner.clientTop;
        root = frameDocument(inner);
      } else root = inner.shadowRoot;
    }
    return found;
  }

  /**
   * Lets the user point at an element of the replayed page, with the mouse; Escape gives up.
   * @param {object} handlers
   * @param {(element: Element | null) => void} [handlers.hover]
   * @param {(element: Element) => void} handlers.pick
   * @param {() => void} [handlers.end] picked or given up
   * @returns {() => void} gives up
   */
  pick({ hover = () => {}, pick, end = () => {} }) {
    this.picking?.();
    const { document } = this.context;
    this.root.classList.add("picking");
    const over = (event) => {
      const target = this.elementAt(event.clientX, event.clientY);
      this.outline(target, target ? target.localName : "");
      hover(target);
    };
    const chosen = (event) => {
      event.preventDefault();
      const target = this.elementAt(event.clientX, event.clientY);
      stop();
      if (target) pick(target);
    };
    const onKey = (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      stop();
    };
    const stop = () => {
      if (this.picking !== stop) return;
      this.picking = null;
      this.root.classList.remove("picking");
      this.layer.removeEventListener("pointermove", over);
      this.layer.removeEventListener("click", chosen);
      document.removeEventListener("keydown", onKey, true);
      this.outline(null);
      end();
    };
    this.picking = stop;
    this.layer.addEventListener("pointermove", over);
    this.layer.addEventListener("click", chosen);
    document.addEventListener("keydown", onKey, true);
    return stop;
  }
}
