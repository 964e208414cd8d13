/** `selection`: ranges of selected text. */
import { frameDocument } from "./frame_documents.js";

export function applySelection(scene, stream, event) {
  const ranges = event.data.ranges || [];
  const { document: id } = event.data;
  // Without `document`, as rrweb has it, it is the only one.
  scene.selections.set(id === undefined ? stream : `${stream.doc} ${id}`, { stream, id, ranges });
  // There is one selection on a page: in a field or outside. (One in a field is a collapsed one outside.)
  if (ranges.some((range) => range.start !== range.end || range.startOffset !== range.endOffset)) scene.textSelection = null;
}

/** `text-selection`: what is selected in a text field. */
export function applyTextSelection(scene, stream, event) {
  const field = stream.mirror.node(event.data.id);
  if (field) scene.textSelection = { field, start: event.data.start, end: event.data.end };
}

/**
 * Only a field that has the keyboard shows what is selected in it, so one that showed something gets it: alone on a page, nobody
 * misses the keyboard.
 * @param {import("./scene.js").Scene} scene
 */
function showTextSelection(scene) {
  const field = scene.focus.element;
  const selected = field && scene.textSelection?.field === field ? scene.textSelection : null;
  if (scene.textFocus && scene.textFocus !== field) {
    scene.textFocus.blur();
    scene.textFocus = null;
  }
  if (!scene.takesFocus || !selected || !(selected.start < selected.end)) {
    if (scene.textFocus) scene.textFocus.blur();
    scene.textFocus = null;
    return;
  }
  try {
    field.focus({ preventScroll: true });
    field.setSelectionRange(selected.start, selected.end);
    scene.textFocus = field;
  } catch {
    // It has become a field that has no selection.
  }
}

/** @param {import("./scene.js").Scene} scene */
export function showSelection(scene) {
  showRanges(scene);
  takeKeyboard(scene);
  showTextSelection(scene);
  leaveOthers(scene);
}

/** What is edited in place gets the focus from its browser with a selection in it, and keeps it. */
function leaveOthers(scene) {
  for (const document of scene.documents) {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    if (active?.isContentEditable && active !== scene.focus.element && active !== scene.textFocus) active.blur();
  }
}

function showRanges(scene) {
  for (const [key, selection] of scene.selections) {
    select(scene, selection);
    scene.selected.set(key, selection);
  }
  scene.selections.clear();
  for (const selection of scene.selected.values()) if (isLost(selection)) select(scene, selection);
}

/** Whether a selection is no longer where it was recorded, though its nodes are there. */
function isLost({ stream, ranges }) {
  if (ranges.length !== 1) return false;
  const [{ start, startOffset, end, endOffset }] = ranges;
  const from = stream.mirror.node(start);
  if (!from?.isConnected || (start === end && startOffset === endOffset)) return false;
  return from.ownerDocument?.getSelection()?.isCollapsed === true;
}

function select(scene, { stream, id, ranges }) {
  const cleared = new Set();
  for (const document of scene.documents) {
    const known = stream.mirror.id(document);
    if (document.defaultView && known !== undefined && (id === undefined || id === known)) {
      document.getSelection()?.removeAllRanges();
    }
  }
  for (const { start, startOffset, end, endOffset } of ranges) {
    const from = stream.mirror.node(start);
    const to = stream.mirror.node(end);
    if (!from || !to || !from.isConnected) continue;
    const selection = from.ownerDocument?.getSelection();
    if (!selection) continue;
    if (!cleared.has(selection)) selection.removeAllRanges();
    cleared.add(selection);
    try {
      selection.setBaseAndExtent(from, startOffset, to, endOffset);
    } catch {
      // The text has changed since.
    }
  }
}

/** A selection is painted grey where the keyboard is elsewhere; alone on a page, nobody misses it. */
function takeKeyboard(scene) {
  const shown = [...scene.documents].filter((document) => document.defaultView);
  if (!scene.takesFocus || shown.every((document) => document.getSelection()?.isCollapsed !== false)) return;
  const target = scene.focus.element ? scene.focus.element.ownerDocument : scene.top.document;
  if (!target?.defaultView) return;
  for (const document of shown) {
    const { activeElement: active } = document;
    if (active?.localName === "iframe" && frameDocument(active) !== target) active.blur();
  }
  const owner = target.defaultView.frameElement;
  if (owner && owner.ownerDocument.activeElement !== owner) owner.focus({ preventScroll: true });
}
