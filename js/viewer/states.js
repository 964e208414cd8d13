/**
 * Pseudo-classes that a replayed document cannot enter for real, as attributes: `css_rewrite.js` has sheets ask for them.
 *
 * Really focusing an element would take the keyboard from the viewer, and nothing can be hovered at will.
 */

const NAMES = ["hover", "active", "focus", "focus-visible", "focus-within", "target"];

export const CUSTOM_STATES = "data-harness-states";
export const VALIDITY = "data-harness-validity";
export const USER_VALIDITY = "data-harness-user-validity";
export const UNDEFINED = "data-harness-undefined";
export const OPEN = "data-harness-open";
export const NATIVE = "data-harness-native";
export const STATE_ATTRIBUTES = new Set([
  ...NAMES.map((name) => `data-harness-${name}`),
  CUSTOM_STATES,
  VALIDITY,
  USER_VALIDITY,
  UNDEFINED,
  OPEN,
  NATIVE,
  "data-harness-fullscreen",
  "data-harness-lifted",
]);

/** @param {Node} node @returns {Element | null} parent in the flat tree, through slots and shadow roots, in one document */
export function flatParent(node) {
  if (node.assignedSlot) return node.assignedSlot;
  const parent = node.parentNode;
  if (!parent) return null;
  if (parent.nodeType === 11) return parent.host || null;
  return parent.nodeType === 1 ? parent : null;
}

/** On the viewer's own iframe, where a chain of recorded elements ends. */
export const STAGE_FRAME = "data-harness-stage";

/** Remembers which elements carry each state, to take it off again. */
export class States {
  constructor() {
    this.carriers = new Map(NAMES.map((name) => [name, new Set()]));
  }

  /**
   * @param {string} name of the pseudo-class
   * @param {Element[]} elements all that are to match it from now on
   */
  put(name, elements) {
    const carriers = this.carriers.get(name);
    const wanted = new Set(elements);
    for (const element of carriers) if (!wanted.has(element)) element.removeAttribute(`data-harness-${name}`);
    for (const element of wanted) {
      if (!carriers.has(element) || !element.hasAttribute(`data-harness-${name}`)) {
        element.setAttribute(`data-harness-${name}`, "");
      }
    }
    this.carriers.set(name, wanted);
  }

  /** @param {string} name @param {Element | null} element carries the state together with all that it stands in */
  putChain(name, element) {
    const chain = [];
    for (let node = element; node; ) {
      chain.push(node);
      // As browsers have it: what is done to a label is done to its control.
      if (node.localName === "label" && node.control) chain.push(node.control);
      const parent = flatParent(node);
      node = parent || node.ownerDocument.defaultView?.frameElement || null;
      if (node && node.hasAttribute(STAGE_FRAME)) break;
    }
    this.put(name, chain);
  }
}
