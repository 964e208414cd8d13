/**
 * What a URL of the recorded page meant at a moment: the recording's own copy of it, or nothing. No replayed document ever
 * gets a URL from anywhere else.
 *
 * The content of a URL can change while a page is open; which version an element showed is told from when it asked.
 */
import { placeholder } from "./placeholder.js";
import { importsOf, rewriteDeclarations, rewriteSheet } from "./css_rewrite.js";

/** Loads nothing and fails at once, as a missing file did on the recorded page. */
export const NOWHERE = "about:invalid";

// A browser asks for what a document names before the recorder has begun in it.
const EARLY_MS = 50;
// A response that arrives this long after an element asked for it may still be that element's own.
const LOADING_MS = 10_000;
const MAX_IMPORT_DEPTH = 20;

/**
 * @typedef {object} Place where and when a URL was written
 * @property {string} base URL to resolve it against
 * @property {string} documentUrl of the document it is used in
 * @property {number} page
 * @property {number} t ms
 * @property {number} since ms, when the document began
 */

export class Assets {
  /** @param {import("./source.js").Source} source */
  constructor(source) {
    this.source = source;
    this.sheets = new Map();
    this.compiling = new Map();
    this.preloaded = new Map();
    this.update(source.manifest.index);
  }

  /** The recording has grown. @param {any} index */
  update(index) {
    this.index = index;
    this.versions = new Map();
    this.omitted = new Map((this.index.omitted || []).map((entry) => [withoutFragment(entry.url), entry]));
    this.untimed = new Set((this.index.untimed || []).map(withoutFragment));
    this.redirects = new Map();
    for (const [t, page, url, location] of this.index.redirects || []) {
      const key = withoutFragment(url);
      if (!this.redirects.has(key)) this.redirects.set(key, []);
      this.redirects.get(key).push({ t, page, location });
    }
    this.switches = [];
    for (const [t, page, url, hash] of this.index.resources || []) this.addVersion(t, page, url, hash);
    for (const list of this.versions.values()) list.sort((a, b) => a.t - b.t);
    for (const list of this.versions.values()) {
      for (let i = 1; i < list.length; i += 1) if (list[i].hash !== list[i - 1].hash) this.switches.push(list[i].t);
    }
    this.switches.sort((a, b) => a - b);
  }

  addVersion(t, page, url, hash) {
    const key = withoutFragment(url);
    if (!this.versions.has(key)) this.versions.set(key, []);
    this.versions.get(key).push({ t, page, hash });
  }

  /**
   * @param {string} url absolute
   * @param {Place} place
   * @returns {string | null} hash of the content; what another page got counts too, for it came out of a shared cache.
   *   A document that has a URL's content keeps using that, so a later version counts only for one that had none yet.
   */
  find(url, place) {
    return this.versionOf(this.versions.get(withoutFragment(url)), place)?.hash ?? null;
  }

  /** @returns {number} ms, since when a place has the file that `resolve` leads to; -Infinity where that cannot be told */
  since(written, place) {
    const url = absoluteUrl(written.trim(), place.base);
    // Where a version was lost, a later one is better than nothing.
    const key = url === null ? "" : withoutFragment(url);
    const cannotTell = url === null || /^(data|blob):/i.test(url) || this.omitted.has(key) || this.untimed.has(key);
    const version = cannotTell ? null : this.versionOf(this.versions.get(key), place);
    // The page had it before: this document may have lost a version of its own, for a body can be gone before it is read.
    const isFirst = version && !this.versions.get(key).some((other) => other.page === place.page && other.t < version.t);
    return isFirst && version.page === place.page ? version.t : -Infinity;
  }

  /** @returns {string | null} a picture that says why the recording does not hold this one, in its size */
  placeholder(written, place) {
    const url = absoluteUrl(written.trim(), place.base);
    const omitted = url === null ? null : this.omitted.get(withoutFragment(url));
    return omitted ? placeholder(omitted) : null;
  }

  /** Where a URL led to. @param {string} url absolute @param {Place} place @returns {string} */
  located(url, place) {
    return this.versionOf(this.redirects.get(withoutFragment(url)), place)?.location ?? url;
  }

  /** The entry of a list by time that a place has met. @template {{t: number, page: number}} T @param {T[] | undefined} all @returns {T | null} */
  versionOf(all, place) {
    if (!all?.length) return null;
    const own = all.filter((version) => version.page === place.page);
    const list = own.length ? own : all;
    let before = null;
    for (const version of list) {
      if (version.t < place.t) before = version;
      else if (!before || (before.t < place.since - EARLY_MS && version.t - place.t <= LOADING_MS)) return version;
      else break;
    }
    return before || list[0];
  }

  /**
   * @param {string} written a URL as it stands in the page
   * @param {Place} place
   * @returns {string | null} what the replayed document may load instead; null when the recording does not hold it
   */
  resolve(written, place) {
    const url = written.trim();
    if (url.startsWith("#")) return url;
    if (/^data:/i.test(url)) return url;
    const absolute = absoluteUrl(url, place.base);
    if (absolute === null) return null;
    const hash = this.find(absolute, place);
    const fragment = absolute.includes("#") ? absolute.slice(absolute.indexOf("#")) : "";
    if (hash !== null && !isHtml(this.mime(hash))) return this.source.assetUrl(hash) + fragment;
    // A fragment of the document itself (an SVG gradient, say) that the recorder has made absolute.
    if (fragment.length > 1 && isWithin(absolute, place.documentUrl)) return fragment;
    return null;
  }

  /** @param {string} written @param {Place} place @returns {string | null} as `resolve`, if it is an image that the recording holds */
  picture(written, place) {
    const absolute = absoluteUrl(written.trim(), place.base);
    const hash = absolute === null ? null : this.find(absolute, place);
    return hash !== null && this.mime(hash).startsWith("image/") ? this.resolve(written, place) : null;
  }

  /** @param {string} written @param {Place} place @returns {string | null} as `picture`, also of what stands in the URL itself */
  icon(written, place) {
    return /^data:image\//i.test(written) ? written : this.picture(written, place);
  }

  /** @param {string} hash */
  mime(hash) {
    return (this.index.assets && this.index.assets[hash] && this.index.assets[hash].mime) || "";
  }

  /** How URLs in CSS are turned at a place. `@import` must have been prepared, or it leads nowhere. */
  links(place) {
    return {
      url: (written) => {
        const resolved = this.resolve(written, place);
        if (resolved !== null && !resolved.startsWith("#")) this.preload(written, resolved, place);
        return resolved === null ? NOWHERE : resolved;
      },
      importUrl: (written) => this.sheetUrl(written, place) || NOWHERE,
    };
  }

  /** @param {string} text a sheet's or rule's text @param {Place} place */
  sheetText(text, place) {
    return rewriteSheet(text, this.links(place));
  }

  /** @param {string} text declarations or a value @param {Place} place */
  declarations(text, place) {
    return rewriteDeclarations(text, this.links(place));
  }

  /**
   * Image files that CSS names are fetched at once and kept: a browser tells nobody when the background of an element has
   * come, but what it already holds is there with the first layout.
   */
  preload(written, url, place) {
    if (url.startsWith("data:") || this.preloaded.has(url)) return;
    const hash = this.find(absoluteUrl(written.trim(), place.base), place);
    if (hash === null || !this.mime(hash).startsWith("image/")) return;
    const image = new Image();
    image.src = url;
    const entry = { image, done: false };
    entry.promise = image.decode().then(
      () => (entry.done = true),
      () => (entry.done = true),
    );
    this.preloaded.set(url, entry);
  }

  /** @param {string} url as the replay has it @returns {HTMLImageElement | null} the image of a sheet, if it has come */
  preloadedImage(url) {
    const image = this.preloaded.get(url)?.image;
    return image?.complete && image.naturalWidth ? image : null;
  }

  /** @returns {Promise<unknown>[]} images of sheets still on their way */
  pending() {
    return [...this.preloaded.values()].filter((entry) => !entry.done).map((entry) => entry.promise);
  }

  /** @returns {{key: string, hash: string | null, url: string, text: string | null} | null} */
  locateSheet(written, place) {
    const url = absoluteUrl(written.trim(), place.base);
    if (url === null) return null;
    if (/^data:/i.test(url)) return { key: `${url}|${this.epoch(place)}`, hash: null, url, text: dataText(url) };
    const hash = this.find(url, place);
    if (hash === null || isHtml(this.mime(hash)) || /^(image|font|audio|video)\//.test(this.mime(hash))) return null;
    return { key: `${hash}|${url}|${place.page}|${this.epoch(place)}`, hash, url, text: null };
  }

  /** Moments since which a sheet compiled before may lead to outdated files. */
  epoch(place) {
    let n = 0;
    while (n < this.switches.length && this.switches[n] <= place.t + LOADING_MS) n += 1;
    return n;
  }

  /**
   * @param {string} written URL of a sheet
   * @param {Place} place
   * @returns {string | null} a blob URL of the sheet made fit for the replay; null when not held, or not prepared
   */
  sheetUrl(written, place) {
    const sheet = this.locateSheet(written, place);
    return (sheet && this.sheets.get(sheet.key)) || null;
  }

  /**
   * Fetches and rewrites a sheet and all it imports; afterwards `sheetUrl` knows it.
   * @param {string} written
   * @param {Place} place
   * @param {string[]} [inside] keys of the sheets that import this one
   */
  async prepareSheet(written, place, inside = []) {
    const sheet = this.locateSheet(written, place);
    if (!sheet || this.sheets.has(sheet.key)) return;
    // Imports in a circle end here. An import is not waited for by way of `compiling`: two sheets that name each other would
    // wait for ever.
    if (inside.includes(sheet.key) || inside.length > MAX_IMPORT_DEPTH) return;
    if (inside.length) {
      await this.compile(sheet, place, [...inside, sheet.key]);
      return;
    }
    if (!this.compiling.has(sheet.key)) {
      const compiled = this.compile(sheet, place, [sheet.key]).finally(() => this.compiling.delete(sheet.key));
      this.compiling.set(sheet.key, compiled);
    }
    await this.compiling.get(sheet.key);
  }

  /** Prepares what the `@import` rules of a `<style>` name. */
  async prepareImports(text, place, inside = []) {
    await Promise.all(importsOf(text).map((written) => this.prepareSheet(written, place, inside)));
  }

  async compile(sheet, place, inside) {
    let text = sheet.text;
    if (text === null) {
      try {
        text = decodeCss(await this.source.assetBytes(sheet.hash), this.mime(sheet.hash));
      } catch (error) {
        console.warn(`harness: ${sheet.url}: ${error.message}`);
        return;
      }
    }
    const within = { ...place, base: this.located(sheet.url, place) };
    await this.prepareImports(text, within, inside);
    const blob = new Blob([this.sheetText(text, within)], { type: "text/css;charset=utf-8" });
    this.sheets.set(sheet.key, URL.createObjectURL(blob));
  }
}

/** @param {string} url @param {string} base @returns {string | null} */
export function absoluteUrl(url, base) {
  try {
    return new URL(url, base || undefined).href;
  } catch {
    return null;
  }
}

/** @param {string} url */
function withoutFragment(url) {
  const at = url.indexOf("#");
  return at === -1 ? url : url.slice(0, at);
}

/** Whether a URL with a fragment means the document itself, or (as rrweb resolves `url(#x)`) its folder. */
function isWithin(url, documentUrl) {
  const target = withoutFragment(url);
  const own = withoutFragment(documentUrl);
  return target === own || target === own.split("?")[0] || target === own.split("?")[0].replace(/[^/]*$/, "");
}

/** @param {string} mime */
function isHtml(mime) {
  return /^(text\/html|application\/xhtml\+xml)/i.test(mime);
}

/** @param {string} url a `data:` URL @returns {string} */
function dataText(url) {
  const comma = url.indexOf(",");
  try {
    const body = decodeURIComponent(url.slice(comma + 1));
    return /;base64$/i.test(url.slice(0, comma)) ? atob(body) : body;
  } catch {
    return "";
  }
}

/** https://www.w3.org/TR/css-syntax-3/#input-byte-stream */
function decodeCss(bytes, mime) {
  const declared = /charset\s*=\s*"?([^\s;"]+)/i.exec(mime);
  const head = String.fromCharCode(...bytes.subarray(0, 1024));
  const rule = /^@charset "([^"]*)";/.exec(head);
  const label = (declared && declared[1]) || (rule && !/^utf-16/i.test(rule[1]) && rule[1]) || "utf-8";
  const utf16 = (bytes[0] === 0xfe && bytes[1] === 0xff && "utf-16be") || (bytes[0] === 0xff && bytes[1] === 0xfe && "utf-16le");
  try {
    return new TextDecoder(utf16 || label).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
