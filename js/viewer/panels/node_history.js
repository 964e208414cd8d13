/**
 * The life of one node: when it appeared, changed, went away. Found by going through the events of its document, a segment at a
 * time; what the events say is what was recorded, also of attributes that the replay has to write otherwise.
 */

const CLICKS = new Map([
  [2, "clicked"],
  [4, "double-clicked"],
  [3, "right-clicked"],
  [5, "focused"],
]);
// More entries than anybody reads; the last ones stand for themselves.
const MAX_ENTRIES = 2000;
// A file may say that a node is below itself.
const MAX_DEPTH = 5000;

/**
 * @typedef {object} HistoryEntry
 * @property {number} t
 * @property {"appeared" | "went" | "moved" | "attribute" | "text" | "value" | "met"} what
 * @property {string} detail
 * @property {Record<string, any>} [attributes] that have changed; null: removed
 */

export class NodeHistory {
  /** @param {number} id of the node */
  constructor(id) {
    this.id = id;
    this.parents = new Map();
    this.present = false;
    /** @type {HistoryEntry[]} */
    this.entries = [];
    this.omitted = 0;
  }

  /** @param {import("../source.js").RecordedEvent} event of the node's document, in order of time */
  add(event) {
    const { kind, data, t } = event;
    if (kind === "snapshot") this.onSnapshot(t, data);
    else if (kind === "mutation") this.onMutation(t, data);
    else if (kind === "input" && data.id === this.id) {
      this.note(t, "value", data.isChecked === true ? "checked" : String(data.text ?? "").slice(0, 200));
    } else if (kind === "control" && data.id === this.id) this.note(t, "value", controlText(data));
    else if (kind === "mouse" && CLICKS.has(data.type) && this.within(this.id, data.id))
      this.note(t, "met", CLICKS.get(data.type));
  }

  onSnapshot(t, { node }) {
    this.parents.clear();
    const own = this.learn(node, null);
    if (own && !this.present) this.note(t, "appeared", "", own.attributes);
    else if (!own && this.present) this.note(t, "went", "");
    this.present = own !== null;
  }

  onMutation(t, { removes = [], adds = [], texts = [], attributes = [] }) {
    const before = this.present;
    let own = null;
    for (const { id } of removes) {
      if (this.present && this.within(id, this.id)) this.present = false;
      this.parents.delete(id);
    }
    for (const { parentId, node } of adds) own = this.learn(node, parentId) || own;
    if (own) this.present = true;
    else if (!this.present && before && adds.length && this.isRooted()) this.present = true;
    if (!before && this.present) this.note(t, "appeared", "", own?.attributes || {});
    else if (before && !this.present) this.note(t, "went", "");
    else if (before && own) this.note(t, "moved", "");
    for (const { id, value } of texts) {
      if (this.present && this.parents.has(id) && this.within(this.id, id))
        this.note(t, "text", String(value ?? "").slice(0, 200));
    }
    if (before && this.present && !own) {
      const inside = adds.some(({ parentId, node }) => node.type === 3 && this.within(this.id, parentId));
      if (inside)
        this.note(
          t,
          "text",
          adds
            .filter(({ node }) => node.type === 3)
            .map(({ node }) => node.textContent)
            .join(" ")
            .slice(0, 200),
        );
    }
    for (const { id, attributes: changed } of attributes) {
      if (id === this.id) this.note(t, "attribute", Object.keys(changed).join(", "), changed);
    }
  }

  /** Notes who is below whom. @returns {any | null} the node itself, if it is in this tree */
  learn(root, parentId) {
    let own = null;
    const stack = [[root, parentId]];
    while (stack.length) {
      const [node, parent] = stack.pop();
      if (!node) continue;
      this.parents.set(node.id, parent);
      if (node.id === this.id) own = node;
      for (const child of node.childNodes || []) stack.push([child, node.id]);
    }
    return own;
  }

  /** @param {number} outer @param {number} id @returns {boolean} `id` is `outer`, or below it */
  within(outer, id) {
    for (let node = id, steps = 0; node !== null && node !== undefined && steps < MAX_DEPTH; steps += 1) {
      if (node === outer) return true;
      node = this.parents.get(node);
    }
    return false;
  }

  isRooted() {
    let node = this.id;
    for (let steps = 0; steps < MAX_DEPTH; steps += 1) {
      if (!this.parents.has(node)) return false;
      const parent = this.parents.get(node);
      if (parent === null) return true;
      node = parent;
    }
    return false;
  }

  note(t, what, detail, attributes) {
    if (this.entries.length >= MAX_ENTRIES) this.omitted += 1;
    else this.entries.push({ t, what, detail, ...(attributes ? { attributes } : {}) });
  }

  /** @param {number} t @returns {[string, string][]} the attributes as they were recorded */
  attributesAt(t) {
    const known = new Map();
    for (const entry of this.entries) {
      if (entry.t > t) break;
      if (entry.what === "appeared") known.clear();
      for (const [name, value] of Object.entries(entry.attributes || {})) {
        if (name.startsWith("rr_") || name === "_cssText") continue;
        if (value === null || value === false) known.delete(name);
        else known.set(name, value === true ? "" : typeof value === "object" ? styleText(value) : String(value));
      }
    }
    return [...known];
  }
}

/** State of a control beyond its attributes, see docs/format.md. */
function controlText({ selected, indeterminate, invalid, files }) {
  const parts = [];
  if (Array.isArray(selected)) parts.push(`options ${selected.join(", ")}`);
  if (indeterminate) parts.push("indeterminate");
  if (invalid) parts.push(`invalid: ${invalid}`);
  if (Array.isArray(files)) parts.push(files.join(", "));
  return parts.join("; ").slice(0, 200);
}

/** Changed properties of `style`, as rrweb tells them. */
function styleText(changes) {
  return Object.entries(changes)
    .map(([name, value]) => `${name}: ${value === false ? "" : Array.isArray(value) ? value.join(" !") : value}`)
    .join("; ");
}

/**
 * @param {any} context see ../context.js
 * @param {string} doc
 * @param {number} node
 * @param {(done: number, total: number) => boolean} goesOn told of progress; false ends the search
 * @returns {Promise<NodeHistory | null>} null where it was ended
 */
export async function historyOf({ timeline, source }, doc, node, goesOn) {
  const entry = timeline.documents.get(doc);
  const history = new NodeHistory(node);
  const from = entry ? entry.start_ms : 0;
  const until = entry?.end_ms ?? Infinity;
  const wanted = [];
  timeline.segments.forEach((segment, n) => {
    if (segment.last_ms >= from && segment.first_ms <= until) wanted.push(n);
  });
  for (const [done, n] of wanted.entries()) {
    if (!goesOn(done, wanted.length)) return null;
    const events = (await source.segment(n)).filter((event) => event.doc === doc);
    events.sort((a, b) => a.t - b.t);
    for (const event of events) history.add(event);
    await new Promise((resolve) => setTimeout(resolve));
  }
  return goesOn(wanted.length, wanted.length) ? history : null;
}
