/**
 * `picker`: the `<select>` whose list is open.
 *
 * The picker of a customizable select (`appearance: base-select`) is part of the page, and is really opened. The list of a plain one
 * is a window of the browser's: opened for real it would lie over the player and take its keyboard, so it is drawn, see
 * picker_list.js.
 */

import { OPEN } from "./states.js";

export function applyPicker(scene, stream, event) {
  scene.picker.tell(stream, event.data.id);
}

export class Picker {
  constructor() {
    this.stream = null;
    this.id = null;
    this.shown = null;
    this.marked = null;
  }

  /** @param {import("./stream.js").Stream} stream @param {number | null} id */
  tell(stream, id) {
    if (typeof id !== "number" && this.stream !== stream) return;
    this.stream = stream;
    this.id = typeof id === "number" ? id : null;
  }

  /** @returns {HTMLSelectElement | null} the one that is open at this moment */
  get element() {
    const element = this.id === null ? null : this.stream.mirror.node(this.id);
    return element?.localName === "select" && element.isConnected ? element : null;
  }

  /** @returns {HTMLSelectElement | null} the one whose list has to be drawn: it is open, and not for real */
  get drawn() {
    const { element } = this;
    return element && element !== this.shown ? element : null;
  }

  /**
   * Whether the page's own picker is still to be opened: the browser lets it only within a few seconds of a click or key of the
   * viewer's user, and not in a frame that is newer than that.
   */
  get isWaiting() {
    return this.drawn !== null && isCustomizable(this.drawn);
  }

  flush() {
    const { element } = this;
    this.mark(element);
    if (this.shown && (this.shown !== element || !isOpen(element))) {
      close(this.shown);
      this.shown = null;
    }
    const isAllowed = element?.ownerDocument.defaultView.navigator.userActivation?.isActive ?? true;
    if (element && !this.shown && isAllowed && isCustomizable(element) && open(element)) this.shown = element;
  }

  mark(element) {
    if (this.marked !== element) this.marked?.removeAttribute(OPEN);
    element?.setAttribute(OPEN, "");
    this.marked = element;
  }
}

function isOpen(element) {
  return element.isConnected && element.matches(":open");
}

function isCustomizable(element) {
  const view = element.ownerDocument.defaultView;
  // In the picker's own style the appearance stands too; both have to ask for it.
  return Boolean(view) && [null, "::picker(select)"].every((part) => view.getComputedStyle(element, part).appearance === "base-select");
}

/** @returns {boolean} false: the browser does not allow it */
function open(element) {
  try {
    element.showPicker();
  } catch {
    return false;
  }
  // The recorded focus is shown by attributes.
  element.ownerDocument.activeElement?.blur();
  return isOpen(element);
}

/** No method closes a picker; a popover beside it does, and leaves those open in which it stands. */
function close(element) {
  if (!isOpen(element)) return;
  const other = element.ownerDocument.createElement("div");
  other.popover = "auto";
  element.after(other);
  other.showPopover();
  other.remove();
}
