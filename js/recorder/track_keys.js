/** Keys as they are pressed. In a sensitive or masked field a key that types something is recorded without its name. */

/**
 * @param {Window} win
 * @param {{isMasked: (element: Element) => boolean, idOf: (node: Node) => number, closedRootOf: (element: Element) => ShadowRoot|null}} scope
 * @param {(data: object, options: {urgent: boolean}) => void} emit data: {key, code, modifiers, id, masked?}
 * @returns {{stop: () => void}}
 */
export function trackKeys(win, { isMasked, idOf, closedRootOf }, emit) {
  const onKeydown = (event) => {
    const target = event.composedPath()[0] || event.target;
    const data = { key: event.key, code: event.code, modifiers: modifiersOf(event), id: idOf(target) };
    if (event.key && event.key.length === 1 && isMasked(focusedIn(target, closedRootOf))) {
      data.key = "*";
      data.code = "";
      data.masked = true;
    }
    // Enter does what a click does.
    emit(data, { urgent: event.key === "Enter" });
  };
  win.addEventListener("keydown", onKeydown, { capture: true, passive: true });
  return {
    stop() {
      win.removeEventListener("keydown", onKeydown, { capture: true });
    },
  };
}

/** The field behind the host that an event in a closed shadow tree names. */
function focusedIn(target, closedRootOf) {
  for (let root = closedRootOf(target); root && root.activeElement; root = closedRootOf(target)) target = root.activeElement;
  return target;
}

function modifiersOf(event) {
  const names = [];
  if (event.ctrlKey) names.push("Control");
  if (event.altKey) names.push("Alt");
  if (event.metaKey) names.push("Meta");
  if (event.shiftKey) names.push("Shift");
  return names;
}
