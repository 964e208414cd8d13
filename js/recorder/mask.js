/**
 * The privacy of one document: at which level a node is recorded, and what its texts become. Masking happens here, in the page.
 *
 * A level comes from the nearest ancestor, through shadow roots and frames of our origin, that has one: from a rule of who records,
 * or from a mark that the page carries for us, for Datadog or for rrweb. A page without marks, under no rules, costs nothing: marks are
 * seen as nodes are serialised (`mask_events.js`), and until one is there every node has the recording's level.
 */
import { createFields } from "./mask_fields.js";
import { maskPatterns } from "./mask_patterns.js";
import { maskControlValue, maskSecret, maskText } from "./mask_text.js";
import { maskUrl } from "./mask_url.js";

export const ALLOW = 0;
export const MASK_USER_INPUT = 1;
export const MASK = 2;
export const HIDDEN = 3;
const LEVELS = new Map([["allow", ALLOW], ["mask-user-input", MASK_USER_INPUT], ["mask", MASK], ["hidden", HIDDEN]]);
const DATADOG = new Map([...LEVELS, ["mask-unless-allowlisted", MASK], ["mask-unless-whitelisted", MASK]]);
const CLASSES = [
  [/(^|\s)(dd-privacy-hidden|rr-block)(\s|$)/, HIDDEN],
  [/(^|\s)(dd-privacy-mask|dd-privacy-mask-unless-allowlisted|rr-mask)(\s|$)/, MASK],
  [/(^|\s)(dd-privacy-mask-user-input|rr-ignore)(\s|$)/, MASK_USER_INPUT],
  [/(^|\s)dd-privacy-allow(\s|$)/, ALLOW],
];
// Whose value is a text of the page.
const BUTTONS = new Set(["submit", "button", "reset", "image"]);
export const MARK_ATTRIBUTES = ["data-harness-privacy", "data-dd-privacy", "class"];

/** The level that an element's own attributes ask for, -1 for none. @param {(name: string) => unknown} attribute */
export function markedLevel(attribute) {
  const own = attribute("data-harness-privacy");
  if (own !== undefined && own !== null && LEVELS.has(own)) return LEVELS.get(own);
  const foreign = attribute("data-dd-privacy");
  if (foreign !== undefined && foreign !== null && DATADOG.has(foreign)) return DATADOG.get(foreign);
  const names = attribute("class");
  if (typeof names === "string" && (names.includes("rr-") || names.includes("dd-privacy-"))) {
    for (const [pattern, level] of CLASSES) if (pattern.test(names)) return level;
  }
  return -1;
}

/**
 * @param {object} config
 * @param {"allow"|"mask-user-input"|"mask"} config.privacy the recording's level
 * @param {{level: string, selector?: string, url?: string}[]} [config.privacyRules] the last that fits an element wins
 * @param {string[]} [config.unmask] texts that are shown; all others are then masked
 * @param {boolean} [config.privacyPatterns] mask personal data by its form at every level
 * @param {[number, number]} [config.privacySalt] for pseudonyms in URLs
 */
export function createMask(config) {
  const unmask = config.unmask && config.unmask.length ? new Set(config.unmask.map(normalised)) : null;
  let recordingLevel = Math.max(LEVELS.get(config.privacy) ?? MASK, unmask ? MASK : ALLOW);
  const salt = config.privacySalt || [0, 0];
  const rules = (config.privacyRules || []).map((rule) => ({ ...rule, level: LEVELS.get(rule.level) ?? MASK, url: rule.url && glob(rule.url) }));
  const selectorRules = rules.filter((rule) => rule.selector);
  const urlRules = rules.filter((rule) => !rule.selector);
  const fields = createFields();
  const basesByUrl = new Map();
  let special = selectorRules.length > 0 || urlRules.length > 0;
  let cache = new WeakMap();
  // What nodes were recorded at: for those that have left the document, whose ancestors can no longer be asked.
  const recorded = new WeakMap();

  const urlLevel = (url) => {
    if (!urlRules.length) return -1;
    let level = basesByUrl.get(url);
    if (level === undefined) {
      level = -1;
      for (const rule of urlRules) if (rule.url.test(url)) level = rule.level;
      basesByUrl.set(url, level);
    }
    return level;
  };

  /** The level that rules or the page give this very element, -1 for none. */
  const ownLevel = (element, attribute = (name) => element.getAttribute(name)) => {
    let level = markedLevel(attribute);
    for (const rule of selectorRules) {
      if ((!rule.url || rule.url.test(element.ownerDocument.URL)) && matches(element, rule.selector)) level = rule.level;
    }
    return level;
  };

  const documentLevel = (doc) => {
    const own = urlLevel(doc.URL);
    const frame = frameElementOf(doc);
    const outer = frame ? levelOf(frame, true) : recordingLevel;
    return outer === HIDDEN || own < 0 ? outer : own;
  };

  const climb = (node) => {
    if (node.nodeType === 9) return documentLevel(node);
    const known = cache.get(node);
    if (known !== undefined) return known;
    const parent = node.parentNode || node.host || null;
    let level;
    if (!parent) level = recorded.get(node) ?? recordingLevel;
    else {
      const outer = climb(parent);
      const own = node.nodeType === 1 ? ownLevel(node) : -1;
      level = outer === HIDDEN || own < 0 ? outer : own;
    }
    cache.set(node, level);
    return level;
  };

  /** @param {Node|null} node @param {boolean} [certain] look even where no mark has been met yet */
  const levelOf = (node, certain = false) => {
    if (!node) return recordingLevel;
    if (!special && !certain) return recordingLevel;
    if (!special) cache = new WeakMap();
    return climb(node);
  };

  const keepsText = (text) => unmask !== null && unmask.has(normalised(text));
  const patterns = (level) => level >= MASK_USER_INPUT || config.privacyPatterns === true;

  const text = (value, level) => {
    if (!value) return value;
    if (level >= MASK) return keepsText(value) ? value : maskText(value);
    return patterns(level) ? maskPatterns(value) : value;
  };

  return {
    get level() {
      return recordingLevel;
    },
    /** @param {string} name @returns {boolean} whether the level is another now */
    raiseTo(name) {
      const level = LEVELS.get(name) ?? MASK;
      if (level <= recordingLevel) return false;
      recordingLevel = level;
      cache = new WeakMap();
      return true;
    },
    levelOf,
    ownLevel,
    documentLevel,
    get special() {
      return special;
    },
    /** A mark was met: from now on levels are looked up. */
    sawMark() {
      special = true;
    },
    /** The document has changed: ask anew. */
    forget() {
      if (special) cache = new WeakMap();
    },
    /** @param {Node|null} node */
    remember(node, level) {
      if (node) recorded.set(node, level);
    },
    recordedLevel: (node) => recorded.get(node),
    patterns: config.privacyPatterns === true,
    isSensitive: fields.isSensitive,
    isSecretOption: fields.isSecretOption,
    isUndecided: fields.isUndecided,
    text,
    url: (url, level) => (level >= MASK_USER_INPUT && url ? maskUrl(url, salt, (path) => maskPatterns(path)) : url),
    /** The value of a control. */
    maskValue(value, element, level = levelOf(element, true)) {
      if (!value) return value;
      if (element && fields.isSensitive(element)) return maskSecret(value);
      const type = element && element.localName === "input" ? element.type : "";
      if (level < MASK_USER_INPUT || BUTTONS.has(type)) return text(value, level);
      return type ? maskControlValue(value, type) : maskText(value);
    },
    isHidden: (element) => levelOf(element, true) === HIDDEN,
    /** The text of an element, or of an attribute that names it, as it may be shown outside of it. */
    maskLabel: (value, element) => text(value, levelOf(element, true)),
    /** Whether what is typed here may not be read. */
    isMasked(element) {
      if (!element || element.nodeType !== 1) return recordingLevel !== ALLOW;
      return fields.isSensitive(element) || levelOf(element, true) > ALLOW;
    },
    /** Data of a signal, with what stands under `url` in it masked. */
    urls: (data) => (recordingLevel < MASK_USER_INPUT ? data : deep(data, (part, key) => (key === "url" ? maskUrl(part, salt, maskPatterns) : part))),
    /** The places in a stack stay, what stands between them is text. */
    stack: (value) => (recordingLevel < MASK_USER_INPUT ? value : value.split("\n").map(
      (line) => (/^\s*at\s/.test(line) ? line.replace(/[?#][^\s():]+/g, "") : text(line, recordingLevel)),
    ).join("\n")),
    /** What the page's own code tells the recorder: its strings, at the recording's level. */
    data: (value) => (patterns(recordingLevel) ? deep(JSON.parse(JSON.stringify(value)), (part) => text(part, recordingLevel)) : value),
    /** Whether an element shows something that is not recorded as it is. */
    isShownMasked(element) {
      const level = levelOf(element, true);
      if (level >= MASK || fields.isSensitive(element)) return true;
      return level === MASK_USER_INPUT && element.closest("input,textarea,select,[contenteditable]:not([contenteditable=false i])") !== null;
    },
    /** @param {Document} doc */
    title(doc) {
      return text(doc.title, levelOf(doc.querySelector("head > title") || doc.documentElement, true));
    },
  };
}

function deep(value, change, key = "", depth = 0) {
  if (typeof value === "string") return change(value, key);
  if (depth > 8 || !value || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((part) => deep(part, change, key, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, deep(part, change, name, depth + 1)]));
}

function matches(element, selector) {
  try {
    return element.matches(selector);
  } catch {
    return false; // not a selector that this browser knows; Python has looked at what it could
  }
}

function frameElementOf(doc) {
  try {
    return doc.defaultView && doc.defaultView.frameElement;
  } catch {
    return null;
  }
}

/** `*` stands for anything. */
function glob(pattern) {
  return new RegExp(`^${pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`);
}

function normalised(text) {
  return text.replace(/\s+/g, " ").trim();
}
