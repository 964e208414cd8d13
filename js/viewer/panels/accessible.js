/**
 * Role and name of an element, as far as test locators need them.
 * https://www.w3.org/TR/html-aam-1.0/, https://www.w3.org/TR/accname-1.2/
 */

const ROLES = {
  a: (element) => (element.hasAttribute("href") ? "link" : ""),
  area: (element) => (element.hasAttribute("href") ? "link" : ""),
  article: "article",
  aside: "complementary",
  button: "button",
  details: "group",
  dialog: "dialog",
  fieldset: "group",
  figure: "figure",
  footer: (element) => (sectioned(element) ? "" : "contentinfo"),
  form: (element) => (nameFrom(element, ["aria-label", "aria-labelledby"]) ? "form" : ""),
  h1: "heading",
  h2: "heading",
  h3: "heading",
  h4: "heading",
  h5: "heading",
  h6: "heading",
  header: (element) => (sectioned(element) ? "" : "banner"),
  hr: "separator",
  img: (element) => (element.getAttribute("alt") === "" ? "presentation" : "img"),
  input: inputRole,
  li: "listitem",
  main: "main",
  menu: "list",
  meter: "meter",
  nav: "navigation",
  ol: "list",
  option: "option",
  output: "status",
  p: "paragraph",
  progress: "progressbar",
  section: (element) => (nameFrom(element, ["aria-label", "aria-labelledby"]) ? "region" : ""),
  select: (element) => (element.multiple || element.size > 1 ? "listbox" : "combobox"),
  summary: "",
  table: "table",
  tbody: "rowgroup",
  td: "cell",
  textarea: "textbox",
  tfoot: "rowgroup",
  th: headerRole,
  thead: "rowgroup",
  tr: "row",
  ul: "list",
};
const INPUT_ROLES = {
  button: "button",
  checkbox: "checkbox",
  image: "button",
  number: "spinbutton",
  radio: "radio",
  range: "slider",
  reset: "button",
  search: "searchbox",
  submit: "button",
};
const TEXT_INPUTS = new Set(["", "text", "email", "tel", "url"]);
// The name of these comes from what is in them.
const NAMED_BY_CONTENT = new Set(
  (
    "button cell checkbox columnheader gridcell heading link menuitem menuitemcheckbox menuitemradio " +
    "option radio row rowheader switch tab tooltip treeitem"
  ).split(" "),
);

/** @param {Element} element @returns {string} empty where it has none */
export function roleOf(element) {
  const given = (element.getAttribute("role") || "").trim().split(/\s+/)[0].toLowerCase();
  if (given) return given;
  const role = ROLES[element.localName];
  return typeof role === "function" ? role(element) : role || "";
}

function inputRole(element) {
  const type = (element.getAttribute("type") || "").toLowerCase();
  if (TEXT_INPUTS.has(type)) return element.hasAttribute("list") ? "combobox" : "textbox";
  return INPUT_ROLES[type] || "";
}

/** https://www.w3.org/TR/html-aam-1.0/#el-th: without a scope, what stands beside it tells. */
function headerRole(element) {
  const scope = element.getAttribute("scope") || "";
  if (scope) return scope.startsWith("row") ? "rowheader" : "columnheader";
  const beside = [element.previousElementSibling, element.nextElementSibling];
  return beside.some((each) => each?.localName === "td" && each.textContent.trim()) ? "rowheader" : "columnheader";
}

function sectioned(element) {
  return element.parentElement?.closest("article, aside, main, nav, section") !== null && element.parentElement !== null;
}

/** @param {Element} element @param {Map<Element, Element[]>} [labels] see labelsAmong @returns {string} */
export function accessibleName(element, labels) {
  const given = nameFrom(element, ["aria-labelledby", "aria-label"]);
  if (given) return given;
  const label = labelOf(element, labels);
  if (label) return label;
  const { localName } = element;
  const named = { img: ["alt"], area: ["alt"], input: inputNames(element), textarea: [], select: [] }[localName];
  if (named) return nameFrom(element, named) || nameFrom(element, ["title", "placeholder"]);
  if (localName === "fieldset") return textIn(element.querySelector("legend"));
  if (localName === "table") return textIn(element.querySelector("caption"));
  if (localName === "figure") return textIn(element.querySelector("figcaption"));
  if (NAMED_BY_CONTENT.has(roleOf(element))) return textIn(element) || nameFrom(element, ["title"]);
  return nameFrom(element, ["title"]);
}

function inputNames(element) {
  const type = (element.getAttribute("type") || "").toLowerCase();
  if (type === "image") return ["alt"];
  return type === "submit" || type === "button" || type === "reset" ? ["value"] : [];
}

/** @param {Element} element @param {Map<Element, Element[]>} [labels] @returns {string} text of the labels of a form control */
export function labelOf(element, labels) {
  const own = labels ? labels.get(element) || [] : [...(element.labels || [])];
  return own
    .map((label) => textIn(label, element))
    .join(" ")
    .trim();
}

/**
 * @param {Element[]} elements
 * @returns {Map<Element, Element[]>} control -> its labels; a browser looks through the whole document for each `.labels`
 */
export function labelsAmong(elements) {
  const labels = new Map();
  for (const label of elements) {
    const control = label.localName === "label" ? label.control : null;
    if (control) labels.set(control, [...(labels.get(control) || []), label]);
  }
  return labels;
}

function nameFrom(element, attributes) {
  for (const attribute of attributes) {
    const value = element.getAttribute(attribute) || "";
    if (attribute !== "aria-labelledby") {
      if (value.trim()) return collapsed(value);
      continue;
    }
    const root = element.getRootNode();
    const text = value
      .split(/\s+/)
      .filter(Boolean)
      .map((id) => textIn(root.getElementById?.(id)))
      .join(" ")
      .trim();
    if (text) return text;
  }
  return "";
}

/** @param {Element | null | undefined} element @param {Element} [without] @returns {string} */
function textIn(element, without) {
  if (!element) return "";
  let text = "";
  for (const node of element.shadowRoot ? element.shadowRoot.childNodes : element.childNodes) {
    if (node.nodeType === 3) text += node.data;
    else if (node.nodeType === 1 && node !== without && !isHidden(node)) {
      text += ` ${node.localName === "img" ? node.getAttribute("alt") || "" : nameFrom(node, ["aria-label"]) || textIn(node, without)} `;
    }
  }
  return collapsed(text);
}

function isHidden(element) {
  return (
    element.getAttribute("aria-hidden") === "true" ||
    element.hidden ||
    /^(script|style|template|noscript)$/.test(element.localName)
  );
}

/** @param {string} text */
export function collapsed(text) {
  return text
    .replace(/[\u200b\u00ad]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
