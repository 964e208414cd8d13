/** The cart page: quantities and removal over fetch. */

import { removeFromCart, setQuantity } from "./cart_api.js";

const page = document.querySelector("[data-cart-page]");

function show(cart) {
  for (const place of page.querySelectorAll("[data-subtotal]")) place.textContent = cart.subtotal;
  for (const { slug, total } of cart.lines) {
    page.querySelector(`[data-line="${slug}"] [data-line-total]`).textContent = total;
  }
  page.querySelector("[data-cart-full]").hidden = cart.count === 0;
  page.querySelector("[data-cart-empty]").hidden = cart.count > 0;
}

page.addEventListener("change", async (event) => {
  const line = event.target.closest("[data-line]");
  const quantity = event.target.valueAsNumber;
  if (!line || !Number.isInteger(quantity) || quantity < 1 || quantity > 9) return;
  show(await setQuantity(line.dataset.line, quantity));
});

page.addEventListener("click", async (event) => {
  const line = event.target.closest("[data-remove]")?.closest("[data-line]");
  if (!line) return;
  const cart = await removeFromCart(line.dataset.line);
  line.classList.add("leaving");
  line.addEventListener("transitionend", () => {
    line.remove();
    show(cart);
  }, { once: true });
});
