/** The icon that a page asks a browser to show in its tab. Compared when a batch is about to leave, as title and URL are. */
import { MASK } from "./mask.js";

const ICON = "[rel~='icon' i][href]";

/**
 * @param {Document} doc
 * @param {{documentLevel: Function}} mask
 * @param {(kind: "icon", data: {url: string}) => void} emit `url` "": none any more
 * @returns {{check: () => void, stop: () => void}} see record.js
 */
export function trackIcon(doc, mask, emit) {
  let told = "";
  // Live, and so found once for as long as no element comes or goes: there is a batch up to ten times a second.
  const links = doc.getElementsByTagName("link");
  return {
    check() {
      // Of several, browsers take the last one that they can show.
      let url = "";
      if (mask.documentLevel(doc) < MASK) for (const link of links) if (link.matches(ICON)) url = link.href;
      if (url === told) return;
      told = url;
      // As it is, like the URLs of other pictures below `mask`: it will be asked for.
      emit("icon", { url });
    },
    stop() {},
  };
}
