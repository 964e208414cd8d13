/** The receipt: its bar code, and the way back. */

const canvas = document.querySelector("[data-barcode]");
const context = canvas.getContext("2d");

/** Bars from the characters of the order's number; no scanner knows them, but they look the part. */
function draw() {
  const bits = [...`*${canvas.dataset.barcode}*`].map((sign) => sign.charCodeAt(0).toString(2).padStart(8, "0")).join("");
  const width = canvas.width / bits.length;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = getComputedStyle(canvas).color;
  [...bits].forEach((bit, index) => {
    if (bit === "1") context.fillRect(Math.round(index * width), 0, Math.ceil(width), canvas.height);
  });
}

draw();
document.addEventListener("theme", draw);
document.querySelector("[data-close]").addEventListener("click", () => {
  const paper = document.querySelector(".receipt");
  paper.classList.add("leaving");
  paper.addEventListener("animationend", () => {
    window.opener?.postMessage({ type: "receipt-closed" }, location.origin);
    window.close();
  });
});
