/** `<dialog>` elements in the top layer: really opened as modal, for their backdrop and their place above everything. */

export class Dialogs {
  constructor() {
    this.changed = new Map();
  }

  /** @param {Element} element @param {boolean} modal */
  set(element, modal) {
    this.changed.set(element, modal);
  }

  flush() {
    for (const [element, modal] of this.changed) {
      if (!element.isConnected || element.localName !== "dialog" || !element.hasAttribute("open")) continue;
      if (element.matches(":modal") === modal) continue;
      try {
        element.close();
        if (modal) element.showModal();
        else element.setAttribute("open", "");
        // Opening moves the focus; the recorded one is shown by attributes.
        deepestActive(element.ownerDocument)?.blur?.();
      } catch (error) {
        console.warn(`harness: dialog: ${error.message}`);
      }
    }
    this.changed.clear();
  }
}

function deepestActive(root) {
  let active = root.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}
