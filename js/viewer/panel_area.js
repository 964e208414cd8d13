/** The tabs below the stage: one panel on show, chosen by mouse or by the keys that tab lists have. See context.js for panels. */
import { element } from "./dom.js";

// Panels are told of the time no more often than this while playing.
const UPDATE_MS = 100;

/**
 * Tells panels of the time: at each seek, when the signals have come, and now and then while playing.
 * @param {{update: (t: number) => void}[]} panels
 */
export function keepUpdated(panels, player, events) {
  let told = -Infinity;
  const update = (t) => {
    told = performance.now();
    for (const panel of panels) attempt(() => panel.update(t));
  };
  events.on("seek", update);
  events.on("signals", () => update(player.now));
  events.on("time", (t) => {
    if (performance.now() - told >= UPDATE_MS) update(t);
  });
}

export class PanelArea {
  /**
   * @param {ReturnType<import("./context.js").createContext>} context
   * @param {import("./context.js").Panel[]} panels
   * @param {import("./context.js").Events} events
   */
  constructor(context, panels, events) {
    const { document } = context;
    this.context = context;
    this.events = events;
    this.panels = panels;
    this.open = null;
    this.tabs = new Map();
    this.holders = new Map();
    this.list = element(document, "div.tabs", { role: "tablist", "aria-label": "Panels", onkeydown: (event) => this.onKey(event) });
    this.body = element(document, "div.panel-bodies");
    for (const panel of panels) this.add(panel);
    this.root = element(document, "section.panel-area", { "aria-label": "Details" }, this.list, this.body);
    keepUpdated([{ update: (t) => this.update(t) }], context.player, events);
    events.on("signals", () => this.showBadges());
    events.on("badges", () => this.showBadges());
    if (panels.length) this.show(panels[0].id);
  }

  add(panel) {
    const { document } = this.context;
    const badge = element(document, "span.badge", { hidden: true });
    const tab = element(
      document,
      "button.tab",
      {
        type: "button",
        role: "tab",
        id: `tab-${panel.id}`,
        "aria-controls": `panel-${panel.id}`,
        "aria-selected": "false",
        tabindex: -1,
        onclick: () => this.show(panel.id),
      },
      panel.title,
      badge,
    );
    const holder = element(
      document,
      "div.panel-body",
      { role: "tabpanel", id: `panel-${panel.id}`, "aria-labelledby": `tab-${panel.id}`, tabindex: 0, hidden: true },
      panel.element,
    );
    this.tabs.set(panel.id, { tab, badge });
    this.holders.set(panel.id, holder);
    this.list.append(tab);
    this.body.append(holder);
  }

  /** @param {string} id @param {{focus?: boolean}} [options] focus: the keyboard goes into the panel */
  show(id, { focus = false } = {}) {
    if (!this.tabs.has(id)) return;
    this.open = id;
    for (const [other, { tab }] of this.tabs) {
      tab.setAttribute("aria-selected", String(other === id));
      tab.tabIndex = other === id ? 0 : -1;
      this.holders.get(other).hidden = other !== id;
    }
    this.refresh();
    if (focus) {
      const panel = this.panels.find((each) => each.id === id);
      if (panel.focus) panel.focus();
      else this.holders.get(id).focus();
    }
    this.events.emit("panel", id);
  }

  refresh() {
    this.showBadges();
    this.update(this.context.player.now);
  }

  update(t) {
    const panel = this.panels.find((each) => each.id === this.open);
    if (panel) attempt(() => panel.update(t));
  }

  showBadges() {
    for (const panel of this.panels) {
      const { badge } = this.tabs.get(panel.id);
      const asked = (panel.badge && attempt(() => panel.badge())) || "";
      const { text, tone } = typeof asked === "string" ? { text: asked, tone: "" } : asked;
      badge.textContent = text;
      badge.hidden = !text;
      badge.dataset.tone = tone || "";
    }
  }

  onKey(event) {
    const ids = [...this.tabs.keys()];
    const at = ids.indexOf(this.open);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: ids.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const id = ids[(next + ids.length) % ids.length];
    this.show(id);
    this.tabs.get(id).tab.focus();
  }
}

/** A panel that fails must not take the window with it. */
function attempt(action) {
  try {
    return action();
  } catch (error) {
    console.error(error);
    return undefined;
  }
}
