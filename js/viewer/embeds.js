/**
 * `<object>` and `<embed>` that show a picture. The real elements would ask for a plug-in, which a replay does not load; so an element
 * of the same name stands there that means nothing to the browser, whose `content` is the picture: it is laid out like an image.
 *
 * Its namespace is that of MathML, whose unknown elements take a `style`. The sizes that its attributes give weigh less than any rule
 * of the page, see blank.js.
 */
import { MATHML } from "./names.js";

const SOURCES = { object: "data", embed: "src" };
export const EMBED_MARK = "data-harness-embed";

/**
 * @param {import("./scene.js").Scene} scene
 * @param {import("./stream.js").Stream} stream
 * @param {Document} document
 * @param {any} serialised
 * @returns {Element | null} null where it is no such element, or shows no picture
 */
export function createEmbed(scene, stream, document, { tagName, attributes = {} }) {
  const written = attributes[SOURCES[tagName]];
  if (typeof written !== "string" || pictureOf(scene, stream, written) === null) return null;
  const element = document.createElementNS(MATHML, tagName);
  element.setAttribute(EMBED_MARK, "");
  return element;
}

/**
 * @param {string | null} value
 * @returns {boolean} whether the attribute has been dealt with
 */
export function embedAttribute(scene, stream, element, name, value) {
  const source = SOURCES[element.localName];
  if (!source) return false;
  // Without a source what stands inside is shown; a type alone would ask for a plug-in.
  if (!element.hasAttribute(EMBED_MARK)) return name === source || name === "type";
  if (name === source) {
    const picture = value === null ? null : pictureOf(scene, stream, value);
    if (picture === null) element.style.removeProperty("content");
    else {
      scene.assets.preload(value, picture, stream.place(scene.t));
      element.style.setProperty("content", `url("${picture.replace(/["\\\n]/g, encodeURIComponent)}")`, "important");
    }
  } else if (name === "width" || name === "height") {
    const parsed = /^\s*(\d+(?:\.\d+)?)(%?)/.exec(value || "");
    if (parsed) element.style.setProperty(`--harness-${name}`, parsed[1] + (parsed[2] || "px"));
    else element.style.removeProperty(`--harness-${name}`);
    return false;
  }
  return name === source;
}

function pictureOf(scene, stream, written) {
  if (/^data:image\//i.test(written.trim())) return written.trim();
  return scene.assets.picture(written, stream.place(scene.t));
}
