/**
 * DOM, CSS, mouse, scroll, input, selection, media and viewport of one document and its same-origin frames, by rrweb.
 *
 * rrweb's event vocabulary is kept as it is; each event gets a `kind`, the word for its numeric type and source.
 */

const MOUSE_INTERVAL_MS = 50;
const MOUSE_CALLBACK_MS = 100;
const SCROLL_INTERVAL_MS = 100;

const KIND_BY_TYPE = ["load", "load", "snapshot", "", "meta", "custom", "custom"];
const KIND_BY_SOURCE = [
  "mutation", "mousemove", "mouse", "scroll", "viewport", "input", "touchmove", "media", "style-rule", "canvas-commands",
  "font", "log", "drag", "style-declaration", "selection", "adopted-style-sheet", "custom-element",
];
const FULL_SNAPSHOT = 2;
const INCREMENTAL = 3;
const MUTATION = 0;
const MOUSE = 2;
// rrweb's MouseInteractions that a page may hang or crash on, and is to be seen to have hung on: Click, ContextMenu.
const URGENT_INTERACTIONS = new Set([2, 3]);

/**
 * @param {object} scope
 * @param {Function} scope.rrweb rrweb's `record`
 * @param {{isOwn: (event: object) => boolean}} scope.storms see thin_storms.js
 * @param {boolean} scope.recordsDom false keeps mouse, scroll and input events but takes no snapshot
 * @param {{apply: (event: object) => object|null}} scope.masked masks an event, or says that it is not to be recorded
 * @param {(error: unknown) => void} scope.onFault counts an error of ours; it never reaches the page
 * @param {(kind: string, event: object, options: {urgent: boolean, change: boolean, snapshot: boolean}) => void} emit gets rrweb's event
 * @returns {{stop: () => void}}
 */
export function trackDom({ rrweb, storms, recordsDom, masked, onFault }, emit) {
  const options = {
    emit(event) {
      if (storms.isOwn(event)) return;
      // What cannot be masked is not recorded.
      try {
        if (masked.apply(event) === null) return;
      } catch (error) {
        onFault(error);
        return;
      }
      const source = event.type === INCREMENTAL ? event.data.source : -1;
      emit(source >= 0 ? KIND_BY_SOURCE[source] : KIND_BY_TYPE[event.type] || "custom", event, {
        urgent: source === MOUSE && URGENT_INTERACTIONS.has(event.data.type),
        change: source === MUTATION,
        snapshot: event.type === FULL_SNAPSHOT,
      });
    },
    recordDOM: recordsDom,
    // Stylesheets come from the network layer as the author wrote them; reading cssRules costs the page's main thread.
    inlineStylesheet: false,
    recordCanvas: false,
    collectFonts: true,
    recordCrossOriginIframes: false,
    sampling: { mousemove: MOUSE_INTERVAL_MS, mousemoveCallback: MOUSE_CALLBACK_MS, scroll: SCROLL_INTERVAL_MS, input: "all" },
    // Masking is done to the events. A class that any element "has" is found at the root and asked for no more below it.
    maskTextClass: /^/,
    maskTextSelector: "*",
    maskTextFn: (text) => text,
    maskInputOptions: {},
    // true: handled. Without it rrweb throws its own errors into the page's calls.
    errorHandler(error) {
      onFault(error);
      return true;
    },
  };
  const stop = startNow(rrweb, options);
  return {
    stop() {
      if (stop) stop();
    },
  };
}

/**
 * Calls `visit` with each node that an event brings, of a snapshot, of a mutation, of an iframe's document: as serialised, and the id of
 * its parent (-1: none). Parents come before their children.
 */
export function eachAdded(event, visit) {
  if (event.type === FULL_SNAPSHOT) eachNode(event.data.node, -1, visit);
  else if (event.type === INCREMENTAL && event.data.source === MUTATION) {
    for (const { node, parentId } of event.data.adds) eachNode(node, parentId, visit);
  }
}

function eachNode(node, parentId, visit) {
  visit(node, parentId);
  if (node.childNodes) for (const child of node.childNodes) eachNode(child, node.id, visit);
}

/**
 * Start recording in this very task. rrweb waits for `load` while a document is loading, and all before it would be missing;
 * for the length of one call the document says that it is parsed.
 */
function startNow(rrweb, options) {
  const loading = document.readyState === "loading";
  if (loading) Object.defineProperty(document, "readyState", { configurable: true, get: () => "interactive" });
  try {
    return rrweb(options);
  } finally {
    if (loading) delete document.readyState;
  }
}
