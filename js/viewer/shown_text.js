/** Text of a recording as it may be shown: what would change how the text around it reads is made visible. */

// Controls, and the marks that turn the writing direction or take no room. U+200C and U+200D stay: scripts and emoji need them.
// https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** @param {string} text @returns {string} */
export function shownText(text) {
  return text.replace(UNSEEN, (char) => `⟨U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}

/** @param {string} text @param {number} length @returns {string} its start, on one line */
export function clipped(text, length) {
  const start = text.length > length ? `${text.slice(0, length)}…` : text;
  return start.replace(/\s+/g, " ");
}
