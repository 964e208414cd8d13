/** The controls above a list: a text to look for, choices of one of a few. */
import { element } from "../dom.js";

/**
 * @param {Document} document @param {string} label @param {(text: string) => void} onchange told the text in lower case
 * @returns {HTMLInputElement}
 */
export function textFilter(document, label, onchange) {
  return element(document, "input.filter-text", {
    type: "search",
    placeholder: label,
    "aria-label": label,
    spellcheck: "false",
    autocomplete: "off",
    oninput: (event) => onchange(event.target.value.trim().toLowerCase()),
    onkeydown: (event) => {
      // The window's own keys are not for who is typing; Escape empties the field, then leaves it.
      if (event.key === "Escape" && event.target.value) {
        event.target.value = "";
        onchange("");
        event.stopPropagation();
      }
    },
  });
}

/**
 * One of several, as a row of buttons that belong together; the arrow keys move between them.
 * @param {Document} document
 * @param {string} label
 * @param {[string, string][]} choices value and text
 * @param {string} chosen
 * @param {(value: string) => void} onchange
 * @returns {HTMLElement & {choose?: (value: string) => void}}
 */
export function choice(document, label, choices, chosen, onchange) {
  const group = element(document, "div.choice", { role: "radiogroup", "aria-label": label });
  const choose = (value, tell = true) => {
    for (const each of group.children) {
      const own = each.dataset.value === value;
      each.setAttribute("aria-checked", String(own));
      each.tabIndex = own ? 0 : -1;
    }
    if (tell) onchange(value);
  };
  for (const [value, text] of choices) {
    group.append(
      element(
        document,
        "button.choice-button",
        { type: "button", role: "radio", "data-value": value, onclick: () => choose(value) },
        text,
      ),
    );
  }
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const at = [...group.children].indexOf(document.activeElement);
    const next = group.children[(at + step + group.children.length) % group.children.length];
    next.focus();
    choose(next.dataset.value);
  });
  group.choose = (value) => choose(value, false);
  choose(chosen, false);
  return group;
}

/**
 * A button that stays pressed.
 * @param {Document} document @param {string} text @param {(on: boolean) => void} onchange @returns {HTMLElement}
 */
export function toggle(document, text, onchange) {
  return element(
    document,
    "button.choice-button.toggle",
    {
      type: "button",
      "aria-pressed": "false",
      onclick: (event) => {
        const on = event.currentTarget.getAttribute("aria-pressed") !== "true";
        event.currentTarget.setAttribute("aria-pressed", String(on));
        onchange(on);
      },
    },
    text,
  );
}
