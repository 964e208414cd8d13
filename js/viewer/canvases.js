/**
 * The last recorded picture of each canvas.
 *
 * Where scripts are off, as they are in a replay, a browser lays out what stands inside a `<canvas>` in its place. As an element
 * whose `content` is an image it is a box with a picture again, of the natural size that the canvas had.
 * https://html.spec.whatwg.org/multipage/canvas.html#the-canvas-element
 */

const DEFAULT_WIDTH = 300;
const DEFAULT_HEIGHT = 150;

export class Canvases {
  constructor() {
    this.pictures = new WeakMap();
    this.changed = new Set();
    this.loading = new Set();
  }

  /** @param {Element} element @param {{image: string, width?: number, height?: number}} picture */
  set(element, picture) {
    if (element.localName !== "canvas") return;
    const usable = /^data:image\/[\w.+-]+[;,]/i.test(picture.image || "");
    if (!usable) {
      // What cannot be shown says so, in the same place; the driver's picture may follow.
      if (!this.pictures.get(element)) this.pictures.set(element, placeholder(picture, element));
    } else {
      const url = picture.shot ? scaledPicture(picture) : picture.image;
      this.pictures.set(element, { url, image: null });
    }
    this.changed.add(element);
  }

  /** @param {HTMLVideoElement} video whose own source is not recorded @returns {string} URL of a picture of it, in the size that it had */
  kept(video, picture) {
    const usable = /^data:image\/[\w.+-]+[;,]/i.test(picture.image || "");
    const shown = usable ? { url: scaledPicture(picture), image: null } : placeholder(picture, video);
    this.load(shown);
    return shown.url;
  }

  /** A canvas came, or an attribute of it changed; a new size empties it. */
  touched(element, name) {
    if (name === "width" || name === "height") this.pictures.delete(element);
    this.changed.add(element);
  }

  flush() {
    for (const element of this.changed) {
      const picture = this.pictures.get(element);
      if (picture && !picture.image) this.load(picture);
      const url = picture ? picture.url : emptyPicture(sizeOf(element, "width"), sizeOf(element, "height"));
      element.style.setProperty("content", `url("${url.replace(/["\\\n]/g, encodeURIComponent)}")`, "important");
    }
    this.changed.clear();
  }

  /** Held while it is on show, so that the document finds it decoded. */
  load(picture) {
    picture.image = new Image();
    picture.image.src = picture.url;
    const decoded = picture.image.decode().catch(() => {});
    this.loading.add(decoded);
    decoded.finally(() => this.loading.delete(decoded));
  }

  /** @returns {Promise<void>[]} */
  pending() {
    return [...this.loading];
  }
}

/** A screenshot has the size that the canvas was shown in; the canvas has another. */
function scaledPicture({ image, width, height }) {
  const [w, h] = [Number(width) || 1, Number(height) || 1];
  const href = String(image).replace(/[&<>"]/g, "");
  return svgUrl(w, h, `<image href="${href}" width="${w}" height="${h}" preserveAspectRatio="none"/>`);
}

function placeholder({ unreadable, width: w, height: h }, element) {
  const isVideo = element.localName === "video";
  const [width, height] = isVideo ? [Number(w) || 1, Number(h) || 1] : [sizeOf(element, "width"), sizeOf(element, "height")];
  const reason = String(unreadable || "no picture").replace(/[^\w .-]/g, "");
  const text = `<text x="6" y="16" font-family="sans-serif" font-size="11" fill="#777">${element.localName}: ${reason}</text>`;
  const box = `<rect width="${width}" height="${height}" fill="none" stroke="#999" stroke-dasharray="4"/>`;
  return { url: svgUrl(width, height, box + text), image: null };
}

function svgUrl(width, height, content) {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" ${size}>${content}</svg>`)}`;
}

function sizeOf(element, name) {
  const value = parseInt(element.getAttribute(name) ?? "", 10);
  return value >= 0 ? value : name === "width" ? DEFAULT_WIDTH : DEFAULT_HEIGHT;
}

function emptyPicture(width, height) {
  return `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='${width}' height='${height}'/%3E`;
}
