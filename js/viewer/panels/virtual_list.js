/**
 * A list of any length of which only the rows in sight are elements: a grid or a tree to assistive technology, one stop of the
 * Tab key, and the arrow keys inside. Rows are of one height.
 *
 * It follows the playhead: the row of the present is lit, and what is still to come is dimmed.
 */
import { element } from "../dom.js";

// Rows made beyond the edges, so that a flick of the wheel meets no hole.
const MARGIN_ROWS = 10;
let lists = 0;

/**
 * @typedef {object} ListOptions
 * @property {Document} document
 * @property {"grid" | "tree" | "listbox"} role
 * @property {string} label what is in it, for assistive technology
 * @property {(item: any, row: HTMLElement) => void} fillRow puts an item's content into an empty row
 * @property {(item: any) => void} [onselect] the selection moved there
 * @property {(item: any) => void} [onopen] Enter or a click
 * @property {(item: any, key: string) => boolean} [onkey] another key; true: it was for the list
 * @property {(item: any) => number} [timeOf] ms
 * @property {HTMLElement} [head] a row of column headers
 * @property {number} [rowHeight] px
 * @property {string} [empty] said when there are no rows
 */

export class VirtualList {
  /** @param {ListOptions} options */
  constructor({ document, role, label, fillRow, onselect, onopen, onkey, timeOf, head, rowHeight = 24, empty = "" }) {
    this.document = document;
    this.role = role;
    this.fillRow = fillRow;
    this.onselect = onselect || (() => {});
    this.onopen = onopen || (() => {});
    this.onkey = onkey || (() => false);
    this.timeOf = timeOf || ((item) => item.t);
    this.rowHeight = rowHeight;
    this.items = [];
    this.byTime = [];
    this.places = null;
    this.rows = new Map();
    this.selected = null;
    this.current = null;
    this.now = -Infinity;
    lists += 1;
    this.id = `list-${lists}`;
    const inner = role === "grid" ? "rowgroup" : "none";
    this.space = element(document, "div.list-space", { role: inner });
    this.notice = element(document, "p.list-empty", {}, empty);
    // An empty grid or tree is none to assistive technology; so the role comes with the rows.
    this.scroller = element(document, "div.list-body", { tabindex: 0, "aria-label": label });
    if (head) this.scroller.append(element(document, "div.list-head", { role: inner }, head));
    this.scroller.append(this.space);
    this.element = element(document, "div.list", {}, this.scroller, this.notice);
    this.scroller.addEventListener("scroll", () => this.render(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.onKeydown(event));
    this.scroller.addEventListener("click", (event) => this.onClick(event));
    this.observer = new ResizeObserver(() => this.render());
    this.observer.observe(this.scroller);
    this.setItems([]);
  }

  /**
   * @param {any[]} items in the order to show
   * @param {any[]} [byTime] the same in order of time, where that is another
   */
  setItems(items, byTime = items) {
    this.items = items;
    this.byTime = byTime;
    this.places = null;
    this.dropRows();
    this.space.style.height = `${items.length * this.rowHeight}px`;
    this.scroller.setAttribute("role", items.length ? this.role : "group");
    if (this.role === "grid" && items.length) this.scroller.setAttribute("aria-rowcount", String(items.length));
    else this.scroller.removeAttribute("aria-rowcount");
    this.notice.hidden = items.length > 0;
    const before = this.current;
    this.current = this.currentAt(this.now);
    this.render();
    if (this.current && this.current !== before && !this.isInUse()) this.reveal(this.current);
  }

  /** Makes the rows anew: what they show has changed. */
  refresh() {
    this.dropRows();
    this.render();
  }

  dropRows() {
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
  }

  /** @param {any} item @returns {number} -1 when it is not in the list */
  indexOf(item) {
    if (!item) return -1;
    if (!this.places) {
      this.places = new Map();
      this.items.forEach((each, n) => this.places.set(each, n));
    }
    return this.places.get(item) ?? -1;
  }

  render() {
    const height = this.scroller.clientHeight;
    if (!height) return;
    const top = this.scroller.scrollTop;
    const first = Math.max(0, Math.floor(top / this.rowHeight) - MARGIN_ROWS);
    const last = Math.min(this.items.length, Math.ceil((top + height) / this.rowHeight) + MARGIN_ROWS);
    for (const [n, row] of this.rows) {
      if (n >= first && n < last) continue;
      row.remove();
      this.rows.delete(n);
    }
    for (let n = first; n < last; n += 1) if (!this.rows.has(n)) this.rows.set(n, this.makeRow(n));
    this.markActive();
  }

  makeRow(n) {
    const item = this.items[n];
    const role = { grid: "row", tree: "treeitem", listbox: "option" }[this.role];
    const row = element(this.document, "div.row", { role, id: `${this.id}-${n}` });
    if (this.role === "grid") row.setAttribute("aria-rowindex", String(n + 1));
    row.dataset.index = String(n);
    row.style.transform = `translateY(${n * this.rowHeight}px)`;
    row.style.height = `${this.rowHeight}px`;
    this.fillRow(item, row);
    this.dress(row, item);
    this.space.append(row);
    return row;
  }

  dress(row, item) {
    row.classList.toggle("current", item === this.current);
    row.classList.toggle("future", this.timeOf(item) > this.now);
    row.setAttribute("aria-selected", String(item === this.selected));
  }

  markActive() {
    const n = this.indexOf(this.selected);
    if (this.rows.has(n)) this.scroller.setAttribute("aria-activedescendant", `${this.id}-${n}`);
    else this.scroller.removeAttribute("aria-activedescendant");
  }

  /** @param {number} t ms: the playhead */
  update(t) {
    if (t === this.now) return;
    const [from, to] = [Math.min(t, this.now), Math.max(t, this.now)];
    this.now = t;
    const current = this.currentAt(t);
    const moved = current !== this.current;
    this.current = current;
    for (const [n, row] of this.rows) {
      const at = this.timeOf(this.items[n]);
      if (moved || (at >= from && at <= to)) this.dress(row, this.items[n]);
    }
    if (moved && current && !this.isInUse()) this.follow(current);
  }

  /** Whoever works in a list does not want it to run away. */
  isInUse() {
    return this.element.matches(":hover") || this.scroller.contains(this.document.activeElement);
  }

  /** @returns {any | null} the last item not later than t */
  currentAt(t) {
    const { byTime, timeOf } = this;
    let low = 0;
    let high = byTime.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (timeOf(byTime[middle]) <= t) low = middle + 1;
      else high = middle;
    }
    return low ? byTime[low - 1] : null;
  }

  /** @param {any | null} item @param {{reveal?: boolean}} [options] */
  select(item, { reveal = true } = {}) {
    if (item !== this.selected) {
      const old = this.selected;
      this.selected = item;
      for (const each of [old, item]) {
        const row = this.rows.get(this.indexOf(each));
        if (row) this.dress(row, each);
      }
    }
    if (item && reveal) this.reveal(item);
    this.markActive();
  }

  /** Scrolls an item into sight, no further than needed. */
  reveal(item) {
    const n = this.indexOf(item);
    if (n < 0) return;
    const { scroller, rowHeight } = this;
    const head = this.space.offsetTop;
    const [top, bottom] = [n * rowHeight, (n + 1) * rowHeight];
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (bottom + head > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = bottom + head - scroller.clientHeight;
    }
    this.render();
  }

  /** Brings the row of the playhead into sight, with what comes before and after it. */
  follow(item) {
    const n = this.indexOf(item);
    const { scroller, rowHeight } = this;
    const height = scroller.clientHeight - this.space.offsetTop;
    const top = n * rowHeight;
    if (n < 0 || (top >= scroller.scrollTop && top + rowHeight <= scroller.scrollTop + height)) return;
    scroller.scrollTop = top - (height - rowHeight) / 2;
    this.render();
  }

  focus() {
    this.scroller.focus();
  }

  onClick(event) {
    const row = event.target.closest?.("[data-index]");
    if (!row || !this.space.contains(row)) return;
    const item = this.items[Number(row.dataset.index)];
    if (event.target.closest(".twisty") && this.onkey(item, "toggle")) return;
    this.choose(item);
    this.onopen(item);
  }

  choose(item) {
    this.select(item);
    this.onselect(item);
  }

  onKeydown(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target !== this.scroller) return;
    if (this.press(event.key)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** @param {string} key @returns {boolean} it was for the list */
  press(key) {
    const { items } = this;
    if (!items.length) return false;
    const start = this.selected && this.indexOf(this.selected) >= 0 ? this.selected : null;
    const n = start ? this.indexOf(start) : Math.max(0, this.indexOf(this.current));
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.rowHeight) - 1);
    const target = {
      ArrowDown: start ? n + 1 : n,
      ArrowUp: start ? n - 1 : n,
      PageDown: n + page,
      PageUp: n - page,
      Home: 0,
      End: items.length - 1,
    }[key];
    if (target !== undefined) {
      this.choose(items[Math.min(items.length - 1, Math.max(0, target))]);
      return true;
    }
    if (key === "Enter" && start) {
      this.onopen(start);
      return true;
    }
    return start ? this.onkey(start, key) : false;
  }
}
