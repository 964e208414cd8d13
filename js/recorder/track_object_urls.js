/** Contents behind `blob:` URLs: they exist in the page alone, so the page sends them, once each, when they are made. */

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
  const descriptor = Object.getOwnPropertyDescriptor(win.URL, "createObjectURL");
  const value = new Proxy(descriptor.value, {
    apply(target, self, args) {
      const url = Reflect.apply(target, self, args);
      const blob = args[0];
      if (blob instanceof win.Blob && SHOWN.test(blob.type)) {
        if (keepsPictures || NO_PICTURE.test(blob.type)) read(win, url, blob, emit);
        else emit({ url, mime: blob.type, size: blob.size, omitted: "privacy" });
      }
      return url;
    },
  });
  Object.defineProperty(win.URL, "createObjectURL", { ...descriptor, value });
  return {
    stop() {
      Object.defineProperty(win.URL, "createObjectURL", descriptor);
    },
  };
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
