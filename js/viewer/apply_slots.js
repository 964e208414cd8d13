/** `slot`: nodes that a script assigned to a slot by hand. Put in place once all nodes are there. */

export function applySlot(scene, stream, event) {
  const slot = stream.mirror.node(event.data.id);
  if (slot?.localName === "slot") scene.slots.set(slot, { stream, nodes: event.data.nodes || [] });
}

/** @param {import("./scene.js").Scene} scene */
export function assignSlots(scene) {
  for (const [slot, { stream, nodes }] of scene.slots) {
    const assigned = nodes.map((id) => stream.mirror.node(id)).filter((node) => node && (node.nodeType === 1 || node.nodeType === 3));
    slot.assign(...assigned);
  }
  scene.slots.clear();
}
