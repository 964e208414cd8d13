/** `meta`, `viewport`, `visual-viewport`, `scroll`, `url`, `title`: the window a document is shown in. */

export function applyMeta(scene, stream, event) {
  const { href, width, height } = event.data;
  if (href) applyUrl(scene, stream, { data: { url: href } });
  if (stream === scene.top) scene.resize(width, height);
}

export function applyViewport(scene, stream, event) {
  if (stream === scene.top) scene.resize(event.data.width, event.data.height);
}

/** `visual-viewport`: what of the layout viewport is seen. */
export function applyVisualViewport(scene, stream, event) {
  const { scale, left, top } = event.data;
  if (stream === scene.top) scene.zoom({ scale: Number(scale), left: Number(left) || 0, top: Number(top) || 0 });
}

export function applyScroll(scene, stream, event) {
  const { id, x, y } = event.data;
  const target = stream.mirror.node(id);
  if (target) scene.scrolls.partial(target, { x, y });
}

export function applyUrl(scene, stream, event) {
  if (!event.data.url) return;
  // A `<base>` keeps its say over relative URLs.
  if (stream.base === stream.url) stream.base = event.data.url;
  stream.url = event.data.url;
}

export function applyTitle(scene, stream, event) {
  stream.title = event.data.title || "";
}
