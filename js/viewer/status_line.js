/** Short messages at the foot of the window: seen for some seconds, read out by screen readers. */
import { element } from "./dom.js";

const SHOWN_MS = 5000;

/** @param {Document} document @returns {{element: HTMLElement, say: (text: string) => void}} */
export function statusLine(document) {
  const line = element(document, "div.status-line", { role: "status", "aria-live": "polite" });
  let timer = 0;
  const say = (text) => {
    line.textContent = text;
    line.classList.add("shown");
    clearTimeout(timer);
    timer = setTimeout(() => line.classList.remove("shown"), SHOWN_MS);
  };
  return { element: line, say };
}
