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
// A recording that goes on gets a new picture now and then.
const RENEW_MS = 10_000;
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

/** Rows that are known stay, with their pictures, and get what is new in them; the order is that of the fresh list. */
function putIn(list, fresh) {
  const known = new Map([...list.rows].map((row) => [row.dataset.name, row]));
  const rows = [...fresh.rows].map((row) => {
    const before = known.get(row.dataset.name);
    known.delete(row.dataset.name);
    if (!before || before.cells.length !== row.cells.length) {
      before?.remove();
      return list.ownerDocument.importNode(row, true);
    }
    if (before.dataset.version !== row.dataset.version || before.dataset.status !== row.dataset.status) renew(before, row);
    return before;
  });
  for (const gone of known.values()) gone.remove();
  rows.forEach((row, n) => {
    if (list.rows[n] !== row) list.insertBefore(row, list.rows[n] || null);
  });
}

/** All cells but the picture's: an iframe that is moved loads anew. A cell that has the keyboard keeps its link. */
function renew(row, fresh) {
  for (let n = 1; n < row.cells.length; n += 1) {
    if (!row.cells[n].isEqualNode(fresh.cells[n]) && !row.cells[n].contains(row.ownerDocument.activeElement)) {
      row.cells[n].replaceWith(row.ownerDocument.importNode(fresh.cells[n], true));
    }
  }
  Object.assign(row.dataset, { version: fresh.dataset.version, status: fresh.dataset.status, words: fresh.dataset.words });
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
    this.queue = new Set();
    /** row -> what its picture shows, and since when @type {Map<HTMLTableRowElement, {version: string, at: number}>} */
    this.made = new Map();
    this.inSight = new Set();
    this.busy = false;
    this.seen = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) this.inSight.add(target);
        else this.inSight.delete(target);
      }
      this.look();
    });
  }

  watch(row) {
    if (row.querySelector("a")) this.seen.observe(row);
    this.look();
  }

  /** Which rows in sight have no picture, or an old one. */
  look() {
    for (const row of this.inSight) {
      const made = this.made.get(row);
      const old = made && made.version !== row.dataset.version && performance.now() - made.at > RENEW_MS;
      if (row.isConnected && (!made || old)) this.queue.add(row);
    }
    void this.work();
  }

  async work() {
    if (this.busy) return;
    this.busy = true;
    for (const row of this.queue) {
      this.queue.delete(row);
      if (!row.isConnected) continue;
      this.made.delete(row);
      this.made.set(row, { version: row.dataset.version, at: performance.now() });
      await this.draw(row).catch((error) => console.warn(`${row.dataset.name}: ${error.message}`));
      this.dropOld();
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
    const before = [...row.cells[0].children];
    row.cells[0].append(thumbnail.element);
    await thumbnail.show(timeline.duration, page);
    for (const old of before) old.remove();
  }

  dropOld() {
    for (const row of [...this.made.keys(), ...this.inSight]) {
      if (row.isConnected) continue;
      this.made.delete(row);
      this.inSight.delete(row);
    }
    for (const row of this.made.keys()) {
      if (this.made.size <= MAX_PICTURES) break;
      if (this.inSight.has(row)) continue;
      row.cells[0].replaceChildren();
      this.made.delete(row);
    }
  }
}

start(document);
