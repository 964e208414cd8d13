/**
 * `<object>` and `<embed>` that show a picture or a document. The real elements would ask for a plug-in, which a replay does not load; so an element
 * of the same name stands there that means nothing to the browser, whose `content` is the picture: it is laid out like an image.
 *
 * Its namespace is that of MathML, whose unknown elements take a `style`. The sizes that its attributes give weigh less than any rule
 * of the page, see blank.js.
 *
 * One that shows a document gets an iframe inside for it, of which whoever examines the replayed page learns nothing: the recorded
 * page had none.
 */
import { MATHML } from "./names.js";

const SOURCES = { object: "data", embed: "src" };
export const EMBED_MARK = "data-harness-embed";
const OWN = ["content", "--harness-width", "--harness-height"];
const FRAMED = "data-harness-framed";
const FRAME = "data-harness-embedded";

/**
 * @param {import("./scene.js").Scene} scene
 * @param {import("./stream.js").Stream} stream
 * @param {Document} document
 * @param {any} serialised
 * @returns {Element | null} null where it is no such element, or shows no picture
 */
export function createEmbed(scene, stream, document, { tagName, attributes = {} }) {
  const written = attributes[SOURCES[tagName]];
  const isPicture = typeof written === "string" && pictureOf(scene, stream, written) !== null;
  // An `<object>` of HTML shows what stands inside; an `<embed>` never does.
  if (!isPicture && tagName !== "embed") return null;
  const element = document.createElementNS(MATHML, tagName);
  if (isPicture) element.setAttribute(EMBED_MARK, "");
  return element;
}

/**
 * @param {Element} element an object or embed that is to show a document
 * @returns {HTMLIFrameElement | null} for it; null: it is shown as a picture
 */
export function frameIn(element) {
  if (!(element.localName in SOURCES) || element.hasAttribute(EMBED_MARK)) return null;
  const there = element.querySelector(`:scope > iframe[${FRAME}]`);
  if (there) return there;
  const frame = element.ownerDocument.createElement("iframe");
  frame.setAttribute("sandbox", "allow-same-origin");
  frame.setAttribute(FRAME, "");
  element.setAttribute(FRAMED, "");
  element.prepend(frame);
  Object.defineProperty(element, "children", { configurable: true, get: () => [] });
  return frame;
}

/**
 * @param {string | null} value
 * @returns {boolean} whether the attribute has been dealt with
 */
export function embedAttribute(scene, stream, element, name, value) {
  const source = SOURCES[element.localName];
  if (!source) return false;
  // Without a source what stands inside is shown; a type alone would ask for a plug-in.
  const isPicture = element.hasAttribute(EMBED_MARK);
  if (!isPicture && (name === source || name === "type")) return true;
  if (name === source) {
    const picture = value === null ? null : pictureOf(scene, stream, value);
    if (picture === null) element.style.removeProperty("content");
    else {
      scene.assets.preload(value, picture, stream.place(scene.t));
      element.style.setProperty("content", `url("${picture.replace(/["\\\n]/g, encodeURIComponent)}")`, "important");
    }
  } else if (element.namespaceURI === MATHML && (name === "width" || name === "height")) {
    const parsed = /^\s*(\d+(?:\.\d+)?)(%?)/.exec(value || "");
    if (parsed) element.style.setProperty(`--harness-${name}`, parsed[1] + (parsed[2] || "px"));
    else element.style.removeProperty(`--harness-${name}`);
    return false;
  }
  return name === source;
}

/**
 * Runs a change of the `style` attribute, which would take what stands there for us with it.
 * @param {Element} element @param {() => void} change
 */
export function keepingEmbed(element, change) {
  const names = element.namespaceURI === MATHML && element.localName in SOURCES ? OWN : [];
  const kept = names.map((name) => [name, element.style.getPropertyValue(name), element.style.getPropertyPriority(name)]);
  change();
  for (const [name, value, priority] of kept) if (value) element.style.setProperty(name, value, priority);
}

function pictureOf(scene, stream, written) {
  if (/^data:image\//i.test(written.trim())) return written.trim();
  return scene.assets.picture(written, stream.place(scene.t));
}
