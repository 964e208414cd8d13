/** The shop's two web components, in open shadow roots with constructed style sheets. */

const STAR = "M12 2.6l2.9 6 6.5.9-4.7 4.6 1.1 6.5-5.8-3.1-5.8 3.1 1.1-6.5L2.6 9.5l6.5-.9z";

/** @param {string} text */
function sheetOf(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

/** Five stars to choose from; says `rate` with the number chosen, and shows the average. */
class StarRating extends HTMLElement {
  static observedAttributes = ["value", "count"];

  static sheet = sheetOf(`
    :host { display: inline-flex; align-items: center; gap: .6rem; font-size: .95rem; }
    .stars { display: inline-flex; }
    button { all: unset; cursor: pointer; padding: 2px; border-radius: 6px; line-height: 0; }
    button:focus-visible { outline: 2px solid var(--accent); }
    svg { width: 24px; height: 24px; fill: var(--line-strong); transition: fill .2s, transform .2s; }
    button.on svg { fill: var(--star); }
    button.chosen svg { animation: pop .45s ease-out; }
    button:hover svg { transform: scale(1.18) rotate(-6deg); }
    .count { color: var(--muted); }
    ::slotted([slot="label"]) { color: var(--muted); }
    :host([rated]) ::slotted([slot="label"]) { display: none; }
    .thanks { display: none; color: var(--good); }
    :host([rated]) .thanks { display: inline; }
    @keyframes pop { 40% { transform: scale(1.5) rotate(12deg); } }
  `);

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [StarRating.sheet];
    const star = (/** @type {number} */ n) =>
      `<button type="button" role="radio" data-star="${n}" aria-label="${n} of 5"><svg viewBox="0 0 24 24"><path d="${STAR}"/></svg></button>`;
    root.innerHTML = `<span class="stars" role="radiogroup" aria-label="Rating">${[1, 2, 3, 4, 5].map(star).join("")}</span>
      <span class="count"></span><slot name="label"></slot><span class="thanks">Thank you</span>`;
    root.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button) this.choose(Number(button.dataset.star), button);
    });
    root.addEventListener("pointerover", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button) this.light(Number(button.dataset.star));
    });
    root.querySelector(".stars")?.addEventListener("pointerleave", () => this.light(this.average));
    root.addEventListener("keydown", (event) => {
      if (!(event instanceof KeyboardEvent) || !(event.target instanceof HTMLElement)) return;
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = root.querySelector(`[data-star="${Number(event.target.dataset.star) + (step ?? 0)}"]`);
      if (step && next instanceof HTMLElement) next.focus();
    });
  }

  get average() {
    return Number(this.getAttribute("value") ?? 0);
  }

  attributeChangedCallback() {
    this.light(this.average);
    const count = this.shadowRoot?.querySelector(".count");
    if (count) count.textContent = `${this.average.toFixed(1)} · ${this.getAttribute("count") ?? 0} ratings`;
  }

  /** @param {number} upTo */
  light(upTo) {
    for (const button of this.shadowRoot?.querySelectorAll("button") ?? []) {
      button.classList.toggle("on", Number(button.dataset.star) <= Math.round(upTo));
    }
  }

  /** @param {number} stars @param {Element} button */
  choose(stars, button) {
    button.classList.add("chosen");
    button.addEventListener("animationend", () => button.classList.remove("chosen"), { once: true });
    this.setAttribute("rated", String(stars));
    this.dispatchEvent(new CustomEvent("rate", { detail: { stars }, bubbles: true }));
  }
}

/** A price, what it was before in a slot, and how much is saved. */
class PriceTag extends HTMLElement {
  static sheet = sheetOf(`
    :host { display: inline-flex; align-items: baseline; gap: .5rem; font-family: "Small Hours", system-ui, sans-serif; }
    ::slotted([slot="was"]) { order: 2; color: var(--muted); font-size: .78em; text-decoration-thickness: 1px; }
    .saved { order: 3; align-self: center; font: 600 .72rem/1 system-ui, sans-serif; color: var(--on-accent);
      background: var(--accent); border-radius: 99px; padding: .3em .6em; white-space: nowrap; }
  `);

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [PriceTag.sheet];
    root.innerHTML = `<span class="now"><slot></slot></span><slot name="was"></slot>`;
  }

  connectedCallback() {
    const now = Number(this.getAttribute("cents"));
    const was = Number(this.getAttribute("was-cents"));
    if (!was || this.shadowRoot?.querySelector(".saved")) return;
    const saved = document.createElement("span");
    saved.className = "saved";
    saved.textContent = `−${Math.round((1 - now / was) * 100)} %`;
    this.shadowRoot?.append(saved);
  }
}

export function defineComponents() {
  customElements.define("star-rating", StarRating);
  customElements.define("price-tag", PriceTag);
}
