/** Scroll positions as recorded. They are kept, and set again after anything that changes the layout while a moment is built. */

export class Scrolls {
  constructor() {
    this.positions = new Map();
    // Those of lists of options, which go to what is chosen in them by themselves.
    this.lists = new WeakMap();
    this.going = new Set();
  }

  /** @param {Node} target element, or document for its window @param {{x?: number, y?: number}} position */
  partial(target, position) {
    const whole = { x: 0, y: 0, ...this.positions.get(target), ...position };
    this.positions.set(target, whole);
    if (this.lists.has(target)) this.lists.set(target, whole);
  }

  /**
   * A list of options stays where it was recorded; its own browser goes to what is chosen in it, some time later.
   * @param {Element} list
   */
  hold(list) {
    if (!this.lists.has(list)) {
      this.lists.set(list, this.positions.get(list) || { x: 0, y: 0 });
      list.addEventListener("scroll", () => scrollTo(list, this.lists.get(list)));
    }
    this.positions.set(list, this.lists.get(list));
    const gone = new Promise((resolve) => {
      setTimeout(() => setTimeout(resolve));
    });
    this.going.add(gone);
    gone.then(() => this.going.delete(gone));
  }

  /** @returns {Promise<void>[]} */
  pending() {
    return [...this.going];
  }

  /**
   * Sets all positions, or those recorded since `commit`.
   * @returns {number} px that are missing: what is scrolled is not as long yet, as where `content-visibility` spares its layout
   */
  apply() {
    let missing = 0;
    for (const [target, { x, y }] of this.positions) {
      if (!target.isConnected) continue;
      // A snapshot of a scrolled page says it of `<html>` too, and is older than what was told of the document.
      if (target === target.ownerDocument?.scrollingElement && this.positions.has(target.ownerDocument)) continue;
      const scroller = target.nodeType === 9 ? target.defaultView : target;
      if (!scroller?.scrollTo) continue;
      scrollTo(scroller, { x, y });
      const [left, top] = scroller === target ? [target.scrollLeft, target.scrollTop] : [scroller.scrollX, scroller.scrollY];
      missing += Math.abs(left - x) + Math.abs(top - y);
    }
    return missing;
  }

  /** The moment is built: from now on the positions in the document are the ones to start from. */
  commit() {
    this.positions.clear();
  }
}

function scrollTo(scroller, { x, y }) {
  scroller.scrollTo({ left: x, top: y, behavior: "instant" });
}
