/**
 * `top-layer`: modal dialogs, popovers and the fullscreen element, in the order in which they lie over the page.
 *
 * Dialogs and popovers are really opened. A fullscreen element cannot be, for that takes a user's gesture and the whole screen:
 * it is lifted as a popover that looks like none.
 */

export const FULLSCREEN = "data-harness-fullscreen";
const LIFTED = "data-harness-lifted";

export function applyTopLayer(scene, stream, event) {
  if (Array.isArray(event.data.layers)) scene.topLayer.set(stream, event.data.layers);
}

export class TopLayer {
  constructor() {
    this.wanted = new Map();
    this.changed = new Set();
    this.shown = new Map();
    /** Dialogs as rrweb tells of them, in recordings without `top-layer` events. */
    this.modes = new Map();
    /** Videos that have controls only while they are fullscreen. */
    this.controlled = new WeakSet();
  }

  /** @param {{id: number, type: string, source?: number}[]} layers all there are, lowest first */
  set(stream, layers) {
    this.wanted.set(stream, layers);
    this.changed.add(stream);
  }

  /** rrweb's attribute of an open dialog. @param {boolean} modal */
  setDialog(stream, element, modal) {
    this.modes.set(element, { stream, modal });
  }

  flush() {
    for (const [element, { stream, modal }] of this.modes) {
      if (this.wanted.has(stream) || !element.isConnected || element.localName !== "dialog") continue;
      if (modal) this.open({ element, type: "modal", source: null });
    }
    this.modes.clear();
    for (const stream of this.changed) this.arrange(stream);
    this.changed.clear();
  }

  /** Closes from the first layer that is not as wanted on, and opens those that are to lie there. */
  arrange(stream) {
    const node = (id) => stream.mirror.node(id) || null;
    const wanted = this.wanted
      .get(stream)
      .map(({ id, type, source }) => ({ element: node(id), type, source: node(source) }))
      .filter(({ element }) => element?.nodeType === 1 && element.isConnected);
    const shown = (this.shown.get(stream) || []).filter(({ element }) => element.isConnected);
    let same = 0;
    while (same < shown.length && same < wanted.length && isSame(shown[same], wanted[same])) same += 1;
    for (const layer of shown.slice(same).reverse()) this.close(layer);
    for (const layer of wanted.slice(same)) this.open(layer);
    this.shown.set(stream, wanted);
  }

  open({ element, type, source }) {
    const { ownerDocument } = element;
    attempt(() => {
      if (type === "modal") {
        if (element.open) element.close();
        element.showModal();
      } else if (type === "popover") element.showPopover(source ? { source } : undefined);
      else {
        element.setAttribute(FULLSCREEN, "");
        // Its browser gives it some, whatever the page has.
        if (element.localName === "video" && !element.controls) {
          this.controlled.add(element);
          element.controls = true;
        }
        if (element === ownerDocument.documentElement) return;
        if (!element.hasAttribute("popover")) {
          element.setAttribute(LIFTED, "");
          element.setAttribute("popover", "manual");
        }
        element.showPopover();
      }
    });
    // Opening moves the focus; the recorded one is shown by attributes.
    deepestActive(ownerDocument)?.blur?.();
  }

  close({ element, type }) {
    attempt(() => {
      if (type === "modal") {
        if (!element.matches(":modal")) return;
        // Its attribute would have gone with an event of its own: it was opened again, and not as a modal one.
        const stays = element.hasAttribute("open");
        element.close();
        if (stays) element.setAttribute("open", "");
      } else {
        element.removeAttribute(FULLSCREEN);
        if (this.controlled.delete(element)) element.controls = false;
        if (element.matches(":popover-open")) element.hidePopover();
        if (!element.hasAttribute(LIFTED)) return;
        element.removeAttribute(LIFTED);
        element.removeAttribute("popover");
      }
    });
  }
}

function isSame(one, other) {
  if (one.element !== other.element || one.type !== other.type) return false;
  // It may have closed by itself, as popovers do when another opens.
  if (one.type === "fullscreen") return one.element.hasAttribute(FULLSCREEN);
  return one.element.matches(one.type === "modal" ? ":modal" : ":popover-open");
}

function attempt(change) {
  try {
    change();
  } catch (error) {
    console.warn(`harness: top layer: ${error.message}`);
  }
}

function deepestActive(root) {
  let active = root.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}
