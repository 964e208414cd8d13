/** The text of the rebuilt page as it stands at the playhead, its frames and shadow trees included. */
import { frameDocument } from "../frame_documents.js";

const UNREAD = new Set(["script", "style", "noscript", "template", "head", "title"]);
const NAMING = ["placeholder", "alt", "aria-label", "title"];

/**
 * @param {any} scene see ../scene.js
 * @returns {Generator<{text: string, element: Element, doc: string, node: number}>}
 */
export function* pageTexts(scene) {
  if (!scene?.top.document) return;
  const roots = [scene.top.document];
  for (const root of roots) {
    const walker = (root.nodeType === 9 ? root : root.ownerDocument).createTreeWalker(root, 5);
    for (let node = walker.nextNode(); node;) {
      if (node.nodeType === 1) {
        if (UNREAD.has(node.localName)) {
          node = past(walker, node);
          continue;
        }
        if (node.shadowRoot) roots.push(node.shadowRoot);
        const inner = frameDocument(node);
        if (inner) roots.push(inner);
        for (const text of ownTexts(node)) yield* found(scene, node, text);
      } else if (node.parentElement || node.parentNode?.host) {
        const text = node.data.trim();
        if (text) yield* found(scene, node.parentElement || node.parentNode.host, text);
      }
      node = walker.nextNode();
    }
  }
}

/** @returns {Node | null} the next node that is not below this one */
function past(walker, node) {
  walker.currentNode = node;
  const next = walker.nextSibling();
  if (next) return next;
  while (walker.parentNode()) {
    const sibling = walker.nextSibling();
    if (sibling) return sibling;
  }
  return null;
}

function ownTexts(element) {
  const texts = NAMING.map((name) => element.getAttribute(name)).filter(Boolean);
  const typed = (element.localName === "input" && element.type !== "password") || element.localName === "textarea";
  if (typed && element.value) texts.push(element.value);
  return texts;
}

function* found(scene, element, text) {
  const place = placeOf(scene, element);
  if (place) yield { text, element, ...place };
}

/**
 * @param {any} scene @param {Node} node of the rebuilt page
 * @returns {{doc: string, node: number} | null} by which the recording knows it
 */
export function placeOf(scene, node) {
  for (const stream of scene?.streams.values() || []) {
    const id = stream.mirror.id(node);
    if (id !== undefined && stream.mirror.node(id) === node) return { doc: stream.doc, node: id };
  }
  return null;
}

/** @param {any} scene @param {string} doc @param {number} node @returns {Element | null} where it stands on the page now */
export function elementAt(scene, doc, node) {
  const found = scene?.streams.get(doc)?.mirror.node(node);
  return found?.nodeType === 1 && found.isConnected ? found : null;
}

/**
 * What the stage outlines and the Inspect panel shows, see ../context.js.
 * @param {any} context @param {Element} element of the rebuilt page
 */
export function elementItem({ player, timeline }, element) {
  const place = placeOf(player.scene, element);
  if (!place) return null;
  const entry = timeline.documents.get(place.doc);
  const from = entry ? entry.start_ms : player.now;
  const id = element.id ? `#${element.id}` : "";
  const target = { t: from, page: player.page, ...place };
  return {
    kind: "element",
    t: player.now,
    end: entry?.end_ms ?? timeline.duration,
    page: player.page,
    title: element.localName + id,
    target,
  };
}
