/**
 * `<link>` elements: a stylesheet gets a `blob:` URL of its rewritten text, so that the sheet stays where it stood in the
 * cascade; all other kinds of link would only load or connect, and lead nowhere.
 */
import { absoluteUrl } from "./assets.js";
import { eraseAttribute, writeAttribute } from "./names.js";
import { rewriteMedia } from "./css_rewrite.js";

const STYLESHEET = /(^|\s)stylesheet(\s|$)/i;
const FETCHING = /(^|\s)(preload|modulepreload|prefetch|prerender|preconnect|dns-prefetch|manifest|expect)(\s|$)/i;

export class Links {
  /** @param {import("./assets.js").Assets} assets */
  constructor(assets) {
    this.assets = assets;
    this.recorded = new WeakMap();
    this.changed = new Map();
    this.loading = new Map();
    this.waiting = new WeakMap();
  }

  /** @param {string | null} value */
  set(stream, element, name, value) {
    if (!this.recorded.has(element)) this.recorded.set(element, new Map());
    this.recorded.get(element).set(name, value);
    if (name === "href" || name === "rel") this.changed.set(element, stream);
    if (name === "href" || name === "integrity" || name === "imagesrcset") return;
    if (value === null || (name === "rel" && onlyFetches(value))) eraseAttribute(element, name);
    else writeAttribute(element, name, name === "media" ? rewriteMedia(value) : value);
  }

  /** @param {Element} element @returns {string | null} URL of the stylesheet an element asks for */
  sheetOf(element) {
    const attributes = this.recorded.get(element);
    return attributes ? sheetHref(attributes.get("rel"), attributes.get("href")) : null;
  }

  /** @returns {string} what URLs in a link's sheet are relative to */
  baseOf(stream, element, t) {
    const url = absoluteUrl(this.sheetOf(element) || "", stream.base);
    return url === null ? stream.base : this.assets.located(url, stream.place(t));
  }

  /** @param {number} t */
  flush(t) {
    for (const [element, stream] of this.changed) {
      const written = this.sheetOf(element);
      const url = written === null ? null : this.assets.sheetUrl(written, stream.place(t));
      if (url === null) eraseAttribute(element, "href");
      else if (element.getAttribute("href") !== url) this.load(element, url);
    }
    this.changed.clear();
  }

  load(element, url) {
    let loaded;
    const promise = new Promise((resolve) => {
      loaded = () => {
        if (this.loading.get(element) === promise) this.loading.delete(element);
        resolve();
        const waiting = this.waiting.get(element) || [];
        this.waiting.delete(element);
        for (const action of waiting) action(element.sheet);
      };
    });
    this.loading.set(element, promise);
    element.addEventListener("load", loaded, { once: true });
    element.addEventListener("error", loaded, { once: true });
    element.setAttribute("href", url);
  }

  /** Calls back with the sheet of a `<style>` or `<link>`, in the order of asking, once it is there. */
  whenSheet(element, action) {
    const waiting = this.waiting.get(element);
    if (waiting) waiting.push(action);
    else if (element.sheet) action(element.sheet);
    else if (this.loading.has(element)) this.waiting.set(element, [action]);
  }

  /** @returns {Promise<void>[]} sheets on their way; a link that is not in a document, or disabled, never loads */
  pending() {
    const promises = [];
    for (const [element, promise] of this.loading) {
      if (!element.isConnected) this.loading.delete(element);
      else if (!element.disabled) promises.push(promise);
    }
    return promises;
  }
}

/** Such a link shows nothing, and with nowhere to lead to, the browser complains of it on every rebuild. */
function onlyFetches(rel) {
  return FETCHING.test(rel) && !STYLESHEET.test(rel);
}

/** @param {unknown} rel @param {unknown} href @returns {string | null} */
export function sheetHref(rel, href) {
  return typeof rel === "string" && typeof href === "string" && STYLESHEET.test(rel) ? href : null;
}
