/**
 * A change of a style attribute, as rrweb tells it: the whole text where that is short, else the declarations that changed, if
 * these are shorter.
 */

// A text of this length is told whole: finding out what changed in it costs more than it saves.
const SHORT_CHARS = 96;

/**
 * @param {Document} doc
 * @returns {(element: Element, before: string|null, text: string|null) => string|null|object} takes the attribute as it was and as it
 *   is, its URLs absolute; gives the text, or what changed by property: its value, value and priority, or false for none
 */
export function styleChanges(doc) {
  let compared = null;
  return (element, before, text) => {
    if (typeof text !== "string" || text.length <= SHORT_CHARS) return text;
    const { style } = element;
    if (!style) return text;
    compared ??= doc.implementation.createHTMLDocument("").createElement("span");
    compared.style.cssText = before || "";
    return difference(style, compared.style, text);
  };
}

function difference(style, old, text) {
  const changed = {};
  const same = {};
  for (let i = 0; i < style.length; i += 1) {
    const name = style[i];
    const value = style.getPropertyValue(name);
    const priority = style.getPropertyPriority(name);
    if (value !== old.getPropertyValue(name) || priority !== old.getPropertyPriority(name)) changed[name] = priority ? [value, priority] : value;
    else same[name] = [value, priority];
  }
  for (let i = 0; i < old.length; i += 1) if (style.getPropertyValue(old[i]) === "") changed[old[i]] = false;
  const told = JSON.stringify(changed);
  if (told.length >= text.length) return text;
  // A shorthand with a variable in it has no value of its own for each property.
  const isWhole = (told + JSON.stringify(same)).split("var(").length === text.split("var(").length;
  return isWhole ? changed : text;
}
