/**
 * URLs at a masking level: scheme, host and path stay; each value of the query, and the fragment, becomes a pseudonym, the same for
 * the same value throughout one recording, so that what was loaded is still found. `harness/privacy/urls.py` does the same.
 */
import { maskText } from "./mask_text.js";

const TEXTUAL = /^\s*(mailto|tel|sms|callto|skype|whatsapp|javascript|data|about):/i;
const USER = /^([a-z][a-z0-9+.-]*:)?\/\/[^/?#@]*@/i;

/**
 * @param {string} url absolute or relative
 * @param {[number, number]} salt of this recording; it is in no file
 * @param {(text: string) => string} maskPath
 * @returns {string}
 */
export function maskUrl(url, salt, maskPath = (text) => text) {
  const scheme = TEXTUAL.exec(url);
  if (scheme) {
    const name = scheme[1].toLowerCase();
    if (name === "about") return url;
    if (name === "javascript" || name === "data") return `${name}:,`;
    return scheme[0] + maskText(url.slice(scheme[0].length));
  }
  if (/^\s*blob:/i.test(url)) return url;
  const hash = url.indexOf("#");
  const fragment = hash < 0 ? "" : url.slice(hash + 1);
  const rest = hash < 0 ? url : url.slice(0, hash);
  const mark = rest.indexOf("?");
  const path = (mark < 0 ? rest : rest.slice(0, mark)).replace(USER, "$1//");
  let masked = maskPath(path);
  if (mark >= 0) masked += "?" + maskQuery(rest.slice(mark + 1), salt);
  if (hash >= 0) masked += "#" + (fragment === "" ? "" : pseudonym(fragment, salt));
  return masked;
}

function maskQuery(query, salt) {
  return query.split("&").map((part) => {
    const equals = part.indexOf("=");
    if (equals < 0) return part === "" ? "" : pseudonym(part, salt);
    const value = part.slice(equals + 1);
    return part.slice(0, equals + 1) + (value === "" ? "" : pseudonym(value, salt));
  }).join("&");
}

/** A short word that stands for `text`: a hash of 53 bits (cyrb53) under a salt that is thrown away. */
export function pseudonym(text, [first, second]) {
  let a = 0xdeadbeef ^ first;
  let b = 0x41c6ce57 ^ second;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return `~${(4294967296 * (2097151 & b) + (a >>> 0)).toString(36)}`;
}
