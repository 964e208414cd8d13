/**
 * What stands above the page, from the lowest to the topmost: modal dialogs, popovers, the fullscreen element.
 *
 * The browser does not say in which order they were opened, so it is kept here, as they open.
 */
import { afterCall, oncePerRealm } from "./patch.js";

const TYPES = [["fullscreen", ":fullscreen"], ["modal", ":modal"], ["popover", ":popover-open"]];
const OPEN = ":modal, :popover-open, :fullscreen";
const METHODS = {
  HTMLDialogElement: ["showModal", "show", "close", "requestClose"],
  HTMLElement: ["showPopover", "hidePopover", "togglePopover"],
};
const EVENTS = ["toggle", "close", "fullscreenchange"];

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, rootOf: (host: Element) => ShadowRoot|null,
 *          timers: {microtask: Function}, guard: (call: Function) => Function}} scope
 * @param {(kind: "top-layer", data: {layers: {id: number, type: string, source?: number}[]}) => void} emit
 */
export function trackTopLayer(win, { idOf, nodeOf, rootOf, timers, guard }, emit) {
  let open = [];
  let told = "[]";
  let due = false;
  let stopped = false;
  const sources = new WeakMap();
  const restore = [];
  const roots = new WeakSet();
  const isNewRealm = oncePerRealm();

  const check = () => {
    due = false;
    if (stopped) return;
    open = open.filter((element) => element.isConnected && typeOf(element) !== null);
    const layers = [];
    for (const element of open) {
      const id = idOf(element);
      if (id <= 0) continue;
      const source = sources.has(element) ? idOf(sources.get(element)) : -1;
      layers.push({ id, type: typeOf(element), ...(source > 0 ? { source } : {}) });
    }
    const text = JSON.stringify(layers);
    if (text === told) return;
    told = text;
    emit("top-layer", { layers });
  };
  const schedule = () => {
    if (!due) timers.microtask(check);
    due = true;
  };
  const meet = (element) => {
    if (!element || element.nodeType !== 1) return;
    open = open.filter((other) => other !== element);
    if (element.isConnected && typeOf(element) !== null) open.push(element);
  };
  /** An element said that it opened or closed; one that is known to be open keeps its place. */
  const onEvent = guard((event) => {
    const element = event.type === "fullscreenchange" ? fullscreenIn(event.target) : event.composedPath()[0];
    if (element && element.nodeType === 1) {
      if (event.source) sources.set(element, event.source);
      if (!open.includes(element)) meet(element);
    }
    schedule();
  });
  const onCall = guard((element, args) => {
    const options = args[0];
    if (options && typeof options === "object" && options.source) sources.set(element, options.source);
    if (open.includes(element) === (typeOf(element) !== null)) return;
    meet(element);
    schedule();
  });
  const listen = (where) => {
    for (const type of EVENTS) {
      where.addEventListener(type, onEvent, { capture: true, passive: true });
      restore.push(() => where.removeEventListener(type, onEvent, { capture: true }));
    }
  };
  const meetAll = (root) => {
    for (const element of root.querySelectorAll(OPEN)) if (!open.includes(element)) meet(element);
  };

  const trackWindow = (view) => {
    listen(view);
    if (!isNewRealm(view)) return;
    for (const [name, methods] of Object.entries(METHODS)) {
      for (const method of methods) restore.push(afterCall(view[name].prototype, method, onCall));
    }
  };
  trackWindow(win);

  return {
    trackWindow,
    added({ type, id, isShadow }, parentId) {
      const root = type === 0 ? nodeOf(id) : isShadow ? rootOf(nodeOf(parentId)) : null;
      if (!root || roots.has(root)) return;
      roots.add(root);
      if (isShadow) listen(root);
      // Open since before the recording began: in which order, nobody knows.
      meetAll(root);
      schedule();
    },
    changed({ kind, data }) {
      if (kind === "mutation" && open.length && (data.removes.length || data.adds.length)) schedule();
    },
    forget() {
      told = "[]";
      schedule();
    },
    stop() {
      stopped = true;
      for (const undo of restore) undo();
    },
  };
}

function typeOf(element) {
  for (const [type, selector] of TYPES) if (element.matches(selector)) return type;
  return null;
}

/** @param {Node} target of a `fullscreenchange` event */
function fullscreenIn(target) {
  const document = target.nodeType === 9 ? target : target.ownerDocument;
  let element = document.fullscreenElement;
  while (element && element.shadowRoot && element.shadowRoot.fullscreenElement) element = element.shadowRoot.fullscreenElement;
  return element;
}
