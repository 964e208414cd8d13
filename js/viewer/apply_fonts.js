/** `fonts`: which fonts scripts have given a document. */

export function applyFonts(scene, stream, event) {
  const document = stream.mirror.node(event.data.id);
  if (!document || document.nodeType !== 9 || !document.defaultView) return;
  const place = stream.place(event.t);
  const before = stream.fonts.get(document) || new Map();
  const now = new Map();
  for (const font of event.data.fonts || []) {
    const key = JSON.stringify(font);
    const face = before.get(key) || makeFace(scene, document, font, place);
    if (!face) continue;
    before.delete(key);
    now.set(key, face);
    document.fonts.add(face);
  }
  for (const face of before.values()) document.fonts.delete(face);
  stream.fonts.set(document, now);
}

function makeFace(scene, document, { family, source, descriptors }, place) {
  try {
    return new document.defaultView.FontFace(family, scene.assets.declarations(String(source), place), descriptors || {});
  } catch (error) {
    scene.problem(error);
    return null;
  }
}
