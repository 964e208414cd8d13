/**
 * The layout of a page as a digest that can be kept: where each visible box of the composed tree stands, and a hash of its own
 * text. The same function looks at the live page and at its replay, so it runs in both.
 */

// What shows something without holding a text.
const SHOWS = new Set(["img", "canvas", "video", "svg", "object", "embed", "input", "iframe", "frame"]);
const SKIPPED = new Set(["script", "noscript", "style", "link", "head", "template", "meta", "title"]);
const CONTROLS = new Set(["input", "textarea", "select"]);
const VISIBLE = { opacityProperty: true, visibilityProperty: true };

/**
 * @param {Window} win
 * @param {{closedRootOf: (element: Element) => ShadowRoot|null, isMasked: (element: Element) => boolean,
 *   isHidden: (element: Element) => boolean}} scope of a hidden element nothing but the box is looked at
 * @returns {{boxes: [string, string, number, number, number, number, string, number][], unseen: string[], masked: number[][],
 *   width: number, height: number, scale: number, url: string, now: number}}
 *   a box is [place, tag, x, y, width, height, hash of text and value ("*" where they are masked), their length]; the place says
 *   in which frames it lies ("" the top, "1/0/" the first frame in the second); `unseen` are the places of frames that cannot be
 *   read from here; `masked` has the boxes [x, y, width, height] whose pixels show what must not be kept
 */
export function layoutOf(win, { closedRootOf, isMasked, isHidden }) {
  const boxes = [];
  const unseen = [];
  const masked = [];
  const walk = (parent, area, place) => {
    for (const element of childrenOf(parent)) {
      const tag = element.localName;
      if (SKIPPED.has(tag)) continue;
      const box = visibleBox(element, area.view);
      if (isHidden(element)) {
        if (box) boxes.push([place, tag, ...box.map(Math.round), "*", 0]);
        if (box) masked.push(box);
        continue;
      }
      if (box) {
        const hidden = isMasked(element);
        const text = ownText(element);
        boxes.push([place, tag, ...box.map(Math.round), hidden ? "*" : hashOf(text), text.length]);
        if (hidden && (text || SHOWS.has(tag) || isDrawn(element))) masked.push(box);
        const around = hidden && text ? visibleBox(textRange(element), area.view) : null;
        if (around) masked.push(around);
      }
      const root = element.shadowRoot || closedRootOf(element);
      if (root) walk(root, area, place);
      walk(element, area, place);
      if (tag === "iframe" || tag === "frame") {
        const inner = `${place}${area.view.frames++}/`;
        if (!box) continue;
        const document = documentOf(element);
        if (!document || !document.documentElement) unseen.push(inner);
        else walk(document, { view: viewInside(element, box, area.view) }, inner);
      }
    }
  };
  const { innerWidth: width, innerHeight: height } = win;
  walk(win.document, { view: { left: 0, top: 0, right: width, bottom: height, frames: 0 } }, "");
  return {
    boxes, unseen, masked, width, height, scale: win.devicePixelRatio, url: win.document.URL, now: Date.now(),
  };
}

/** Whether its style has it show something: a picture behind it, a text before or after it. */
function isDrawn(element) {
  const { getComputedStyle } = element.ownerDocument.defaultView;
  const style = getComputedStyle(element);
  if ([style.backgroundImage, style.borderImageSource, style.listStyleImage].some((image) => image && image !== "none")) return true;
  return ["::before", "::after"].some((part) => !/^(none|normal|""|)$/.test(getComputedStyle(element, part).content));
}

/** Its text may be longer than its box. */
function textRange(element) {
  const range = element.ownerDocument.createRange();
  range.selectNodeContents(element);
  return range;
}

/** Its own children: components with slots of their own making hide them behind a property of the same name. */
function childrenOf(node) {
  const kind = { 1: Element, 9: Document, 11: DocumentFragment }[node.nodeType];
  const own = kind && Object.getOwnPropertyDescriptor(kind.prototype, "children");
  return own && own.get ? own.get.call(node) : node.children || [];
}

/** @returns {number[] | null} [x, y, width, height] in the top viewport, null where nothing of it can be seen */
function visibleBox(element, view) {
  const rect = element.getBoundingClientRect();
  const x = rect.x + view.left;
  const y = rect.y + view.top;
  if (!(rect.width > 0 && rect.height > 0 && x + rect.width > 0 && y + rect.height > 0)) return null;
  if (!(x < view.right && y < view.bottom)) return null;
  if (element.checkVisibility && !element.checkVisibility(VISIBLE)) return null;
  return [x, y, rect.width, rect.height];
}

function viewInside(element, [x, y, width, height], view) {
  return {
    left: x + element.clientLeft,
    top: y + element.clientTop,
    right: Math.min(view.right, x + width),
    bottom: Math.min(view.bottom, y + height),
    frames: 0,
  };
}

function documentOf(frame) {
  try {
    return frame.contentDocument;
  } catch {
    return null;
  }
}

/** The text of its own text nodes, and what a control holds. */
function ownText(element) {
  let text = "";
  for (const child of element.childNodes) if (child.nodeType === 3) text += child.data;
  text = text.replace(/\s+/g, " ").trim();
  if (!CONTROLS.has(element.localName)) return text;
  return `${text}=${element.value}${element.checked ? "*" : ""}`;
}

/** FNV-1a, 32 bit: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashOf(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}
