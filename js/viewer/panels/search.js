/** Search over everything: steps, network with its bodies, console, errors, actions, marks, pages, and what stands on the page at the playhead. */
import { clockText } from "../clock_text.js";
import { element } from "../dom.js";
import { shownText } from "../shown_text.js";
import { choice } from "./filters.js";
import { glyph } from "./glyphs.js";
import { elementItem, pageTexts } from "./page_text.js";
import { countText } from "./recorded.js";
import { LongBodies } from "./search_bodies.js";
import { GROUPS, searchEntries } from "./search_entries.js";
import { VirtualList } from "./virtual_list.js";

// Of work between two frames.
const SLICE_MS = 10;
const BEFORE_CHARS = 40;
const SHOWN_CHARS = 240;
const NAMES = new Map(GROUPS);

/**
 * @param {any} context see ../context.js
 * @returns {{element: HTMLDialogElement, open: () => void}}
 */
export function searchDialog(context) {
  const { document, player } = context;
  let entries = null;
  let bodies = new LongBodies(context);
  let query = "";
  let group = "all";
  let found = [];
  let run = 0;

  const list = new VirtualList({
    document,
    role: "listbox",
    label: "Results",
    rowHeight: 26,
    fillRow,
    timeOf: () => -Infinity,
    onselect: () => {},
    onopen: (entry) => go(entry),
  });
  list.currentAt = () => null;
  // The keyboard stays in the field; the list is moved from there.
  list.scroller.tabIndex = -1;
  list.scroller.id = "search-results";
  const input = element(document, "input.search-input", {
    type: "text",
    role: "combobox",
    placeholder: "Search steps, requests and bodies, console, errors, and the page as it stands",
    "aria-label": "Search everything",
    "aria-expanded": "true",
    "aria-controls": "search-results",
    "aria-autocomplete": "list",
    spellcheck: "false",
    autocomplete: "off",
    oninput: () => void search(input.value),
    onkeydown: onKey,
  });
  const said = element(document, "span.summary", { role: "status" });
  const groups = choice(document, "Where to search", GROUPS, group, (value) => {
    group = value;
    show();
  });
  const dialog = element(
    document,
    "dialog.search",
    { "aria-label": "Search", onclick: (event) => event.target === dialog && dialog.close() },
    element(document, "div.search-field", {}, glyph(document, "search"), input),
    element(document, "div.bar", {}, groups, said),
    list.element,
  );

  function fillRow(entry, row) {
    const at = entry.lower.indexOf(query);
    const from = Math.max(0, at - BEFORE_CHARS);
    const part = (start, end) => shownText(entry.text.slice(start, end).replace(/\s+/g, " "));
    const text = element(document, "bdi.grow", { dir: "auto" });
    text.append(
      (from ? "…" : "") + part(from, at),
      element(document, "mark", {}, part(at, at + query.length)),
      part(at + query.length, from + SHOWN_CHARS),
    );
    row.append(
      glyph(document, entry.glyph),
      text,
      element(document, "span.kind", { title: entry.of }, entry.of ?? NAMES.get(entry.group)),
      element(document, "span.time", {}, entry.group === "text" ? "now" : clockText(entry.t, { precise: true })),
    );
  }

  /** Looks through everything, a slice at a time; a later search ends an earlier one. */
  async function search(text) {
    run += 1;
    const own = run;
    query = text.trim().toLowerCase();
    found = [];
    if (!query) {
      show();
      return;
    }
    if (!entries) entries = { made: [], rest: searchEntries(context) };
    let since = performance.now();
    let told = since;
    const mayGoOn = async () => {
      if (performance.now() - since <= SLICE_MS) return true;
      if (performance.now() - told > 120) {
        show(true);
        told = performance.now();
      }
      await new Promise((resolve) => setTimeout(resolve));
      since = performance.now();
      return run === own;
    };
    for (const entry of known(entries)) {
      if (entry.lower.includes(query)) found.push(entry);
      if (!(await mayGoOn())) return;
    }
    for (const { text: each, element: at } of pageTexts(player.scene)) {
      const lower = each.toLowerCase();
      if (lower.includes(query)) {
        found.push({
          group: "text",
          text: each,
          lower,
          t: player.now,
          page: player.page,
          element: at,
          item: null,
          panel: "inspect",
          glyph: "text",
        });
      }
      if (!(await mayGoOn())) return;
    }
    for await (const entry of bodies.entries()) {
      if (run !== own) return;
      if (entry.lower.includes(query)) found.push(entry);
      if (!(await mayGoOn())) return;
    }
    show();
  }

  function show(more = false) {
    const counts = new Map();
    for (const entry of found) counts.set(entry.group, (counts.get(entry.group) || 0) + 1);
    for (const button of groups.children) {
      const { value } = button.dataset;
      const number = value === "all" ? found.length : counts.get(value) || 0;
      button.textContent = query && number ? `${NAMES.get(value)} ${number.toLocaleString("en")}` : NAMES.get(value);
    }
    const before = list.selected;
    const shown = group === "all" ? found : found.filter((entry) => entry.group === group);
    list.setItems(shown === found ? [...found] : shown);
    list.select(list.indexOf(before) >= 0 ? before : shown[0] || null, { reveal: false });
    list.notice.textContent = query ? (more ? "Searching …" : "Nothing found.") : "";
    const left = query && !more && bodies.left ? `, ${countText(bodies.left, "body", "bodies")} too long to search` : "";
    said.textContent = query ? countText(shown.length, "result") + (more ? " so far" : left) : "";
    pointAtSelected();
  }

  function pointAtSelected() {
    const active = list.scroller.getAttribute("aria-activedescendant");
    if (active) input.setAttribute("aria-activedescendant", active);
    else input.removeAttribute("aria-activedescendant");
  }

  function onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (list.selected) go(list.selected);
    } else if (/^(ArrowDown|ArrowUp|PageDown|PageUp)$/.test(event.key) && list.press(event.key)) {
      event.preventDefault();
      pointAtSelected();
    }
    event.stopPropagation();
  }

  function go(entry) {
    dialog.close();
    if (entry.group === "text") {
      const item = entry.element.isConnected ? elementItem(context, entry.element) : null;
      if (!item) return;
      context.select(item);
      context.openPanel("inspect");
      return;
    }
    if (entry.item) context.select(entry.item);
    if (entry.panel) context.openPanel(entry.panel, { focus: true });
    // The panel was hidden, and could not bring the row into sight.
    if (entry.item) context.select(entry.item);
    void context.seek(entry.t, entry.page ?? undefined);
  }

  function open() {
    if (!dialog.open) dialog.showModal();
    input.select();
    void search(input.value);
  }

  context.on("signals", () => {
    entries = null;
    bodies = new LongBodies(context);
    if (dialog.open) void search(input.value);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog[open]")) open();
  });
  return { element: dialog, open };
}

/** Entries are made once, as the first search comes to them. */
function* known(entries) {
  for (let n = 0; ; n += 1) {
    if (n === entries.made.length) {
      const next = entries.rest.next();
      if (next.done) return;
      entries.made.push(next.value);
    }
    yield entries.made[n];
  }
}
