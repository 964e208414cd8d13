/** A tab for each page of the recording, as the browser had them, and the address and size of the one on show. */
import { clockText } from "./clock_text.js";
import { element, icon, isolated } from "./dom.js";

// A page names its icon about when it begins; what it had at first is shown from the start.
const SOON_MS = 1000;

export class PageTabs {
  /** @param {ReturnType<import("./context.js").createContext>} context */
  constructor(context) {
    const { document } = context;
    this.context = context;
    this.tabs = new Map();
    this.list = element(document, "div.page-tabs", {
      role: "tablist",
      "aria-label": "Pages of the recording",
      onkeydown: (event) => this.onKey(event),
    });
    this.follow = element(
      document,
      "button.tool.toggle.follow",
      { type: "button", title: "Follow the page that is acted on (F)", "aria-keyshortcuts": "f", onclick: () => this.toggleFollow() },
      "Follow",
    );
    this.root = element(document, "div.page-row", {}, this.list, this.follow);
    for (const event of ["time", "seek", "page"]) context.on(event, () => this.update());
    context.on("state", () => this.showFollow());
    context.on("grown", () => this.build());
    context.on("signals", () => this.update());
    this.build();
  }

  build() {
    const { document, timeline } = this.context;
    this.tabs.clear();
    for (const page of timeline.pages) {
      const title = element(document, "bdi.page-title", { dir: "auto" }, page.title || page.url || "blank");
      const icon = element(document, "img.page-icon", { alt: "", hidden: true });
      const tab = element(
        document,
        "button.page-tab",
        { type: "button", role: "tab", "aria-controls": "replayed-page", onclick: () => this.choose(page.id) },
        icon,
        title,
      );
      this.tabs.set(page.id, { page, tab, icon, title });
    }
    this.list.replaceChildren(...[...this.tabs.values()].map(({ tab }) => tab));
    this.shown = "";
    this.update();
    this.showFollow();
  }

  update() {
    const { player, timeline } = this.context;
    const { now } = player;
    const states = [...this.tabs.values()].map(({ page }) => {
      const top = timeline.documentAt(page.id, now);
      const when = page.closedAt !== null && page.closedAt <= now ? "closed" : top || page.openedAt <= now ? "open" : "later";
      return { page, when, title: (top ? top.title || top.url : page.title || page.url) || "blank", icon: top && this.iconOf(top, now) };
    });
    const shown = JSON.stringify([player.page, states.map((state) => [state.when, state.title, state.icon])]);
    if (shown === this.shown) return;
    this.shown = shown;
    for (const { page, when, title, icon } of states) {
      const { tab, icon: image, title: label } = this.tabs.get(page.id);
      image.hidden = !icon;
      if (icon && image.getAttribute("src") !== icon) image.src = icon;
      const selected = page.id === player.page;
      label.textContent = title;
      tab.title = `${title}\n${clockText(page.openedAt)} – ${page.closedAt === null ? "end" : clockText(page.closedAt)}`;
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
      tab.dataset.when = when;
      if (selected) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  /** @param {any} top entry of a document @param {number} t @returns {string | null} where its icon is, if the recording holds it */
  iconOf({ doc, page, url, start_ms: since }, t) {
    const icon = this.context.signals.icons.findLast((one) => one.doc === doc && one.t <= Math.max(t, since + SOON_MS));
    if (!icon?.url) return null;
    // It is asked for after the page has named it.
    return this.context.player.assets.icon(icon.url, { base: url, documentUrl: url, page, t: Infinity, since });
  }

  /** The user wants this page, whichever one is acted on. A page that was not open at this time is shown when it was. */
  choose(id) {
    const { context } = this;
    const { player } = context;
    const { page } = this.tabs.get(id);
    player.follow = context.timeline.activePage(player.now) === id;
    const end = page.closedAt === null ? Infinity : Math.max(page.openedAt, page.closedAt - 1);
    const first = context.timeline.firstShown(id) ?? page.openedAt;
    void context.seek(Math.max(first, Math.min(player.now, end)), id);
    this.showFollow();
  }

  /** @param {1 | -1} direction */
  chooseNext(direction) {
    const ids = [...this.tabs.keys()];
    if (ids.length) this.choose(ids[(ids.indexOf(this.context.player.page) + direction + ids.length) % ids.length]);
  }

  toggleFollow() {
    const { player } = this.context;
    player.follow = !player.follow;
    if (player.follow) void this.context.seek(player.now);
    this.context.say(player.follow ? "The page that is acted on is followed" : "This page stays on show");
    this.showFollow();
  }

  showFollow() {
    this.follow.setAttribute("aria-pressed", String(this.context.player.follow));
    this.follow.hidden = this.tabs.size < 2;
  }

  onKey(event) {
    const ids = [...this.tabs.keys()];
    const at = ids.indexOf(this.context.player.page);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: ids.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const id = ids[(next + ids.length) % ids.length];
    this.choose(id);
    this.tabs.get(id).tab.focus();
  }
}

export class AddressBar {
  /** @param {ReturnType<import("./context.js").createContext>} context @param {...Node} tools */
  constructor(context, ...tools) {
    const { document } = context;
    this.context = context;
    this.url = isolated(document, "", "bdi.url");
    this.url.dir = "ltr";
    this.size = element(document, "span.viewport-size", { title: "Viewport of the page, in CSS pixels, and scale" });
    const copy = element(
      document,
      "button.tool",
      { type: "button", "aria-label": "Copy the page's address", title: "Copy the page's address", onclick: () => this.copy() },
      icon(document, "link"),
    );
    this.root = element(document, "div.address-bar", {}, element(document, "div.address", {}, this.url, copy), this.size, ...tools);
    for (const event of ["time", "seek", "page"]) context.on(event, () => this.update());
  }

  update() {
    const { player, timeline } = this.context;
    const url = (player.scenePage === player.page && player.scene?.top.url) || timeline.documentAt(player.page, player.now)?.url || "";
    if (this.url.textContent !== url) this.url.textContent = url;
  }

  /** @param {{width: number, height: number}} size @param {number} scale */
  showSize({ width, height }, scale) {
    this.size.textContent = `${Math.round(width)} × ${Math.round(height)} · ${Math.round(scale * 100)} %`;
  }

  copy() {
    void this.context.copy(this.url.textContent, "The page's address is copied");
  }
}
