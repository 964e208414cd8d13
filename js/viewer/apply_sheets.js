/** `sheet`, `adopted-sheets`: which rules stand in a sheet from now on, and who has adopted which constructed ones. */
import { baseSheet } from "./blank.js";
import { shadowRootOf } from "./rebuild.js";

/** Stands for a rule that this browser does not take, so that those after it keep their places. */
const NO_RULE = "harness-none {}";

export function applySheet(scene, stream, event) {
  const { data } = event;
  if (data.sheet !== undefined) {
    const view = data.made && stream.mirror.node(data.document)?.defaultView;
    if (view) stream.constructed.set(data.sheet, new view.CSSStyleSheet());
    const sheet = stream.constructed.get(data.sheet);
    if (sheet) change(scene, sheet, data, stream.place(event.t));
    return;
  }
  const element = stream.mirror.node(data.id);
  if (!element || element.nodeType !== 1) return;
  // Text that came before in this batch must be parsed first: the rules follow it.
  scene.styles.flush(scene.t);
  const place = stream.place(event.t);
  scene.links.whenSheet(element, (top) => {
    let sheet = top;
    for (const at of data.imports || []) sheet = sheet?.cssRules[at]?.styleSheet;
    const base = element.localName === "link" ? scene.links.baseOf(stream, element, event.t) : place.base;
    if (sheet) change(scene, sheet, data, { ...place, base });
  });
}

/** @param {CSSStyleSheet} sheet @param {any} data of the event @param {import("./assets.js").Place} place its URLs are relative to */
function change(scene, sheet, { rules, text, splices, disabled, media }, place) {
  if (typeof text === "string") sheet.replaceSync(scene.assets.sheetText(text, place));
  if (rules) splice(scene, sheet, 0, sheet.cssRules.length, rules, place);
  for (const [at, removed, added] of splices || []) splice(scene, sheet, at, removed, added, place);
  if (typeof disabled === "boolean") sheet.disabled = disabled;
  if (typeof media === "string") sheet.media.mediaText = media;
  scene.mediaFeatures.touched(sheet);
}

function splice(scene, sheet, at, removed, added, place) {
  const from = Math.min(at, sheet.cssRules.length);
  for (let i = Math.min(from + removed, sheet.cssRules.length) - 1; i >= from; i -= 1) sheet.deleteRule(i);
  for (const [i, rule] of added.entries()) {
    try {
      sheet.insertRule(scene.assets.sheetText(String(rule), place), from + i);
    } catch {
      sheet.insertRule(NO_RULE, from + i);
    }
  }
}

export function applyAdoptedSheets(scene, stream, event) {
  const { id, sheets = [] } = event.data;
  const host = stream.mirror.node(id);
  if (!host) return;
  const document = host.nodeType === 9 ? host : host.ownerDocument;
  const root = host.nodeType === 9 ? host : shadowRootOf(scene, host);
  if (!document.defaultView || !root.adoptedStyleSheets) return;
  const own = root === document ? [] : [baseSheet(document)].filter(Boolean);
  root.adoptedStyleSheets = [...own, ...sheets.map((number) => stream.constructed.get(number)).filter(Boolean)];
}
