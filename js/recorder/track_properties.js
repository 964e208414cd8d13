/** Custom properties that scripts register: how they parse, inherit and begin. */
import { afterCall, oncePerRealm } from "./patch.js";

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, properties: WeakMap<Document, object[]>,
 *          timers: {microtask: Function}, guard: (call: Function) => Function}} scope `properties`: what was registered, over all
 *   streams of a document
 * @param {(kind: "property", data: object) => void} emit data: {id (document), name, syntax, inherits, initial?}
 * @returns {{stop: () => void, trackWindow: Function, added: Function}} see record.js
 */
export function trackProperties(win, { idOf, nodeOf, properties, timers, guard }, emit) {
  const restore = [];
  const isNewRealm = oncePerRealm();
  const tell = (doc, property) => {
    const id = idOf(doc);
    if (id > 0) emit("property", { id, ...property });
  };
  const trackWindow = (view) => {
    if (!isNewRealm(view) || !view.CSS || !view.CSS.registerProperty) return;
    restore.push(afterCall(view.CSS, "registerProperty", guard((_, [{ name, syntax, inherits, initialValue }]) => {
      const doc = view.document;
      const property = { name: String(name), syntax: syntax === undefined ? "*" : String(syntax), inherits: Boolean(inherits) };
      if (initialValue !== undefined) property.initial = String(initialValue);
      properties.set(doc, [...(properties.get(doc) || []), property]);
      timers.microtask(() => tell(doc, property));
    })));
  };
  trackWindow(win);
  return {
    trackWindow,
    added({ type, id }) {
      if (type !== 0) return;
      const doc = nodeOf(id);
      for (const property of properties.get(doc) || []) tell(doc, property);
    },
    stop() {
      for (const undo of restore.reverse()) undo();
    },
  };
}
