/**
 * The open list of a plain `<select>`, drawn over the replayed page as the browser's window stood there: its look is of no tree, so
 * it is made from the options. It takes no pointer and no key, and is read as what it is.
 */
import { element } from "./dom.js";

// Chromium's own: https://source.chromium.org/chromium/chromium/src/+/main:third_party/blink/renderer/core/html/forms/resources/list_picker.css
const ROW_PX = 24;
const MOST_ROWS = 20;
// How soon the page's own picker takes the place of a drawn one, once the browser allows it.
const AGAIN_MS = 50;
const COPIED = ["font", "letter-spacing", "text-transform", "direction"];

export class PickerList {
  /** @param {HTMLElement} root where the replayed page stands */
  constructor(root) {
    this.root = root;
    this.list = null;
    this.text = "";
    this.timer = null;
  }

  /** @param {import("./scene.js").Scene | null} scene on show */
  show(scene) {
    clearTimeout(this.timer);
    if (scene?.picker.isWaiting) {
      this.timer = setTimeout(() => {
        scene.picker.flush();
        this.show(scene);
      }, AGAIN_MS);
    }
    const select = scene?.picker.drawn;
    const box = select && boxIn(scene, select);
    if (!box) {
      this.list?.remove();
      this.list = null;
      this.text = "";
      return;
    }
    const { frame } = scene;
    const rows = rowsOf(select);
    const text = JSON.stringify([rows, box, frame.style.cssText]);
    if (text === this.text && this.list.isConnected) return;
    this.text = text;
    this.list?.remove();
    this.list = this.build(select, rows, box, frame);
    this.root.append(this.list);
    this.place(box, frame);
  }

  build(select, rows, box, frame) {
    const document = this.root.ownerDocument;
    const style = select.ownerDocument.defaultView.getComputedStyle(select);
    const label = select.getAttribute("aria-label") || select.labels?.[0]?.textContent.trim() || select.name || "";
    const list = element(document, "div.picker-list", { role: "listbox", "aria-label": `Open list ${label}`.trim(), inert: true });
    for (const name of COPIED) list.style.setProperty(name, style.getPropertyValue(name));
    list.style.colorScheme = style.colorScheme.includes("dark") ? "dark" : "light";
    list.style.minWidth = `${box.width}px`;
    list.style.transform = frame.style.transform;
    for (const { kind, text, selected, disabled, indented, look } of rows) {
      const row = element(document, `div.picker-${kind}`, kind === "option" ? { role: "option", "aria-selected": String(selected) } : {}, text);
      row.classList.toggle("chosen", selected);
      row.classList.toggle("disabled", disabled);
      row.classList.toggle("indented", indented);
      Object.assign(row.style, look);
      list.append(row);
    }
    list.style.maxHeight = `${ROW_PX * MOST_ROWS + 2}px`;
    return list;
  }

  /** Below the select, or above it where there is more room. */
  place(box, frame) {
    const { list } = this;
    const { width, height } = { width: frame.clientWidth, height: frame.clientHeight };
    const own = list.offsetHeight;
    const below = box.top + box.height;
    const fits = below + own <= height || height - below >= box.top;
    // A window stands on whole pixels.
    const left = Math.round(Math.max(0, Math.min(box.left, width - list.offsetWidth)));
    list.style.left = `${left}px`;
    list.style.top = `${Math.round(fits ? below : Math.max(0, box.top - own))}px`;
    // It is zoomed as the page is, from its corner.
    list.style.transformOrigin = `${-left}px ${-parseFloat(list.style.top)}px`;
    list.querySelector(".chosen")?.scrollIntoView?.({ block: "nearest" });
  }
}

/** Where an element stands in the viewport of the top document, in its CSS px. */
function boxIn(scene, element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  if (!(width > 0 && height > 0)) return null;
  let box = { left, top, width, height };
  for (let { defaultView } = element.ownerDocument; defaultView && defaultView.frameElement !== scene.frame; ) {
    const outer = defaultView.frameElement;
    if (!outer) return null;
    const { left: x, top: y } = outer.getBoundingClientRect();
    box = { ...box, left: box.left + x + outer.clientLeft, top: box.top + y + outer.clientTop };
    ({ defaultView } = outer.ownerDocument);
  }
  return box;
}

/** @param {HTMLSelectElement} select */
function rowsOf(select) {
  const view = select.ownerDocument.defaultView;
  const plain = view.getComputedStyle(select);
  const rows = [];
  const add = (node, indented) => {
    const style = view.getComputedStyle(node);
    if (style.display === "none") return;
    if (node.localName === "hr") {
      rows.push({ kind: "rule" });
      return;
    }
    const isOption = node.localName === "option";
    const look = {};
    if (style.color !== plain.color && !node.disabled) look.color = style.color;
    if (!/, 0\)$|^transparent$/.test(style.backgroundColor)) look.backgroundColor = style.backgroundColor;
    if (isOption && style.fontWeight !== plain.fontWeight) look.fontWeight = style.fontWeight;
    rows.push({
      kind: isOption ? "option" : "group", text: node.label, selected: isOption && node.selected, indented, look,
      disabled: node.disabled || Boolean(node.parentElement.disabled && indented),
    });
  };
  for (const child of select.children) {
    if (child.localName === "optgroup") {
      add(child, false);
      for (const option of child.children) if (option.localName === "option") add(option, true);
    } else if (child.localName === "option" || child.localName === "hr") add(child, false);
  }
  return rows;
}
