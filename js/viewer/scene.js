/**
 * One top document of the recording, rebuilt in an iframe, with all that is in it: its frames' documents, sheets, focus and
 * scroll. Events go in one after the other; `flush` then shows what they add up to.
 */
import { APPLIERS } from "./apply.js";
import { Focus } from "./apply_focus.js";
import { Controls } from "./apply_forms.js";
import { showHighlights } from "./apply_highlights.js";
import { assignSlots } from "./apply_slots.js";
import { MediaFeatures } from "./apply_media_features.js";
import { Picker } from "./apply_picker.js";
import { showSelection } from "./apply_selection.js";
import { TopLayer } from "./apply_top_layer.js";
import { ViewTransitions } from "./apply_view_transitions.js";
import { Canvases } from "./canvases.js";
import { importsOf } from "./css_rewrite.js";
import { Frames } from "./frames.js";
import { LateImages } from "./late_images.js";
import { Links, sheetHref } from "./links.js";
import { Media } from "./media.js";
import { Motion } from "./motion.js";
import { NativeLooks } from "./native_looks.js";
import { mountDocument } from "./rebuild.js";
import { Scrolls } from "./scrolls.js";
import { rootOf } from "./shadow_roots.js";
import { States } from "./states.js";
import { Stream } from "./stream.js";
import { StyleTexts } from "./style_texts.js";

export class Scene {
  /**
   * @param {object} options
   * @param {HTMLIFrameElement} options.frame in the player's document, empty
   * @param {any} options.top the index's entry of the document
   * @param {any[]} options.children entries of documents in its frames
   * @param {import("./assets.js").Assets} options.assets
   * @param {(width: number, height: number) => void} options.resize
   * @param {(view: {scale: number, left: number, top: number}) => void} options.zoom
   * @param {(event: KeyboardEvent) => void} options.onKey
   * @param {boolean} options.takesFocus there is no player around the page that wants the keyboard
   */
  constructor({ frame, top, children, assets, resize, zoom, onKey, takesFocus }) {
    this.frame = frame;
    this.takesFocus = takesFocus;
    this.assets = assets;
    this.resize = resize;
    this.zoom = zoom;
    this.onKey = onKey;
    this.top = new Stream(top);
    this.streams = new Map([[top.doc, this.top]]);
    for (const child of children) this.streams.set(child.doc, new Stream(child));
    this.documents = new Set();
    this.roots = new Set();
    this.problems = 0;
    // Time of the event at hand; of the snapshot that the scene began with.
    this.t = top.start_ms;
    this.bornAt = top.start_ms;
    this.styles = new StyleTexts(assets);
    this.links = new Links(assets);
    this.mediaFeatures = new MediaFeatures(this);
    this.scrolls = new Scrolls();
    this.topLayer = new TopLayer();
    this.picker = new Picker();
    this.controls = new Controls();
    this.canvases = new Canvases();
    this.media = new Media();
    this.frames = new Frames(this);
    this.focus = new Focus();
    this.states = new States();
    this.nativeLooks = new NativeLooks();
    this.motion = new Motion(this);
    this.viewTransitions = new ViewTransitions(this);
    this.animations = this.motion.recorded;
    this.highlights = new Map();
    // Hosts whose roots have their slots filled by hand; whose roots were declared closed; those that pass the focus on; slots that got nodes.
    this.manualHosts = new WeakSet();
    this.closedHosts = new WeakSet();
    this.delegates = new WeakSet();
    this.slots = new Map();
    this.lateImages = new LateImages();
    this.selections = new Map();
    // Those that are shown: a node that is taken out and put back loses what was selected in it, and nothing is told of that.
    this.selected = new Map();
    this.textSelection = null;
    this.textFocus = null;
    this.pointer = null;
  }

  /** A document of a frame began after the scene was made. */
  addStream(entry) {
    if (!this.streams.has(entry.doc)) this.streams.set(entry.doc, new Stream(entry));
  }

  /** What did not work is counted and told once; one bad event must not end a replay. */
  problem(error) {
    this.problems += 1;
    if (this.problems <= 10) console.warn(`harness: at ${Math.round(this.t)} ms: ${error?.message || error}`);
  }

  /** Fetches the stylesheets that events are going to ask for, so that applying them need not wait. */
  async prepare(events) {
    const wanted = [];
    for (const event of events) {
      const stream = this.streams.get(event.doc);
      if (!stream) continue;
      this.collectEvent(event, stream, wanted);
      if (event.kind === "checkpoint") for (const told of event.data.state || []) this.collectEvent(told, stream, wanted);
    }
    await Promise.all(wanted);
  }

  collectEvent(event, stream, wanted) {
    const { kind } = event;
    const place = stream.place(event.t);
    if (kind === "snapshot" || kind === "checkpoint") this.collect(event.data.node, place, wanted);
    else if (kind === "mutation") {
      const { data } = event;
      for (const { node } of data.adds || []) this.collect(node, place, wanted);
      for (const { id, attributes } of data.attributes || []) this.collectLink(stream.mirror.node(id), attributes, place, wanted);
      for (const { value } of data.texts || []) this.collectText(value, place, wanted);
    } else if (kind === "style-rule") {
      for (const { rule } of event.data.adds || []) this.collectText(rule, place, wanted);
    }
  }

  collect(root, place, wanted) {
    const stack = [root];
    while (stack.length) {
      const node = stack.pop();
      if (!node) continue;
      if (node.type === 3) this.collectText(node.textContent, place, wanted);
      if (node.tagName === "link") {
        const href = sheetHref(node.attributes.rel, node.attributes.href);
        const later = /(^|\s)preload(\s|$)/i.test(node.attributes.rel) && node.attributes.as === "style";
        if (later && typeof node.attributes.href === "string") wanted.push(this.assets.prepareSheet(node.attributes.href, place));
        if (href !== null) wanted.push(this.assets.prepareSheet(href, place));
      }
      if (node.attributes?._cssText) this.collectText(node.attributes._cssText, place, wanted);
      if (node.childNodes) stack.push(...node.childNodes);
    }
  }

  collectText(text, place, wanted) {
    if (typeof text !== "string" || !/@import/i.test(text)) return;
    if (importsOf(text).length) wanted.push(this.assets.prepareImports(text, place));
  }

  /** A link may become a stylesheet by either attribute; the other one is only known in the document. */
  collectLink(element, attributes, place, wanted) {
    const { href, rel, _cssText: text } = attributes;
    this.collectText(text, place, wanted);
    const known = this.links.recorded.get(element);
    const sheet = sheetHref(rel ?? known?.get("rel"), href ?? known?.get("href"));
    if (sheet !== null || (typeof href === "string" && /\.css\b/i.test(href))) {
      wanted.push(this.assets.prepareSheet(sheet ?? href, place));
    }
  }

  /** @param {import("./source.js").RecordedEvent} event */
  apply(event) {
    const stream = event.doc === undefined ? null : this.streams.get(event.doc);
    if (!stream) return;
    this.t = event.t;
    try {
      this.dispatch(stream, event);
    } catch (error) {
      this.problem(error);
    }
  }

  dispatch(stream, event) {
    if (event.kind === "snapshot" || event.kind === "checkpoint") {
      this.mount(stream, event);
      return;
    }
    if (event.kind === "document-frame") {
      stream.parent = event.data.parent;
      stream.node = event.data.node;
      this.frames.flush();
      return;
    }
    const applier = APPLIERS.get(event.kind);
    if (!applier) return;
    if (stream.document || event.kind === "meta" || event.kind === "viewport") applier(this, stream, event);
    else stream.waiting.push(event);
  }

  mount(stream, event) {
    const { node, initialOffset, born, state } = event.data;
    // A checkpoint says what the document shows already.
    if (event.kind === "checkpoint" && (stream.document || stream.isComing)) return;
    stream.isComing = true;
    // What a checkpoint tells besides the tree happened before it, each at its own time.
    stream.waiting = (state || []).map((told) => ({ ...told, page: event.page, doc: event.doc }));
    stream.initialOffset = initialOffset;
    if (stream !== this.top) {
      this.frames.join(stream, node);
      return;
    }
    this.bornAt = born ?? event.t;
    const document = this.frame.contentDocument;
    stream.reset();
    mountDocument(this, stream, node, document);
    this.joined(stream, document);
  }

  /** The document of a stream stands in its iframe. */
  joined(stream, document) {
    stream.document = document;
    if (stream.initialOffset) {
      this.scrolls.partial(document, { x: stream.initialOffset.left || 0, y: stream.initialOffset.top || 0 });
    }
    this.frames.flush();
    const waiting = stream.waiting;
    stream.waiting = [];
    const now = this.t;
    for (const event of waiting) this.apply(event);
    this.t = now;
  }

  /** Shows what the events so far add up to. @param {number} t */
  flush(t) {
    this.frames.flush();
    this.lateImages.flush(t);
    for (const document of this.documents) if (!document.defaultView) this.documents.delete(document);
    for (const root of this.roots) if (!root.host.isConnected) this.roots.delete(root);
    this.links.flush(this.t);
    this.styles.flush(this.t);
    this.mediaFeatures.apply();
    this.controls.flush(this.scrolls);
    this.topLayer.flush();
    this.picker.flush();
    this.canvases.flush();
    this.media.sync(t, this.motion.speed);
    this.focus.show(this.states, this.delegates);
    this.showTarget();
    assignSlots(this);
    showHighlights(this);
    showSelection(this);
  }

  /** `:target` of the top document. */
  showTarget() {
    const url = this.top.url;
    const fragment = url.includes("#") ? url.slice(url.indexOf("#") + 1) : "";
    let element = null;
    if (fragment && this.top.document) {
      element = this.top.document.getElementById(fragment);
      if (!element) {
        try {
          element = this.top.document.getElementById(decodeURIComponent(fragment));
        } catch {
          element = null;
        }
      }
    }
    this.states.put("target", element ? [element] : []);
  }

  /**
   * Hover and press, as the pointer has them.
   * @param {ReturnType<import("./pointer_track.js").PointerTrack["at"]>} pointer
   */
  point(pointer) {
    this.pointer = pointer;
    // A pointer that has not moved since another document was here hovers nothing yet.
    const moved = pointer && !pointer.at.touch && this.streams.has(pointer.at.doc);
    const over = moved ? this.elementAt(pointer.at) : null;
    this.states.putChain("hover", over);
    const pressed = pointer && pointer.down ? this.streams.get(pointer.down.doc)?.mirror.node(pointer.down.id) : null;
    const held = pressed && pressed.nodeType === 1 ? pressed : null;
    this.states.putChain("active", held);
    this.nativeLooks.show(over, held);
  }

  /**
   * The element under a pointer that may have come to rest long ago: what the layout puts there now, for that is what a browser
   * hovers.
   */
  elementAt(entry) {
    const document = this.documentOf(entry);
    if (!document || !document.defaultView) return null;
    let element = document.elementFromPoint(entry.x, entry.y);
    for (let shadowRoot = null; element && (shadowRoot = rootOf(element)); ) {
      // Over slotted text the host itself is the answer, though what is hovered is the slot's surroundings.
      const root = shadowRoot;
      const inner = root.elementsFromPoint(entry.x, entry.y).find((found) => found.getRootNode() === root);
      if (!inner) break;
      element = inner;
    }
    return element;
  }

  /** @returns {Document | null} in whose viewport an entry's position is */
  documentOf(entry) {
    const stream = this.streams.get(entry.doc);
    if (!stream) return this.top.document;
    const node = stream.mirror.node(entry.id);
    return (node && (node.nodeType === 9 ? node : node.ownerDocument)) || stream.document;
  }

  /** @returns {{x: number, y: number} | null} an entry's position in the viewport of the top document */
  position(entry) {
    let { x, y } = entry;
    for (let document = this.documentOf(entry); document && document !== this.top.document; ) {
      const element = document.defaultView?.frameElement;
      if (!element) return null;
      const box = element.getBoundingClientRect();
      x += box.left + element.clientLeft;
      y += box.top + element.clientTop;
      document = element.ownerDocument;
    }
    return { x, y };
  }
}
