/**
 * `media-features`: what media queries asked of the user and the device had for an answer. A replay cannot emulate it, so each
 * query says for itself whether that part of it held: the sheets are gone through, and their media lists rewritten in place.
 *
 * For `color-scheme` sheets ask a custom property, see css_rewrite.js. And whether scrollbars take room: in a browser without a window
 * they take none, in most that a replay is looked at in they do.
 */
import { BASE_MARK, setForcedColors, setScrollbars } from "./blank.js";
import { translateMedia } from "./css_rewrite.js";
import { markForced } from "./forced_colors.js";

/** The answer where nothing unusual was recorded. `scripting`: in the replay there is none. */
const USUAL = {
  "prefers-color-scheme": "light",
  "prefers-reduced-motion": "no-preference",
  "prefers-reduced-transparency": "no-preference",
  "prefers-contrast": "no-preference",
  "forced-colors": "none",
  hover: "hover",
  "any-hover": "hover",
  pointer: "fine",
  "any-pointer": "fine",
  scripting: "enabled",
};
const NOTHING = { print: false, features: {}, scrollbars: 0 };
export const SCHEME_PROPERTY = "--harness-color-scheme";

export function applyMediaFeatures(scene, stream, event) {
  const { print, features, scrollbars } = event.data;
  scene.mediaFeatures.set({ print: Boolean(print), features: { ...features }, scrollbars: scrollbars || 0 });
}

export class MediaFeatures {
  /** @param {import("./scene.js").Scene} scene */
  constructor(scene) {
    this.scene = scene;
    this.state = NOTHING;
    this.done = new WeakMap();
    this.originals = new WeakMap();
    // A list that is not as it was written here has been given another text since.
    this.lists = new WeakMap();
    this.sources = new Set();
    this.forced = false;
  }

  set(state) {
    if (JSON.stringify(state) !== JSON.stringify(this.state)) this.state = state;
  }

  get scheme() {
    return this.answer("prefers-color-scheme");
  }

  answer(name) {
    return this.state.features[name] ?? USUAL[name];
  }

  /** Rules of a sheet changed. @param {CSSStyleSheet} sheet */
  touched(sheet) {
    this.done.delete(sheet);
  }

  /** A `<source>` got a `media` attribute. @param {Element} element @param {string} text */
  source(element, text) {
    this.sources.add(element);
    this.originals.set(element, text);
    return this.translated(text);
  }

  /** @param {string} text of a media list */
  translated(text) {
    return translateMedia(text, this.state.print, (name) => (name in USUAL ? this.answer(name) : undefined));
  }

  /** Brings all that is in the documents by now to the state. */
  apply() {
    for (const root of [...this.scene.documents, ...this.scene.roots]) {
      for (const sheet of root.styleSheets) this.sheet(sheet);
      for (const sheet of root.adoptedStyleSheets) this.sheet(sheet);
    }
    for (const document of this.scene.documents) if (this.done.get(document) !== this.state) this.document(document);
    for (const element of this.sources) {
      if (!element.isConnected) this.sources.delete(element);
      else if (this.done.get(element) !== this.state) {
        this.done.set(element, this.state);
        element.setAttribute("media", this.translated(this.originals.get(element)));
      }
    }
    this.forceColors(this.answer("forced-colors") === "active");
  }

  /** Each time anew, for each element that came may have a background. @param {boolean} on */
  forceColors(on) {
    if (!on && !this.forced) return;
    this.forced = on;
    for (const document of this.scene.documents) setForcedColors(document, false);
    if (!on) return;
    for (const root of [...this.scene.documents, ...this.scene.roots]) markForced(root);
    for (const document of this.scene.documents) setForcedColors(document, true);
  }

  sheet(sheet) {
    if (sheet.media.length) this.list(sheet.media);
    if (this.done.get(sheet) === this.state) return;
    let complete;
    try {
      complete = this.rules(sheet.cssRules);
    } catch {
      // Not there yet; one that never comes has nothing to say.
      return;
    }
    if (complete) this.done.set(sheet, this.state);
  }

  /** @returns {boolean} false: an import is still on its way */
  rules(rules) {
    let complete = true;
    for (const rule of rules) {
      if (rule.media && (rule.cssRules || "styleSheet" in rule)) this.list(rule.media);
      if (rule.cssRules?.length && rule.type !== 7) complete = this.rules(rule.cssRules) && complete;
      if ("styleSheet" in rule) {
        if (rule.styleSheet) this.sheet(rule.styleSheet);
        else complete = false;
      }
    }
    return complete;
  }

  list(list) {
    let known = this.lists.get(list);
    if (!known || list.mediaText !== known.written) known = { original: list.mediaText };
    const text = this.translated(known.original);
    if (text !== list.mediaText) list.mediaText = text;
    known.written = list.mediaText;
    this.lists.set(list, known);
  }

  document(document) {
    const base = document.querySelector(`style[${BASE_MARK}]`);
    if (!base?.sheet) return;
    base.sheet.cssRules[0].style.setProperty(SCHEME_PROPERTY, this.scheme);
    setScrollbars(document, this.state.scrollbars > 0);
    for (const meta of document.querySelectorAll("meta[name='color-scheme' i]")) {
      if (!this.originals.has(meta)) this.originals.set(meta, meta.content);
      const content = this.originals.get(meta);
      meta.content = /\blight\b/i.test(content) && /\bdark\b/i.test(content) ? this.scheme : content;
    }
    this.done.set(document, this.state);
  }
}
