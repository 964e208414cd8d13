/** How text is masked: each character gives way to one of its width class, so that length, lines and layout stay. */

// In runs: a third of the time that letter by letter takes.
const ASCII = [[/[a-z]+/g, "x"], [/[A-Z]+/g, "X"], [/[0-9]+/g, "0"], [/[!-/:-@[-`{-~]+/g, "."]];
const NOT_ASCII = /[^\x00-\x7f]/gu;
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef]/u;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
// Space stays, and so do the private-use characters, which are the pictures of icon fonts.
const KEPT = /[\s\p{Co}]/u;

/** @param {string} text @returns {string} equally long in UTF-16 code units */
export function maskText(text) {
  let masked = NOT_ASCII.test(text) ? text.replace(NOT_ASCII, substitute) : text;
  NOT_ASCII.lastIndex = 0;
  for (const [pattern, letter] of ASCII) masked = masked.replace(pattern, (run) => letter.repeat(run.length));
  return masked;
}

/** What is sensitive at every level keeps its length only: even the shape of a password says something. */
export function maskSecret(text) {
  return text.replace(/\S/g, "*");
}

function substitute(character) {
  if (KEPT.test(character)) return character;
  if (character.length > 1) return "\u{1f7e6}";
  if (WIDE.test(character)) return "\u53e3";
  if (RIGHT_TO_LEFT.test(character)) return "\u05d0";
  if (/\p{M}/u.test(character)) return "\u0300";
  if (/\p{Cf}/u.test(character)) return "\u200b";
  if (/\p{Nd}/u.test(character)) return "0";
  if (/[\p{Lu}\p{Lt}]/u.test(character)) return "X";
  if (/[\p{L}\p{N}]/u.test(character)) return "x";
  return /\p{So}/u.test(character) ? "\u25a0" : ".";
}

const FIXED = {
  date: "2000-01-01", month: "2000-01", week: "2000-W01", time: "00:00", "datetime-local": "2000-01-01T00:00", color: "#000000",
  range: "",
};

/** The masked value of a form control: one that a control of its type can show. */
export function maskControlValue(value, type) {
  if (value === "") return value;
  if (Object.hasOwn(FIXED, type)) return FIXED[type];
  if (type === "number") return value.replace(/[0-9]/g, "0").replace(/[^0-9.-]/g, "0");
  return maskText(value);
}
