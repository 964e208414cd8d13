/**
 * Text that is personal by its form: e-mail addresses, telephone and card numbers, bank accounts, national ids.
 * `harness/privacy/patterns.py` has the same list.
 */

const MAYBE = /@|\d{2}/;
const EMAIL = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62}\.)+[\p{L}]{2,24}/gu;
const CARD = /(?<![\d.,-])\d(?:[ -]?\d){12,18}(?![\d-])/g;
const IBAN = /(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g;
const TELEPHONE =
  /(?<![\w.,+-])(?:(?:\+|00)\d[\d ()/.-]{6,18}\d|\(?0\d{2,4}\)?[ /-]\d{3,15}(?:[ -]\d{2,8}){0,6}|(?:1[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?![\w])/g;
const NATIONAL_IDS = new RegExp(
  `(?<![A-Za-z0-9-])(?:${[
    String.raw`\d{3}-\d{2}-\d{4}`, // US
    String.raw`[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]`, // UK
    String.raw`[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}`, // France
    String.raw`[XYZ]?\d{7,8}-?[A-HJ-NP-TV-Z]`, // Spain
    String.raw`[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]`, // Italy
    String.raw`\d{3}\.\d{3}\.\d{3}-\d{2}`, // Brazil
    String.raw`\d{6}(?:\d{2})?[-+]\d{4}`, // Sweden
    String.raw`\d{6}[-+A]\d{3}[0-9A-Y]`, // Finland
    String.raw`(?<!\d )\d{4} \d{4} \d{4}(?! \d)`, // India
  ].join("|")})(?![A-Za-z0-9-])`,
  "g",
);
const SIGNS = /\S/g;
const hide = (match) => match.replace(SIGNS, "*");

/** @param {string} text @returns {string} with what is personal replaced by asterisks */
export function maskPatterns(text) {
  if (!MAYBE.test(text)) return text;
  let masked = text.includes("@") ? text.replace(EMAIL, hide) : text;
  masked = masked.replace(CARD, (match) => (passesLuhn(match) ? hide(match) : match));
  masked = masked.replace(IBAN, (match) => (isIban(match) ? hide(match) : match));
  return masked.replace(NATIONAL_IDS, hide).replace(TELEPHONE, hide);
}

function passesLuhn(text) {
  const digits = text.replace(/\D/g, "");
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]) * (index % 2 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

function isIban(text) {
  const compact = text.replace(/ /g, "");
  let rest = 0;
  for (const sign of compact.slice(4) + compact.slice(0, 4)) {
    const value = parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
