/**
 * Attributes of replayed elements. What would run, load, submit or steal the keyboard is left out or turned harmless; URLs
 * lead to the recording's assets; the rest is as recorded, for selectors ask for it.
 */
import { NOWHERE, absoluteUrl } from "./assets.js";
import { FILE_DOCUMENT } from "./blank.js";
import { rewriteMedia } from "./css_rewrite.js";
import { NO_PICTURE } from "./late_images.js";
import { embedAttribute, keepingEmbed } from "./embeds.js";
import { HTML, SVG, eraseAttribute, writeAttribute } from "./names.js";
import { rewriteSrcset } from "./srcset.js";
import { STATE_ATTRIBUTES } from "./states.js";

const DROPPED = new Set([
  "action",
  "allow",
  "archive",
  "attributionsrc",
  "autofocus",
  "autoplay",
  "classid",
  "code",
  "codebase",
  "credentialless",
  "crossorigin",
  "csp",
  "formaction",
  "http-equiv",
  "imagesrcset",
  "integrity",
  "loading",
  "manifest",
  "nonce",
  "ping",
  "sandbox",
  "srcdoc",
  "xml:base",
]);
const IMAGE_SOURCES = new Set(["img", "input", "video", "audio", "source", "track"]);
const FRAMES = new Set(["iframe", "frame", "embed", "object", "portal", "fencedframe"]);
// What SMIL may not animate: it would set URLs past everything here.
const ANIMATED_URLS = /^(xlink:)?href$/i;

/**
 * @param {import("./scene.js").Scene} scene
 * @param {import("./stream.js").Stream} stream
 * @param {Element} element
 * @param {string} name as recorded; `rr_*` and `_cssText` are the recorder's own
 * @param {unknown} value null: removed; for `style` possibly an object of changed properties
 */
export function applyAttribute(scene, stream, element, name, value) {
  if (value === true) value = "";
  if (value === undefined || value === false) value = null;
  if (name.startsWith("rr_")) {
    recorderAttribute(scene, stream, element, name, value);
    return;
  }
  if (name === "_cssText") {
    if (typeof value === "string") scene.styles.capture(stream, element, value);
    return;
  }
  if (name === "style" && value !== null && typeof value === "object") {
    applyStyleChanges(scene, stream, element, value);
    return;
  }
  const lower = name.toLowerCase();
  if (lower.startsWith("on") || DROPPED.has(lower) || STATE_ATTRIBUTES.has(lower)) return;
  const tag = element.localName;
  if (embedAttribute(scene, stream, element, lower, value === null ? null : String(value))) return;
  if (value === null) {
    removeAttribute(scene, stream, element, lower, name);
    return;
  }
  const text = String(value);
  if (tag === "link") {
    scene.links.set(stream, element, lower, text);
    return;
  }
  if (tag === "textarea" && lower === "value") {
    element.textContent = text;
    return;
  }
  // rrweb gives a `select` its value as an attribute; the options carry the state.
  if (tag === "select" && lower === "value") return;
  if (tag === "script" && (lower === "type" || lower === "src" || lower === "href" || lower === "xlink:href")) return;
  if (tag === "base") {
    if (lower === "href") stream.base = absoluteUrl(text, stream.url) || stream.base;
    return;
  }
  if (tag === "video" && lower === "src") scene.media.forget(element);
  const turned = turnedValue(scene, stream, element, tag, lower, text);
  if (lower === "style") keepingEmbed(element, () => writeAttribute(element, name, turned));
  else if (turned === null) eraseAttribute(element, name);
  else writeAttribute(element, name, turned);
  if (tag === "canvas") scene.canvases.touched(element, lower);
}

function removeAttribute(scene, stream, element, lower, name) {
  if (element.localName === "link") {
    scene.links.set(stream, element, lower, null);
    return;
  }
  if (lower === "open" && element.localName === "dialog" && element.open) {
    try {
      element.close();
    } catch {
      // Not connected: there is nothing to leave.
    }
  }
  if (lower === "style") keepingEmbed(element, () => eraseAttribute(element, name));
  else eraseAttribute(element, name);
  // A page that takes the source away does so to empty the element.
  if (lower === "src" && (element.localName === "video" || element.localName === "audio")) element.load();
  if (element.localName === "canvas") scene.canvases.touched(element, lower);
}

/** @returns {string | null} the value to set instead; null: none */
function turnedValue(scene, stream, element, tag, name, text) {
  const place = stream.place(scene.t);
  const resolve = (url) => scene.assets.resolve(url, place);
  if (name === "style") return scene.assets.declarations(text, place);
  if (name === "media") return tag === "source" ? scene.mediaFeatures.source(element, rewriteMedia(text)) : rewriteMedia(text);
  if (name === "srcset") return rewriteSrcset(text, resolve) || null;
  if (name === "poster" || name === "background") return resolve(text);
  if (FRAMES.has(tag) && (name === "src" || name === "data")) return null;
  if (element.namespaceURI === SVG) {
    if (name === "href" || name === "xlink:href") return svgReference(scene, place, tag, text);
    if (name === "attributename" && ANIMATED_URLS.test(text)) return null;
    return text.includes("(") ? scene.assets.declarations(text, place) : text;
  }
  if (name === "src" && tag === "img") return imageSource(scene, element, text, place);
  if (name === "src" && IMAGE_SOURCES.has(tag)) return text.trim() === "" ? text : resolve(text) || NOWHERE;
  if (name === "href") return /^[\s\0-\x20]*(javascript|vbscript|data):/i.test(text) ? NOWHERE : text;
  return text;
}

function imageSource(scene, element, text, place) {
  scene.lateImages.forget(element);
  if (text.trim() === "") return text;
  const url = scene.assets.resolve(text, place);
  if (url === null) return scene.assets.placeholder(text, place) || NOWHERE;
  const from = scene.assets.since(text, place);
  if (from <= scene.t) return url;
  scene.lateImages.wait(element, url, from);
  return NO_PICTURE;
}

function svgReference(scene, place, tag, text) {
  if (tag === "a") return /^[\s\0-\x20]*(javascript|vbscript|data):/i.test(text) ? NOWHERE : text;
  const resolved = scene.assets.resolve(text, place);
  if (resolved !== null && tag === "image") scene.assets.preload(text, resolved, place);
  return resolved;
}

/** @param {Record<string, false | string | [string, string]>} changes */
function applyStyleChanges(scene, stream, element, changes) {
  if (!element.style) return;
  const place = stream.place(scene.t);
  for (const [property, change] of Object.entries(changes)) {
    if (change === false) element.style.removeProperty(property);
    else {
      const [value, priority] = Array.isArray(change) ? change : [change, ""];
      element.style.setProperty(property, scene.assets.declarations(String(value), place), priority);
    }
  }
  if (element.localName === "canvas") scene.canvases.touched(element, "style");
}

function recorderAttribute(scene, stream, element, name, value) {
  if (value === null) return;
  if ((name === "rr_width" || name === "rr_height") && element.style) {
    element.style.setProperty(name.slice(3), String(value));
  } else if (name === "rr_scrollLeft") scene.scrolls.partial(element, { x: Number(value) });
  else if (name === "rr_scrollTop") scene.scrolls.partial(element, { y: Number(value) });
  else if (name === "rr_file") element.setAttribute(FILE_DOCUMENT, String(value));
  else if (name === "rr_slots") scene.manualHosts.add(element);
  else if (name === "rr_declaredClosed") scene.closedHosts.add(element);
  else if (name === "rr_delegatesFocus") scene.delegates.add(element);
  else if (name === "rr_open_mode") scene.topLayer.setDialog(stream, element, value === "modal");
  else if (name === "rr_dataURL") {
    if (element.localName === "canvas") scene.canvases.set(element, { image: String(value) });
    else if (element.localName === "img" && /^data:image\//i.test(String(value))) element.src = String(value);
  } else if (name.startsWith("rr_media")) scene.media.attribute(element, name, value, scene.t);
}

/** Whether an element is an HTML one of this name. @param {Node} node @param {string} name */
export function isHtml(node, name) {
  return node.namespaceURI === HTML && node.localName === name;
}
