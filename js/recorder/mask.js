/** Which form controls are sensitive, and how text is masked. Masking happens here, in the page, and nowhere else. */

const SENSITIVE_TYPES = new Set(["password", "email", "tel", "hidden"]);
const SENSITIVE_AUTOCOMPLETE =
  /(^|\s)(email|tel(-[a-z-]+)?|cc-[a-z-]+|one-time-code|(current|new)-password|street-address|address-(line|level)\d|postal-code)(\s|$)/i;

/** CSS selectors of the marks that pages carry for us, for Datadog and for rrweb (rrweb's own classes are its defaults). */
export const HIDDEN_SELECTOR =
  "[data-harness-privacy=hidden],[data-dd-privacy=hidden],.dd-privacy-hidden,.rr-block";
export const MASK_TEXT_SELECTOR = "[data-harness-privacy=mask],[data-dd-privacy=mask],.dd-privacy-mask,.rr-mask";
export const MASK_INPUT_SELECTOR =
  "[data-harness-privacy=mask-user-input],[data-dd-privacy=mask-user-input],.dd-privacy-mask-user-input,.rr-ignore";
const ALLOW_SELECTOR = "[data-harness-privacy=allow],[data-dd-privacy=allow],.dd-privacy-allow";
const LEVEL_SELECTOR =
  "[data-harness-privacy],[data-dd-privacy],.dd-privacy-allow,.dd-privacy-mask,.dd-privacy-mask-user-input,.dd-privacy-hidden";

/** Every character but white space becomes an asterisk, so that length and line breaks stay. */
export function maskText(text) {
  return text.replace(/\S/g, "*");
}

/**
 * @param {"allow"|"mask-user-input"|"mask"} level the recording's privacy level
 * @returns {{isMasked: (element: Element|null) => boolean, maskValue: (value: string, element: Element|null) => string,
 *            maskTitle: (title: string) => string, isHidden: (element: Element) => boolean,
 *            maskLabel: (text: string, element: Element) => string}}
 */
export function createMask(level) {
  // Once a password field, always one: pages switch the type to show the password.
  const passwords = new WeakSet();

  const isSensitive = (element) => {
    if (element.localName === "input") {
      if (element.type === "password") passwords.add(element);
      if (passwords.has(element) || SENSITIVE_TYPES.has(element.type)) return true;
    }
    const autocomplete = element.getAttribute("autocomplete");
    return autocomplete !== null && SENSITIVE_AUTOCOMPLETE.test(autocomplete);
  };

  const isMasked = (element) => {
    if (!element || !element.closest) return level !== "allow";
    if (isSensitive(element)) return true;
    if (element.closest(LEVEL_SELECTOR)?.matches(ALLOW_SELECTOR)) return false;
    return level !== "allow" || element.closest(MASK_INPUT_SELECTOR) !== null || element.closest(MASK_TEXT_SELECTOR) !== null;
  };

  return {
    isMasked,
    maskValue(value, element) {
      return isMasked(element) ? maskText(value) : value;
    },
    isHidden(element) {
      return element.closest(HIDDEN_SELECTOR) !== null;
    },
    /** The text of an element, or of an attribute that names it, as it may be shown outside of it. */
    maskLabel(text, element) {
      return level === "mask" || element.closest(`${HIDDEN_SELECTOR},${MASK_TEXT_SELECTOR}`) ? maskText(text) : text;
    },
    maskTitle(title) {
      return level === "mask" ? maskText(title) : title;
    },
  };
}
