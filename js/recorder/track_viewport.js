/**
 * Size of the viewport in CSS pixels, in rrweb's form and at once: rrweb's own observer waits for up to a fifth of a second, in
 * which all that a page does about its new size is shown in the old one.
 */

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
