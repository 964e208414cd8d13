/** The icon that a page asks a browser to show in its tab. Compared when a batch is about to leave, as title and URL are. */

/**
 * @param {Document} doc
 * @param {{url: Function, documentLevel: Function}} mask
 * @param {(kind: "icon", data: {url: string}) => void} emit `url` "": none any more
 * @returns {{check: () => void, stop: () => void}} see record.js
 */
export function trackIcon(doc, mask, emit) {
  let told = "";
  return {
    check() {
      const links = doc.querySelectorAll("link[rel~='icon' i][href]");
      // Of several, browsers take the last one that they can show.
      const url = links.length ? links[links.length - 1].href : "";
      if (url === told) return;
      told = url;
      emit("icon", { url: /^data:/i.test(url) ? url : mask.url(url, mask.documentLevel(doc)) });
    },
    stop() {},
  };
}
