/**
 * An author's CSS as the replayed document needs it: every URL leads to what the recording holds, and what a replay cannot
 * enter for real (`:hover`, `:focus`, `:defined`, …) is asked of attributes that the player sets.
 *
 * A pseudo-class and an attribute selector weigh the same, so the cascade stays as it was; rule counts stay the same too, so
 * recorded rule positions still hold. https://www.w3.org/TR/css-syntax-3/#parsing, with nesting.
 */
import { cssString, tokenize } from "./css_tokens.js";

/** Pseudo-class -> selector of the same specificity on the attributes of `states.js`. */
const PSEUDO_CLASSES = new Map([
  ["hover", "[data-harness-hover]"],
  ["active", "[data-harness-active]"],
  ["focus", "[data-harness-focus]"],
  ["focus-visible", "[data-harness-focus-visible]"],
  ["focus-within", "[data-harness-focus-within]"],
  ["fullscreen", "[data-harness-fullscreen]"],
  ["-webkit-full-screen", "[data-harness-fullscreen]"],
  ["target", "[data-harness-target]"],
  ["open", ":is(:open,[data-harness-open])"],
  ["user-invalid", "[data-harness-user-validity=invalid]"],
  ["user-valid", "[data-harness-user-validity=valid]"],
  // Of custom elements; all others are what their values say.
  ["invalid", ":is(:invalid,[data-harness-validity=invalid])"],
  ["valid", ":is(:valid:where(:not([data-harness-validity])),[data-harness-validity=valid])"],
  ["defined", ":not([data-harness-undefined])"],
]);
const LEGACY_PSEUDO_ELEMENTS = new Set(["before", "after", "first-line", "first-letter"]);
const DEVICE_FEATURE = /^(min-|max-)?device-(width|height|aspect-ratio)$/i;
const IMAGE_SET = /^(-webkit-)?image-set$/i;
const OPEN = new Set(["(", "[", "{", "function"]);
const CLOSE = new Set([")", "]", "}"]);

/**
 * @typedef {object} CssLinks how URLs in a sheet are turned
 * @property {(url: string) => string} url an image, font, cursor, …; as written -> as to be written
 * @property {(url: string) => string} importUrl a sheet that `@import` names
 */

/** Collects replacements of token ranges in one text, in order. */
class Rewriting {
  /** @param {string} text @param {CssLinks} links */
  constructor(text, links) {
    this.text = text;
    this.links = links;
    this.tokens = tokenize(text);
    this.edits = [];
  }

  replace(first, last, by) {
    this.edits.push([this.tokens[first].start, this.tokens[last].end, by]);
  }

  result() {
    let out = "";
    let done = 0;
    for (const [start, end, by] of this.edits) {
      out += this.text.slice(done, start) + by;
      done = end;
    }
    return out + this.text.slice(done);
  }

  /** @returns {number} first token at or after `i` that is neither space nor comment */
  skipSpace(i) {
    while (i < this.tokens.length && (this.tokens[i].type === "space" || this.tokens[i].type === "comment")) i += 1;
    return i;
  }

  /** @returns {number} index of the first token of `types` outside any bracket, from `i`, or the end */
  find(i, types) {
    const open = [];
    for (; i < this.tokens.length; i += 1) {
      const type = this.tokens[i].type;
      if (open.length === 0 && types.has(type)) return i;
      if (OPEN.has(type)) open.push(type);
      else if (CLOSE.has(type) && open.length) open.pop();
    }
    return i;
  }

  /** Rules, at-rules and declarations from token `i` up to the end, or to the brace that closes the block. */
  block(i, nested) {
    while (i < this.tokens.length) {
      const { type } = this.tokens[i];
      if (type === "}" && nested) return i + 1;
      if (type === "space" || type === "comment" || type === ";" || type === "}" || type === "cdo" || type === "cdc") i += 1;
      else if (type === "at") i = this.atRule(i, nested);
      else i = this.item(i, nested);
    }
    return i;
  }

  atRule(i, nested) {
    const name = this.tokens[i].value.toLowerCase();
    const end = this.find(i + 1, nested ? AT_RULE_ENDS_NESTED : AT_RULE_ENDS);
    if (name === "import") this.importRule(i + 1, end);
    else if (name === "scope") this.selectors(i + 1, end);
    else if (name === "media") this.mediaQueries(i + 1, end);
    if (end < this.tokens.length && this.tokens[end].type === "{") return this.block(end + 1, true);
    return end < this.tokens.length && this.tokens[end].type === ";" ? end + 1 : end;
  }

  importRule(i, end) {
    i = this.skipSpace(i);
    if (i >= end) return;
    const token = this.tokens[i];
    if (token.type === "url" || token.type === "string") {
      this.replace(i, i, `url(${cssString(this.links.importUrl(token.value))})`);
    } else if (token.type === "function" && token.value.toLowerCase() === "url") {
      const argument = this.skipSpace(i + 1);
      if (argument < end && this.tokens[argument].type === "string") {
        this.replace(argument, argument, cssString(this.links.importUrl(this.tokens[argument].value)));
      }
      i = argument;
    }
    this.mediaQueries(i + 1, end);
  }

  /** Width and height of the device are those of the recorded viewport, not of the viewer's screen. */
  mediaQueries(i, end) {
    for (; i < end; i += 1) {
      const token = this.tokens[i];
      if (token.type === "ident" && DEVICE_FEATURE.test(token.value)) {
        this.replace(i, i, token.value.toLowerCase().replace("device-", ""));
      }
    }
  }

  /** A style rule or a declaration: what comes first outside brackets, a brace or a semicolon, tells them apart. */
  item(i, nested) {
    const first = this.tokens[i];
    if (nested && first.type === "ident" && first.value.startsWith("--")) {
      const colon = this.skipSpace(i + 1);
      if (colon < this.tokens.length && this.tokens[colon].type === ":") {
        const end = this.find(colon + 1, DECLARATION_ENDS);
        this.values(colon + 1, end);
        return end;
      }
    }
    const end = this.find(i, nested ? ITEM_ENDS : RULE_ENDS);
    if (end < this.tokens.length && this.tokens[end].type === "{") {
      this.selectors(i, end);
      return this.block(end + 1, true);
    }
    this.declaration(i, end);
    return end;
  }

  /** A declaration in tokens [i, end). */
  declaration(i, end) {
    const name = i < end && this.tokens[i].type === "ident" ? this.tokens[i].value.toLowerCase() : "";
    if (name === "scrollbar-width" || name === "scrollbar-gutter") this.scrollbar(name, i + 1, end);
    if (name === "color-scheme") {
      const words = this.tokens.slice(i, end).map(({ type, value }) => (type === "ident" ? value.toLowerCase() : ""));
      // Which of the two it is, the user's preference says; that is recorded, see apply_media_features.js.
      const first = words.findIndex((word) => word === "light" || word === "dark");
      const last = words.findLastIndex((word) => word === "light" || word === "dark");
      if (words.includes("light") && words.includes("dark")) this.replace(i + first, i + last, "var(--harness-color-scheme)");
    }
    this.values(i, end);
  }

  /**
   * Whether scrollbars take room, the recording says, see apply_media_features.js. Where they took none, that of a stable gutter
   * was there all the same, and empty; as wide as another rule may say. The tokens [i, end) follow the name.
   */
  scrollbar(name, i, end) {
    while (i < end && this.tokens[i].type !== "ident") i += 1;
    if (i === end) return;
    const { value } = this.tokens[i];
    const last = this.tokens.slice(i, end).findLastIndex(({ type }) => type !== "space" && type !== "comment");
    const written = this.text.slice(this.tokens[i].start, this.tokens[i + last].end);
    if (name === "scrollbar-width") {
      const own = `var(--harness-gutter-width,var(--harness-scrollbar-width,${value}))`;
      this.replace(i, i + last, `${written.replace(value, own)};--harness-own-width:${written}`);
    } else if (value.toLowerCase() === "stable") {
      const width = "var(--harness-own-width,auto)";
      this.replace(i, i + last, `${written};--harness-gutter-width:${width};scrollbar-width:${width};scrollbar-color:var(--harness-gutter-color)`);
    }
  }

  /** The whole text: declarations, or the value of one. */
  declarations() {
    for (let i = 0; i < this.tokens.length; i += 1) {
      const start = this.skipSpace(i);
      i = this.find(start, DECLARATION_ENDS);
      this.declaration(start, i);
    }
  }

  /** URLs of declarations in tokens [i, end). */
  values(i, end) {
    const functions = [];
    for (; i < end; i += 1) {
      const { type, value } = this.tokens[i];
      if (type === "url") this.replace(i, i, `url(${cssString(this.links.url(value))})`);
      else if (type === "function") functions.push(value.toLowerCase());
      else if (type === "(") functions.push("");
      else if (type === ")") functions.pop();
      else if (type === "string" && functions.length) {
        const inside = functions[functions.length - 1];
        if (inside === "url" || inside === "src" || IMAGE_SET.test(inside)) {
          this.replace(i, i, cssString(this.links.url(value)));
        }
      }
    }
  }

  /** Pseudo-classes of a selector list in tokens [i, end). */
  selectors(i, end) {
    // Whether the compound selector being read has named a pseudo-element: attribute selectors may not follow one.
    const inElement = [false];
    for (; i < end; i += 1) {
      const { type } = this.tokens[i];
      const top = inElement.length - 1;
      if (type === "function" || type === "(" || type === "[") inElement.push(false);
      else if ((type === ")" || type === "]") && top > 0) inElement.pop();
      else if (type === "space" || type === "," || type === ">" || type === "+" || type === "~") inElement[top] = false;
      else if (type === ":" && i + 1 < end) {
        const next = this.tokens[i + 1];
        if (next.type === ":") {
          inElement[top] = true;
          i += 1;
          // `::slotted(x)` and `::part(x)`: the name is a function token, its argument a list of its own.
        } else if (next.type === "function" && next.value.toLowerCase() === "state") {
          const name = this.skipSpace(i + 2);
          const close = this.skipSpace(name + 1);
          if (close < end && this.tokens[name].type === "ident" && this.tokens[close].type === ")") {
            this.replace(i, close, `[data-harness-states~=${cssString(this.tokens[name].value)}]`);
            i = close;
          }
        } else if (next.type === "ident") {
          const name = next.value.toLowerCase();
          if (LEGACY_PSEUDO_ELEMENTS.has(name)) inElement[top] = true;
          else if (PSEUDO_CLASSES.has(name) && !inElement[top]) this.replace(i, i + 1, PSEUDO_CLASSES.get(name));
          i += 1;
        }
      }
    }
  }
}

const AT_RULE_ENDS = new Set([";", "{"]);
const AT_RULE_ENDS_NESTED = new Set([";", "{", "}"]);
const RULE_ENDS = new Set(["{"]);
const ITEM_ENDS = new Set([";", "{", "}"]);
const CLOSING = new Set([")"]);
const DECLARATION_ENDS = new Set([";", "}"]);

/**
 * @param {string} text a whole sheet, or one rule
 * @param {CssLinks} links
 * @returns {string}
 */
export function rewriteSheet(text, links) {
  const rewriting = new Rewriting(text, links);
  rewriting.block(0, false);
  return rewriting.result();
}

/**
 * @param {string} text declarations (a `style` attribute) or one value
 * @param {CssLinks} links
 * @returns {string}
 */
export function rewriteDeclarations(text, links) {
  if (!text.includes("(") && !/color-scheme|scrollbar/i.test(text)) return text;
  const rewriting = new Rewriting(text, links);
  rewriting.declarations();
  return rewriting.result();
}

/**
 * @param {string} text the value of a `media` attribute
 * @returns {string}
 */
export function rewriteMedia(text) {
  if (!/device-/i.test(text)) return text;
  const rewriting = new Rewriting(text, { url: String, importUrl: String });
  rewriting.mediaQueries(0, rewriting.tokens.length);
  return rewriting.result();
}

/** Hold always, and never. */
const TRUE = "(min-width: 0px)";
const FALSE = "(min-width: 9999999px)";
const NO_MEDIUM = "harness-none";

/**
 * @param {string} text a media list
 * @param {boolean} isPrinted whether the page was shown as on paper
 * @param {(feature: string) => string | undefined} answer what a feature's value was; undefined: ask the browser
 * @returns {string} the list with the answers in place of the questions
 */
export function translateMedia(text, isPrinted, answer) {
  if (!/prefers|forced|inverted|hover|pointer|scripting|print|screen/i.test(text)) return text;
  const rewriting = new Rewriting(text, { url: String, importUrl: String });
  const { tokens } = rewriting;
  let depth = 0;
  for (let i = 0; i < tokens.length; i += 1) {
    const { type } = tokens[i];
    if (type === "(") {
      const name = rewriting.skipSpace(i + 1);
      const known = tokens[name]?.type === "ident" ? answer(tokens[name].value.toLowerCase()) : undefined;
      const end = known === undefined ? i : rewriting.find(name, CLOSING);
      if (end > i && end < tokens.length) {
        const asked = tokens.slice(name + 1, end).filter((token) => token.type === "ident")[0]?.value.toLowerCase();
        const holds = asked === undefined ? known !== "none" && known !== "no-preference" : asked === known;
        rewriting.replace(i, end, holds ? TRUE : FALSE);
        i = end;
        continue;
      }
    }
    if (OPEN.has(type)) depth += 1;
    else if (CLOSE.has(type)) depth -= 1;
    else if (isPrinted && depth === 0 && type === "ident") {
      const medium = tokens[i].value.toLowerCase();
      if (medium === "print") rewriting.replace(i, i, "all");
      else if (medium === "screen") rewriting.replace(i, i, NO_MEDIUM);
    }
  }
  return rewriting.result();
}

/**
 * @param {string} text a sheet
 * @returns {string[]} the URLs its `@import` rules name, as written
 */
export function importsOf(text) {
  if (!/@import|\\/i.test(text)) return [];
  const found = [];
  rewriteSheet(text, { url: String, importUrl: (url) => (found.push(url), url) });
  return found;
}
