/** The reviews, in a frame of their own. */

const list = document.querySelector("[data-reviews]");

document.querySelector(".ranges").addEventListener("click", (event) => {
  const button = event.target.closest("[data-order]");
  if (!button) return;
  for (const other of document.querySelectorAll("[data-order]")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  const age = (item) => Number(item.dataset.age);
  const rank = { new: age, best: (item) => age(item) - 1000 * Number(item.dataset.stars) }[button.dataset.order];
  list.append(...[...list.children].sort((a, b) => rank(a) - rank(b)));
  list.scrollTo({ top: 0 });
});

list.addEventListener("click", (event) => {
  const button = event.target.closest(".helpful");
  if (!button) return;
  const pressed = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(pressed));
  const count = button.querySelector("span");
  count.textContent = String(Number(count.textContent) + (pressed ? 1 : -1));
});
