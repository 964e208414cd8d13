/**
 * Which fields are sensitive at every level: by type, autocomplete, inputmode, by what their name, id and label say, and where
 * their characters are drawn as dots. A field is a form control, an `<output>`, or editable text.
 */
import { awaitsSheets } from "./pending_sheets.js";

const TYPES = new Set(["password", "email", "tel", "hidden"]);
const INPUT_MODES = new Set(["email", "tel"]);
const AUTOCOMPLETE =
  /(^|\s)(email|tel(-[a-z-]+)?|cc-[a-z-]+|one-time-code|(current|new)-password|street-address|address-(line|level)\d|postal-code|bday(-[a-z]+)?|impp)(\s|$)/i;
const CONTROLS = new Set(["input", "textarea", "select", "output"]);
const INPUTS = "input,textarea,select";
const DOTTED = new Set(["text", "search", "number", "url", ""]);
const EDITABLE = "[contenteditable]:not([contenteditable=false i])";
// What stands before a field is its name if it is short; longer text is prose.
const NAME_CHARS = 40;
// Controls whose value is the page's own text, or none.
const NO_TEXT = new Set(["submit", "button", "reset", "image", "checkbox", "radio", "range", "color"]);

// Read in lower case, with one space between words: `cardNumber` and `card_number` are both "card number".
const LIST = `(?<![\\p{L}\\p{N}])(${[
  "pass ?(word|wd|code|phrase|key)s?", "pwd", "pin( ?(code|number))?", "secrets?", "([a-z]+ )?tokens?", "(api|private|secret|access) ?key",
  "t?otp", "mfa", "2 ?fa", "one ?time( ?(code|password))?", "(verification|security|auth(entication)?|sms) ?code", "security (answer|question)",
  "cvv ?2?", "cvc ?2?", "csc", "cc ?(num(ber)?|no|exp.*|name|csc|cvc|cvv)", "card ?(num(ber)?|no|type|holder.*|cvc|cvv|code|exp.*)", "(credit|debit|payment|saved|bank) ?cards?",
  "iban", "bic", "swift", "account ?(num(ber)?|no)", "routing( ?number)?", "sort ?code", "ssn", "social security.*", "tax ?id", "national id.*",
  "passport.*", "driv(er|ing).* licen[cs]e.*", "nino", "personnummer", "cpf", "e ?mails?", "mail", "(tele)?phones?( ?(number|no))?", "tel", "mobile",
  "cell ?(phone|number)", "fax", "address(es)?( ?line)?( ?\\d)?", "addr ?\\d?", "street( ?address)?", "post ?code", "postal( ?code)?", "zip( ?code)?",
  "date of birth", "birth ?(day|date)", "dob",
  "passwort", "kennwort", "contrase\u00f1a", "contrasena", "senha", "mot de passe", "telefono", "telefon", "handy ?(nummer)?", "adresse", "direccion",
  "stra(ss|\u00df)e", "plz", "correo", "courriel", "(kredit ?)?karten ?nummer", "kreditkarte", "n[u\u00fa]mero de tarjeta",
  "num[e\u00e9]ro de carte",
].join("|")})(?![\\p{L}\\p{N}])`;
const WORDS = new RegExp(LIST, "u");
// "Delivery address" is what one chooses from, "Address type" only speaks of it.
const LAST_WORD = new RegExp(`${LIST} *$`, "u");
// Of which one chooses what a site has kept.
const KEPT = /(^| )(cards?|payment ?(method|source)s?|recipients?|payees?) *$/;

/** @param {string} text a name, an id or a label @returns {boolean} whether it speaks of something sensitive */
export function namesSensitive(text) {
  return Boolean(text) && WORDS.test(wordsOf(text));
}

/** @param {string} text what stands beside a select */
function asksForKept(text) {
  const words = wordsOf(text);
  return LAST_WORD.test(words) || KEPT.test(words);
}

function wordsOf(text) {
  return text.slice(0, 300).replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ");
}

/**
 * @returns {{isSensitive: (element: Element) => boolean, isSecretOption: (option: Element) => boolean,
 *            isUndecided: (element: Element) => boolean}}
 */
export function createFields() {
  // Once a password field, always one: pages switch the type to show the password.
  const passwords = new WeakSet();
  const known = new WeakMap();

  const isSensitive = (element) => {
    const tag = element.localName;
    if (!CONTROLS.has(tag)) return isSecretText(element);
    const type = tag === "input" ? element.type : "";
    if (type === "password") passwords.add(element);
    if (passwords.has(element) || TYPES.has(type)) return true;
    if (NO_TEXT.has(type)) return false;
    const attribute = (name) => element.getAttribute(name) || "";
    const [autocomplete, name, id] = [attribute("autocomplete"), attribute("name"), attribute("id")];
    const label = attribute("aria-label") + " " + attribute("placeholder");
    const key = `${autocomplete}\n${name}\n${id}\n${label}`;
    const before = known.get(element);
    if (before && (before.sensitive || before.key === key)) return before.sensitive || isDotted(element, tag, type);
    const sensitive = AUTOCOMPLETE.test(autocomplete) || INPUT_MODES.has(attribute("inputmode").toLowerCase()) ||
      namesSensitive(name) || namesSensitive(id) ||
      (tag === "output" && echoesSecret(element)) ||
      // What a select offers is often the page's own text, and its label speaks of much ("Address type", "Token format").
      (tag === "select" ? [name, id].some((text) => KEPT.test(wordsOf(text))) || [label, labelText(element)].some(asksForKept)
        : namesSensitive(label) || namesSensitive(labelText(element) || label.trim() || textBefore(element)));
    // A label may come later than its field, so only what is connected is known for good.
    if (sensitive || (element.isConnected && tag !== "output")) known.set(element, { key, sensitive });
    return sensitive || isDotted(element, tag, type);
  };

  /** Drawn as a password without being one; that it was once is enough, for pages let it be shown. */
  const isDotted = (element, tag, type) => {
    if ((tag !== "input" && tag !== "textarea") || !DOTTED.has(type) || !element.value || !element.isConnected) return false;
    const view = element.ownerDocument.defaultView;
    const security = view && view.getComputedStyle(element).webkitTextSecurity;
    if (!security || security === "none") return isUndecided(element);
    passwords.add(element);
    return true;
  };

  /** Whether a field holds what it was written with, and the sheet that may draw it as dots has not come. */
  const isUndecided = (element) => (
    DOTTED.has(element.localName === "textarea" ? "" : element.type) && element.value !== "" && element.value === element.defaultValue &&
    awaitsSheets(element.ownerDocument)
  );

  const echoesSecret = (output) => [...output.htmlFor].some((id) => {
    const field = output.ownerDocument.getElementById(id);
    return field !== null && field !== output && CONTROLS.has(field.localName) && isSensitive(field);
  });

  const isSecretText = (element) => {
    const host = element.closest ? element.closest(EDITABLE) : null;
    if (!host) return false;
    const named = `${host.getAttribute("aria-label") || ""} ${host.getAttribute("placeholder") || host.getAttribute("data-placeholder") || ""}`;
    return namesSensitive(named) || namesSensitive(host.getAttribute("name") || "") || namesSensitive(host.id) || namesSensitive(labelText(host));
  };

  /**
   * @param {Element} option or what stands in one
   * @returns {boolean} whether a sensitive field offers it: a person's own cards, addresses, numbers
   */
  const isSecretOption = (option) => {
    const list = option.closest("select, datalist");
    if (!list) return false;
    if (list.localName === "select") return isSensitive(list);
    if (!list.id) return false;
    for (const field of list.getRootNode().querySelectorAll("input[list]")) {
      if (field.getAttribute("list") === list.id && isSensitive(field)) return true;
    }
    return false;
  };
  return { isSensitive, isSecretOption, isUndecided };
}

/** The short text right before a field that has no name of its own: beside it, in the cell or the block before it. */
function textBefore(element) {
  let node = element;
  for (let up = 0; node && up < 3; up += 1) {
    for (let before = node.previousSibling; before; before = before.previousSibling) {
      if (before.nodeType !== 1 && before.nodeType !== 3) continue;
      if (before.nodeType === 1 && (CONTROLS.has(before.localName) || before.querySelector(INPUTS))) return "";
      const text = before.textContent.trim();
      if (text) return text.length <= NAME_CHARS ? text : "";
    }
    node = node.parentElement;
    // A block with more in it than this field is named as a whole.
    if (!node || node.localName === "form" || node.localName === "body" || node.querySelectorAll(INPUTS).length > 1) return "";
  }
  return "";
}

function labelText(element) {
  let text = "";
  for (const label of element.labels || []) {
    // What a select offers is no part of its name.
    const said = label.contains(element) ? label.textContent.replace(element.textContent, " ") : label.textContent;
    text += ` ${said.slice(0, 200)}`;
  }
  const by = element.getAttribute("aria-labelledby");
  if (by) {
    for (const id of by.split(/\s+/)) text += ` ${(element.ownerDocument.getElementById(id)?.textContent || "").slice(0, 200)}`;
  }
  return text;
}
