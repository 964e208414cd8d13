/**
 * Where a recording comes from: the viewer's server, or the page itself (the single-file HTML export).
 *
 * Only the index is read at the start; segments (zstd frames of NDJSON) when a moment asks for them. The last few decoded ones
 * are kept, so memory follows what is on show and not the length of the recording.
 */
import { fillInIds } from "./node_ids.js";

const KEPT_SEGMENTS = 6;
// Of NDJSON; the parsed objects take some three times as much.
const KEPT_BYTES = 24 << 20;
// As writers put the first keys of a line, see docs/format.md; another order is read too, but as a whole.
const ENVELOPE = /^\{(?:"page":(\d{1,9}),)?(?:"doc":"([^"\\]*)",)?"t":(-?\d{1,15}(?:\.\d{1,9})?),"kind":"([a-z][a-z0-9-]*)"/;
const MAX_SEGMENT_BYTES = 256 << 20;

/**
 * @typedef {object} RecordedEvent one line of the file, see docs/format.md
 * @property {number} t ms since the recording's start
 * @property {string} kind
 * @property {number} [page]
 * @property {string} [doc]
 * @property {any} data
 */

/**
 * @typedef {object} Source
 * @property {{index: any, header: any}} manifest
 * @property {(n: number) => Promise<RecordedEvent[]>} segment
 * @property {(hash: string) => string} assetUrl a URL the replayed document can load
 * @property {(hash: string) => Promise<{url: string, mime: string}>} asset
 * @property {(hash: string) => Promise<Uint8Array>} assetBytes
 * @property {(hash: string) => Promise<string>} assetText as UTF-8
 * @property {() => Promise<boolean>} refresh reads the index anew; whether the recording has grown or ended since
 * @property {() => AsyncIterable<string>} signals NDJSON of what happened besides the DOM, in pieces that end anywhere
 * @property {string} origins CSP sources of assetUrl's URLs
 */

/**
 * @param {Document} document the player's own page
 * @returns {Promise<Source>}
 */
export async function openSource(document) {
  const inline = document.getElementById("harness-manifest");
  return inline ? openInline(document, JSON.parse(inline.textContent)) : await openServer(document.baseURI);
}

/** @param {string} base URL of the recording on the server, with a slash at its end @returns {Promise<Source>} */
export async function openServer(base) {
  const get = async (path) => {
    const response = await fetch(new URL(path, base), { credentials: "same-origin" });
    if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
    return response;
  };
  const first = await get("api/manifest");
  const manifest = checked(await first.json());
  let version = first.headers.get("etag");
  const refresh = async () => {
    const headers = version ? { "If-None-Match": version } : {};
    const response = await fetch(new URL("api/manifest", base), { credentials: "same-origin", headers });
    if (response.status === 304) return false;
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    Object.assign(manifest, checked(await response.json()));
    version = response.headers.get("etag");
    return true;
  };
  const mime = mimes(manifest);
  const assetUrl = (hash) => new URL(`api/assets/${hash}`, base).href;
  const assetBytes = async (hash) => new Uint8Array(await (await get(`api/assets/${hash}`)).arrayBuffer());
  return {
    manifest,
    refresh,
    segment: keepRecent(manifest, async (n) => parseLines(await (await get(`api/segments/${n}`)).text())),
    assetUrl,
    asset: async (hash) => ({ url: assetUrl(hash), mime: mime(hash) }),
    assetBytes,
    assetText: async (hash) => new TextDecoder().decode(await assetBytes(hash)),
    signals: async function* () {
      const reader = (await get("api/signals")).body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
    },
    origins: `${new URL("api/assets/", base).href} data: blob:`,
  };
}

/** @returns {Source} */
function openInline(document, parsed) {
  const manifest = checked(parsed);
  const mime = mimes(manifest);
  const urls = new Map();
  const element = (attribute, value) => {
    const found = document.querySelector(`script[${attribute}="${CSS.escape(value)}"]`);
    if (!found) throw new Error(`this file has no ${attribute.slice(5)} ${value}; export it again`);
    return found;
  };
  const bytes = (found) => {
    const raw = fromBase64(found.textContent);
    return found.dataset.encoding === "zstd" ? window.fzstd.decompress(raw) : raw;
  };
  const assetUrl = (hash) => {
    if (!urls.has(hash)) {
      const blob = new Blob([bytes(element("data-asset", hash))], { type: mime(hash) });
      urls.set(hash, URL.createObjectURL(blob));
    }
    return urls.get(hash);
  };
  const assetBytes = async (hash) => bytes(element("data-asset", hash));
  return {
    manifest,
    refresh: async () => false,
    segment: keepRecent(manifest, async (n) => {
      const raw = window.fzstd.decompress(fromBase64(element("data-segment", String(n)).textContent));
      if (raw.length > MAX_SEGMENT_BYTES) throw new Error(`segment ${n} is too large`);
      return parseLines(new TextDecoder().decode(raw));
    }),
    assetUrl,
    asset: async (hash) => ({ url: assetUrl(hash), mime: mime(hash) }),
    assetBytes,
    assetText: async (hash) => new TextDecoder().decode(await assetBytes(hash)),
    signals: async function* () {
      const decoder = new TextDecoder();
      for (const piece of document.querySelectorAll("script[data-signals]")) {
        yield decoder.decode(window.fzstd.decompress(fromBase64(piece.textContent)), { stream: true });
        // A piece is as much as can be unpacked without being felt.
        await new Promise((resolve) => setTimeout(resolve));
      }
    },
    origins: "data: blob:",
  };
}

/** @returns {{index: any, header: any}} */
function checked(manifest) {
  if (!manifest || manifest.manifest_version !== 1 || !manifest.index) {
    throw new Error("this recording was made by a newer harness; update it");
  }
  return manifest;
}

/** @returns {(hash: string) => string} */
function mimes(manifest) {
  return (hash) => manifest.index.assets?.[hash]?.mime || "application/octet-stream";
}

/** @param {string} text @returns {Uint8Array} */
function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text.trim());
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/**
 * @param {string} text NDJSON
 * @returns {RecordedEvent[]} a line that is no event is left out: a recording cut off in mid-line ends with one
 */
function parseLines(text) {
  const events = [];
  for (const line of text.split("\n")) {
    if (!line) continue;
    const found = ENVELOPE.exec(line);
    if (found && line.endsWith("}")) {
      events.push(new Line(line, found[1] && Number(found[1]), found[2], Number(found[3]), found[4]));
      continue;
    }
    try {
      const event = JSON.parse(line);
      if (event && typeof event.t === "number" && typeof event.kind === "string") {
        fillInIds(event.data);
        events.push(event);
      }
    } catch {
      continue;
    }
  }
  return events;
}

/** An event whose data are parsed when they are asked for: a moment needs a fraction of what its segment holds. */
class Line {
  constructor(line, page, doc, t, kind) {
    this.line = line;
    this.page = page;
    this.doc = doc;
    this.t = t;
    this.kind = kind;
    this.parsed = undefined;
  }

  get data() {
    if (this.line !== null) {
      const { line } = this;
      this.line = null;
      try {
        this.parsed = fillInIds(JSON.parse(line).data ?? {});
      } catch {
        this.parsed = {};
      }
    }
    return this.parsed;
  }
}

/**
 * Loads each segment once at a time and forgets those used longest ago. One that has grown, or stands elsewhere since the
 * recording was closed, is loaded anew.
 */
function keepRecent(manifest, load) {
  /** @type {Map<number, {size: number, offset: number, promise: Promise<RecordedEvent[]>}>} */
  const kept = new Map();
  return (n) => {
    const { raw_size: size = 0, offset = 0 } = manifest.index.segments[n] || {};
    let entry = kept.get(n);
    kept.delete(n);
    if (!entry || entry.size !== size || entry.offset !== offset) {
      const fresh = { size, offset, promise: load(n) };
      fresh.promise.catch(() => kept.get(n) === fresh && kept.delete(n));
      entry = fresh;
    }
    kept.set(n, entry);
    let total = 0;
    for (const each of kept.values()) total += each.size;
    for (const [k, each] of kept) {
      if (k === n || (kept.size <= KEPT_SEGMENTS && total <= KEPT_BYTES)) break;
      kept.delete(k);
      total -= each.size;
    }
    return entry.promise;
  };
}
