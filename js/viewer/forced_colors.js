/**
 * Forced colours, where the recorded page had them and the viewer's browser has not: the colours of the page's rules give way to
 * the browser's, by declarations that nothing of the page's can override. https://www.w3.org/TR/css-color-adjust-1/#forced
 *
 * The colours are those that Chromium emulates. Not done: system colours that a page names itself, the plates behind text on
 * pictures, and what of a control the browser draws by itself.
 */

const MARK = "data-harness-forced";

const FORCED = `:not([${MARK}~=own], svg, svg *)`;

/** In the base sheet's layer, under a media rule that is off: see `baseStyle`. */
export const FORCED_COLORS = `
  :where(${FORCED}), :where(${FORCED})::before, :where(${FORCED})::after, :where(${FORCED})::marker {
    color: revert !important; background-color: revert !important; border-color: revert !important; outline-color: revert !important;
    text-decoration-color: revert !important; text-emphasis-color: revert !important; column-rule-color: revert !important;
    text-shadow: none !important; box-shadow: none !important; accent-color: rgb(55 0 110) !important; scrollbar-color: auto !important;
  }
  :where([${MARK}~=backed]${FORCED}) { background-color: rgb(255 255 255) !important; }
  :where([${MARK}~=drawn]${FORCED}) { background-image: none !important; }
  :where(:is(a, area)[href]${FORCED}) { color: rgb(0 0 159) !important; }
  :where(:is(button, input, select, textarea)${FORCED}) { color: black !important; background-color: white !important; border-color: black !important; }
  :where(input:is([type=checkbox], [type=radio], [type=range])${FORCED}) { background-color: transparent !important; }
  :where(:disabled${FORCED}) { color: rgb(96 0 0) !important; border-color: rgb(96 0 0) !important; }
  :where(mark${FORCED}) { color: MarkText !important; background-color: Mark !important; }
  :where(hr${FORCED}) { color: black !important; border-color: black !important; }
  :where(fieldset${FORCED}) { border-color: white !important; }
`;

/**
 * Marks what the declarations have to know of an element, which no selector can ask for: whether it keeps its own colours, and
 * what its background would be without them.
 * @param {Document | ShadowRoot} root
 */
export function markForced(root) {
  const view = (root.nodeType === 9 ? root : root.ownerDocument).defaultView;
  if (!view) return;
  for (const element of root.querySelectorAll("*")) {
    const style = view.getComputedStyle(element);
    const words = [];
    if (style.forcedColorAdjust === "none") words.push("own");
    if (!/^rgba\(.*, 0\)$|^transparent$/.test(style.backgroundColor)) words.push("backed");
    if (/gradient\(/.test(style.backgroundImage) && !/url\(/.test(style.backgroundImage)) words.push("drawn");
    const text = words.join(" ");
    if (text) element.setAttribute(MARK, text);
    else if (element.hasAttribute(MARK)) element.removeAttribute(MARK);
  }
}
