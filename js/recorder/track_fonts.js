/**
 * Fonts that scripts make and hand to `document.fonts`: which of them a document has from now on. Those of `@font-face` rules are
 * part of the style sheets.
 *
 * Where a FontFace comes from can be learnt only while it is made. Bytes go the way of `blob:` URLs, under a name of ours.
 */
import { afterCall, afterConstruct, afterSet, oncePerRealm } from "./patch.js";

// https://drafts.csswg.org/css-font-loading/#fontface-interface
const DESCRIPTORS = [
  "style", "weight", "stretch", "unicodeRange", "variant", "featureSettings", "display", "ascentOverride", "descentOverride",
  "lineGapOverride", "sizeAdjust",
];
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, sources: WeakMap<FontFace, string>,
 *          timers: {microtask: Function}, guard: (call: Function) => Function}} scope `sources`: what fonts were made of, over all
 *   streams of the document
 * @param {(kind: "fonts"|"blob", data: object) => void} emit
 * @returns {{stop: () => void, trackWindow: Function, added: Function}} see record.js
 */
export function trackFonts(win, { idOf, nodeOf, sources, timers, guard }, emit) {
  const isNewRealm = oncePerRealm();
  const restore = [];
  const views = new Set();
  const told = new WeakMap();
  let stopped = false;

  const tell = (doc) => {
    const id = idOf(doc);
    if (stopped || !(id > 0) || !doc.fonts) return;
    const fonts = Array.from(doc.fonts).filter((face) => sources.has(face)).map((face) => ({
      family: face.family, source: sources.get(face), descriptors: descriptorsOf(face),
    }));
    const text = JSON.stringify(fonts);
    if (text === (told.get(doc) || "[]")) return;
    told.set(doc, text);
    emit("fonts", { id, fonts });
  };
  const trackWindow = (view) => {
    if (!isNewRealm(view) || !view.FontFace || !view.FontFaceSet) return;
    views.add(view);
    restore.push(afterConstruct(view, "FontFace", guard((face, [, source]) => {
      if (typeof source === "string") sources.set(face, source);
      else if (source && source.byteLength <= MAX_BYTES) {
        const url = `harness-font:${newName()}`;
        sources.set(face, `url(${url})`);
        emit("blob", { url, mime: "font/sfnt", content: base64(view, source) });
      }
    })));
    const onChange = guard((set) => {
      const view = [...views].find((view) => view.document && view.document.fonts === set);
      if (view) timers.microtask(() => tell(view.document));
    });
    for (const name of ["family", ...DESCRIPTORS]) {
      restore.push(afterSet(view.FontFace.prototype, name, () => onChange(view.document.fonts)));
    }
    for (const method of ["add", "delete", "clear"]) restore.push(afterCall(view.FontFaceSet.prototype, method, onChange));
  };
  trackWindow(win);

  return {
    trackWindow,
    added({ type, id }) {
      if (type !== 0) return;
      const doc = nodeOf(id);
      told.delete(doc);
      tell(doc);
    },
    stop() {
      stopped = true;
      for (const undo of restore.reverse()) undo();
    },
  };
}

function descriptorsOf(face) {
  const descriptors = {};
  for (const name of DESCRIPTORS) {
    if (face[name] && !/^(normal|auto|U\+0-10FFFF|100%)$/i.test(face[name])) descriptors[name] = face[name];
  }
  return descriptors;
}

function base64(view, source) {
  const bytes = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

function newName() {
  const digits = crypto.getRandomValues(new Uint32Array(2));
  return digits[0].toString(36) + digits[1].toString(36);
}
