/** Locators for an element, as Playwright's code generator would write them in Python, the most lasting one first. */
import { accessibleName, collapsed, labelOf, labelsAmong, roleOf } from "./accessible.js";

const TEST_IDS = ["data-testid", "data-test-id", "data-test"];
const MAX_TEXT = 80;
// Looking at every element of a huge page would be felt.
const MAX_LOOKED_AT = 6000;
const NO_NAME = new Set(["presentation", "none", "generic", "paragraph", "rowgroup", "list", "listitem", "group", ""]);

/**
 * @param {Element} element of the rebuilt page
 * @param {(frame: Element) => boolean} isStage the viewer's own iframe, in which the page stands
 * @returns {{code: string, matches: number}[]} `matches`: how many elements of the document it finds
 */
export function locatorsOf(element, isStage) {
  const prefix = `page.${framePrefix(element, isStage)}`;
  const found = [];
  for (const { call, same } of candidates(element)) {
    const all = same();
    const at = all.indexOf(element);
    if (at < 0) continue;
    const place = all.length === 1 ? "" : at === 0 ? ".first" : `.nth(${at})`;
    found.push({ code: `${prefix}${call}${place}`, matches: all.length });
  }
  // One that finds nothing else is worth more than any that has to count.
  return [...found.filter((each) => each.matches === 1), ...found.filter((each) => each.matches !== 1)];
}

/** The elements of a document, each asked once. */
class Elements {
  constructor(document) {
    this.all = everyElement(document);
    this.labels = labelsAmong(this.all);
    this.roles = null;
    this.names = new Map();
  }

  ofRole(role) {
    if (!this.roles) {
      this.roles = new Map();
      for (const each of this.all) {
        const own = roleOf(each);
        if (!this.roles.has(own)) this.roles.set(own, []);
        this.roles.get(own).push(each);
      }
    }
    return this.roles.get(role) || [];
  }

  nameOf(element) {
    if (!this.names.has(element)) this.names.set(element, accessibleName(element, this.labels));
    return this.names.get(element);
  }

  having(attribute, matches) {
    return this.all.filter((each) => each.hasAttribute(attribute) && matches(each.getAttribute(attribute)));
  }
}

/** @returns {{call: string, same: () => Element[]}[]} */
function candidates(element) {
  const root = element.getRootNode();
  const elements = new Elements(element.ownerDocument);
  const list = [];
  for (const name of TEST_IDS) {
    const id = element.getAttribute(name);
    if (!id) continue;
    const call = name === "data-testid" ? `get_by_test_id(${quoted(id)})` : `locator(${quoted(`[${name}="${escaped(id)}"]`)})`;
    list.push({ call, same: () => elements.having(name, (value) => value === id) });
  }
  list.push(...byRole(element, elements));
  const label = labelOf(element) || element.getAttribute("aria-label");
  if (label && label.length <= MAX_TEXT) {
    const wanted = collapsed(label).toLowerCase();
    const named = (each) => labelOf(each, elements.labels) || each.getAttribute("aria-label") || "";
    const same = () => elements.all.filter((each) => collapsed(named(each)).toLowerCase().includes(wanted));
    list.push({ call: `get_by_label(${quoted(collapsed(label))})`, same });
  }
  for (const [attribute, call] of [
    ["placeholder", "get_by_placeholder"],
    ["alt", "get_by_alt_text"],
    ["title", "get_by_title"],
  ]) {
    const value = collapsed(element.getAttribute(attribute) || "");
    if (!value || value.length > MAX_TEXT) continue;
    const wanted = value.toLowerCase();
    const same = () => elements.having(attribute, (each) => collapsed(each).toLowerCase().includes(wanted));
    list.push({ call: `${call}(${quoted(value)})`, same });
  }
  const text = collapsed(element.textContent || "");
  if (text && text.length <= MAX_TEXT && !element.labels) {
    list.push({ call: `get_by_text(${quoted(text)})`, same: () => withText(elements.all, text.toLowerCase()) });
  }
  const css = cssOf(element);
  list.push({ call: `locator(${quoted(css)})`, same: () => [...(root.host ? [element] : root.querySelectorAll(css))] });
  return list;
}

function byRole(element, elements) {
  const role = roleOf(element);
  const name = elements.nameOf(element);
  const call = `get_by_role(${quoted(role)}`;
  if (NO_NAME.has(role) || name.length > MAX_TEXT) return [];
  if (!name) return [{ call: `${call})`, same: () => elements.ofRole(role) }];
  const wanted = name.toLowerCase();
  const loose = elements.ofRole(role).filter((each) => elements.nameOf(each).toLowerCase().includes(wanted));
  const found = [{ call: `${call}, name=${quoted(name)})`, same: () => loose }];
  if (loose.length > 1) {
    const exact = loose.filter((each) => elements.nameOf(each) === name);
    found.push({ call: `${call}, name=${quoted(name)}, exact=True)`, same: () => exact });
  }
  return found;
}

/** The smallest elements that hold a text. @param {Element[]} all @param {string} wanted in lower case */
export function withText(all, wanted) {
  const holds = (each) =>
    collapsed(each.textContent || "")
      .toLowerCase()
      .includes(wanted);
  return all.filter((each) => holds(each) && ![...each.children].some(holds));
}

/** @param {Document | Element} top @returns {Element[]} all below it, shadow trees included */
export function everyElement(top) {
  const all = [];
  const collect = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (all.length >= MAX_LOOKED_AT) return;
      all.push(each);
      if (each.shadowRoot) collect(each.shadowRoot);
    }
  };
  collect(top);
  if (top.shadowRoot) collect(top.shadowRoot);
  return all;
}

/** @param {Element} element @returns {string} a selector that finds it alone in its document; through open shadow roots */
export function cssOf(element) {
  const root = element.getRootNode();
  const parts = [];
  for (let node = element; node; node = node.parentElement) {
    const own = partOf(node);
    parts.unshift(own);
    const selector = parts.join(" > ");
    if (own.startsWith("#") || node === root.documentElement || root.querySelectorAll(selector).length === 1) break;
  }
  const inside = parts.join(" > ");
  return root.host ? `${cssOf(root.host)} ${inside}` : inside;
}

function partOf(element) {
  const { id, localName, parentElement } = element;
  const root = element.getRootNode();
  if (id && !/\d{3,}|[:.]/.test(id) && root.querySelectorAll(`#${CSS.escape(id)}`).length === 1) return `#${CSS.escape(id)}`;
  const classes = [...element.classList].filter((name) => /^[a-z][\w-]*$/i.test(name) && !/\d{2,}/.test(name)).slice(0, 2);
  const named = CSS.escape(localName) + classes.map((name) => `.${CSS.escape(name)}`).join("");
  const siblings = [...(parentElement || root).children];
  if (siblings.filter((each) => each.matches(named)).length <= 1) return named;
  const alike = siblings.filter((each) => each.localName === localName);
  return alike.length > 1 ? `${CSS.escape(localName)}:nth-of-type(${alike.indexOf(element) + 1})` : named;
}

/** Frames around it, from the page inwards. */
function framePrefix(element, isStage) {
  const frame = element.ownerDocument.defaultView?.frameElement;
  if (!frame || isStage(frame)) return "";
  return `${framePrefix(frame, isStage)}locator(${quoted(cssOf(frame))}).content_frame.`;
}

/** @returns {string} as a string of Python */
function quoted(text) {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (char) =>
    /[\p{L}\p{N}\p{P}\p{S}]/u.test(char) || /[\ud800-\udfff]/.test(char)
      ? char
      : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function escaped(text) {
  return text.replace(/["\\]/g, "\\$&");
}
