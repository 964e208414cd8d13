/**
 * CSS at the level `mask`: the strings that it shows (`content` and the like) are text, and its URLs have queries. Strings that select
 * by an attribute are masked as the attribute is, so that rules go on matching. `harness/privacy/css.py` does the same.
 */
import { maskText } from "./mask_text.js";

const TOKEN = new RegExp(
  [
    String.raw`\/\*[^]*?(?:\*\/|$)`,
    String.raw`url\(\s*(?:"((?:[^"\\]|\\[^])*)"|'((?:[^'\\]|\\[^])*)'|([^"')]*))\s*\)`,
    String.raw`"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'`,
  ].join("|"),
  "gi",
);
const SELECTS = /\[\s*(?:[\w-]*\|)?([\w-]+)\s*[~|^$*]?=\s*$/;
const DECLARES = /(?:^|[{;}])\s*([\w-]+)\s*:[^{};]*$/;
const SHOWN = /^(content|quotes|symbols|prefix|suffix|pad|negative|hyphenate-character|text-emphasis(-style)?|text-overflow|list-style(-type)?|--.*)$/i;
const WINDOW = 400;

/**
 * @param {string} css a sheet, a rule or declarations
 * @param {{maskUrl: (url: string) => string, masksAttribute: (name: string, value: string) => boolean}} scope
 */
export function maskCss(css, { maskUrl, masksAttribute }) {
  return css.replace(TOKEN, (token, double, single, bare, offset) => {
    if (token.startsWith("/*")) return "/**/";
    const url = double ?? single ?? bare;
    if (url !== undefined) {
      return /^\s*(#|data:)/i.test(url) ? token : `url("${maskUrl(url.trim()).replace(/["\\\n]/g, "")}")`;
    }
    const before = css.slice(Math.max(0, offset - WINDOW), offset);
    const selects = SELECTS.exec(before);
    if (selects) return masksAttribute(selects[1].toLowerCase(), token.slice(1, -1)) ? masked(token) : token;
    const declares = DECLARES.exec(before);
    return declares && !SHOWN.test(declares[1]) ? token : declares || !/[{;}]/.test(before) ? maskedUnlessNamed(token, before) : token;
  });
}

/** `@import "x.css"` and `@charset "utf-8"` begin a sheet and are no text. */
function maskedUnlessNamed(token, before) {
  return /@(import|charset|namespace[^;]*)\s*$/i.test(before) ? token : masked(token);
}

function masked(token) {
  // An escape names an icon, or a letter, which is masked like any other.
  const text = token.slice(1, -1).replace(/\\([0-9a-f]{1,6})\s?/gi, (_, hex) => {
    const code = parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "*";
  });
  return token[0] + maskText(text).replace(/["'\\\n\r\f]/g, ".") + token[0];
}
