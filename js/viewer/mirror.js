/** Which node of the replayed document stands for which recorded node id. Ids live in one stream (one recorded document). */
import { frameDocument } from "./frame_documents.js";
import { rootOf } from "./shadow_roots.js";

export class Mirror {
  constructor() {
    this.nodes = new Map();
    this.ids = new WeakMap();
  }

  /** @param {number} id @returns {Node | undefined} */
  node(id) {
    return this.nodes.get(id);
  }

  /** @param {Node} node @returns {number | undefined} */
  id(node) {
    return this.ids.get(node);
  }

  /** @param {number} id @param {Node} node */
  set(id, node) {
    this.nodes.set(id, node);
    this.ids.set(node, id);
  }

  /** Drops a node and all below it: children, shadow trees, the documents of frames. @param {Node} root */
  forget(root) {
    const stack = [root];
    while (stack.length) {
      const node = stack.pop();
      const id = this.ids.get(node);
      if (id !== undefined && this.nodes.get(id) === node) this.nodes.delete(id);
      for (let child = node.firstChild; child; child = child.nextSibling) stack.push(child);
      if (node.nodeType === 1 && rootOf(node)) stack.push(rootOf(node));
      const inner = (node.localName === "iframe" || node.localName === "frame") && frameDocument(node);
      if (inner) stack.push(inner);
    }
  }
}
