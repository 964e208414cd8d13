/** `meta`, `viewport`, `scroll`, `url`, `title`: the window a document is shown in. */

export function applyMeta(scene, stream, event) {
  const { href, width, height } = event.data;
  if (href) applyUrl(scene, stream, { data: { url: href } });
  if (stream === scene.top) scene.resize(width, height);
}

export function applyViewport(scene, stream, event) {
  if (stream === scene.top) scene.resize(event.data.width, event.data.height);
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
