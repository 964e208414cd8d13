/** `input`: what a form control holds. */

export function applyInput(scene, stream, event) {
  const { id, text, isChecked } = event.data;
  const element = stream.mirror.node(id);
  if (!element || element.nodeType !== 1) return;
  try {
    if (element.type === "checkbox" || element.type === "radio") element.checked = Boolean(isChecked);
    if (element.value !== text) element.value = text;
  } catch {
    // A file control takes no value from a script.
  }
}
