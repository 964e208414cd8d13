/**
 * What most panels are: a bar of filters, a list that follows the playhead, and the details of the chosen row beside it.
 *
 * Arrow keys choose, Enter and a click also seek; Escape closes the details.
 */
import { element } from "../dom.js";
import { memory } from "../memory.js";
import { split } from "../split.js";
import { DetailPane } from "./detail_pane.js";
import { toggle } from "./filters.js";
import { countText } from "./recorded.js";
import { VirtualList } from "./virtual_list.js";

/**
 * @typedef {object} ListPanelOptions
 * @property {string} id
 * @property {string} title
 * @property {string} [name] class of the panel
 * @property {[string, string?]} counted what one row is called, and many
 * @property {string} empty said when there is nothing
 * @property {(signals: any) => any[]} itemsOf in order of time
 * @property {(item: any) => boolean} [accepts] the filters let it through
 * @property {(items: any[]) => any[]} [order] another order than that of time
 * @property {(item: any, row: HTMLElement) => void} fillRow
 * @property {(item: any) => import("./detail_pane.js").DetailTab[]} [detailsOf]
 * @property {(item: any) => Node[]} [actionsOf] buttons beside the details
 * @property {Node[]} [filters]
 * @property {HTMLElement} [head]
 * @property {(shown: any[], all: any[]) => string} [summary]
 * @property {(item: any) => number} [momentOf] where a click seeks to; else `t`
 */

export class ListPanel {
  /** @param {any} context see ../context.js @param {ListPanelOptions} options */
  constructor(context, options) {
    const { document } = context;
    this.context = context;
    this.options = options;
    this.id = options.id;
    this.title = options.title;
    this.all = [];
    this.shown = [];
    this.list = new VirtualList({
      document,
      role: "grid",
      label: options.title,
      fillRow: options.fillRow,
      head: options.head,
      empty: options.empty,
      onselect: (item) => context.select(item),
      onopen: (item) => this.seekTo(item),
      onkey: (item, key) => key === "Escape" && this.close(),
    });
    this.summary = element(document, "span.summary", { role: "status" });
    this.ownPageOnly = false;
    this.ownPage = toggle(document, "This page", (on) => {
      this.ownPageOnly = on;
      this.filter();
    });
    this.ownPage.title = "Only what belongs to the page on show, or to none";
    this.bar = element(document, "div.bar", {}, ...(options.filters || []), this.ownPage, this.summary);
    this.detail = new DetailPane(document, `${options.title}: details`, () => {
      this.close();
      this.list.focus();
    });
    const columns = element(document, "div.columns");
    const kept = memory(document.defaultView);
    const key = `--detail-width-${options.id}`;
    const width = () => document.documentElement.clientWidth;
    this.border = split(document, {
      name: `Width of the details of ${options.title}`,
      axis: "x",
      sign: -1,
      property: "--detail-width",
      root: columns,
      memory: { get: () => kept.get(key), set: (_, size) => kept.set(key, size) },
      initial: Math.round(width() * 0.48),
      min: 240,
      max: () => width() - 240,
    });
    columns.append(this.list.element, this.border, this.detail.element);
    this.border.hidden = true;
    this.element = element(document, `div.panel.${options.name || options.id}-panel`, {}, this.bar, columns);
    context.on("signals", () => this.load());
    context.on("select", (item) => this.onSelect(item));
    context.on("page", () => this.ownPageOnly && this.filter());
    this.load();
  }

  load() {
    const { signals } = this.context;
    this.all = this.options.itemsOf(signals);
    this.list.notice.textContent = signals.error
      ? `This could not be read: ${signals.error.message}`
      : signals.loaded
        ? this.options.empty
        : "Reading …";
    this.renew();
    this.filter();
    this.context.setBadge();
  }

  /** Where all was read again, what was chosen is another object now. */
  renew() {
    const { selected } = this.list;
    if (!selected || this.all.includes(selected)) return;
    const same = this.all.find((item) => item.t === selected.t && item.kind === selected.kind && item.id === selected.id) || null;
    this.list.selected = same;
    if (this.context.selected === selected) this.context.selected = same;
  }

  /** Shows what the filters let through, in the order that is asked for. */
  filter() {
    const { accepts, order, summary, counted } = this.options;
    const { player, timeline } = this.context;
    this.ownPage.hidden = timeline.pages.length < 2;
    const here = this.ownPageOnly ? this.all.filter(({ page }) => page === null || page === player.page) : this.all;
    const chronological = accepts ? here.filter(accepts) : here;
    this.shown = order ? order(chronological) : chronological;
    this.list.setItems(this.shown, chronological);
    if (this.all.length && !this.shown.length) this.list.notice.textContent = "Nothing matches the filter.";
    const some = this.shown.length === this.all.length ? "" : `${this.shown.length.toLocaleString("en")} of `;
    this.summary.textContent = !this.all.length
      ? ""
      : summary
        ? summary(this.shown, this.all)
        : some + countText(this.all.length, ...counted);
  }

  onSelect(item) {
    const own = item && this.list.indexOf(item) >= 0;
    this.list.select(own ? item : null);
    if (own && this.options.detailsOf) {
      this.detail.show(this.options.detailsOf(item), this.options.actionsOf ? this.options.actionsOf(item) : []);
      this.list.reveal(item);
    } else this.detail.hide();
    this.border.hidden = this.detail.element.hidden;
  }

  /** @returns {boolean} there was something to close */
  close() {
    const open = !this.detail.element.hidden;
    this.detail.hide();
    this.border.hidden = true;
    return open;
  }

  seekTo(item) {
    const { momentOf = (each) => each.t } = this.options;
    void this.context.seek(momentOf(item), item.page ?? undefined);
  }

  update(t) {
    this.list.update(t);
  }

  focus() {
    this.list.focus();
  }

  /** As the panel area takes it. @param {() => string | {text: string, tone: string}} badge what stands beside the title */
  withBadge(badge) {
    const { id, title, element } = this;
    return { id, title, element, badge, update: (t) => this.update(t), focus: () => this.focus() };
  }
}
