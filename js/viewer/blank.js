/**
 * An empty document inside one of our iframes, in the recorded page's rendering mode, closed to everything: it runs no
 * script (the sandbox), loads nothing but the recording's own assets (a Content-Security-Policy of its own, besides the
 * one it inherits), and no click, key or submit in it does anything.
 */
import { FORCED_COLORS } from "./forced_colors.js";
import { UNDEFINED } from "./states.js";

// As in a browser without a window, where scrollbars take no room; see css_rewrite.js. A textarea's own width has one's in it,
// unless the style says that there is none.
const NO_SCROLLBARS = `
:root { --harness-scrollbar-width: none; --harness-gutter-color: transparent transparent }
textarea { scrollbar-width: auto }
textarea::-webkit-scrollbar { width: 0 !important; height: 0 !important }
`;
const SCROLLBARS_RULE = 1;
const FORCED_RULE = 2;

// What the browser's own sheet would give a focused element; in the first, thus weakest, layer, so that any rule of the
// page wins as it would over the browser's. https://html.spec.whatwg.org/multipage/rendering.html
// Transitions are replayed as they were recorded, see motion.js.
// And what browsers show only because scripts are off here; and no scrolling but what was recorded.
const BASE_SHEET = `
:root { --harness-color-scheme: light }
@media all { ${NO_SCROLLBARS} }
@media not all { @layer harness-base { ${FORCED_COLORS} } }
@layer harness-base {
  * { scrollbar-width: var(--harness-scrollbar-width, auto); }
  :where([data-harness-focus-visible]) { outline: auto 1px -webkit-focus-ring-color; }
  :where(html, body, iframe, embed, object)[data-harness-focus-visible] { outline: none; }
  :where(svg, svg *:not(foreignObject *))[data-harness-focus] { outline: auto 5px -webkit-focus-ring-color; }
  body[data-harness-file=image] { display: flex; }
  body:is([data-harness-file=video], [data-harness-file=audio]) { background: black; height: 0; }
  body:is([data-harness-file=video], [data-harness-file=audio]) > video { position: absolute; inset: 0; margin: auto; max-width: 100%; max-height: 100%; }
  [data-harness-embed] { display: inline; font-family: inherit; width: var(--harness-width); height: var(--harness-height); }
  :where(select[data-harness-open][data-harness-focus-visible]) { outline: none; }
  [data-harness-framed] { display: inline-block; contain: layout; overflow: clip; }
  [data-harness-framed]:not([width]) { width: 300px; }
  [data-harness-framed]:not([height]) { height: 150px; }
  embed[data-harness-framed][width] { width: var(--harness-width); }
  embed[data-harness-framed][height] { height: var(--harness-height); }
  :where(a[href], area[href])[data-harness-focus-visible] { outline-offset: 1px; }
  *, ::before, ::after, ::backdrop, ::marker { transition-property: none !important; }
  :where([data-harness-native="button hover"]) { filter: brightness(.8115) contrast(1.528); }
  :where([data-harness-native="button active"]) { filter: brightness(1.04); }
  :where([data-harness-native="box hover"]) { filter: brightness(.8188) contrast(1.569); }
  :where([data-harness-native="box active"]) { filter: brightness(1.15); }
  :where([data-harness-native="accent hover"]) { accent-color: #005cc8; }
  :where([data-harness-native="accent active"]) { accent-color: #3793ff; }
  :where([data-harness-native="base hover"]) { background-color: color-mix(in lab, currentColor 10%, transparent); }
  :where([data-harness-native="base active"]) { background-color: color-mix(in lab, currentColor 20%, transparent); }
  :where([data-harness-lifted]) { border: 0; padding: 0; overflow: visible; color: inherit; background: none; }
  :where([data-harness-fullscreen])::backdrop { background: black; }
  [data-harness-fullscreen]:not(:root) {
    position: fixed !important; inset: 0 !important; margin: 0 !important; box-sizing: border-box !important;
    min-width: 0 !important; max-width: none !important; min-height: 0 !important; max-height: none !important;
    width: 100% !important; height: 100% !important; transform: none !important; object-fit: contain;
  }
  iframe[data-harness-fullscreen] { border: none !important; padding: 0 !important; }
}
* { overflow-anchor: none !important; }
input[type=number]:is([data-harness-hover], [data-harness-focus]):enabled:read-write::-webkit-inner-spin-button { opacity: 1; }
[data-harness-embedded] { all: initial; display: block !important; width: 100% !important; height: 100% !important; border: 0 !important; }
[data-harness-framed] > :not([data-harness-embedded]) { display: none !important; }
noscript { display: none !important; }
:is(video, audio):not([controls])::-webkit-media-controls { display: none !important; }
@property --harness-own-width { syntax: "*"; inherits: false }
@property --harness-gutter-width { syntax: "*"; inherits: false }
`;
const SWALLOWED = [
  "auxclick",
  "beforeinput",
  "click",
  "contextmenu",
  "dblclick",
  "dragstart",
  "drop",
  "mousedown",
  "mouseup",
  "pointerdown",
  "pointerup",
  "submit",
  "wheel",
];

export const BASE_MARK = "data-harness-base";
/** On the body of a document that a browser makes around an image, a video or a sound. */
export const FILE_DOCUMENT = "data-harness-file";

/**
 * @param {Document} document of an iframe with sandbox="allow-same-origin"
 * @param {{doctype: {name: string, publicId: string, systemId: string} | null, quirks: boolean, origins: string,
 *   onKey: (event: KeyboardEvent) => void}} options
 */
export function blank(document, { doctype, quirks, origins, onKey }) {
  document.open();
  document.write(doctypeText(doctype, quirks) + policy(origins));
  document.close();
  while (document.lastChild) document.lastChild.remove();
  document.adoptedStyleSheets = [];
  document.fonts?.clear();
  const swallow = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  for (const type of SWALLOWED) document.addEventListener(type, swallow, { capture: true, passive: false });
  for (const type of ["keydown", "keypress", "keyup"]) {
    document.addEventListener(
      type,
      (event) => {
        if (type === "keydown") onKey(event);
        swallow(event);
      },
      true,
    );
  }
}

/** The mode of a document is settled by the parser, once; what the nodes say later does not change it. */
function doctypeText(doctype, quirks) {
  if (quirks && !doctype) return "";
  if (!doctype) return "<!doctype html>";
  const quoted = [doctype.publicId, doctype.systemId].map((id) => String(id || ""));
  if (quoted.some((id) => /["'<>]/.test(id)) || !/^[a-z][\w:-]*$/i.test(doctype.name || "")) {
    return quirks ? "" : "<!doctype html>";
  }
  const [publicId, systemId] = quoted;
  if (publicId) return `<!doctype ${doctype.name} public "${publicId}"${systemId ? ` "${systemId}"` : ""}>`;
  return `<!doctype ${doctype.name}${systemId ? ` system "${systemId}"` : ""}>`;
}

function policy(origins) {
  const content = [
    "default-src 'none'",
    "script-src 'none'",
    "style-src 'unsafe-inline' blob:",
    `img-src ${origins}`,
    `font-src ${origins}`,
    `media-src ${origins}`,
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ");
  return `<meta http-equiv="Content-Security-Policy" content="${content.replace(/"/g, "&quot;")}">`;
}

/** @param {Document} document @returns {HTMLStyleElement} the sheet below the page's own; to stand first in `<html>` */
export function baseStyle(document) {
  const style = document.createElement("style");
  style.setAttribute(BASE_MARK, "");
  style.textContent = BASE_SHEET;
  return style;
}

/** The same for a shadow tree. @param {Document} document @returns {CSSStyleSheet | null} */
export function baseSheet(document) {
  const { defaultView } = document;
  if (!defaultView) return null;
  if (!sheets.has(document)) {
    const sheet = new defaultView.CSSStyleSheet();
    sheet.replaceSync(BASE_SHEET);
    sheets.set(document, sheet);
  }
  return sheets.get(document);
}

/** Whether scrollbars take room in a document. @param {Document} document @param {boolean} on */
export function setScrollbars(document, on) {
  switchRule(document, SCROLLBARS_RULE, !on, on);
}

/** Whether a document's colours are forced, see forced_colors.js. @param {Document} document @param {boolean} on */
export function setForcedColors(document, on) {
  switchRule(document, FORCED_RULE, on, on);
}

/** @param {boolean} on whether the rule counts @param {boolean} isUnusual the sheet for shadow trees must have it, too */
function switchRule(document, rule, on, isUnusual) {
  const style = document.querySelector(`style[${BASE_MARK}]`);
  for (const sheet of [style?.sheet, isUnusual ? baseSheet(document) : sheets.get(document)]) {
    if (sheet) sheet.cssRules[rule].media.mediaText = on ? "all" : "not all";
  }
}

// A cache by identity, not state: the same document always gives the same sheet.
const sheets = new WeakMap();

/** Whether `:defined` is to fail. @param {Element} element @param {boolean} on */
export function markUndefined(element, on) {
  if (on) element.setAttribute(UNDEFINED, "");
  else element.removeAttribute(UNDEFINED);
}
