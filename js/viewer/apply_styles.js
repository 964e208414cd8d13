/** `style-rule`, `style-declaration`, `adopted-style-sheet`: what scripts did to sheets by way of the CSSOM. */
import { baseSheet } from "./blank.js";

/** Calls back with the sheet that an event is about: of a node, or a constructed one. */
function withSheet(scene, stream, data, action) {
  if (data.styleId) {
    const sheet = stream.sheets.get(data.styleId);
    if (sheet) action(sheet);
    return;
  }
  const element = stream.mirror.node(data.id);
  if (!element || element.nodeType !== 1) return;
  // Text that came before in this batch must be parsed first: the rules follow it.
  scene.styles.flush(scene.t);
  scene.links.whenSheet(element, (sheet) => sheet && action(sheet));
}

/** Runs one change; a rule that this browser does not take is left out, as the recorded one would have. */
function attempt(change) {
  try {
    change();
  } catch {
    return;
  }
}

/** @param {number | number[] | undefined} index @returns {{holder: any, at: number | undefined}} the list that the last position is in */
function locate(sheet, index) {
  if (!Array.isArray(index)) return { holder: sheet, at: index };
  let holder = sheet;
  for (const position of index.slice(0, -1)) holder = holder?.cssRules?.[position];
  return { holder, at: index[index.length - 1] };
}

export function applyStyleRule(scene, stream, event) {
  const { data } = event;
  const place = stream.place(scene.t);
  withSheet(scene, stream, data, (sheet) => {
    for (const { rule, index } of data.adds || []) {
      attempt(() => {
        const { holder, at } = locate(sheet, index);
        holder.insertRule(scene.assets.sheetText(rule, place), at === undefined ? 0 : Math.min(at, holder.cssRules.length));
      });
    }
    for (const { index } of data.removes || []) {
      attempt(() => {
        const { holder, at } = locate(sheet, index);
        holder.deleteRule(at || 0);
      });
    }
    const text = data.replaceSync ?? data.replace;
    if (typeof text === "string") attempt(() => sheet.replaceSync(scene.assets.sheetText(text, place)));
  });
}

export function applyStyleDeclaration(scene, stream, event) {
  const { data } = event;
  withSheet(scene, stream, data, (sheet) => {
    const { holder, at } = locate(sheet, data.index);
    const style = holder?.cssRules?.[at]?.style;
    if (!style) return;
    if (data.set) {
      const value = scene.assets.declarations(String(data.set.value ?? ""), stream.place(scene.t));
      attempt(() => style.setProperty(data.set.property, value, data.set.priority || ""));
    }
    if (data.remove) attempt(() => style.removeProperty(data.remove.property));
  });
}

export function applyAdoptedStyleSheet(scene, stream, event) {
  const { id, styles = [], styleIds = [] } = event.data;
  const host = stream.mirror.node(id);
  if (!host) return;
  const document = host.nodeType === 9 ? host : host.ownerDocument;
  const root = host.nodeType === 9 ? host : host.shadowRoot;
  if (!document.defaultView || !root) return;
  for (const { styleId, rules } of styles) {
    const sheet = new document.defaultView.CSSStyleSheet();
    const text = rules.map(({ rule }) => rule).join("\n");
    attempt(() => sheet.replaceSync(scene.assets.sheetText(text, stream.place(scene.t))));
    stream.sheets.set(styleId, sheet);
  }
  const own = root === document ? [] : [baseSheet(document)].filter(Boolean);
  attempt(() => {
    root.adoptedStyleSheets = [...own, ...styleIds.map((styleId) => stream.sheets.get(styleId)).filter(Boolean)];
  });
}
