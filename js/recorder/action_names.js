/** What a person would call an element: «Add to cart», not `div > button:nth-child(3)`. Masked where its text is masked. */

const MAX_NAME = 60;
const MAX_SELECTOR = 200;

/** What people mean when they click on something inside it. */
export const INTERACTIVE =
  "a[href],button,input,select,textarea,label,summary,option,[contenteditable=''],[contenteditable=true],[onclick],[draggable=true]," +
  "[role=button],[role=link],[role=tab],[role=menuitem],[role=menuitemcheckbox],[role=menuitemradio],[role=option],[role=checkbox]," +
  "[role=radio],[role=switch],[role=treeitem],[role=gridcell],[role=combobox],[role=textbox],[role=slider],[role=searchbox]";

const ROLE_WORDS = { a: "link", img: "picture", svg: "picture", video: "video", audio: "audio", canvas: "canvas" };

/** The element that a click on `target` means: the button around an icon, else the element itself. */
export function meantElement(target) {
  return target.closest(INTERACTIVE) || target;
}

/**
 * @param {Element} element
 * @param {{maskLabel: (text: string, element: Element) => string}} mask
 * @returns {string} its name in quotation marks, or where it has none what it is: `«Add to cart»`, `the page`, `picture`
 */
export function nameOf(element, mask) {
  if (/^(html|body)$/.test(element.localName)) return "the page";
  const own = labelled(element, mask) || content(element, mask);
  if (own) return `«${own}»`;
  const word = ROLE_WORDS[element.localName] || element.getAttribute("role") || element.localName;
  const id = element.id && element.id.length < 40 ? `#${element.id}` : "";
  return `${word}${id}`;
}

function labelled(element, mask) {
  const ids = element.getAttribute("aria-labelledby");
  if (ids) {
    const root = element.getRootNode();
    const texts = ids.split(/\s+/).map((id) => root.getElementById && root.getElementById(id)).filter(Boolean);
    const text = tidy(texts.map((part) => mask.maskLabel(textOf(part), part)).join(" "));
    if (text) return text;
  }
  const given = tidy(element.getAttribute("aria-label") || "");
  if (given) return mask.maskLabel(given, element);
  if (element.localName === "input" && /^(button|submit|reset)$/.test(element.type)) {
    return mask.maskLabel(tidy(element.value) || (element.type === "reset" ? "Reset" : "Submit"), element);
  }
  if (element.labels && element.labels.length) {
    const label = element.labels[0];
    const text = mask.maskLabel(tidy(textOf(label, element)), label);
    if (text) return text;
  }
  return "";
}

function content(element, mask) {
  const isField = /^(input|select|textarea)$/.test(element.localName) || element.isContentEditable;
  if (!isField) {
    const text = tidy(textOf(element));
    // A long text is what an area holds, not what it is called.
    if (text && (text.length <= MAX_NAME || element.matches(INTERACTIVE))) return mask.maskLabel(shortened(text), element);
    const picture = element.matches("img,[role=img]") ? element : element.querySelector("img[alt],[role=img],svg title");
    const alt = picture && tidy(picture.getAttribute("alt") || picture.getAttribute("aria-label") || (picture.localName === "title" ? picture.textContent : "") || "");
    if (alt) return mask.maskLabel(shortened(alt), picture);
  }
  for (const name of ["placeholder", "title", "name"]) {
    const text = tidy(element.getAttribute(name) || "");
    if (text) return name === "name" ? shortened(text) : mask.maskLabel(shortened(text), element);
  }
  return "";
}

/** The text in an element, at most a little more than a name's length of it; without that of `except`. */
function textOf(element, except) {
  let text = "";
  const walker = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && text.length <= 4 * MAX_NAME; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (parent && (/^(script|style|noscript|select|textarea)$/.test(parent.localName) || (except && except.contains(parent)))) continue;
    text += `${node.data} `;
  }
  return text;
}

function tidy(text) {
  return text.replace(/\s+/g, " ").trim();
}

function shortened(text) {
  return text.length > MAX_NAME ? `${text.slice(0, MAX_NAME - 1)}…` : text;
}

/** A CSS selector that finds the element in its document or shadow root: by test id, id or name, else by its place. */
export function selectorOf(element) {
  const root = element.getRootNode();
  const finds = (selector) => {
    const found = root.querySelectorAll(selector);
    return found.length === 1 && found[0] === element;
  };
  const tag = CSS.escape(element.localName);
  const testId = element.getAttribute("data-testid");
  if (testId && finds(`[data-testid="${CSS.escape(testId)}"]`)) return `[data-testid="${testId}"]`;
  if (element.id && finds(`#${CSS.escape(element.id)}`)) return `#${CSS.escape(element.id)}`;
  const name = element.getAttribute("name");
  if (name && finds(`${tag}[name="${CSS.escape(name)}"]`)) return `${tag}[name="${name}"]`;
  const path = [];
  for (let at = element; at && at.parentElement; at = at.parentElement) {
    if (at !== element && at.id) {
      path.unshift(`#${CSS.escape(at.id)}`);
      break;
    }
    const same = [...at.parentElement.children].filter((other) => other.localName === at.localName);
    path.unshift(CSS.escape(at.localName) + (same.length > 1 ? `:nth-of-type(${same.indexOf(at) + 1})` : ""));
    if (path.length > 1 && finds(path.join(" > "))) break;
  }
  const selector = path.join(" > ") || tag;
  return selector.length <= MAX_SELECTOR ? selector : tag;
}
