/** `property`: a custom property that a script has registered. */

export function applyProperty(scene, stream, event) {
  const { id, name, syntax, inherits, initial } = event.data;
  const view = stream.mirror.node(id)?.defaultView;
  if (!view) return;
  const initialValue = initial === undefined ? {} : { initialValue: scene.assets.declarations(initial, stream.place(event.t)) };
  try {
    view.CSS.registerProperty({ name, syntax, inherits, ...initialValue });
  } catch (error) {
    // Once registered it stays for the life of a window.
    if (error.name !== "InvalidModificationError") scene.problem(error);
  }
}
