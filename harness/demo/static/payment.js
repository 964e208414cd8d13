/** The card form of "Pebble Pay". It lives on another origin than the shop and tells it no more than "complete". */

const { parentOrigin } = document.body.dataset;
const number = document.querySelector("[data-number]");
const expiry = document.querySelector("[data-expiry]");
const code = document.querySelector("[data-code]");
const state = document.querySelector("[data-state]");
const hint = state.textContent;

const digits = (field) => field.value.replace(/\D/g, "");
const tell = (message) => parent.postMessage(message, parentOrigin);

/** The check digit of card numbers (Luhn). */
function genuine(text) {
  const sum = [...text].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return text.length === 16 && sum % 10 === 0;
}

document.addEventListener("input", () => {
  number.value = digits(number).replace(/(\d{4})(?=\d)/g, "$1 ");
  const date = digits(expiry);
  expiry.value = date.length > 2 ? `${date.slice(0, 2)}/${date.slice(2, 4)}` : date;
  const wrong = digits(number).length === 16 && !genuine(digits(number));
  number.toggleAttribute("aria-invalid", wrong);
  const complete = genuine(digits(number)) && date.length === 4 && digits(code).length === 3;
  state.textContent = wrong ? "That number does not add up" : complete ? "Ready to pay" : hint;
  document.body.classList.toggle("complete", complete);
  tell({ type: "card", token: complete ? "pebble-test-token" : "" });
});
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("message", (event) => {
  if (event.origin === parentOrigin && event.data.type === "theme") {
    document.documentElement.dataset.theme = event.data.theme;
  }
});
tell({ type: "ready" });
