/**
 * What scripts do to style sheets by way of the CSSOM: rules, their declarations and selectors, nested ones, media, `disabled`,
 * constructed sheets and who adopts them.
 *
 * Told is state, not calls: which rules stand at which place from now on. Declarations have no setters that could be listened
 * to (`rule.style.color = …`), nor have lists (`adoptedStyleSheets.push()`); so a rule or list that a script has got hold of is
 * compared with what it was, at the end of the task and, for a while, with each batch. A page of web components has a root for
 * each, so a list that was only assigned is looked at once.
 */
import { afterCall, afterGet, afterSet, isFresh, oncePerRealm } from "./patch.js";

// A script that keeps a declaration or a list and changes it later does so with one it got lately.
const MAX_WATCHED = 200;
// Of one sheet, since its text was parsed; a sheet that is changed more often is told rule by rule.
const MAX_LOGGED = 2000;
// In one task; whoever asks for more is reading, not writing.
const MAX_COMPARED = 2000;
// CSSRule.type of an `@import`: a rule of a frame is of no class of the page's.
const IMPORT_RULE = 3;
const RULE_INTERFACES = /^CSS(\w*Rule|NestedDeclarations|FunctionDeclarations)$/;
const RULE_SETTERS = [
  "additiveSymbols", "fallback", "fontFamily", "keyText", "name", "negative", "pad", "prefix", "range", "selectorText", "speakAs",
  "suffix", "symbols", "system",
];

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, rootOf: (host: Element) => ShadowRoot|null,
 *          touched: WeakSet<CSSStyleSheet>, logs: WeakMap<CSSStyleSheet, object>, isLate: boolean, timers: {microtask: Function}, guard: (call: Function) => Function}} scope
 *   `touched`: sheets that are no longer what their text says, `logs`: what was done to them, over all streams of the document; `isLate`: nobody was there to
 *   see what scripts have done so far
 * @param {(kind: "sheet"|"adopted-sheets", data: object) => void} emit
 * @returns {{stop: () => void, trackWindow: Function, forget: Function, added: Function, changed: Function, check: Function}} see
 *   record.js
 */
export function trackSheets(win, { idOf, nodeOf, rootOf, touched, logs, isLate, timers, guard }, emit) {
  const isNewRealm = oncePerRealm();
  const restore = [];
  const documentList = getterOf(win.Document.prototype, "adoptedStyleSheets");
  const rootList = getterOf(win.ShadowRoot.prototype, "adoptedStyleSheets");
  const changes = new Map();
  // Constructed sheets that have been told of, with what names them; what each root adopts.
  let places = new WeakMap();
  let adopted = new WeakMap();
  // What a script has got hold of: rules and their like, with what they were, and roots for their lists.
  const watched = new Map();
  const heldRoots = new Set();
  // Those of them, and the roots whose list was assigned, that the end of the task is waited for.
  const dueHolders = new Set();
  const dueRoots = new Set();
  let lastNumber = 0;
  let scheduled = false;
  let looking = false;
  let stopped = false;

  const schedule = () => {
    if (scheduled || stopped) return;
    scheduled = true;
    timers.microtask(() => {
      scheduled = false;
      tellDue();
    });
  };
  /** Reading by ourselves, through the page's own accessors, is no news. */
  const look = (read) => {
    looking = true;
    try {
      return read();
    } finally {
      looking = false;
    }
  };
  const react = (call) => {
    const guarded = guard(call);
    return (...args) => looking || stopped || guarded(...args);
  };

  /** All that scripts did to a sheet, in their own words; null where it cannot be said in them. */
  const logOf = (sheet) => {
    if (!logs.has(sheet)) logs.set(sheet, isLate ? null : { splices: [] });
    return logs.get(sheet);
  };
  const spliced = (sheet, splice) => {
    changeOf(sheet).splices.push(splice);
    const log = logOf(sheet);
    if (log && log.splices.push(splice) > MAX_LOGGED) logs.set(sheet, null);
  };
  const changeOf = (sheet) => {
    let change = changes.get(sheet);
    if (!change) changes.set(sheet, (change = { splices: [], rules: new Set() }));
    touched.add(sheet);
    schedule();
    return change;
  };
  const markRule = (rule) => {
    let top = rule;
    while (top.parentRule) top = top.parentRule;
    if (!top.parentStyleSheet) return;
    changeOf(top.parentStyleSheet).rules.add(top);
    logs.set(top.parentStyleSheet, null);
  };
  const watch = (holder) => {
    const known = watched.get(holder);
    if (known === undefined && watched.size >= MAX_COMPARED) return;
    watched.delete(holder);
    watched.set(holder, known === undefined ? look(() => fingerprint(holder)) : known);
    dueHolders.add(holder);
    schedule();
  };
  const compareAll = (holders) => {
    for (const holder of holders) {
      if (!watched.has(holder)) continue;
      const now = look(() => fingerprint(holder));
      if (now === watched.get(holder)) continue;
      watched.set(holder, now);
      if ("ownerNode" in holder) changeOf(holder).media = true;
      else markRule(holder);
    }
  };

  const numberOf = (sheet, doc) => {
    if (!places.has(sheet)) {
      const place = { sheet: (lastNumber += 1), document: idOf(doc) };
      places.set(sheet, place);
      emit("sheet", { ...place, made: true, ...wholeOf(sheet) });
      changes.delete(sheet);
    }
    return places.get(sheet).sheet;
  };
  /** A sheet in its author's words, which the browser's are not always the same as, see rrweb_record.py. */
  const written = (sheet) => {
    const log = touched.has(sheet) || !sheet.ownerNode ? logOf(sheet) : null;
    if (!log || sheet.ownerRule || (sheet.ownerNode && sheet.ownerNode.localName !== "style")) return null;
    // The text of a style element is in the document.
    return { ...(sheet.ownerNode ? {} : { text: log.text ?? "" }), splices: [...log.splices] };
  };
  const wholeOf = (sheet) => look(() => {
    const whole = isReadable(sheet) ? written(sheet) || { rules: Array.from(sheet.cssRules, (rule) => rule.cssText) } : {};
    if (sheet.disabled) whole.disabled = true;
    if (sheet.media.mediaText) whole.media = sheet.media.mediaText;
    return whole;
  });
  const checkRoot = (root) => {
    const id = idOf(root.nodeType === 9 ? root : root.host);
    if (!(id > 0)) return;
    const isDocument = root.nodeType === 9;
    const live = (isDocument ? documentList : rootList).call(root) || [];
    const before = adopted.get(root) || [];
    if (live.length === before.length && before.every((sheet, i) => sheet === live[i])) return;
    const list = Array.from(live);
    adopted.set(root, list);
    const doc = isDocument ? root : root.ownerDocument;
    emit("adopted-sheets", { id, sheets: list.map((sheet) => numberOf(sheet, doc)) });
  };

  /** What comes, also from another place in the page, is new to a reader: whatever was told of it before counts no more. */
  const readopt = (root) => {
    if (!root) return;
    adopted.delete(root);
    checkRoot(root);
  };

  /** Where a sheet stands: of a node, below one by @import, constructed; null where nobody sees it, undefined: not yet. */
  const placeOf = (sheet) => {
    const imports = [];
    let top = sheet;
    while (top && top.ownerRule) {
      imports.unshift(Array.prototype.indexOf.call(top.parentStyleSheet.cssRules, top.ownerRule));
      top = top.parentStyleSheet;
    }
    if (!top) return null;
    if (!top.ownerNode) return places.get(top) || null;
    const id = idOf(top.ownerNode);
    if (!(id > 0)) return undefined;
    return imports.length ? { id, imports } : { id };
  };
  const tell = (sheet, change) => {
    const place = look(() => placeOf(sheet));
    if (place === undefined) return false;
    if (place === null) return true;
    const data = { ...place };
    if (change.text !== undefined) data.text = change.text;
    const { splices, rules } = change;
    look(() => {
      if (rules.size) {
        for (const [i, rule] of Array.prototype.entries.call(sheet.cssRules)) {
          if (rules.has(rule)) splices.push([i, 1, [rule.cssText]]);
        }
      }
      if (splices.length) data.splices = splices;
      if (change.disabled) data.disabled = sheet.disabled;
      if (change.media) data.media = sheet.media.mediaText;
    });
    emit("sheet", data);
    return true;
  };
  const tellChanges = () => {
    if (stopped) return;
    for (const [sheet, change] of changes) if (tell(sheet, change)) changes.delete(sheet);
  };
  const tellDue = () => {
    if (stopped) return;
    compareAll(dueHolders);
    dueHolders.clear();
    for (const root of dueRoots) checkRoot(root);
    dueRoots.clear();
    tellChanges();
  };
  const flush = () => {
    if (stopped) return;
    tellDue();
    compareAll(watched.keys());
    forgetEldest(watched);
    for (const root of heldRoots) {
      if (root.nodeType === 9 ? !root.defaultView : !root.host.isConnected) heldRoots.delete(root);
      else checkRoot(root);
    }
    forgetEldest(heldRoots);
    tellChanges();
  };

  const trackWindow = (view) => {
    if (!isNewRealm(view)) return;
    const call = (name, method, after) => {
      if (view[name]) restore.push(afterCall(view[name].prototype, method, react(after)));
    };
    const set = (name, property, after) => {
      if (view[name]) restore.push(afterSet(view[name].prototype, property, react(after)));
    };
    const get = (name, property, after) => {
      const undo = view[name] ? afterGet(view[name].prototype, property, react(after)) : () => {};
      restore.push(undo);
      return undo;
    };

    call("CSSStyleSheet", "insertRule", (sheet, [rule, index]) => spliced(sheet, [index >>> 0, 0, [String(rule)]]));
    call("CSSStyleSheet", "deleteRule", (sheet, [index]) => spliced(sheet, [index >>> 0, 1, []]));
    call("CSSStyleSheet", "removeRule", (sheet, [index]) => spliced(sheet, [index >>> 0, 1, []]));
    call("CSSStyleSheet", "addRule", (sheet, [selector, style, index]) => {
      const at = index === undefined ? look(() => sheet.cssRules.length) - 1 : index >>> 0;
      spliced(sheet, [at, 0, [`${selector ?? "undefined"} { ${style ?? "undefined"} }`]]);
    });
    const replaced = (sheet, text) => {
      const change = changeOf(sheet);
      change.text = String(text);
      change.splices = [];
      change.rules.clear();
      logs.set(sheet, { text: change.text, splices: [] });
    };
    call("CSSStyleSheet", "replaceSync", (sheet, [text]) => replaced(sheet, text));
    call("CSSStyleSheet", "replace", (sheet, [text], result) => {
      // In force only once the promise is settled; a rejected one is the page's business.
      Promise.prototype.then.call(result, react(() => replaced(sheet, text)), () => {});
    });
    set("StyleSheet", "disabled", (sheet) => (changeOf(sheet).disabled = true));
    for (const name of ["HTMLStyleElement", "SVGStyleElement"]) {
      set(name, "disabled", (element) => {
        const sheet = look(() => element.sheet);
        if (sheet) changeOf(sheet).disabled = true;
      });
    }
    set("StyleSheet", "media", (sheet) => (changeOf(sheet).media = true));
    get("StyleSheet", "media", watch);

    // Most pages never get hold of a rule, and there are two dozen kinds.
    const undoDoors = [];
    const trackRules = () => {
      for (const undo of undoDoors.splice(0)) undo();
      for (const name of Object.getOwnPropertyNames(view).filter((name) => RULE_INTERFACES.test(name))) {
        for (const method of ["insertRule", "appendRule", "deleteRule"]) call(name, method, markRule);
        for (const property of RULE_SETTERS) set(name, property, markRule);
        for (const property of ["style", "styleMap", "media"]) {
          set(name, property, markRule);
          get(name, property, watch);
        }
      }
    };
    // A script that was there before may have one already.
    if (!isFresh(view)) trackRules();
    else {
      const onRules = () => undoDoors.length && trackRules();
      for (const property of ["cssRules", "rules", "ownerRule"]) undoDoors.push(get("CSSStyleSheet", property, onRules));
    }

    for (const name of ["Document", "ShadowRoot"]) {
      // A root that is not in the stream yet is read when it comes.
      const onRoot = (root) => {
        dueRoots.add(root);
        schedule();
      };
      set(name, "adoptedStyleSheets", onRoot);
      get(name, "adoptedStyleSheets", (root) => {
        heldRoots.delete(root);
        heldRoots.add(root);
        onRoot(root);
      });
    }
  };
  trackWindow(win);

  return {
    trackWindow,
    changed: tellChanges,
    check: flush,
    forget() {
      places = new WeakMap();
      adopted = new WeakMap();
    },
    added(serialised) {
      if (serialised.tagName === "style" || serialised.tagName === "link") {
        const node = nodeOf(serialised.id);
        const sheet = node && look(() => node.sheet);
        if (!sheet || !(touched.has(sheet) || (isLate && look(() => differs(sheet, node))))) return;
        touched.add(sheet);
        changes.delete(sheet);
        emit("sheet", { id: serialised.id, ...wholeOf(sheet) });
      } else if (serialised.isShadowHost) {
        readopt(rootOf(nodeOf(serialised.id)));
      } else if (serialised.type === 0) readopt(nodeOf(serialised.id));
    },
    stop() {
      stopped = true;
      for (const undo of restore.reverse()) undo();
    },
  };
}

/** The browser's own, through which reading is no news; not all browsers have it. */
function getterOf(prototype, name) {
  return (Object.getOwnPropertyDescriptor(prototype, name) || { get() {} }).get;
}

/** @param {Set|Map} held what a script got hold of, the latest last */
function forgetEldest(held) {
  let spare = held.size - MAX_WATCHED;
  for (const holder of held.keys()) {
    if (spare-- <= 0) break;
    held.delete(holder);
  }
}

function fingerprint(holder) {
  const style = holder.style ? holder.style.cssText : "";
  return holder.media ? `${style}|${holder.media.mediaText}` : style;
}

/** A sheet of another origin may not be read, nor written. */
function isReadable(sheet) {
  try {
    return Boolean(sheet.cssRules);
  } catch {
    return false;
  }
}

/** Whether a style element's rules are others than its text gives. */
function differs(sheet, node) {
  if (node.localName !== "style" || !isReadable(sheet)) return sheet.disabled;
  const { CSSStyleSheet, CSSImportRule } = node.ownerDocument.defaultView;
  const fresh = new CSSStyleSheet();
  fresh.replaceSync(node.textContent);
  // A constructed sheet takes no imports.
  const rules = Array.prototype.filter.call(sheet.cssRules, (rule) => rule.type !== IMPORT_RULE);
  return sheet.disabled || rules.length !== fresh.cssRules.length || rules.some((rule, i) => rule.cssText !== fresh.cssRules[i].cssText);
}
