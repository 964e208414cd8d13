/** Whether the document is visible: `visible` or `hidden`, as the Page Visibility specification has it. */

/**
 * @param {Document} doc
 * @param {(data: {state: string}) => void} emit
 * @returns {{stop: () => void}}
 */
export function trackVisibility(doc, emit) {
  const onChange = () => emit({ state: doc.visibilityState });
  doc.addEventListener("visibilitychange", onChange, { passive: true });
  return {
    stop() {
      doc.removeEventListener("visibilitychange", onChange);
    },
  };
}
