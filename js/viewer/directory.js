/**
 * The list of recordings: filters, a picture of how each one ended, and new ones while tests run. The rows come from the server,
 * also later on: the page is fetched again and what has changed in it is put in.
 */
import { Assets } from "./assets.js";
import { element } from "./dom.js";
import { memory as openMemory } from "./memory.js";
import { openServer } from "./source.js";
import { themeSwitch } from "./theme.js";
import { Thumbnail } from "./thumbnail.js";
import { Timeline } from "./timeline.js";

const POLL_MS = 2000;
const PICTURE = { width: 112, height: 63 };
// Each is a page rebuilt; those scrolled out of sight are let go of past this.
const MAX_PICTURES = 30;
const STATES = [
  ["", "All"],
  ["passed", "Passed"],
  ["failed", "Failed"],
  ["running", "Running"],
  ["incomplete", "Not complete"],
  ["unreadable", "Unreadable"],
];

/** @param {Document} document */
function start(document) {
  const window = document.defaultView;
  const list = document.querySelector(".recordings tbody");
  const pictures = new Pictures(document);
  const search = element(document, "input", { type: "search", placeholder: "Filter by title or file ( / )", "aria-label": "Filter by title or file" });
  const state = element(
    document,
    "select.speed",
    { "aria-label": "Status" },
    ...STATES.map(([value, name]) => element(document, "option", { value }, name)),
  );
  const count = element(document, "span.count", { role: "status" });
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of list.rows) {
      const fits = words.every((word) => row.dataset.words.includes(word)) && (!state.value || row.dataset.status === state.value);
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    count.textContent = shown === list.rows.length ? `${shown} in all` : `${shown} of ${list.rows.length}`;
  };
  search.addEventListener("input", filter);
  state.addEventListener("input", filter);
  document.querySelector(".directory-head").append(count, state, search, themeSwitch(document, openMemory(window)).element);
  document.addEventListener("keydown", (event) => onKey(event, document, search));
  const watch = () => [...list.rows].forEach((row) => pictures.watch(row));
  filter();
  watch();
  let version = null;
  const poll = async () => {
    if (document.visibilityState === "visible") {
      const response = await window.fetch(document.location.href, { headers: version ? { "If-None-Match": version } : {} }).catch(() => null);
      if (response?.status === 200) {
        version = response.headers.get("etag");
        const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
        putIn(list, fresh.querySelector(".recordings tbody"));
        document.querySelector(".empty")?.toggleAttribute("hidden", list.rows.length > 0);
        filter();
        watch();
      }
    }
    setTimeout(poll, POLL_MS);
  };
  setTimeout(poll, POLL_MS);
}

/** Rows that have not changed stay what they are, with their pictures; the order is that of the fresh list. */
function putIn(list, fresh) {
  const known = new Map([...list.rows].map((row) => [row.dataset.name, row]));
  const focused = list.ownerDocument.activeElement?.closest?.("tr")?.dataset.name;
  const rows = [...fresh.rows].map((row) => {
    const before = known.get(row.dataset.name);
    known.delete(row.dataset.name);
    if (before && before.dataset.version === row.dataset.version && before.dataset.status === row.dataset.status) return before;
    const made = list.ownerDocument.importNode(row, true);
    return made;
  });
  for (const gone of known.values()) gone.remove();
  rows.forEach((row, n) => {
    if (list.rows[n] !== row) list.insertBefore(row, list.rows[n] || null);
  });
  while (list.rows.length > rows.length) list.rows[rows.length].remove();
  if (focused && !list.contains(list.ownerDocument.activeElement)) {
    rows.find((row) => row.dataset.name === focused)?.querySelector("a")?.focus();
  }
}

function onKey(event, document, search) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && event.target !== search) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (event.target.localName === "select") return;
    const links = [...document.querySelectorAll(".recordings tbody tr:not([hidden]) a")];
    const at = links.indexOf(document.activeElement);
    const next = links[event.key === "ArrowDown" ? at + 1 : Math.max(0, at - 1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

/** Pictures of the rows in sight, made one after the other. */
class Pictures {
  constructor(document) {
    this.document = document;
    this.queue = [];
    this.made = [];
    this.busy = false;
    this.seen = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting && !target.dataset.pictured) {
          this.queue.push(target);
          void this.work();
        }
      }
    });
  }

  watch(row) {
    if (row.querySelector("a")) this.seen.observe(row);
  }

  async work() {
    if (this.busy) return;
    this.busy = true;
    for (let row = this.queue.shift(); row; row = this.queue.shift()) {
      if (!row.isConnected || row.dataset.pictured) continue;
      row.dataset.pictured = "yes";
      await this.draw(row).catch((error) => console.warn(`${row.dataset.name}: ${error.message}`));
    }
    this.busy = false;
  }

  async draw(row) {
    const { document } = this;
    const source = await openServer(row.querySelector("a").href);
    const timeline = new Timeline(source.manifest.index);
    const page = timeline.activePage(timeline.duration);
    if (page === null) return;
    const thumbnail = new Thumbnail({ document, source, timeline, player: { assets: new Assets(source) } }, PICTURE);
    row.querySelector(".shot").replaceChildren(thumbnail.element);
    await thumbnail.show(timeline.duration, page);
    this.made.push(row);
    while (this.made.length > MAX_PICTURES) {
      const old = this.made.shift();
      old.querySelector(".shot")?.replaceChildren();
      delete old.dataset.pictured;
      this.seen.unobserve(old);
      this.seen.observe(old);
    }
  }
}

start(document);
