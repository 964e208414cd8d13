/**
 * CSS tokens, as https://www.w3.org/TR/css-syntax-3/#tokenization has them.
 *
 * Each token keeps its place in the source, so that a rewriter can replace some tokens and leave every other character of
 * an author's sheet as it was (hacks, unknown syntax and comments included).
 */

const NEWLINE = /[\n\r\f]/;

/** @param {number} c @returns {boolean} may start an identifier (escapes aside) */
function isNameStart(c) {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95 || c >= 128 || c === 0;
}

/** @param {number} c */
function isDigit(c) {
  return c >= 48 && c <= 57;
}

/** @param {number} c */
function isName(c) {
  return isNameStart(c) || isDigit(c) || c === 45;
}

/** @param {number} c */
function isSpace(c) {
  return c === 32 || c === 10 || c === 9 || c === 13 || c === 12;
}

/** @param {number} c */
function isHex(c) {
  return isDigit(c) || (c >= 97 && c <= 102) || (c >= 65 && c <= 70);
}

/**
 * @typedef {object} Token
 * @property {string} type "space", "comment", "string", "bad-string", "url", "bad-url", "ident", "function", "at", "hash",
 *   "number" (percentages and dimensions too), "cdo", "cdc", or the character itself for everything else
 * @property {number} start first character in the source
 * @property {number} end one past the last
 * @property {string} value what it says with escapes resolved: a name in its own case, a string's or URL's text
 */

/**
 * @param {string} text a stylesheet, rule, selector or value
 * @returns {Token[]} without gaps: each token starts where the one before ends
 */
export function tokenize(text) {
  const tokens = [];
  const length = text.length;
  let at = 0;
  const code = (offset = 0) => (at + offset < length ? text.charCodeAt(at + offset) : -1);
  const validEscape = (offset = 0) => {
    if (code(offset) !== 92) return false;
    const next = code(offset + 1);
    return next !== -1 && next !== 10 && next !== 13 && next !== 12;
  };
  const startsName = (offset = 0) => {
    const c = code(offset);
    if (c === 45) return isNameStart(code(offset + 1)) || code(offset + 1) === 45 || validEscape(offset + 1);
    return isNameStart(c) || validEscape(offset);
  };
  const startsNumber = () => {
    let offset = code() === 43 || code() === 45 ? 1 : 0;
    if (code(offset) === 46) offset += 1;
    return isDigit(code(offset));
  };
  // At a backslash that starts a valid escape.
  const readEscape = () => {
    at += 1;
    if (!isHex(code())) {
      const character = String.fromCodePoint(text.codePointAt(at));
      at += character.length;
      return character;
    }
    const start = at;
    while (at - start < 6 && isHex(code())) at += 1;
    const point = parseInt(text.slice(start, at), 16);
    if (code() === 13 && code(1) === 10) at += 2;
    else if (isSpace(code())) at += 1;
    if (point === 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return "\ufffd";
    return String.fromCodePoint(point);
  };
  const readName = () => {
    let name = "";
    for (;;) {
      const start = at;
      while (isName(code())) at += 1;
      name += text.slice(start, at);
      if (!validEscape()) return name;
      name += readEscape();
    }
  };
  const readString = (quote) => {
    let value = "";
    at += 1;
    for (;;) {
      const c = code();
      if (c === -1) return { type: "string", value };
      if (c === quote) {
        at += 1;
        return { type: "string", value };
      }
      if (c === 10 || c === 13 || c === 12) return { type: "bad-string", value };
      if (c !== 92) {
        value += text[at];
        at += 1;
      } else if (code(1) === -1) at += 1;
      else if (NEWLINE.test(text[at + 1])) at += code(1) === 13 && code(2) === 10 ? 3 : 2;
      else value += readEscape();
    }
  };
  // After `url(` when no quote follows.
  const readUrl = () => {
    let value = "";
    while (isSpace(code())) at += 1;
    for (;;) {
      const c = code();
      if (c === 41 || c === -1) {
        if (c === 41) at += 1;
        return { type: "url", value };
      }
      if (isSpace(c)) {
        while (isSpace(code())) at += 1;
        if (code() === 41 || code() === -1) continue;
        break;
      }
      if (c === 34 || c === 39 || c === 40 || c < 9 || c === 11 || (c > 13 && c < 32) || c === 127) break;
      if (c !== 92) {
        value += text[at];
        at += 1;
      } else if (validEscape()) value += readEscape();
      else break;
    }
    while (code() !== -1 && code() !== 41) {
      if (validEscape()) readEscape();
      else at += 1;
    }
    if (code() === 41) at += 1;
    return { type: "bad-url", value };
  };
  const readNumber = () => {
    if (code() === 43 || code() === 45) at += 1;
    while (isDigit(code())) at += 1;
    if (code() === 46 && isDigit(code(1))) {
      at += 1;
      while (isDigit(code())) at += 1;
    }
    const exponent = code(1) === 43 || code(1) === 45 ? 2 : 1;
    if ((code() === 69 || code() === 101) && isDigit(code(exponent))) {
      at += exponent;
      while (isDigit(code())) at += 1;
    }
    if (startsName()) readName();
    else if (code() === 37) at += 1;
    return { type: "number", value: "" };
  };
  const readIdentLike = () => {
    const value = readName();
    if (code() !== 40) return { type: "ident", value };
    at += 1;
    if (value.toLowerCase() !== "url") return { type: "function", value };
    let ahead = 0;
    while (isSpace(code(ahead))) ahead += 1;
    return code(ahead) === 34 || code(ahead) === 39 ? { type: "function", value } : readUrl();
  };
  const readToken = () => {
    const c = code();
    if (c === 47 && code(1) === 42) {
      const end = text.indexOf("*/", at + 2);
      at = end === -1 ? length : end + 2;
      return { type: "comment", value: "" };
    }
    if (isSpace(c)) {
      while (isSpace(code())) at += 1;
      return { type: "space", value: "" };
    }
    if (c === 34 || c === 39) return readString(c);
    if (isDigit(c) || ((c === 43 || c === 45 || c === 46) && startsNumber())) return readNumber();
    if (c === 45 && code(1) === 45 && code(2) === 62) {
      at += 3;
      return { type: "cdc", value: "" };
    }
    if (startsName()) return readIdentLike();
    if (c === 35 && (isName(code(1)) || validEscape(1))) {
      at += 1;
      return { type: "hash", value: readName() };
    }
    if (c === 64 && startsName(1)) {
      at += 1;
      return { type: "at", value: readName() };
    }
    if (c === 60 && text.startsWith("<!--", at)) {
      at += 4;
      return { type: "cdo", value: "" };
    }
    at += 1;
    return { type: text[at - 1], value: "" };
  };
  while (at < length) {
    const start = at;
    const { type, value } = readToken();
    tokens.push({ type, start, end: at, value });
  }
  return tokens;
}

/**
 * @param {string} value
 * @returns {string} a quoted CSS string that says `value`
 */
export function cssString(value) {
  return `"${value.replace(/["\\]/g, "\\$&").replace(/[\n\r\f\0]/g, (c) => `\\${c.charCodeAt(0).toString(16)} `)}"`;
}
