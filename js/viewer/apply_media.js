/** `media`, `canvas`, `font`: what is neither DOM nor style. */

export function applyMedia(scene, stream, event) {
  const element = stream.mirror.node(event.data.id);
  if (element && (element.localName === "video" || element.localName === "audio")) {
    scene.media.change(element, event.data, event.t);
  }
}

export function applyCanvas(scene, stream, event) {
  const element = stream.mirror.node(event.data.id);
  if (!element) return;
  if (element.localName === "video") scene.media.picture(element, scene.canvases.kept(element, event.data));
  else scene.canvases.set(element, event.data);
}

export function applyFont(scene, stream, event) {
  const { family, fontSource, buffer, descriptors } = event.data;
  const document = stream.document;
  if (!document || !document.defaultView) return;
  try {
    const source = buffer
      ? new Uint8Array(Object.values(JSON.parse(fontSource)))
      : scene.assets.declarations(fontSource, stream.place(event.t));
    const face = new document.defaultView.FontFace(family, source, descriptors || {});
    document.fonts.add(face);
    face.load().catch(() => {});
  } catch (error) {
    scene.problem(error);
  }
}
