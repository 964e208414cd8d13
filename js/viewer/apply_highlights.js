/** `highlights`: the custom highlights of a document. They are put in place last, for ranges move with every change of text. */

export function applyHighlights(scene, stream, event) {
  const document = stream.mirror.node(event.data.id);
  if (document && document.nodeType === 9) scene.highlights.set(document, { stream, highlights: event.data.highlights || [] });
}

/** @param {import("./scene.js").Scene} scene */
export function showHighlights(scene) {
  for (const [document, { stream, highlights }] of scene.highlights) {
    const view = document.defaultView;
    if (!view?.CSS.highlights) continue;
    view.CSS.highlights.clear();
    for (const { name, priority, ranges } of highlights) {
      const highlight = new view.Highlight();
      highlight.priority = Number(priority) || 0;
      for (const range of ranges) addRange(stream, document, highlight, range);
      view.CSS.highlights.set(String(name), highlight);
    }
  }
  scene.highlights.clear();
}

function addRange(stream, document, highlight, { start, startOffset, end, endOffset }) {
  const [from, to] = [stream.mirror.node(start), stream.mirror.node(end)];
  if (!from || !to) return;
  const range = document.createRange();
  try {
    range.setStart(from, startOffset);
    range.setEnd(to, endOffset);
    highlight.add(range);
  } catch {
    // The text has changed since.
  }
}
