/**
 * Size of the viewport in CSS pixels, in rrweb's form and at once: rrweb's own observer waits for up to a fifth of a second, in
 * which all that a page does about its new size is shown in the old one.
 */
import { isFresh } from "./patch.js";

/**
 * What of the layout viewport is seen: on a touch screen, a page that was not made for it is zoomed out, and fingers zoom in.
 * @param {Window} win
 * @param {{guard: (call: Function) => Function}} scope
 * @param {(kind: "visual-viewport", data: {scale: number, left: number, top: number}) => void} emit
 * @returns {{stop: () => void, forget: () => void}}
 */
export function trackVisualViewport(win, { guard }, emit) {
  const visual = win.visualViewport;
  if (!visual || win !== win.top) return { stop() {}, forget() {} };
  const plain = JSON.stringify({ scale: 1, left: 0, top: 0 });
  let told = plain;
  const check = guard(() => {
    const data = { scale: visual.scale, left: visual.offsetLeft, top: visual.offsetTop };
    const text = JSON.stringify(data);
    if (text === told) return;
    told = text;
    emit("visual-viewport", data);
  });
  // Not with each batch: asking makes the browser lay the page out.
  for (const type of ["resize", "scroll"]) visual.addEventListener(type, check, { passive: true });
  win.addEventListener("load", check, { passive: true });
  return {
    forget() {
      told = plain;
      if (!isFresh(win)) check();
    },
    stop() {
      for (const type of ["resize", "scroll"]) visual.removeEventListener(type, check);
      win.removeEventListener("load", check);
    },
  };
}

/**
 * @param {Window} win
 * @param {{guard: (call: Function) => Function}} scope
 * @param {(data: {source: 4, width: number, height: number}) => void} emit
 * @returns {{stop: () => void}}
 */
export function trackViewport(win, { guard }, emit) {
  let told = "";
  const onResize = guard(() => {
    const { innerWidth: width, innerHeight: height } = win;
    if (told === `${width} ${height}`) return;
    told = `${width} ${height}`;
    emit({ source: 4, width, height });
  });
  win.addEventListener("resize", onResize, { capture: true, passive: true });
  return {
    stop() {
      win.removeEventListener("resize", onResize, { capture: true });
    },
  };
}
