/** The window's keys: one table, for the keyboard and for the help that lists them. */

/**
 * @typedef {object} Shortcut
 * @property {string[]} keys as `KeyboardEvent.key`, with `Shift+` before; a letter means the same with Caps Lock on
 * @property {string} does
 * @property {string} group
 * @property {(key: string) => void} run told which of the keys it was
 * @property {string} [shown] in place of the keys, in the help
 */

const TEXT_TYPES = new Set(["text", "search", "url", "tel", "email", "password", "number", ""]);

/**
 * @param {Document} document
 * @param {Shortcut[]} shortcuts
 * @returns {(event: KeyboardEvent) => void} for keys that reach another document: the replayed page has the keyboard
 */
export function listen(document, shortcuts) {
  const byKey = new Map(shortcuts.flatMap((shortcut) => shortcut.keys.map((key) => [key, shortcut])));
  const onKey = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    if (isTyped(event)) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const shifted = `Shift+${name}`;
    // Shift that was needed to type the character is no Shift of the shortcut.
    const found = event.shiftKey && byKey.has(shifted) ? shifted : event.shiftKey && name.length > 1 ? null : name;
    if (!byKey.has(found)) return;
    event.preventDefault();
    byKey.get(found).run(found);
  };
  document.addEventListener("keydown", onKey);
  return onKey;
}

/** The key belongs to what has the focus: text goes into a field, Space and Enter press a button. */
function isTyped(event) {
  const { target, key } = event;
  if (!target || target.nodeType !== 1 || target.ownerDocument.defaultView === null) return false;
  if (target.isContentEditable || target.localName === "textarea" || target.localName === "select") return true;
  if (target.localName === "input") return TEXT_TYPES.has(target.type) || key === " " || key.startsWith("Arrow");
  const pressed = key === " " || key === "Enter";
  if (target.localName === "button" || target.localName === "summary" || target.localName === "a") return pressed;
  const role = target.getAttribute("role");
  const takesArrows = /^(treeitem|tree|option|listbox|row|grid|menuitem|radio|gridcell)$/.test(role || "");
  return takesArrows && (pressed || key.startsWith("Arrow") || key === "Home" || key === "End");
}
