/** The right-hand part of a panel: what is to be said of one row of its list, in tabs. */
import { element, icon } from "../dom.js";

let panes = 0;

/**
 * @typedef {object} DetailTab
 * @property {string} id
 * @property {string} title
 * @property {() => Node} build called when the tab is first shown
 */

export class DetailPane {
  /** @param {Document} document @param {string} label @param {() => void} onclose */
  constructor(document, label, onclose) {
    this.document = document;
    panes += 1;
    this.id = `detail-${panes}`;
    this.wanted = "";
    this.tabs = [];
    this.tablist = element(document, "div.detail-tabs", {
      role: "tablist",
      "aria-label": label,
      onkeydown: (event) => this.onKey(event),
    });
    this.actions = element(document, "div.detail-actions");
    const close = element(
      document,
      "button.tool",
      { type: "button", "aria-label": "Close details", title: "Close details (Escape)", onclick: onclose },
      icon(document, "close"),
    );
    this.body = element(document, "div.detail-body", { role: "tabpanel", id: `${this.id}-body`, tabindex: 0 });
    const head = element(document, "div.detail-head", {}, this.tablist, this.actions, close);
    this.element = element(document, "div.detail", { hidden: true }, head, this.body);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      onclose();
    });
  }

  /** @param {DetailTab[]} tabs @param {Node[]} [actions] buttons */
  show(tabs, actions = []) {
    this.tabs = tabs;
    this.element.hidden = false;
    this.actions.replaceChildren(...actions);
    this.tablist.replaceChildren(
      ...tabs.map(({ id, title }) =>
        element(
          this.document,
          "button.tab",
          {
            type: "button",
            role: "tab",
            id: `${this.id}-${id}`,
            "aria-controls": `${this.id}-body`,
            onclick: () => this.open(id, true),
          },
          title,
        ),
      ),
    );
    this.open(tabs.some((tab) => tab.id === this.wanted) ? this.wanted : tabs[0].id);
  }

  hide() {
    this.element.hidden = true;
    this.body.replaceChildren();
  }

  /** @param {string} id @param {boolean} [remember] the user chose it: the next row shows it too */
  open(id, remember = false) {
    if (remember) this.wanted = id;
    for (const tab of this.tabs) {
      const button = this.document.getElementById(`${this.id}-${tab.id}`) || this.tablist.querySelector(`#${this.id}-${tab.id}`);
      button.setAttribute("aria-selected", String(tab.id === id));
      button.tabIndex = tab.id === id ? 0 : -1;
    }
    this.body.setAttribute("aria-labelledby", `${this.id}-${id}`);
    this.body.scrollTop = 0;
    this.body.replaceChildren(this.tabs.find((tab) => tab.id === id).build());
    this.opened = id;
  }

  onKey(event) {
    const at = this.tabs.findIndex((tab) => tab.id === this.opened);
    const { length } = this.tabs;
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.open(this.tabs[(next + length) % length].id, true);
    this.tablist.children[(next + length) % length].focus();
  }
}
