/**
 * Style attributes as precise as the page set them. A browser writes numbers of an attribute that a script set through the CSSOM
 * with six digits: 16777216px comes out as 1.67772e+07px, and editors do use such sizes.
 */

const ROUNDED = /\de[+-]\d/;

/** Mends the style attribute of a node as serialised, in place. @param {(id: number) => Node|null} nodeOf */
export function exactStyle({ id, attributes }, nodeOf) {
  if (typeof attributes.style === "string" && ROUNDED.test(attributes.style)) mend(attributes, nodeOf(id));
}

/** The same in changes of attributes. @param {{id: number, attributes: object}[]} changes */
export function exactChanges(changes, nodeOf) {
  for (const { id, attributes } of changes) {
    const { style } = attributes;
    if (style && ROUNDED.test(typeof style === "string" ? style : JSON.stringify(style))) mend(attributes, nodeOf(id));
  }
}

function mend(attributes, element) {
  const map = element && element.attributeStyleMap;
  if (!map) return;
  const exact = (name, text) => {
    const value = ROUNDED.test(text) ? map.get(name) : null;
    return value && typeof value.value === "number" && value.unit ? `${value.value}${unitOf(value)}` : text;
  };
  if (typeof attributes.style !== "string") {
    for (const [name, value] of Object.entries(attributes.style)) {
      if (typeof value === "string") attributes.style[name] = exact(name, value);
    }
    return;
  }
  const declarations = [];
  for (const name of element.style) {
    const priority = element.style.getPropertyPriority(name);
    const value = exact(name, element.style.getPropertyValue(name));
    declarations.push(`${name}: ${value}${priority && ` !${priority}`}`);
  }
  attributes.style = `${declarations.join("; ")};`;
}

function unitOf({ unit }) {
  return unit === "number" ? "" : unit === "percent" ? "%" : unit;
}
