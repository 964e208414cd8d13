/** Contents behind `blob:` URLs: they exist in the page alone, so the page sends them, once each, when they are made. */
import { afterCall } from "./patch.js";

const MAX_BYTES = 4 * 1024 * 1024;
const SHOWN = /^(image|font|video|audio)\/|^text\/css|^$/;
const NO_PICTURE = /^font\/|^text\/css/;

/**
 * @param {Window} win
 * @param {{keepsPictures: boolean}} scope false: only fonts and stylesheets are read
 * @param {(data: object) => void} emit data: {url, mime, content: base64} or {url, mime, size, omitted: reason}
 * @returns {{stop: () => void}}
 */
export function trackObjectUrls(win, { keepsPictures }, emit) {
  const undo = afterCall(win.URL, "createObjectURL", (_, [blob], url) => {
    if (!(blob instanceof win.Blob) || !SHOWN.test(blob.type)) return;
    if (keepsPictures || NO_PICTURE.test(blob.type)) read(win, url, blob, emit);
    else emit({ url, mime: blob.type, size: blob.size, omitted: "privacy" });
  });
  return { stop: undo };
}

function read(win, url, blob, emit) {
  const mime = blob.type;
  if (blob.size > MAX_BYTES) {
    emit({ url, mime, size: blob.size, omitted: "too large" });
    return;
  }
  const reader = new win.FileReader();
  reader.onload = () => emit({ url, mime, content: reader.result.slice(reader.result.indexOf(",") + 1) });
  reader.readAsDataURL(blob);
}
