/** One recorded document and what the replay knows of it. Node ids, constructed sheets and defined elements are its own. */
import { Mirror } from "./mirror.js";

export class Stream {
  /** @param {any} entry of the index's documents */
  constructor(entry) {
    this.doc = entry.doc;
    this.entry = entry;
    this.url = entry.url || "about:blank";
    this.base = this.url;
    this.mirror = new Mirror();
    /** @type {Document | null} the replayed document, once its snapshot has been built */
    this.document = null;
    /** A snapshot has come; its iframe may not have. */
    this.isComing = false;
    /** Events that came before the iframe they belong in. */
    this.waiting = [];
    this.defined = new Set();
    this.undefined = new Map();
    this.sheets = new Map();
    /** Number of a constructed sheet -> the sheet; document -> its fonts, by what they are made of. */
    this.constructed = new Map();
    this.fonts = new WeakMap();
    this.parent = entry.parent ?? null;
    this.node = entry.node ?? null;
  }

  /** @param {number} t @returns {import("./assets.js").Place} */
  place(t) {
    return { base: this.base, documentUrl: this.url, page: this.entry.page, t, since: this.entry.start_ms };
  }

  /** Forgets the document it was built in: a new snapshot follows. */
  reset() {
    this.mirror = new Mirror();
    this.document = null;
    this.undefined = new Map();
    this.sheets = new Map();
    this.constructed = new Map();
    this.fonts = new WeakMap();
  }
}
