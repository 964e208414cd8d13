/** `selection`: ranges of selected text. */

export function applySelection(scene, stream, event) {
  scene.selection = { stream, ranges: event.data.ranges || [] };
}

/** @param {import("./scene.js").Scene} scene */
export function showSelection(scene) {
  if (!scene.selection) return;
  const { stream, ranges } = scene.selection;
  scene.selection = null;
  const cleared = new Set();
  for (const document of scene.documents) {
    if (document.defaultView && stream.mirror.id(document) !== undefined) document.getSelection()?.removeAllRanges();
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
  // A selection is painted grey where the keyboard is elsewhere; alone on a page, nobody misses it.
  if (scene.takesFocus && ranges.length) scene.frame.focus({ preventScroll: true });
}
