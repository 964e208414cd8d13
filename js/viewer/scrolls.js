/** Scroll positions as recorded. They are kept, and set again after anything that changes the layout while a moment is built. */

export class Scrolls {
  constructor() {
    this.positions = new Map();
  }

  /** @param {Node} target element, or document for its window @param {{x?: number, y?: number}} position */
  partial(target, position) {
    this.positions.set(target, { x: 0, y: 0, ...this.positions.get(target), ...position });
  }

  /** Sets all positions, or those recorded since `commit`. */
  apply() {
    for (const [target, { x, y }] of this.positions) {
      if (!target.isConnected) continue;
      // A snapshot of a scrolled page says it of `<html>` too, and is older than what was told of the document.
      if (target === target.ownerDocument?.scrollingElement && this.positions.has(target.ownerDocument)) continue;
      const scroller = target.nodeType === 9 ? target.defaultView : target;
      scroller?.scrollTo?.({ left: x, top: y, behavior: "instant" });
    }
  }

  /** The moment is built: from now on the positions in the document are the ones to start from. */
  commit() {
    this.positions.clear();
  }
}
