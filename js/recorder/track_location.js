/** Title and URL of a document. They are compared when a batch is about to leave, which costs the page no observer. */

/**
 * @param {Document} doc
 * @param {{title: (doc: Document) => string, url: Function, documentLevel: Function}} mask
 * @param {(kind: "title"|"url", data: object) => void} emit
 * @returns {{check: () => void, stop: () => void}} check() emits what has changed since the last check
 */
export function trackLocation(doc, mask, emit) {
  let title = doc.title;
  let url = doc.URL;
  return {
    check() {
      if (doc.URL !== url) {
        url = doc.URL;
        emit("url", { url: mask.url(url, mask.documentLevel(doc)) });
      }
      if (doc.title !== title) {
        title = doc.title;
        emit("title", { title: mask.title(doc) });
      }
    },
    stop() {},
  };
}
