/**
 * The recording's index as questions about time: which pages there are, which document a page showed at `t`, and where to start
 * reading to rebuild it.
 */

/** @typedef {{id: number, url: string, title: string, openedAt: number, closedAt: number | null}} PageInfo */

export class Timeline {
  /** @param {any} index see docs/format.md */
  constructor(index) {
    this.update(index);
  }

  /** The recording has grown. @param {any} index */
  update(index) {
    this.index = index;
    this.duration = index.duration_ms || 0;
    this.segments = index.segments || [];
    /** @type {PageInfo[]} */
    this.pages = (index.pages || [])
      .map((page) => ({
        id: page.id,
        url: page.url || "",
        title: page.title || "",
        openedAt: page.opened_ms,
        closedAt: page.closed_ms ?? null,
      }))
      .sort((a, b) => a.openedAt - b.openedAt || a.id - b.id);
    this.viewports = new Map((index.pages || []).map((page) => [page.id, page.viewport]));
    this.documents = new Map();
    this.ofPage = new Map();
    for (const entry of index.documents || []) {
      this.documents.set(entry.doc, entry);
      if (!this.ofPage.has(entry.page)) this.ofPage.set(entry.page, []);
      this.ofPage.get(entry.page).push(entry);
    }
    for (const list of this.ofPage.values()) list.sort((a, b) => a.start_ms - b.start_ms);
    this.activity = index.activity || [];
    this.active = index.active || [];
    this.marks = index.marks || [];
  }

  /**
   * @param {number} page
   * @param {number} t
   * @returns {any | null} the index's entry of the top document on show; after a page has closed, its last one
   */
  documentAt(page, t) {
    let found = null;
    for (const entry of this.ofPage.get(page) || []) {
      if (entry.start_ms > t) break;
      if (entry.top && entry.snapshots.some(([at]) => at <= t)) found = entry;
    }
    return found;
  }

  /** @param {number} page @returns {number | null} ms, when the page first had something to show */
  firstShown(page) {
    let first = null;
    for (const entry of this.ofPage.get(page) || []) {
      if (entry.top) for (const [at] of entry.snapshots) if (first === null || at < first) first = at;
    }
    return first;
  }

  /**
   * @param {number} page
   * @param {number} t
   * @returns {{top: any, topSnapshot: number, first: number, last: number} | null} the document, the time of the snapshot to
   *   start from, and the segments to read; null when the page has nothing to show yet
   */
  plan(page, t) {
    const top = this.documentAt(page, t);
    if (!top) return null;
    const [topSnapshot, topSegment] = lastBefore(top.snapshots, t);
    let first = topSegment;
    for (const entry of this.framesOf(top, t)) {
      const start = lastBefore(entry.snapshots, t);
      if (start) first = Math.min(first, start[1]);
    }
    return { top, topSnapshot, first, last: this.lastSegment(t) };
  }

  /** Documents of frames that record themselves, below `top`, that had begun by `t`. */
  framesOf(top, t) {
    const wanted = new Set([top.doc]);
    const found = [];
    for (const entry of this.ofPage.get(top.page) || []) {
      if (entry.top || entry.start_ms > t || !wanted.has(entry.parent)) continue;
      wanted.add(entry.doc);
      found.push(entry);
    }
    return found;
  }

  /** @param {number} t @returns {number} the last segment that can hold an event at or before `t` */
  lastSegment(t) {
    let last = 0;
    this.segments.forEach((segment, n) => {
      if (segment.first_ms <= t) last = n;
    });
    return last;
  }

  /** @param {number} page @param {number} t @returns {string} the title known at the end of the document on show */
  titleAt(page, t) {
    const entry = this.documentAt(page, t);
    return (entry && entry.title) || this.pages.find((p) => p.id === page)?.title || "";
  }

  /** @param {number} t @returns {number | null} id of the page that was acted on last */
  activePage(t) {
    let found = this.pages.length ? this.pages[0].id : null;
    for (const [at, page] of this.active) {
      if (at > t) break;
      found = page;
    }
    return found;
  }

  /**
   * @param {number} t
   * @param {number} longer only gaps of more than so many ms
   * @returns {number | null} end of the inactivity that `t` lies in
   */
  gapEnd(t, longer) {
    let from = 0;
    for (const [start, end] of this.activity) {
      if (t < start) return start - Math.max(from, 0) > longer && t >= from ? start : null;
      from = end;
      if (t <= end) return null;
    }
    return this.duration - from > longer && t > from && t < this.duration ? this.duration : null;
  }
}

/** @param {[number, number][]} list sorted by time @param {number} t @returns {[number, number] | null} */
function lastBefore(list, t) {
  let found = null;
  for (const entry of list) if (entry[0] <= t && (!found || entry[0] >= found[0])) found = entry;
  return found;
}
