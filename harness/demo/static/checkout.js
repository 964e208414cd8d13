/** The checkout: messages beside the fields, a total that follows the choices, and the card from another origin. */

const form = document.querySelector("[data-checkout]");
const payment = document.querySelector(".payment");
const token = document.querySelector("[data-payment]");
const GIFT_CENTS = 250;
const MESSAGES = {
  name: "Please tell us your name.",
  email: "That does not look like an e-mail address.",
  street: "Where should we ring?",
  postcode: "The postcode is missing.",
  city: "The town is missing.",
  date: "Which day suits you?",
  terms: "Please tick this one; it is true.",
};

const euros = (cents) => `€${(cents / 100).toFixed(2)}`;

/** Say what is wrong with a field, or that nothing is any more. */
function report(name, message) {
  const place = form.querySelector(`[data-error-for="${name}"]`);
  if (place) place.textContent = message;
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLElement) field.toggleAttribute("aria-invalid", message !== "");
}

/** @returns {boolean} whether all fields are filled in */
function check() {
  const wrong = [];
  for (const [name, message] of Object.entries(MESSAGES)) {
    const valid = form.elements.namedItem(name).validity.valid;
    report(name, valid ? "" : message);
    if (!valid) wrong.push(name);
  }
  report("payment", token.value ? "" : "The card is not complete yet.");
  const error = form.querySelector("[data-form-error]");
  error.hidden = wrong.length === 0 && token.value !== "";
  error.textContent = "Some things are missing. They are marked below.";
  if (wrong.length) form.elements.namedItem(wrong[0]).focus();
  return error.hidden;
}

/** Take the general message away once the last marked field is right. */
function settle() {
  if (!form.querySelector("[aria-invalid]") && token.value) form.querySelector("[data-form-error]").hidden = true;
}

function total() {
  const delivery = Number(form.querySelector("[name=delivery]:checked").dataset.cents);
  const gift = form.elements.namedItem("gift").checked;
  form.querySelector("[data-delivery-cost]").textContent = euros(delivery);
  form.querySelector("[data-gift-row]").classList.toggle("open", gift);
  form.querySelector("[data-gift-note]").classList.toggle("open", gift);
  form.querySelector("[data-total]").textContent = euros(
    Number(form.dataset.subtotalCents) + delivery + (gift ? GIFT_CENTS : 0),
  );
}

form.addEventListener("submit", (event) => {
  if (!check()) event.preventDefault();
});
form.addEventListener("change", total);
form.addEventListener("input", (event) => {
  const { name, validity, value } = event.target;
  if (name === "hour") form.querySelector("[data-hour]").textContent = `${value}:00`;
  if (event.target.hasAttribute("aria-invalid") && validity.valid) report(name, "");
  settle();
});

const paymentOrigin = new URL(payment.src).origin;
const tellTheme = () =>
  payment.contentWindow.postMessage({ type: "theme", theme: document.documentElement.dataset.theme }, paymentOrigin);
window.addEventListener("message", (event) => {
  if (event.origin !== paymentOrigin || event.source !== payment.contentWindow) return;
  if (event.data.type === "ready") tellTheme();
  if (event.data.type === "card") {
    token.value = event.data.token;
    payment.classList.toggle("complete", event.data.token !== "");
    if (event.data.token) report("payment", "");
    settle();
  }
});
document.addEventListener("theme", tellTheme);
payment.addEventListener("load", tellTheme);
total();
