/**
 * Images whose file came later than the moment on show: until then the page had nothing there, and no box of the file's size.
 * A lazy image may wait for a long time.
 */

/** Nothing at all: without a source an image would show its `alt`. */
export const NO_PICTURE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='0' height='0'/%3E";

export class LateImages {
  constructor() {
    this.waiting = new Map();
  }

  /** @param {HTMLImageElement} element @param {string} url of its file @param {number} from ms, when the file came */
  wait(element, url, from) {
    this.waiting.set(element, { url, from });
  }

  /** An image got another source. @param {Element} element */
  forget(element) {
    this.waiting.delete(element);
  }

  /** @param {number} t ms, the moment on show */
  flush(t) {
    for (const [element, { url, from }] of this.waiting) {
      if (from > t) continue;
      this.waiting.delete(element);
      element.setAttribute("src", url);
    }
  }
}
