/**
 * Tells which errors are rejections that nobody handled. The driver sees the error itself, a moment later, but not that.
 */

/**
 * @param {Window} win
 * @param {(call: Function) => Function} guard
 * @param {(data: {message: string}) => void} emit
 * @returns {{stop: () => void}}
 */
export function trackRejections(win, guard, emit) {
  const onRejection = guard((event) => {
    const reason = event.reason;
    const message = reason instanceof win.Error ? reason.message : typeof reason === "string" ? reason : "";
    emit({ message: message.slice(0, 1000) });
  });
  win.addEventListener("unhandledrejection", onRejection, { capture: true, passive: true });
  return {
    stop() {
      win.removeEventListener("unhandledrejection", onRejection, { capture: true });
    },
  };
}
