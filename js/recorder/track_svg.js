/**
 * SVG written through its own DOM (`transform.baseVal`, `points`, `viewBox.baseVal`, `x.baseVal.value` …): the attributes change, and no
 * mutation record tells of it.
 *
 * Those objects do not say whose they are; so an element that a script has asked for one is compared with what it was, at the end of
 * the task and, for a while, with each batch.
 */
import { afterCall, afterGet } from "./patch.js";

const MAX_WATCHED = 300;
// Read-only accessors that lead nowhere one could write an attribute.
const HARMLESS = new Set([
  "ownerSVGElement", "viewportElement", "nearestViewportElement", "farthestViewportElement", "correspondingElement",
  "correspondingUseElement", "currentTranslate", "animationsPaused", "targetElement", "style", "attributeStyleMap", "dataset",
  "sheet", "instanceRoot", "animatedInstanceRoot", "relList",
]);

/**
 * @param {{idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, timers: {microtask: Function}, guard: (call: Function) => Function}} scope
 * @param {(kind: "mutation", data: object, options: {type: number}) => void} emit in rrweb's form
 * @returns {{stop: () => void, added: Function, changed: Function, check: Function}} see record.js
 */
export function trackSvg({ idOf, nodeOf, timers, guard }, emit) {
  const restore = [];
  const met = new WeakSet();
  const watched = new Map();
  let scheduled = false;
  let stopped = false;

  const check = () => {
    scheduled = false;
    if (stopped) return;
    const attributes = [];
    for (const [element, before] of watched) {
      const now = attributesOf(element);
      const changed = changes(before, now);
      if (!changed) continue;
      watched.set(element, now);
      const id = idOf(element);
      if (id > 0) attributes.push({ id, attributes: changed });
    }
    if (attributes.length) emit("mutation", { source: 0, texts: [], attributes, removes: [], adds: [] }, { type: 3 });
    let spare = watched.size - MAX_WATCHED;
    for (const element of watched.keys()) {
      if (spare-- <= 0) break;
      watched.delete(element);
    }
  };
  const watch = guard((element) => {
    const before = watched.get(element) || attributesOf(element);
    watched.delete(element);
    watched.set(element, before);
    if (!scheduled) timers.microtask(check);
    scheduled = true;
  });

  // Not before there is an element of the kind: they have a hundred accessors, and what is written before it is inserted is
  // serialised with it.
  const patch = (element) => {
    const elements = element.ownerDocument.defaultView?.Element.prototype;
    let prototype = Object.getPrototypeOf(element);
    for (; prototype && prototype !== elements && !met.has(prototype); prototype = Object.getPrototypeOf(prototype)) {
      met.add(prototype);
      for (const [property, { get, set }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
        if (get && !set && !HARMLESS.has(property)) restore.push(afterGet(prototype, property, watch));
      }
      restore.push(afterCall(prototype, "setPathData", (path) => watch(path)));
    }
  };

  return {
    added({ isSVG, id }) {
      const element = isSVG ? nodeOf(id) : null;
      if (element) patch(element);
    },
    // What a mutation record tells is known.
    changed({ kind, data }) {
      if (kind !== "mutation" || !watched.size) return;
      for (const element of watched.keys()) {
        if (data.attributes.some(({ id }) => id === idOf(element))) watched.set(element, attributesOf(element));
      }
    },
    check,
    stop() {
      stopped = true;
      for (const undo of restore.reverse()) undo();
    },
  };
}

function attributesOf(element) {
  const attributes = {};
  for (const name of element.getAttributeNames()) attributes[name] = element.getAttribute(name);
  return attributes;
}

/** The attributes that are others now, null for those that are gone; null if there are none. */
function changes(before, now) {
  let changed = null;
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (before[name] === now[name] || name === "style") continue;
    changed ??= {};
    changed[name] = now[name] ?? null;
  }
  return changed;
}
