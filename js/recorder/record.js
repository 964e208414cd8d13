/**
 * The recorder of one document: a list of trackers, one transport, and the API that the page sees.
 *
 * Each frame records itself where its parent cannot see into it; a frame of the parent's origin is part of the parent's stream,
 * since rrweb follows it there. So no frame posts a message to another, and the page's globals gain one non-enumerable name.
 */
import { keepClosedRoots } from "./closed_roots.js";
import { nodeCompleter } from "./complete_nodes.js";
import { fastDom } from "./fast_dom.js";
import { HIDDEN, MASK, createMask } from "./mask.js";
import { oncePerRealm, together } from "./patch.js";
import { isPlain } from "./plain_elements.js";
import { createRealms } from "./realms.js";
import { trackAnimations } from "./track_animations.js";
import { trackCanvas } from "./track_canvas.js";
import { trackDeclaredRoots } from "./track_declared_roots.js";
import { eachAdded, trackDom } from "./track_dom.js";
import { trackElementStates } from "./track_element_states.js";
import { trackFonts } from "./track_fonts.js";
import { trackFocus } from "./track_focus.js";
import { trackForms } from "./track_forms.js";
import { trackHighlights } from "./track_highlights.js";
import { trackIcon } from "./track_icon.js";
import { trackKeys } from "./track_keys.js";
import { trackLocation } from "./track_location.js";
import { trackMasked } from "./track_masked.js";
import { trackMedia } from "./track_media.js";
import { trackMediaFeatures } from "./track_media_features.js";
import { trackMoves } from "./track_moves.js";
import { trackObjectUrls } from "./track_object_urls.js";
import { trackPickers } from "./track_pickers.js";
import { trackProperties } from "./track_properties.js";
import { trackRoot } from "./track_root.js";
import { trackScroll } from "./track_scroll.js";
import { trackSelection } from "./track_selection.js";
import { trackSheets } from "./track_sheets.js";
import { trackSignals } from "./track_signals.js";
import { trackSlots } from "./track_slots.js";
import { trackTextSelection } from "./track_text_selection.js";
import { trackSvg } from "./track_svg.js";
import { trackSvgTime } from "./track_svg_time.js";
import { trackTopLayer } from "./track_top_layer.js";
import { trackVideoPictures } from "./track_video_pictures.js";
import { trackViewport, trackVisualViewport } from "./track_viewport.js";
import { trackViewTransitions } from "./track_view_transitions.js";
import { exactChanges, exactStyle } from "./exact_styles.js";
import { trackVisibility } from "./track_visibility.js";
import { createStorms } from "./thin_storms.js";
import { createTransport } from "./transport.js";
import { untaintedGlobals } from "./untainted.js";

const FINISH_MS = 500;

/**
 * What trackers may have, beside `stop()`:
 *   trackWindow(win)         a frame's window is recorded in this stream too
 *   forget()                 a snapshot was taken: whatever was told before counts no more
 *   added(node, parentId)    a snapshot or mutation brought this node, as rrweb serialised it; not of plain ones (plain_elements.js)
 *   changed({kind, data})    any event of rrweb's, after its nodes were added
 *   check()                  a batch is about to leave
 */

const RRWEB = { type: 3 };
/** Kinds of rrweb's that trackers of ours tell instead. */
const OURS = new Set(["media", "scroll", "selection", "viewport"]);
/** rrweb's NodeTypes. */
const [DOCUMENT_NODE, ELEMENT_NODE] = [0, 2];

/**
 * What Python reaches through `window.harnessRecorder[Symbol.for("harness")]`: everything that is not the page's business.
 */
export const INTERNAL = Symbol.for("harness");

/**
 * @param {object} config
 * @param {string} config.binding name of the exposed binding; it is taken off the window at once
 * @param {number} config.startedAt epoch ms of the recording's start
 * @param {"allow"|"mask-user-input"|"mask"} config.privacy and what else `createMask` takes
 * @param {boolean} config.recordsDom
 * @param {boolean} config.starts false: wait for `harnessRecorder.start()` or for Python
 * @param {(globals: object) => Function} loadRrweb evaluates rrweb's published file with `globals` as its `globalThis`, and
 *   returns its `record`
 */
export function install(config, loadRrweb) {
  const send = takeBinding(config.binding);
  if (!send) return;
  const earlier = window.harnessRecorder;
  if (earlier) {
    const its = earlier[INTERNAL];
    if (!its || its.binding === config.binding) return;
    // Of an earlier recording whose driver went away, as one over CDP does, and left the page open: it reaches nobody. Or
    // of another driver's, over CDP too, that is still there: it is told.
    if (its.window === window) its.giveWay();
    delete window.harnessRecorder;
  }
  const parent = recorderOfParent();
  if (parent) {
    adoptWindow(parent);
    return;
  }
  const recorder = createRecorder(config, send, loadRrweb);
  exposeApi(recorder);
  if (config.starts) whenDocumentElement(() => recorder.start());
  else askWhetherStarted(send, recorder);
}

function createRecorder(config, send, loadRrweb) {
  // Taken now: the page may replace its clock and timers later.
  const clock = Date.now;
  const setTimer = setTimeout.bind(window);
  const soon = queueMicrotask.bind(window);
  const timers = {
    set: (call, ms) => setTimer(guarded(call), ms), clear: clearTimeout.bind(window), microtask: (call) => soon(guarded(call)),
  };
  const stringify = JSON.stringify;
  const now = () => clock() - config.startedAt;
  const mask = createMask(config);
  const closedRoots = keepClosedRoots(window);
  const realms = createRealms(window);
  const globals = untaintedGlobals(window, closedRoots.of, realms.local, (call) => together(call, timers));
  // What cannot be found out later, over all streams of the document.
  const kept = {
    touched: new WeakSet(), logs: new WeakMap(), sources: new WeakMap(), internals: new WeakMap(), properties: new WeakMap(),
    contexts: new WeakMap(), drawings: new WeakMap(),
    isLate: document.readyState !== "loading",
  };
  const fine = performance.now.bind(performance);
  const storms = createStorms(timers, fine);
  const fast = fastDom(window, closedRoots.of, { storms });
  let rrweb = null;
  let faults = 0;
  let running = null;
  let meeting = false;
  let metRoots = false;
  let customs = 0;
  let latest = null;
  let gone = false;

  const onFault = () => {
    faults += 1;
  };
  /** Wrap a function of ours so that its errors are counted and stay with us. */
  const guarded = (call) => (...args) => {
    try {
      return call(...args);
    } catch (error) {
      onFault(error);
      return undefined;
    }
  };

  const begin = (again = "") => {
    const stops = [];
    const shown = document;
    const id = newDocumentId();
    const transport = createTransport({
      send, now, timers, doc: id, faults: () => faults, beforeFlush: guarded(() => each("check")),
    });
    let masked = null;
    const push = (kind, data, options) => {
      const t = options && options.t !== undefined ? options.t : now();
      // An event in rrweb's own form has its type too.
      const type = options && options.type ? `"type":${options.type},` : "";
      transport.push(t, `{"t":${t},"kind":"${kind}",${type}"data":${stringify(data)}}`, options);
    };
    const emit = guarded((kind, data, options) => {
      const kept = masked ? masked.tracked(kind, data) : data;
      if (kept !== null) push(kind, kept, options);
    });
    rrweb ??= loadRrweb(globals, fast);
    storms.connect({
      rrweb,
      underWay: () => transport.underWay,
      onThinned: guarded(({ reason, count, from, to }) => emit("thinned", {
        reason, count, from_ms: from - config.startedAt, to_ms: to - config.startedAt,
      })),
    });
    const nodeOf = (id) => rrweb.mirror.getNode(id);
    // Trackers learn of no node in what is hidden.
    const idOf = (node) => (mask.special && mask.levelOf(node) === HIDDEN ? -1 : rrweb.mirror.getId(node));
    // What a masked canvas shows is not read.
    const idOfPicture = (node) => (mask.levelOf(node, true) >= MASK ? -1 : idOf(node));
    // These three are for Python alone, and stand in no file.
    const onHides = guarded(() => emit("hides", {}, { urgent: true }));
    const onDeclared = guarded(() => emit("declares", {}, { urgent: true }));
    const picturesTold = new Set();
    const onPicture = guarded((url, isPrivate) => {
      const key = `${isPrivate} ${url}`;
      if (picturesTold.has(key)) return;
      picturesTold.add(key);
      emit("picture", { url, private: isPrivate }, { urgent: true });
    });
    const hooks = { trackWindow: [], forget: [], added: [], changed: [], check: [] };
    const add = (tracker) => {
      for (const hook in hooks) if (tracker[hook]) hooks[hook].push(tracker);
      stops.push(guarded(() => tracker.stop()));
      return tracker;
    };
    /** Calls a hook of all trackers that have it; an error of one is not another's. */
    const each = (hook, ...args) => {
      for (const tracker of hooks[hook]) attempt(tracker, hook, args);
    };
    const attempt = guarded((tracker, hook, args) => tracker[hook](...args));
    const listen = (type, listener) => {
      window.addEventListener(type, listener, { capture: true, passive: true });
      stops.push(() => window.removeEventListener(type, listener, { capture: true }));
    };

    masked = add(trackMasked(
      window, { mask, idOf: (node) => rrweb.mirror.getId(node), nodeOf, timers, snapshot: () => rrweb.takeFullSnapshot(true), onHides, onPicture },
      guarded((kind, data) => push(kind, data, RRWEB)),
    ));
    emit("document", {
      url: mask.url(document.URL, mask.documentLevel(document)), title: mask.title(document),
      referrer: mask.url(document.referrer, mask.level), top: window === window.top,
      visibility: document.visibilityState,
    });
    add(trackLocation(document, mask, emit));
    if (window === window.top && mask.level < MASK) add(trackIcon(document, mask, emit));
    const scope = { idOf, nodeOf, rootOf: (host) => host.shadowRoot || closedRoots.of(host), mask, timers, guard: guarded };
    const canvas = add(trackCanvas(window, { ...scope, ...kept, idOf: idOfPicture }, guarded((data) => emit("canvas", data))));
    const videos = add(trackVideoPictures(window, { ...scope, idOf: idOfPicture }, guarded((data) => emit("canvas", data))));
    const scroll = add(trackScroll(window, scope, (data) => emit("scroll", data, RRWEB)));
    add(trackMedia(window, { ...scope, now }, (data) => emit("media", data, RRWEB)));
    add(trackForms(window, scope, emit));
    add(trackTopLayer(window, scope, emit));
    add(trackPickers(window, scope, emit));
    add(trackFocus(window, scope, emit));
    add(trackTextSelection(window, scope, emit));
    const selection = add(trackSelection(window, scope, (data) => emit("selection", data, RRWEB)));
    add(trackVisualViewport(window, scope, emit));
    add(trackViewport(window, scope, (data) => emit("viewport", data, RRWEB)));
    add(trackAnimations(window, { ...scope, now }, emit));
    if (config.recordsDom) {
      add(trackMediaFeatures(window, scope, emit));
      add(trackSheets(window, { ...scope, ...kept }, emit));
      add(trackFonts(window, { ...scope, ...kept }, emit));
      add(trackProperties(window, { ...scope, ...kept }, emit));
      add(trackHighlights(window, scope, emit));
      add(trackElementStates(window, { ...scope, ...kept }, emit));
      add(trackViewTransitions(window, scope, emit));
      add(trackDeclaredRoots(window, scope, onDeclared));
      add(trackSvg(scope, emit));
      add(trackSvgTime(window, { ...scope, now }, emit));
      add(trackSlots(window, scope, emit));
    }
    const moves = config.recordsDom ? add(trackMoves(window, scope)) : null;
    const complete = guarded(nodeCompleter({ ...scope, isDeclared: closedRoots.isDeclared }, (id, attributes) => {
      emit("mutation", { source: 0, texts: [], attributes: [{ id, attributes }], removes: [], adds: [] }, RRWEB);
    }));
    const onDomEvent = guarded((kind, event, options) => {
      // Ours tell more, and sooner.
      if (OURS.has(kind)) return;
      const t = event.timestamp - config.startedAt;
      const special = [];
      const parents = [];
      eachAdded(event, (node, parentId) => {
        if (node.type === ELEMENT_NODE && node.attributes.style) exactStyle(node, nodeOf);
        if (isPlain(node)) return;
        complete(node, parentId);
        special.push(node);
        parents.push(parentId);
      });
      if (moves) moves.mark(event.data);
      if (event.data.attributes) exactChanges(event.data.attributes, nodeOf);
      transport.push(t, `{"t":${t},"kind":"${kind}","type":${event.type},"data":${stringify(event.data)}}`, options);
      if (options.snapshot) each("forget");
      for (let i = 0; i < special.length; i += 1) {
        const [node, parentId] = [special[i], parents[i]];
        for (const tracker of hooks.added) {
          try {
            tracker.added(node, parentId);
          } catch (error) {
            onFault(error);
          }
        }
        if (node.type === DOCUMENT_NODE && parentId > 0) trackWindow(nodeOf(node.id).defaultView);
      }
      each("changed", { kind, data: event.data });
    });
    const signals = trackSignals(
      window, { signals: config.signals, startedAt: config.startedAt, doc: id, idOf, mask, timers, now, guard: guarded, again },
      (kind, data, options) => emit(kind, mask.urls(data), options),
    );
    stops.push(guarded(() => signals.stop()));
    const isNewRealm = oncePerRealm();
    /** For every window whose documents are in this stream, and again for each document that comes to stand in it. */
    const trackWindow = guarded((win) => {
      if (win !== window) each("trackWindow", win);
      if (!isNewRealm(win)) return;
      if (win !== window) signals.trackWindow(win);
      add(trackKeys(win, { isMasked: mask.isMasked, idOf, closedRootOf: closedRoots.of }, guarded((data, options) => emit("key", data, options))));
      if (config.recordsDom) add(trackObjectUrls(win, { keepsPictures: mask.level < MASK }, guarded((data) => emit("blob", data))));
    });
    add(trackDom({ rrweb, storms, recordsDom: config.recordsDom, masked, onFault }, onDomEvent));
    trackWindow(window);
    // A stream of its own from a new snapshot: for a document written anew, and for one that the back/forward cache gives back.
    add(trackRoot(document, () => restart()));
    listen("pageshow", (event) => event.persisted && restart("restored"));
    add(trackVisibility(document, guarded((data) => emit("visibility", data, { urgent: true }))));
    // A popup's first page gets the window of the empty document before it, timers and all: no init script runs, no listener stays.
    listen("pagehide", () => {
      if (shown.URL === "about:blank") timers.set(guarded(() => document !== shown && whenDocumentElement(() => restart(""))), 0);
    });
    // Measured: a binding call made in `pagehide` never arrives when the page navigates, one in `beforeunload` always does.
    const flush = guarded((event) => {
      storms.thaw();
      signals.flush();
      if (event && event.type === "beforeunload") transport.leave();
      else transport.flush();
    });
    listen("beforeunload", flush);
    listen("submit", flush);
    return { id, idOf, nodeOf, emit, flush, trackWindow, finish: () => (storms.thaw(), scroll.flush(), selection.flush(), Promise.all([canvas.finish(), videos.finish()])), stop: () => { storms.thaw(); for (const stop of stops.reverse()) stop(); transport.stop(); } };
  };

  /** Begin a new stream, with a snapshot of what is there now. */
  const restart = guarded((again = "resumed") => {
    if (gone) return;
    if (running) running.stop();
    running = latest = begin(again);
  });

  return {
    /** The frame whose recorder this is; frames of its origin below it have it, too. */
    window,
    /** What tells this recording from another. */
    binding: config.binding,
    get isRecording() {
      return running !== null;
    },
    start: guarded(() => {
      if (!running && !gone) running = latest = begin(latest ? "resumed" : "");
    }),
    /** Another recording takes this document over: two recorders in one would each tell of what the other does. */
    giveWay() {
      gone = true;
      this.announce("replaced");
      this.stop();
    },
    stop: guarded(() => {
      if (!running) return;
      const stopping = running;
      running = null;
      stopping.stop();
    }),
    /** From the page: tell Python too, so that the documents to come start or stay silent like this one. */
    announce: guarded((command) => {
      send(`{"command":"${command}","t":${now()}}\n`).catch(() => {});
    }),
    mark: guarded((label, data) => running && running.emit("mark", { label: String(label), data: mask.data(data ?? {}) }, { urgent: true })),
    action: guarded((name, data) => running && running.emit(
      "action", { id: `${running.id}-c${(customs += 1)}`, type: "custom", name: mask.text(String(name), mask.level), ...(data === undefined ? {} : { data: mask.data(data) }) }, { urgent: true },
    )),
    error: guarded((error, data) => {
      const isError = error !== null && typeof error === "object";
      const told = { name: isError ? String(error.name || "Error") : "Error", message: mask.text(String(isError ? error.message : error), mask.level) };
      if (isError && error.stack) told.stack = mask.stack(String(error.stack));
      if (running) running.emit("custom-error", { ...told, ...(data === undefined ? {} : { data: mask.data(data) }) }, { urgent: true });
    }),
    setContext: guarded((attributes) => running && running.emit("context", { attributes: mask.data({ ...attributes }) }, { urgent: true })),
    setUser: guarded((attributes) => running && running.emit("user", { attributes: mask.data({ ...attributes }) }, { urgent: true })),
    /** Take and send all that is still due, for at most FINISH_MS. */
    finish: guarded(async () => {
      if (!running) return;
      await Promise.race([running.finish(), new Promise((resolve) => timers.set(resolve, FINISH_MS))]);
      if (running) running.flush();
    }),
    flush: guarded(() => running && running.flush()),
    node: guarded((id) => (running ? running.nodeOf(id) : null)),
    /** A frame of another origin is told what the element that shows it asks for. True: recording begins anew, at the higher level. */
    raiseTo: guarded((level) => {
      if (!mask.raiseTo(level)) return false;
      if (running) restart("");
      return true;
    }),
    /** Where a frame's element stands in this recorder's stream: {doc, node}, or null while rrweb has not met it. */
    locate: guarded((element) => {
      const level = mask.levelOf(element, true);
      if (latest && level === HIDDEN) return { doc: latest.id, node: 0, level };
      const node = latest ? latest.idOf(element) : -1;
      return node > 0 ? { doc: latest.id, node, level } : null;
    }),
    /** What a fidelity check has to know of an element, see js/check/layout.js. */
    checkScope: {
      closedRootOf: closedRoots.of, isMasked: mask.isShownMasked, isHidden: mask.isHidden,
    },
    adopt: guarded((win, wrap) => {
      realms.meet(win, wrap);
      closedRoots.keep(win);
      if (running) running.trackWindow(win);
    }),
    /** A closed shadow root that markup declared. */
    meetRoot: guarded((root) => {
      if (closedRoots.meet(root)) meeting = true;
    }),
    /** All of them have been met: the tree is taken anew. */
    takeRoots: guarded(() => {
      if (!meeting) return;
      meeting = false;
      metRoots = true;
      if (running) restart("");
    }),
    /** Whether declared roots have been met, and are in the stream. */
    get metRoots() {
      return metRoots;
    },
    restart,
  };
}

function exposeApi(recorder) {
  const api = {
    start() {
      recorder.announce("start");
      recorder.start();
    },
    stop() {
      recorder.stop();
      recorder.announce("stop");
    },
    mark(label, data) {
      recorder.mark(label, data);
    },
    setUser(attributes) {
      recorder.setUser(attributes);
    },
    setContext(attributes) {
      recorder.setContext(attributes);
    },
    action(name, data) {
      recorder.action(name, data);
    },
    error(error, data) {
      recorder.error(error, data);
    },
    get isRecording() {
      return recorder.isRecording;
    },
  };
  Object.defineProperty(api, INTERNAL, { value: recorder, enumerable: false });
  Object.defineProperty(window, "harnessRecorder", { value: Object.freeze(api), enumerable: false, configurable: true });
}

/** Playwright puts the binding on the window by its name, enumerable; the page must not meet it. */
function takeBinding(name) {
  const binding = window[name];
  delete window[name];
  // Before Playwright 1.5x a binding looks itself up on the window when it is called, so there it stays, but is not enumerated.
  if (binding && Function.prototype.toString.call(binding).includes("globalThis[")) {
    Object.defineProperty(window, name, { value: binding, configurable: true });
  }
  for (const key of ["__playwright__binding__", "__playwright__binding__controller__"]) {
    const descriptor = Object.getOwnPropertyDescriptor(window, key);
    if (descriptor && descriptor.enumerable && descriptor.configurable) {
      Object.defineProperty(window, key, { ...descriptor, enumerable: false });
    }
  }
  return binding;
}

/** The recorder of a parent frame of our origin, which records this frame too; null at the top and below another origin. */
function recorderOfParent() {
  try {
    if (window.parent === window || window.frameElement === null) return null;
    // rrweb follows iframes only.
    const { localName } = window.frameElement;
    if (localName === "frame" || (/^(object|embed)$/.test(localName) && document.contentType === "text/html")) return null;
    return window.parent.harnessRecorder || null;
  } catch {
    return null;
  }
}

function adoptWindow(parentApi) {
  Object.defineProperty(window, "harnessRecorder", { value: parentApi, enumerable: false, configurable: true });
  parentApi[INTERNAL].adopt(window, (call) => (...args) => call(...args));
}

function askWhetherStarted(send, recorder) {
  send('{"command":"ask"}\n').then((started) => {
    if (started) whenDocumentElement(() => recorder.start());
  }, () => {});
}

/** Init scripts run before the parser has made `<html>`; a snapshot needs it. */
function whenDocumentElement(call) {
  if (document.documentElement) {
    call();
    return;
  }
  const observer = new MutationObserver(() => {
    if (!document.documentElement) return;
    observer.disconnect();
    call();
  });
  observer.observe(document, { childList: true });
}

function newDocumentId() {
  const digits = crypto.getRandomValues(new Uint32Array(2));
  return digits[0].toString(36) + digits[1].toString(36);
}
