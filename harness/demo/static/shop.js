/** What every page of the shop has: theme, cart badge, "add to cart", steppers, toasts. */

import { showCount, addToCart } from "./cart_api.js";
import { defineComponents } from "./components.js";

defineComponents();

document.querySelector("[data-theme-toggle]")?.addEventListener("click", () => {
  const root = document.documentElement;
  const theme = root.dataset.theme === "dark" ? "light" : "dark";
  root.classList.add("theme-changing");
  root.dataset.theme = theme;
  localStorage.setItem("theme", theme);
  document.dispatchEvent(new CustomEvent("theme"));
  setTimeout(() => root.classList.remove("theme-changing"), 400);
});

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-add]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  const field = "withQuantity" in button.dataset ? document.querySelector(".buy [data-quantity]") : null;
  button.disabled = true;
  try {
    await addToCart(button.dataset.add ?? "", field instanceof HTMLInputElement ? field.valueAsNumber : 1);
    button.classList.add("done");
    button.addEventListener("animationend", () => button.classList.remove("done"), { once: true });
  } finally {
    button.disabled = false;
  }
});

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-step]") : null;
  const field = button?.closest("[data-stepper]")?.querySelector("input");
  if (!button || !field) return;
  const next = Math.min(Math.max(field.valueAsNumber + Number(button.getAttribute("data-step")), 1), 9);
  if (next === field.valueAsNumber) return;
  field.valueAsNumber = next;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

// A page from the back/forward cache shows the cart as it was then.
window.addEventListener("pageshow", async (event) => {
  if (event.persisted) showCount((await (await fetch("/api/cart")).json()).count);
});
