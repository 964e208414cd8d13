/**
 * What `<style>` elements say. Their text is rewritten as a whole, for a rule may reach over several text nodes; so each
 * element's recorded text is kept here, and the rewritten one stands in its first text node.
 *
 * rrweb records a sheet either as text nodes or, where it could read the rules, as `_cssText` on the element with empty text
 * nodes below; several are joined by a marker.
 */
import { importsOf } from "./css_rewrite.js";

const SPLIT = "/* rr_split */";

export class StyleTexts {
  /** @param {import("./assets.js").Assets} assets */
  constructor(assets) {
    this.assets = assets;
    this.texts = new WeakMap();
    this.captured = new WeakMap();
    this.dirty = new Map();
  }

  /** @param {Node} node @returns {boolean} */
  isStyle(node) {
    return node.nodeType === 1 && node.localName === "style";
  }

  /** `_cssText` was recorded for an element. */
  capture(stream, element, text) {
    this.captured.set(element, text.split(SPLIT));
    this.dirty.set(element, stream);
  }

  /**
   * Text was recorded in a `<style>`.
   * @param {import("./stream.js").Stream} stream
   * @param {Text} node
   * @param {string} text
   * @param {boolean} [fresh] it came with the element itself: then `_cssText` says all
   */
  setText(stream, node, text, fresh = false) {
    const element = node.parentNode;
    if (!element || !this.isStyle(element)) return;
    if (this.captured.has(element)) {
      if (fresh || text === "") {
        this.dirty.set(element, stream);
        return;
      }
      this.release(element, node);
    }
    this.texts.set(node, text);
    this.dirty.set(element, stream);
  }

  /** A text node left a `<style>`. */
  removed(stream, element) {
    if (this.captured.has(element)) this.release(element, null);
    this.dirty.set(element, stream);
  }

  /** The text captured for an element goes to its text nodes, now that one of them changes by itself. */
  release(element, changing) {
    const pieces = this.captured.get(element);
    this.captured.delete(element);
    const nodes = textNodes(element).filter((node) => !this.isExtra(node));
    const settled = nodes.filter((node) => node !== changing || nodes.length <= pieces.length);
    settled.forEach((node, i) => {
      this.texts.set(node, i === settled.length - 1 ? pieces.slice(i).join("") : pieces[i] || "");
    });
  }

  /** A text node of ours: it stands in an element that was recorded without any. */
  isExtra(node) {
    return node.harnessExtra === true;
  }

  /** @param {Element} element @returns {string} what was recorded */
  recorded(element) {
    const captured = this.captured.get(element);
    if (captured) return captured.join("");
    return textNodes(element)
      .map((node) => this.texts.get(node) ?? "")
      .join("");
  }

  /** Writes what changed into the document. @param {number} t */
  flush(t) {
    for (const [element, stream] of this.dirty) {
      const text = this.assets.sheetText(this.recorded(element), stream.place(t));
      let nodes = textNodes(element);
      if (!this.captured.has(element)) {
        for (const node of nodes) if (this.isExtra(node)) node.remove();
        nodes = nodes.filter((node) => !this.isExtra(node));
      } else if (nodes.length === 0 && text) {
        const extra = element.ownerDocument.createTextNode("");
        extra.harnessExtra = true;
        element.append(extra);
        nodes = [extra];
      }
      nodes.forEach((node, i) => {
        const wanted = i === 0 ? text : "";
        if (node.data !== wanted) node.data = wanted;
      });
    }
    this.dirty.clear();
  }

  /** @returns {string[]} URLs that a text imports */
  imports(text) {
    return importsOf(text);
  }
}

/** @param {Element} element @returns {Text[]} */
function textNodes(element) {
  return [...element.childNodes].filter((node) => node.nodeType === 3);
}
