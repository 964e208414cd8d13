/** Title and URL of a document. They are compared when a batch is about to leave, which costs the page no observer. */

/**
 * @param {Document} doc
 * @param {{maskTitle: (title: string) => string}} scope `maskTitle` masks a title where the level asks for it
 * @param {(kind: "title"|"url", data: object) => void} emit
 * @returns {{check: () => void, stop: () => void}} check() emits what has changed since the last check
 */
export function trackLocation(doc, { maskTitle }, emit) {
  let title = doc.title;
  let url = doc.URL;
  return {
    check() {
      if (doc.URL !== url) {
        url = doc.URL;
        emit("url", { url });
      }
      if (doc.title !== title) {
        title = doc.title;
        emit("title", { title: maskTitle(title) });
      }
    },
    stop() {},
  };
}
