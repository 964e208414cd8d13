/**
 * What mutation records add up to, in the place of rrweb's MutationBuffer and in its events: nodes that left, nodes that came with all
 * that is in them, texts, attributes.
 *
 * A record is only noted; what is told is read from the document when all are noted. So work is done once a node, not once a record, and
 * what came and went in between is not told at all. A node that moved leaves its first place and comes to its last.
 */
import { styleChanges } from "./style_change.js";

const TEXT_NODE = 3;
const DOCUMENT = 9;
const DOCUMENT_FRAGMENT = 11;

/**
 * @param {object} scope
 * @param {Window} scope.win
 * @param {object} scope.dom see fast_dom.js
 * @param {object} scope.ids see node_ids.js
 * @param {object} scope.writer see write_nodes.js
 * @param {object} scope.storms see thin_storms.js
 * @returns {{connect: (functions: object) => void, create: (options: object) => object}} connect() gets functions of rrweb's; create()
 *   makes the buffer of a document or shadow root with the options that rrweb gives to its own
 */
export function mutationBuffers({ win, dom, ids, writer, storms, microtask }) {
  const { parentNode, nextSibling, firstChild, isConnected, textContent, shadowRoot } = dom;
  let rrweb = null;
  // Of this round of callbacks: what one observer has told of the others need not.
  let round = null;
  const startRound = () => {
    if (round) return;
    round = { first: ids.upcoming, again: new Set() };
    microtask(() => {
      round = null;
    });
  };

  /** Whether an observer has told of it in this round: of a shadow root's nodes when its host came, of what went to another tree. */
  const isToldInRound = (id) => round !== null && ids.has(id) && (id >= round.first || round.again.has(id));

  const hostOf = (node) => (node.nodeType === DOCUMENT_FRAGMENT ? node.host || null : null);
  const idOfParent = (parent) => ids.getId(hostOf(parent) || parent);
  const removalOf = (node, parent) => {
    const [parentId, id] = [idOfParent(parent), ids.getId(node)];
    return hostOf(parent) ? { parentId, id, isShadow: true } : { parentId, id };
  };
  // Of a document and the shadow roots in it: nodes move from one to another.
  const groups = new WeakMap();
  const groupOf = (doc) => {
    let group = groups.get(doc);
    if (!group) groups.set(doc, (group = new Set()));
    return group;
  };
  const nothing = () => ({ added: new Set(), removed: new Map(), texts: new Map(), attributes: new Map() });

  /** A node that left, and what it had in it, is told of no more; what has come into it since is another's. */
  const drop = (node, noted) => {
    ids.drop(node);
    const within = (parent) => {
      for (let child = firstChild(parent); child !== null; child = nextSibling(child)) {
        if (ids.getId(child) !== -1 && (!noted.added.has(child) || noted.removed.has(child))) drop(child, noted);
      }
    };
    within(node);
    const root = node.nodeType === 1 ? shadowRoot(node) : null;
    if (root) within(root);
  };

  const create = (options) => {
    const { blockClass, blockSelector, mutationCb, canvasManager, shadowDomManager, doc } = options;
    let noted = nothing();
    let changes = 0;
    let frozen = false;
    let locked = false;
    let pass = null;
    // Whose records have to be taken by a function of the frame's own realm, see realms.js.
    const isOfFrame = doc.defaultView !== win;
    const styleChange = styleChanges(doc);

    const isBlocked = (node, ancestors) => {
      const element = node.nodeType === 1 ? node : dom.parentElement(node);
      return element !== null && dom.marked(element, blockClass, blockSelector, ancestors);
    };

    const onSerialize = (node) => {
      if (node.nodeName === "IFRAME") options.iframeManager.addIframe(node);
      else if (node.nodeName === "LINK" && node.getAttribute && node.getAttribute("rel") === "stylesheet") {
        options.stylesheetManager.trackLinkElement(node);
      }
      const root = node.nodeType === 1 ? shadowRoot(node) : null;
      if (root) shadowDomManager.addShadowRoot(root, doc);
    };
    const writing = {
      ...options,
      skipChild: false,
      depth: 0,
      newlyAddedElement: true,
      keepIframeSrcFn: undefined,
      cssCaptured: false,
      onSerialize,
      onIframeLoad(frame, content) {
        options.iframeManager.attachIframe(frame, content);
        shadowDomManager.observeAttachShadow(frame);
      },
      onStylesheetLoad(link, content) {
        options.stylesheetManager.attachLinkElement(link, content);
      },
    };

    const noteRemoved = (node, parent) => {
      const wasAdded = noted.added.delete(node);
      if (noted.removed.has(node)) return;
      const id = ids.getId(node);
      // What came in these records was not here before, unless another observer has just told of it.
      if (id === -1 || (wasAdded && !isToldInRound(id))) return;
      noted.removed.set(node, parent);
    };
    const entryOf = (element) => {
      let entry = noted.attributes.get(element);
      if (!entry) noted.attributes.set(element, (entry = { names: [], before: [], area: false }));
      return entry;
    };
    const note = (record) => {
      const { type, target } = record;
      if (type === "childList") {
        const { removedNodes, addedNodes } = record;
        const [gone, came] = [removedNodes.length, addedNodes.length];
        changes += gone + came;
        // Another root is told by a snapshot (track_root.js), or by the frame's load.
        if (target.nodeType === DOCUMENT) return;
        if (target.nodeName === "TEXTAREA") {
          entryOf(target).area = true;
          return;
        }
        for (let i = 0; i < gone; i += 1) noteRemoved(removedNodes[i], target);
        for (let i = 0; i < came; i += 1) noted.added.add(addedNodes[i]);
      } else if (type === "attributes") {
        changes += 1;
        const { names, before } = entryOf(target);
        const name = record.attributeName;
        if (!names.includes(name)) {
          names.push(name);
          before.push(record.oldValue);
        }
      } else {
        changes += 1;
        if (!noted.texts.has(target)) noted.texts.set(target, record.oldValue);
      }
    };

    const removesOf = (removed) => {
      const removes = [];
      // A node that left with an ancestor needs no word of its own.
      const inRemoved = new Map();
      const leaves = (parent) => {
        let found = inRemoved.get(parent);
        if (found === undefined) {
          found = false;
          for (let node = parent; node && !found; node = parentNode(node)) found = removed.has(node);
          inRemoved.set(parent, found);
        }
        return found;
      };
      for (const [node, parent] of removed) {
        if (ids.has(idOfParent(parent)) && !leaves(parent)) removes.push(removalOf(node, parent));
      }
      return removes;
    };

    /**
     * What has come from another tree in the document, and leaves that one in records that another observer still has: it has to leave
     * before it comes. @returns {object[]} removes
     */
    const crossing = (nodes) => {
      const removes = [];
      for (const other of group) {
        if (other === buffer) continue;
        other.note();
        for (const node of nodes) {
          const parent = other.forgetRemoved(node);
          if (parent && ids.has(idOfParent(parent))) removes.push(removalOf(node, parent));
        }
      }
      return removes;
    };
    const isElsewhere = (node, added) => isToldInRound(ids.getId(node)) && !added.has(node) && isConnected(node);

    const addsOf = ({ added, removed }) => {
      const adds = [];
      const parents = new Map();
      const isDue = (node) => {
        const id = ids.getId(node);
        return id === -1 || !(pass.has(id) || (isToldInRound(id) && !removed.has(node)));
      };
      const tell = (node, parentId, nextId) => {
        const told = rrweb.serialise(node, writing);
        if (!told) return nextId;
        adds.push({ parentId, nextId, node: told });
        return told.id;
      };
      /** Nodes that stand beside each other are told of from the last to the first, so that each one's next is known. */
      const tellRow = (row, following, parentId) => {
        let next = following;
        while (next !== null && !ids.has(ids.getId(next))) next = nextSibling(next);
        let nextId = next === null ? null : ids.getId(next);
        for (let i = row.length - 1; i >= 0; i -= 1) {
          nextId = tell(row[i], parentId, nextId);
          while (pass.deep.length) tellWithin(pass.deep.pop());
        }
      };
      const tellWithin = (element) => {
        const id = ids.getId(element);
        const tellAll = (parent) => {
          const row = [];
          for (let child = firstChild(parent); child !== null; child = nextSibling(child)) row.push(child);
          tellRow(row, null, id);
        };
        tellAll(element);
        const root = shadowRoot(element);
        if (root) tellAll(root);
      };
      /** @returns {number} -1: nothing in it is told of, or not yet */
      const placeIn = (parent) => {
        let id = parents.get(parent);
        if (id !== undefined) return id;
        id = idOfParent(parent);
        // One that is not told of comes with an ancestor.
        if (!ids.has(id)) return -1;
        if (isBlocked(hostOf(parent) || parent, true)) id = -1;
        parents.set(parent, id);
        return id;
      };
      const isAreaText = (node, parent) => node.nodeType === TEXT_NODE && parent.nodeName === "TEXTAREA";
      for (const node of added) {
        const parent = parentNode(node);
        if (parent === null || !isDue(node) || !isConnected(node)) continue;
        const parentId = placeIn(parent);
        if (parentId === -1 || isAreaText(node, parent)) continue;
        const row = [node];
        let next = nextSibling(node);
        for (; next !== null && added.has(next) && isDue(next); next = nextSibling(next)) row.push(next);
        tellRow(row, next, parentId);
      }
      return adds;
    };

    /** @returns {boolean} whether changes of it are told: it is known, and not only now */
    const isKnown = (id) => id !== -1 && ids.has(id) && !pass.has(id);

    const textsOf = ({ texts, attributes }) => {
      const changed = [];
      for (const [node, before] of texts) {
        const value = textContent(node);
        const parent = parentNode(node);
        if (value === before || isBlocked(node, false)) continue;
        if (parent && parent.nodeName === "TEXTAREA" && !attributes.has(parent)) attributes.set(parent, { names: [], before: [], area: true });
        const id = ids.getId(node);
        if (isKnown(id)) changed.push({ id, value: masked(node, value) });
      }
      return changed;
    };
    const masked = (node, value) => {
      if (!dom.masksTexts || !value || !rrweb.masksText(node, options.maskTextClass, options.maskTextSelector, true)) return value;
      return options.maskTextFn ? options.maskTextFn(value, dom.parentElement(node)) : value.replace(/\S/g, "*");
    };
    const maskedInput = (element, value) => rrweb.maskInput({
      element, value, tagName: dom.tagName(element), type: rrweb.typeOf(element), maskInputOptions: options.maskInputOptions, maskInputFn: options.maskInputFn,
    });

    const attributesOf = (attributes) => {
      const changed = [];
      for (const [element, { names, before, area }] of attributes) {
        const id = ids.getId(element);
        if (!isKnown(id)) continue;
        const values = {};
        let some = area;
        if (names.length && !isBlocked(element, false)) {
          for (let i = 0; i < names.length; i += 1) some = readAttribute(element, names[i], before[i], values) || some;
        }
        if (area) values.value = maskedInput(element, areaText(element));
        if (some) changed.push({ id, attributes: values });
      }
      return changed;
    };
    const readAttribute = (element, name, before, values) => {
      let value = dom.attributeOrNull(element, name);
      if (name === "value") value = maskedInput(element, value);
      if (value === before) return false;
      const tag = dom.localName(element).toLowerCase();
      if (name === "autoplay" && (tag === "video" || tag === "audio")) return true;
      if (name === "src" && tag === "iframe" && !options.keepIframeSrcFn(value)) {
        if (element.contentDocument) return false;
        values.rr_src = rrweb.valueOf(doc, tag, "rr_src", value);
        return true;
      }
      values[name] = rrweb.valueOf(doc, tag, name.toLowerCase(), value);
      if (name === "style") values.style = styleChange(element, before, values.style);
      else if (name === "open" && tag === "dialog") values.rr_open_mode = element.matches("dialog:modal") ? "modal" : "non-modal";
      return true;
    };
    const areaText = (element) => {
      let text = "";
      for (let child = firstChild(element); child !== null; child = nextSibling(child)) text += textContent(child) || "";
      return text;
    };

    const emit = () => {
      if (frozen || locked) return;
      const due = noted;
      if (!due.added.size && !due.removed.size && !due.texts.size && !due.attributes.size) return;
      noted = nothing();
      startRound();
      const again = new Set();
      const crossed = [];
      const first = ids.upcoming;
      pass = {
        deep: [],
        again(id, node) {
          if (ids.has(id)) crossed.push(node);
          again.add(id);
          round.again.add(id);
        },
        has: (id) => id >= first || again.has(id),
      };
      let data;
      try {
        writer.writes(pass);
        const removes = removesOf(due.removed);
        for (const node of due.removed.keys()) if (!isElsewhere(node, due.added)) drop(node, due);
        const adds = addsOf(due);
        if (crossed.length) removes.push(...crossing(crossed));
        const texts = textsOf(due);
        data = { texts, attributes: attributesOf(due.attributes), removes, adds };
        storms.wrote(ids.upcoming - first + again.size);
      } finally {
        pass = null;
        writer.writes(null);
      }
      if (data.texts.length || data.attributes.length || data.removes.length || data.adds.length) mutationCb(data);
      if (crossed.length) for (const other of group) if (other !== buffer) other.emit();
    };

    const noteAll = (records) => {
      for (let i = 0; i < records.length; i += 1) note(records[i]);
    };

    const buffer = {
      /** Whose records come here. */
      observer: null,
      /** What is still to come from it: the document is as these records have made it. */
      note() {
        if (buffer.observer && !isOfFrame) noteAll(buffer.observer.takeRecords());
      },
      forgetRemoved(node) {
        const parent = noted.removed.get(node);
        noted.removed.delete(node);
        return parent;
      },
      emit,
      processMutations(records) {
        const start = storms.begin(records);
        changes = 0;
        noteAll(records);
        emit();
        storms.end(start, changes);
      },
      isFrozen: () => frozen,
      freeze() {
        frozen = true;
        canvasManager.freeze();
      },
      unfreeze() {
        frozen = false;
        buffer.note();
        canvasManager.unfreeze();
        emit();
      },
      lock() {
        buffer.note();
        locked = true;
        canvasManager.lock();
      },
      unlock() {
        locked = false;
        canvasManager.unlock();
        emit();
      },
      reset() {
        shadowDomManager.reset();
        canvasManager.reset();
      },
    };
    const group = groupOf(doc);
    group.add(buffer);
    return buffer;
  };

  return {
    connect(functions) {
      rrweb = functions;
    },
    create,
  };
}
