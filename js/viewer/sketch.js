/**
 * A small picture of a rebuilt page, drawn from its layout onto a canvas: boxes, pictures, text as far as it can be told apart.
 *
 * An iframe for each picture of the filmstrip would be truer, but sixteen of them cost the window four of five frames
 * (measured: 94 in 8 s of playing the demo, 425 without), for a browser composes all of them anew for each.
 */
import { rootOf } from "./shadow_roots.js";
import { drawBackground, drawBorders, drawImage, drawSvg, drawText, isSeen } from "./sketch_shapes.js";

// Work between two looks at the clock, and two pauses.
const SLICE_MS = 8;
const MAX_DEPTH = 200;
const CONTROLS = new Set(["input", "textarea", "select"]);

/**
 * @param {Document} document laid out, in an iframe
 * @param {HTMLCanvasElement} canvas
 * @param {{width: number, height: number}} viewport of the document, CSS pixels
 * @param {(url: string) => CanvasImageSource | null} imageOf what the browser holds of a background's URL
 * @param {() => boolean} isStale true: give up
 */
export async function sketch(document, canvas, viewport, imageOf, isStale) {
  const context = canvas.getContext("2d");
  const scale = canvas.width / viewport.width;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const work = new Sketcher(context, scale, imageOf).page(document, { x: 0, y: 0, ...viewport });
  let since = performance.now();
  while (!work.next().done) {
    if (performance.now() - since < SLICE_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    if (isStale()) return;
    since = performance.now();
  }
}

class Sketcher {
  constructor(context, scale, imageOf) {
    this.context = context;
    this.scale = scale;
    this.imageOf = imageOf;
  }

  /** @param {{x: number, y: number, width: number, height: number}} area of the canvas's page that the document fills */
  *page(document, area) {
    const { documentElement: html, body, defaultView: view } = document;
    if (!html || !view) return;
    const whole = this.scaled(area);
    for (const root of [html, body]) {
      const style = root && view.getComputedStyle(root);
      if (!style || (!isSeen(style.backgroundColor) && style.backgroundImage === "none")) continue;
      drawBackground(this.context, whole, style, this.scale, this.imageOf);
      break;
    }
    // What stands above the rest is drawn after it: positioned with an order, then the top layer.
    const above = [];
    yield* this.element(html, area, above, 0);
    above.sort((a, b) => a.order - b.order);
    for (const { element, order, alpha } of above) {
      this.context.save();
      this.context.globalAlpha = alpha;
      if (order === Infinity) this.backdrop(element, view, whole);
      yield* this.element(element, area, [], 1, true);
      this.context.restore();
    }
  }

  backdrop(element, view, whole) {
    if (!element.matches(":modal")) return;
    const { backgroundColor } = view.getComputedStyle(element, "::backdrop");
    if (!isSeen(backgroundColor)) return;
    this.context.fillStyle = backgroundColor;
    this.context.fillRect(whole.x, whole.y, whole.width, whole.height);
  }

  scaled({ x, y, width, height }) {
    const { scale } = this;
    return { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
  }

  *element(element, area, above, depth, raised = false) {
    yield;
    if (depth > MAX_DEPTH) return;
    const { context } = this;
    const style = element.ownerDocument.defaultView?.getComputedStyle(element);
    if (!style || style.display === "none") return;
    const opacity = Number(style.opacity);
    if (opacity < 0.02) return;
    if (!raised && depth > 1) {
      const order = orderOf(element, style);
      if (order > 0) {
        above.push({ element, order, alpha: context.globalAlpha });
        return;
      }
    }
    const rect = element.getBoundingClientRect();
    const box = { x: area.x + rect.x, y: area.y + rect.y, width: rect.width, height: rect.height };
    const away = box.y > area.y + area.height || box.x > area.x + area.width || box.y + box.height < area.y || box.x + box.width < area.x;
    const empty = !(rect.width > 0 && rect.height > 0);
    if (away && !empty && style.position !== "static" && depth > 2) return;
    if (away && !empty && depth > 3) return;
    context.save();
    context.globalAlpha *= opacity;
    const drawn = this.scaled(box);
    if (!empty && style.visibility === "visible" && depth > 0) this.self(element, style, drawn, area);
    if (element.localName === "iframe" || element.localName === "frame") yield* this.frame(element, box);
    else if (element.localName !== "svg") {
      if (style.overflowX !== "visible" && depth > 1 && !empty) {
        context.beginPath();
        context.rect(drawn.x, drawn.y, drawn.width, drawn.height);
        context.clip();
      }
      yield* this.children(element, style, area, above, depth);
    }
    context.restore();
  }

  self(element, style, box, area) {
    const { context, scale } = this;
    if (element.localName !== "body") drawBackground(context, box, style, scale, this.imageOf);
    drawBorders(context, box, style, scale);
    if (element.localName === "img" && element.complete && element.naturalWidth) drawImage(context, element, box, style.objectFit);
    else if (element.localName === "canvas") drawImage(context, element, box, "fill");
    else if (element.localName === "svg") {
      drawSvg(context, element, (x, y) => [(area.x + x) * scale, (area.y + y) * scale], scale);
    } else if (CONTROLS.has(element.localName)) {
      const text = element.localName === "select" ? element.selectedOptions[0]?.text : element.value;
      const inset = Math.min(box.width, (parseFloat(style.paddingLeft) || 0) * scale);
      const width = Math.min(box.width - inset, (text?.length || 0) * parseFloat(style.fontSize) * 0.5 * scale);
      if (text && width > 0) drawText(context, text, { ...box, x: box.x + inset, width }, style, scale);
    }
  }

  *frame(element, box) {
    const document = element.contentDocument;
    if (!document) return;
    const area = { x: box.x + element.clientLeft, y: box.y + element.clientTop, width: element.clientWidth, height: element.clientHeight };
    const drawn = this.scaled(area);
    this.context.save();
    this.context.beginPath();
    this.context.rect(drawn.x, drawn.y, drawn.width, drawn.height);
    this.context.clip();
    yield* this.page(document, area);
    this.context.restore();
  }

  *children(element, style, area, above, depth) {
    const slotted = element.localName === "slot" ? element.assignedNodes() : [];
    for (const child of slotted.length ? slotted : (rootOf(element) || element).childNodes) {
      if (child.nodeType === 1) yield* this.element(child, area, above, depth + 1);
      else if (child.nodeType === 3 && style.visibility === "visible" && child.data.trim()) this.text(child, style, area);
    }
  }

  /** Each line box gets its share of the letters. */
  text(node, style, area) {
    const range = node.ownerDocument.createRange();
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter((rect) => rect.width > 0 && rect.y < area.height && rect.bottom > 0);
    const total = rects.reduce((sum, rect) => sum + rect.width, 0);
    const letters = node.data.replace(/\s+/g, " ").trim();
    let at = 0;
    for (const rect of rects) {
      const count = Math.round((rect.width / total) * letters.length);
      const box = { x: area.x + rect.x, y: area.y + rect.y, width: rect.width, height: rect.height };
      drawText(this.context, letters.slice(at, at + count), this.scaled(box), style, this.scale);
      at += count;
    }
  }
}

/** @returns {number} 0: in its place; else what is higher is drawn later */
function orderOf(element, style) {
  if (element.matches(":modal, :popover-open")) return Infinity;
  if (style.position === "static") return 0;
  const order = parseInt(style.zIndex, 10);
  if (order > 0) return order;
  return style.position === "fixed" ? 0.5 : 0;
}
