/** Pictures at the level `mask`: a grey box of the same natural size, and the news that what they show is not to be kept. */

const XLINK = "http://www.w3.org/1999/xlink";

/** @param {number} width @param {number} height CSS pixels @returns {string} a data URL */
export function placeholder(width, height) {
  const size = `width='${Math.round(width)}' height='${Math.round(height)}'`;
  return `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' ${size}%3E%3Crect width='100%25' height='100%25' fill='%23c8c8c8'/%3E%3C/svg%3E`;
}

/** @param {Element} element an `img` or `input type=image` @returns {string} what stands in its `src` */
export function placeholderFor(element) {
  const width = element.naturalWidth || element.width || 0;
  const height = element.naturalHeight || element.height || 0;
  return width && height ? placeholder(width, height) : "";
}

/** The URLs of what an element shows, as they are asked for. @param {Element} element @returns {string[]} */
export function pictureUrls(element) {
  const urls = [];
  const add = (url) => {
    if (!url || /^\s*data:/i.test(url)) return;
    try {
      urls.push(new URL(url, element.baseURI).href);
    } catch {
      // Nothing is loaded from what is no URL.
    }
  };
  for (const name of ["src", "poster", "data", "background", "href"]) {
    if (name !== "href" || element.localName === "image" || element.localName === "feImage") add(element.getAttribute(name));
  }
  add(element.getAttributeNS(XLINK, "href"));
  add(element.currentSrc);
  for (const candidate of (element.getAttribute("srcset") || "").split(/,\s+|\s+[\d.]+[wxh]\s*,?\s*/)) add(candidate.trim());
  return urls;
}

/** The URLs in declarations. @param {string} css @param {string} base */
export function urlsInStyle(css, base) {
  const urls = [];
  for (const match of css.matchAll(/url\(\s*["']?([^"')]+)/gi)) {
    try {
      if (!/^\s*(data:|#)/i.test(match[1])) urls.push(new URL(match[1], base).href);
    } catch {
      // As above.
    }
  }
  return urls;
}
