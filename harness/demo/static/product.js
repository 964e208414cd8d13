/** One product: its price chart, its rating, and the delivery dialog. */

import { dayName, priceChart } from "./chart.js";

const { product: slug } = document.querySelector("[data-product]").dataset;
const note = document.querySelector("[data-chart-note]");
const canvas = document.querySelector("[data-chart]");
let summary = "";

const euros = (cents) => `€${(cents / 100).toFixed(2)}`;
const chart = priceChart(canvas, (point) => {
  note.textContent = point ? `${dayName(point.day)}: ${euros(point.cents)}` : summary;
});

async function showDays(days) {
  for (const button of document.querySelectorAll("[data-days]")) {
    button.setAttribute("aria-pressed", String(button.dataset.days === String(days)));
  }
  const history = await (await fetch(`/api/products/${slug}/prices?days=${days}`)).json();
  const cents = history.map((point) => point.cents);
  summary = `Between ${euros(Math.min(...cents))} and ${euros(Math.max(...cents))} in the last ${days} days`;
  note.textContent = summary;
  chart.show(history);
}

document.querySelector(".ranges").addEventListener("click", (event) => {
  const button = event.target.closest("[data-days]");
  if (button) showDays(Number(button.dataset.days));
});

// The chart's figures are set in the shop's own face.
document.fonts.load('12px "Small Hours"').then(() => showDays(90));

document.querySelector("star-rating").addEventListener("rate", async (event) => {
  const answer = await fetch(`/api/products/${slug}/rating`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(event.detail),
  });
  const { average, count } = await answer.json();
  event.target.setAttribute("value", String(average));
  event.target.setAttribute("count", String(count));
});

const delivery = document.querySelector("[data-delivery]");
document.querySelector("[data-delivery-open]").addEventListener("click", () => delivery.showModal());
delivery.addEventListener("click", (event) => {
  if (event.target === delivery) delivery.close();
});
