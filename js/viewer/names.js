/** Namespaces and names of elements and attributes, as the HTML parser would give them to the serialised ones. */

export const HTML = "http://www.w3.org/1999/xhtml";
export const SVG = "http://www.w3.org/2000/svg";
export const MATHML = "http://www.w3.org/1998/Math/MathML";
export const XLINK = "http://www.w3.org/1999/xlink";

// https://html.spec.whatwg.org/multipage/parsing.html#creating-and-inserting-nodes: rrweb records SVG names in lower case.
const SVG_NAMES = new Map(
  (
    "altGlyph altGlyphDef altGlyphItem animateColor animateMotion animateTransform clipPath feBlend feColorMatrix " +
    "feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood " +
    "feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight " +
    "feSpecularLighting feSpotLight feTile feTurbulence foreignObject glyphRef linearGradient radialGradient textPath"
  )
    .split(" ")
    .map((name) => [name.toLowerCase(), name]),
);
const ATTRIBUTE_SPACES = new Map([
  ["xlink", XLINK],
  ["xml", "http://www.w3.org/XML/1998/namespace"],
]);
const XMLNS = "http://www.w3.org/2000/xmlns/";
const MATHML_TEXT = new Set(["mi", "mo", "mn", "ms", "mtext"]);
// https://html.spec.whatwg.org/multipage/custom-elements.html#valid-custom-element-name
const NOT_CUSTOM = new Set([
  "annotation-xml",
  "color-profile",
  "font-face",
  "font-face-src",
  "font-face-uri",
  "font-face-format",
  "font-face-name",
  "missing-glyph",
]);

/** @param {string} name @returns {boolean} may be the name of a custom element */
export function isCustomName(name) {
  return name.includes("-") && /^[a-z]/.test(name) && !NOT_CUSTOM.has(name);
}

/**
 * The serialisation says only whether an element is SVG; MathML is told from where it stands.
 * @param {{tagName: string, isSVG?: boolean, attributes?: object}} serialised
 * @param {Node | null} parent
 */
function namespaceOf(serialised, parent) {
  if (serialised.isSVG) return SVG;
  if (serialised.tagName === "math") return MATHML;
  if (!parent || parent.namespaceURI !== MATHML) return HTML;
  if (MATHML_TEXT.has(parent.localName)) return /^(mglyph|malignmark)$/.test(serialised.tagName) ? MATHML : HTML;
  if (parent.localName === "annotation-xml" && /html/i.test(parent.getAttribute("encoding") || "")) return HTML;
  return MATHML;
}

/**
 * @param {Document} document
 * @param {{tagName: string, isSVG?: boolean}} serialised
 * @param {Node | null} parent
 * @returns {Element} never throws: a name that the DOM refuses, but the parser took, goes through the parser
 */
export function createElement(document, serialised, parent) {
  const space = namespaceOf(serialised, parent);
  const own = serialised.attributes?.rr_name;
  if (typeof own === "string") return named(document, space, own);
  const name = space === SVG ? SVG_NAMES.get(serialised.tagName) || serialised.tagName : serialised.tagName;
  try {
    return space === HTML ? document.createElement(name) : document.createElementNS(space, name);
  } catch {
    const parsed = /^[a-z][^\s/>]*$/i.test(name) && parse(`<${name}>`);
    return parsed ? document.importNode(parsed, false) : document.createElement("span");
  }
}

/** An element whose name rrweb does not write: with a dot, or in upper case. */
function named(document, space, name) {
  try {
    return document.createElementNS(space, name);
  } catch {
    const parsed = /^[a-z][^\s/>]*$/i.test(name) && parse(`<${name}>`);
    return parsed ? document.importNode(parsed, false) : document.createElement("span");
  }
}

/** @returns {Element | null} first element that a fragment of markup gives; in a document that loads and runs nothing */
function parse(markup) {
  return new DOMParser().parseFromString(`<body>${markup}`, "text/html").body.firstElementChild;
}

/** @param {string} name @returns {string | null} namespace of an attribute */
function attributeSpace(name) {
  if (name === "xmlns" || name.startsWith("xmlns:")) return XMLNS;
  return ATTRIBUTE_SPACES.get(name.slice(0, Math.max(0, name.indexOf(":")))) || null;
}

/**
 * Sets an attribute under any name a parser can give one (`@click`, `[x]`, `(y)`, `*if`).
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 */
export function writeAttribute(element, name, value) {
  const space = element.namespaceURI === HTML ? null : attributeSpace(name);
  try {
    if (space) element.setAttributeNS(space, name, value);
    else element.setAttribute(name, value);
  } catch {
    if (/[\s/>=]/.test(name)) return;
    const parsed = parse(`<i ${name}>`)?.attributes[0];
    if (!parsed) return;
    const attribute = element.ownerDocument.importNode(parsed, true);
    attribute.value = value;
    element.setAttributeNode(attribute);
  }
}

/** @param {Element} element @param {string} name */
export function eraseAttribute(element, name) {
  element.removeAttribute(name);
}
