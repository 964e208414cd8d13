/** The last recorded picture of each canvas, drawn when a moment is built. */

export class Canvases {
  constructor() {
    this.changed = new Map();
    this.drawing = new Set();
    this.versions = new WeakMap();
  }

  /** @param {Element} element @param {{image: string, width?: number, height?: number}} picture */
  set(element, picture) {
    this.changed.set(element, picture);
  }

  flush() {
    for (const [element, picture] of this.changed) {
      if (element.localName !== "canvas" || !/^data:image\//i.test(picture.image || "")) continue;
      const version = (this.versions.get(element) || 0) + 1;
      this.versions.set(element, version);
      const drawn = this.draw(element, picture, () => this.versions.get(element) === version);
      this.drawing.add(drawn);
      drawn.finally(() => this.drawing.delete(drawn));
    }
    this.changed.clear();
  }

  async draw(element, picture, isLast) {
    const image = new Image();
    image.src = picture.image;
    try {
      await image.decode();
    } catch {
      return;
    }
    if (!isLast()) return;
    const width = picture.width || element.width;
    const height = picture.height || element.height;
    if (element.width !== width) element.width = width;
    if (element.height !== height) element.height = height;
    const context = element.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, width, height);
    context.drawImage(image, 0, 0, width, height);
  }

  /** @returns {Promise<void>[]} */
  pending() {
    return [...this.drawing];
  }
}
