/** What requests and sockets carried, for the search: short texts stand in the events, long ones in the recording's assets. */
import { nameOf } from "./request_words.js";

// Of one text, and of all that are kept between two searches.
const MAX_CHARS = 1 << 20;
const MAX_KEPT_CHARS = 24 << 20;
const TEXTUAL = /^$|^text\/|json|xml|javascript|x-www-form-urlencoded|graphql/i;

/** @param {any} signals @returns {Generator<import("./search_entries.js").Entry>} of texts that are at hand */
export function* shortBodies(signals) {
  for (const request of signals.network) {
    for (const [body, t] of bodiesOf(request)) if (body.text) yield entryOf(request, body.text, t);
  }
}

/** Texts that have to be fetched; each once, as far as there is room. */
export class LongBodies {
  /** @param {any} context see ../context.js */
  constructor({ signals, source }) {
    this.signals = signals;
    this.source = source;
    /** hash -> [text, text in lower case] @type {Map<string, [string, string]>} */
    this.texts = new Map();
    this.kept = 0;
    /** how many were too much */
    this.left = 0;
  }

  /** @returns {AsyncGenerator<import("./search_entries.js").Entry>} */
  async *entries() {
    this.left = 0;
    for (const request of this.signals.network) {
      for (const [body, t] of bodiesOf(request)) {
        if (!body.hash || body.text !== null || !isText(request, body)) continue;
        const texts = await this.textsOf(body);
        if (texts) yield entryOf(request, texts[0], t, texts[1]);
        else this.left += 1;
      }
    }
  }

  async textsOf({ hash, size }) {
    const known = this.texts.get(hash);
    if (known) return known;
    if (this.kept > MAX_KEPT_CHARS || size > 4 * MAX_CHARS) return null;
    const text = (await this.source.assetText(hash).catch(() => "")).slice(0, MAX_CHARS);
    // Another search may have been there meanwhile.
    if (!this.texts.has(hash)) {
      this.texts.set(hash, [text, text.toLowerCase()]);
      this.kept += text.length;
    }
    return this.texts.get(hash);
  }
}

/** @returns {[any, number][]} each with its moment */
function bodiesOf(request) {
  const { body, responseBody, messages } = request;
  const found = messages.map((message) => [message, message.t]);
  if (responseBody) found.unshift([responseBody, request.answeredAt ?? request.t]);
  if (body) found.unshift([body, request.t]);
  return found;
}

function isText(request, body) {
  return body !== request.responseBody || (TEXTUAL.test(request.mime) && !/^image\//i.test(request.mime));
}

function entryOf(request, text, t, lower = text.toLowerCase()) {
  const { page } = request;
  const of = nameOf(request.url).name;
  return { group: "bodies", text, lower, t, page, item: request, panel: "network", glyph: "file", of };
}
