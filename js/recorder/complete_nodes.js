/**
 * What rrweb's serialisation of a node leaves out, put beside it as attributes of the recorder's own (`rr_…`): what file a browser's
 * own document shows, and how a host's shadow root was made. (Names that are none to rrweb: harness/capture/rrweb_patches.py.)
 */

// Documents that a browser makes around a file.
const MEDIA = /^(image|video|audio)(?=\/(?!svg))/;

/**
 * @param {{nodeOf: (id: number) => Node|null, rootOf: (host: Element) => ShadowRoot|null,
 *          isDeclared: (root: ShadowRoot) => boolean}} scope `isDeclared`: closed, by markup
 * @param {(hostId: number, attributes: object) => void} tellHost for a root that its host got after it was serialised
 * @returns {(serialised: object, parentId: number) => void}
 */
export function nodeCompleter({ nodeOf, rootOf, isDeclared }, tellHost) {
  const known = new WeakSet();
  return (serialised, parentId) => {
    if (serialised.tagName) {
      const element = nodeOf(serialised.id);
      if (!element) return;
      const file = element.localName === "body" ? fileOf(element.ownerDocument) : null;
      if (file) serialised.attributes.rr_file = file;
      const root = serialised.isShadowHost ? rootOf(element) : null;
      if (root) {
        known.add(root);
        Object.assign(serialised.attributes, unusual(root, isDeclared(root)));
      }
    }
    if (serialised.isShadow) {
      const host = nodeOf(parentId);
      const root = host && rootOf(host);
      if (!root || known.has(root)) return;
      known.add(root);
      const attributes = unusual(root, isDeclared(root));
      if (attributes) tellHost(parentId, attributes);
    }
  };
}

/** An image in a frame stands where it would in any page. */
function fileOf({ contentType, defaultView }) {
  const [file] = MEDIA.exec(contentType) || [null];
  return file === "image" && defaultView !== defaultView.top ? null : file;
}

function unusual(root, declaredClosed) {
  const isManual = root.slotAssignment === "manual";
  if (!isManual && !root.delegatesFocus && !declaredClosed) return null;
  const attributes = {};
  if (declaredClosed) attributes.rr_declaredClosed = true;
  if (isManual) attributes.rr_slots = "manual";
  if (root.delegatesFocus) attributes.rr_delegatesFocus = true;
  return attributes;
}
