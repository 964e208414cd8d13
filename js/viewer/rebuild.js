/**
 * Serialised trees of rrweb's vocabulary become DOM.
 *
 * Our own, where rrweb has a Replayer: that one wants all events of a recording in memory (26 s and 188 MB to open a synthetic
 * hour), writes one document only, and takes stylesheets and images from inside the events, where we have them as assets.
 */
import { applyAttribute } from "./attributes.js";
import { baseSheet, baseStyle, blank, markUndefined } from "./blank.js";
import { shutFrame } from "./frame_documents.js";
import { createEmbed } from "./embeds.js";
import { makeRoot, rootOf } from "./shadow_roots.js";
import { HTML, createElement, isCustomName } from "./names.js";

/** rrweb's NodeType */
const DOCUMENT = 0;
const DOCTYPE = 1;
const ELEMENT = 2;
const TEXT = 3;
const CDATA = 4;
const COMMENT = 5;

/** @param {{type: number}} serialised */
export function isDocument(serialised) {
  return serialised.type === DOCUMENT;
}

/**
 * Builds a recorded document into `document`, which is emptied first.
 * @param {import("./scene.js").Scene} scene
 * @param {import("./stream.js").Stream} stream whose mirror learns the nodes
 * @param {any} serialised of type document
 * @param {Document} document
 */
export function mountDocument(scene, stream, serialised, document) {
  const children = serialised.childNodes || [];
  blank(document, {
    doctype: children.find((child) => child.type === DOCTYPE) || null,
    quirks: serialised.compatMode === "BackCompat",
    origins: scene.assets.source.origins,
    onKey: scene.onKey,
  });
  stream.mirror.set(serialised.id, document);
  scene.documents.add(document);
  // Whatever stood here before may have been scrolled.
  scene.scrolls.partial(document, { x: 0, y: 0 });
  for (const child of children) insertNode(scene, stream, document, buildTree(scene, stream, document, child, document), null);
}

/**
 * @param {Document} document
 * @param {any} serialised with its children
 * @param {Node} parent where it is going to stand
 * @returns {Node}
 */
export function buildTree(scene, stream, document, serialised, parent) {
  const root = buildNode(scene, stream, document, serialised, parent);
  const stack = [[serialised, root]];
  while (stack.length) {
    const [from, node] = stack.pop();
    // The style's text, as the element's own attribute has it; and a script's is a placeholder.
    for (const child of from.childNodes || []) {
      const built = buildNode(scene, stream, document, child, node);
      (child.isShadow ? shadowRootOf(scene, node) : node).append(built);
      if (child.type === TEXT && scene.styles.isStyle(node)) scene.styles.setText(stream, built, child.textContent, true);
      if (child.childNodes && child.childNodes.length) stack.push([child, built]);
    }
  }
  return root;
}

/** One node without its children. */
export function buildNode(scene, stream, document, serialised, parent) {
  const node = newNode(scene, stream, document, serialised, parent);
  stream.mirror.set(serialised.id, node);
  return node;
}

function newNode(scene, stream, document, serialised, parent) {
  switch (serialised.type) {
    case ELEMENT:
      return newElement(scene, stream, document, serialised, parent);
    case TEXT:
    case CDATA:
      return document.createTextNode(shownText(parent, serialised.textContent || ""));
    case DOCTYPE:
      try {
        return document.implementation.createDocumentType(
          serialised.name || "html",
          serialised.publicId || "",
          serialised.systemId || "",
        );
      } catch {
        return document.implementation.createDocumentType("html", "", "");
      }
    case COMMENT:
      return document.createComment(serialised.textContent || "");
    default:
      return document.createComment("");
  }
}

/** @returns {string} text as it may stand in the document: a style's is written by `style_texts.js`, a script's not at all */
function shownText(parent, text) {
  return parent && (parent.localName === "style" || parent.localName === "script") ? "" : text;
}

function newElement(scene, stream, document, serialised, parent) {
  const element = createEmbed(scene, stream, document, serialised) || createElement(document, serialised, parent);
  const tag = element.localName;
  if (element.namespaceURI === HTML && isCustomName(tag)) {
    if (serialised.isCustom) defineElement(stream, tag);
    else if (!stream.defined.has(tag)) {
      if (!stream.undefined.has(tag)) stream.undefined.set(tag, new Set());
      stream.undefined.get(tag).add(element);
      markUndefined(element, true);
    }
  }
  if (tag === "script") element.setAttribute("type", "text/plain");
  // Same origin, so that the player can build what the frame showed; without scripts.
  if (tag === "iframe") element.setAttribute("sandbox", "allow-same-origin");
  if (tag === "iframe" || tag === "frame") shutFrame(element, true);
  if (tag === "canvas") scene.canvases.touched(element, "");
  syncAttributes(scene, stream, element, serialised);
  if (serialised.isShadowHost) shadowRootOf(scene, element);
  return element;
}

/** Gives an element the attributes it was recorded with: the recorder's own last, for they override. */
export function syncAttributes(scene, stream, element, serialised) {
  const attributes = Object.entries(serialised.attributes || {});
  for (const [name, value] of attributes) if (!name.startsWith("rr_")) applyAttribute(scene, stream, element, name, value);
  for (const [name, value] of attributes) if (name.startsWith("rr_")) applyAttribute(scene, stream, element, name, value);
}

/** From now on elements of this name are `:defined`. @param {import("./stream.js").Stream} stream @param {string} name */
export function defineElement(stream, name) {
  if (stream.defined.has(name)) return;
  stream.defined.add(name);
  for (const element of stream.undefined.get(name) || []) markUndefined(element, false);
  stream.undefined.delete(name);
}

/** @param {Element} host @returns {ShadowRoot | Element} its shadow root, made where there is none yet */
export function shadowRootOf(scene, host) {
  const there = rootOf(host);
  if (there) return there;
  try {
    const root = makeRoot(host, { manual: scene.manualHosts.has(host), declaredClosed: scene.closedHosts.has(host) });
    const sheet = baseSheet(host.ownerDocument);
    if (sheet) root.adoptedStyleSheets = [sheet];
    scene.roots.add(root);
    return root;
  } catch {
    return host;
  }
}

/**
 * Puts a built node in its place.
 * @param {Node} parent
 * @param {Node} node
 * @param {Node | null} next stands after it; null: at the end
 */
export function insertNode(scene, stream, parent, node, next) {
  if (parent.nodeType === 9) makeRoom(stream, parent, node);
  const before = next && next.parentNode === parent ? next : null;
  try {
    parent.insertBefore(node, before);
  } catch (error) {
    scene.problem(error);
    return;
  }
  if (parent.nodeType === 9 && node.nodeType === 1 && node.namespaceURI === HTML) node.prepend(baseStyle(parent));
}

/** A document holds one doctype and one element: an old one whose removal was not recorded gives way. */
function makeRoom(stream, document, node) {
  const old = node.nodeType === 10 ? document.doctype : node.nodeType === 1 ? document.documentElement : null;
  if (!old || old === node) return;
  stream.mirror.forget(old);
  old.remove();
}
