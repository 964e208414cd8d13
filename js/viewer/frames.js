/**
 * Documents in iframes. Those of the page's own origin come inside the page's stream, as a document below the iframe's node;
 * others record themselves, and their stream is joined to the iframe that held them.
 */
import { frameIn } from "./embeds.js";
import { frameDocument, shutFrame } from "./frame_documents.js";
import { mountDocument } from "./rebuild.js";

export class Frames {
  /** @param {import("./scene.js").Scene} scene */
  constructor(scene) {
    this.scene = scene;
    this.pending = new Map();
  }

  /** A document came for iframe `id` of `stream`. */
  attach(stream, id, serialised) {
    this.pending.set(`${stream.doc} ${id}`, { stream, id, serialised, into: stream });
    this.flush();
  }

  /** The snapshot of a document that records itself. */
  join(stream, serialised) {
    stream.reset();
    this.pending.set(`${stream.doc} self`, { stream, id: null, serialised, into: stream });
    this.flush();
  }

  /** Builds what has found its iframe by now. */
  flush() {
    let built = true;
    while (built && this.pending.size) {
      built = false;
      for (const [key, entry] of this.pending) {
        const owner = this.elementFor(entry);
        const element = owner?.isConnected ? frameIn(owner) || owner : null;
        const document = element && element.isConnected ? frameDocument(element) : null;
        if (!document) continue;
        this.pending.delete(key);
        built = true;
        shutFrame(element, entry.id === null);
        this.forget(document);
        mountDocument(this.scene, entry.into, entry.serialised, document);
        if (entry.id === null) this.scene.joined(entry.into, document);
      }
    }
  }

  elementFor({ stream, id }) {
    if (id !== null) return stream.mirror.node(id);
    const parent = this.scene.streams.get(stream.parent);
    return parent && stream.node !== null ? parent.mirror.node(stream.node) : null;
  }

  /** The document that an iframe showed before gives way. */
  forget(document) {
    for (const stream of this.scene.streams.values()) {
      if (stream.mirror.id(document) !== undefined) stream.mirror.forget(document);
      if (stream.document === document) stream.document = null;
    }
  }
}
