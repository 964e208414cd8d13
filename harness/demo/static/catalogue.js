/** The catalogue: filter, search and sort without a reload, and the quick view. */

const grid = document.querySelector("[data-grid]");
const search = document.querySelector("[data-search]");
const sort = document.querySelector("[data-sort]");
const nothing = document.querySelector("[data-nothing]");
const cards = [...document.querySelectorAll(".card")].map((element, order) => ({ element, order, ...element.dataset }));

function collection() {
  return new URLSearchParams(location.search).get("collection") ?? "";
}

/** Show the cards that fit, in the chosen order. */
function arrange() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = collection();
  let shown = 0;
  for (const card of cards) {
    const fits = (!chosen || card.collection === chosen) && words.every((word) => card.name.includes(word));
    if (fits && card.element.hidden) card.element.classList.add("arriving");
    card.element.hidden = !fits;
    if (fits) shown += 1;
  }
  for (const chip of document.querySelectorAll("[data-chip]")) {
    if (chip.dataset.chip === chosen) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
  }
  nothing.hidden = shown > 0;
}

function reorder() {
  const rank = {
    "": (card) => card.order,
    price: (card) => Number(card.price),
    stars: (card) => -Number(card.stars),
  }[sort.value];
  grid.append(...[...cards].sort((a, b) => rank(a) - rank(b)).map((card) => card.element));
}

document.querySelector("[data-toolbar]").addEventListener("click", (event) => {
  const chip = event.target.closest("[data-chip]");
  if (!chip || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, "", chip.href);
  arrange();
});
window.addEventListener("popstate", arrange);
search.addEventListener("input", arrange);
sort.addEventListener("change", reorder);
grid.addEventListener("animationend", (event) => event.target.classList.remove("arriving"));
document.querySelector("[data-clear]").addEventListener("click", () => {
  search.value = "";
  history.pushState(null, "", "/");
  arrange();
  search.focus();
});

const quick = document.querySelector("[data-quick]");
const part = (name) => quick.querySelector(`[data-quick-${name}]`);

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-quick-view]");
  if (!button) return;
  const product = await (await fetch(`/api/products/${button.dataset.quickView}`)).json();
  part("picture").src = product.picture;
  part("name").textContent = product.name;
  part("tagline").textContent = product.tagline;
  part("story").textContent = product.story;
  part("price").innerHTML = product.price_html;
  part("add").dataset.add = product.slug;
  part("link").href = `/products/${product.slug}`;
  quick.showModal();
});
// A click beside the dialog closes it: there the target is the dialog itself.
quick.addEventListener("click", (event) => {
  if (event.target === quick || event.target === part("add")) quick.close();
});

arrange();
// Browsers keep the search field's text when they come back.
window.addEventListener("pageshow", arrange);
