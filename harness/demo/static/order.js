/** The confirmation: confetti that clears itself away, and the receipt in a window of its own. */

const confetti = document.querySelector("[data-confetti]");
let falling = confetti.children.length;
confetti.addEventListener("animationend", () => {
  falling -= 1;
  if (falling === 0) confetti.remove();
});

const note = document.querySelector("[data-receipt-note]");
document.querySelector("[data-receipt]").addEventListener("click", (event) => {
  const popup = window.open(event.currentTarget.dataset.receipt, "receipt", "popup,width=420,height=640");
  note.textContent = popup ? "The receipt is in a window of its own." : "Your browser has kept the window shut.";
});
window.addEventListener("message", (event) => {
  if (event.origin === location.origin && event.data.type === "receipt-closed") note.textContent = "Receipt put away.";
});
