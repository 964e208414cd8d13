/**
 * `mutation`: changes to the DOM, in the order removes, adds, texts, attributes.
 *
 * What is in `kept` was moved by `moveBefore()` and keeps its state: so it is moved here.
 *
 * An added node may name a next sibling, or a parent, that stands later in the list; it waits for that one.
 */
import { applyAttribute } from "./attributes.js";
import { buildNode, insertNode, isDocument, shadowRootOf, syncAttributes } from "./rebuild.js";
import { rootOf } from "./shadow_roots.js";

/** @param {import("./scene.js").Scene} scene @param {import("./stream.js").Stream} stream @param {any} event */
export function applyMutation(scene, stream, event) {
  const { removes = [], adds = [], texts = [], attributes = [] } = event.data;
  const kept = new Set(event.data.kept);
  for (const remove of removes) if (!kept.has(remove.id)) removeNode(scene, stream, remove);
  addNodes(scene, stream, adds, kept);
  for (const { id, value } of texts) setText(scene, stream, id, value ?? "");
  for (const { id, attributes: changed } of attributes) setAttributes(scene, stream, id, changed);
}

function removeNode(scene, stream, { id, parentId }) {
  const node = stream.mirror.node(id);
  if (!node || !standsIn(node, stream.mirror.node(parentId))) return;
  stream.mirror.forget(node);
  const parent = node.parentNode;
  if (!parent) return;
  // A document that was swapped for another is emptied by the next one's arrival.
  if (node.nodeType !== 9) parent.removeChild(node);
  if (scene.styles.isStyle(parent)) scene.styles.removed(stream, parent);
  scene.controls.touched(parent);
}

/** False for a node that has been put elsewhere: what leaves one tree for another is recorded by both, in any order. */
function standsIn(node, parent) {
  if (!parent || !node.parentNode) return true;
  return node.parentNode === parent || node.parentNode === rootOf(parent) || node.nodeType === 9;
}

function addNodes(scene, stream, adds, kept) {
  const waiting = new Map();
  const fresh = new Set();
  const todo = [...adds].reverse();
  const wait = (id, add) => {
    if (!waiting.has(id)) waiting.set(id, []);
    waiting.get(id).push(add);
  };
  const place = (add, patient) => {
    const { parentId, nextId, node: serialised } = add;
    const parent = stream.mirror.node(parentId);
    if (isDocument(serialised)) {
      scene.frames.attach(stream, parentId, serialised);
      return;
    }
    if (kept.has(serialised.id) && moveNode(scene, stream, add, parent)) return;
    if (!parent) {
      if (patient) wait(parentId, add);
      return;
    }
    if (patient && nextId && nextId !== -1 && !stream.mirror.node(nextId)) {
      wait(nextId, add);
      return;
    }
    addNode(scene, stream, add, parent, fresh);
    const released = waiting.get(serialised.id);
    if (released) {
      waiting.delete(serialised.id);
      todo.push(...released.reverse());
    }
  };
  while (todo.length) place(todo.pop(), true);
  // What is left waits for a node that never came: it goes to the end of its parent.
  for (const list of waiting.values()) for (const add of list) place(add, false);
}

/** @returns {boolean} false: it cannot be moved as it is, and is put in like any other */
function moveNode(scene, stream, { nextId, node: serialised }, parent) {
  const node = stream.mirror.node(serialised.id);
  const container = parent && serialised.isShadow && parent.nodeType === 1 ? shadowRootOf(scene, parent) : parent;
  const next = (nextId && stream.mirror.node(nextId)) || null;
  const isOther = !node?.isConnected || !container?.isConnected || (next && next.parentNode !== container);
  if (isOther || !container.moveBefore || !isSameTree(stream, node, serialised)) return false;
  try {
    container.moveBefore(node, next);
  } catch {
    return false;
  }
  return true;
}

/** Whether what is in a node is what was recorded in it. */
function isSameTree(stream, node, { childNodes = [] }) {
  return childNodes.every((child) => {
    const known = stream.mirror.node(child.id);
    return known && (child.isShadow || known.parentNode === node) && isSameTree(stream, known, child);
  });
}

function addNode(scene, stream, { nextId, node: serialised }, parent, fresh) {
  const document = parent.nodeType === 9 ? parent : parent.ownerDocument;
  const container = serialised.isShadow && parent.nodeType === 1 ? shadowRootOf(scene, parent) : parent;
  const next = (nextId && stream.mirror.node(nextId)) || null;
  const old = stream.mirror.node(serialised.id);
  const node = canKeep(old, serialised, document) ? old : buildNode(scene, stream, document, serialised, parent);
  if (node === old) refresh(scene, stream, old, serialised);
  else if (old) old.parentNode?.removeChild(old);
  fresh.add(node);
  insertNode(scene, stream, container, node, next);
  scene.controls.touched(container);
  if (node.nodeType === 3 && scene.styles.isStyle(parent)) {
    scene.styles.setText(stream, node, serialised.textContent || "", fresh.has(parent));
  }
  for (const child of serialised.childNodes || []) {
    addNode(scene, stream, { nextId: null, node: child }, node, fresh);
  }
}

/** A node recorded as moved, without a removal before it, is the same node. */
function canKeep(old, serialised, document) {
  if (!old || old.ownerDocument !== document) return false;
  if (serialised.type === 2) return old.nodeType === 1 && old.localName.toLowerCase() === serialised.tagName;
  return serialised.type === 3 ? old.nodeType === 3 : false;
}

function refresh(scene, stream, node, serialised) {
  if (node.nodeType === 3) {
    if (!scene.styles.isStyle(node.parentNode || node)) node.data = serialised.textContent || "";
    return;
  }
  for (const name of node.getAttributeNames()) {
    if (!name.startsWith("data-harness-") && !(name in serialised.attributes)) {
      applyAttribute(scene, stream, node, name, null);
    }
  }
  syncAttributes(scene, stream, node, serialised);
}

function setText(scene, stream, id, value) {
  const node = stream.mirror.node(id);
  if (!node) return;
  const parent = node.parentNode;
  if (parent && scene.styles.isStyle(parent)) scene.styles.setText(stream, node, value);
  else if (!parent || parent.localName !== "script") node.textContent = value;
}

function setAttributes(scene, stream, id, changed) {
  const element = stream.mirror.node(id);
  if (!element || element.nodeType !== 1) return;
  for (const [name, value] of Object.entries(changed)) {
    if (!name.startsWith("rr_")) applyAttribute(scene, stream, element, name, value);
  }
  for (const [name, value] of Object.entries(changed)) {
    if (name.startsWith("rr_")) applyAttribute(scene, stream, element, name, value);
  }
  scene.motion.touched(element, scene.t);
}
