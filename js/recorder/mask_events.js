/**
 * rrweb's events as they may leave the page. rrweb serialises everything; this goes over each event before it becomes a string.
 *
 * One pass over what was serialised, with the level handed down from node to node, instead of a `closest()` for every node in rrweb.
 * What is hidden keeps its box: its content is taken out, and what happens in it later is dropped or told of the box.
 */
import { isLoaded, isState, isText, NAVIGATES, PICTURES } from "./mask_attributes.js";
import { maskCss } from "./mask_css.js";
import { ALLOW, HIDDEN, MARK_ATTRIBUTES, MASK, MASK_USER_INPUT, markedLevel } from "./mask.js";
import { boxOf } from "./mask_box.js";
import { pictureUrls, placeholderFor, urlsInStyle } from "./mask_pictures.js";
import { maskSecret, maskText } from "./mask_text.js";
import { isPlain } from "./plain_elements.js";

const [SNAPSHOT, INCREMENTAL, META] = [2, 3, 4];
const [DOCUMENT, ELEMENT, TEXT, CDATA, COMMENT] = [0, 2, 3, 4, 5];
const CONTROLS = new Set(["input", "textarea", "select", "option"]);
const LISTS = new Set(["select", "datalist", "output"]);
const FRAMES = new Set(["iframe", "frame", "object", "embed"]);
// Beside whether a text is editable: it is what a sensitive field offers, or echoes.
const SECRET = "secret";
const HTML = "http://www.w3.org/1999/xhtml";
const TELL_CSS = new Set(["sheet", "property", "animation", "fonts"]);
const SCRIPT_TEXT = "SCRIPT_PLACEHOLDER";

/**
 * @param {object} scope
 * @param {ReturnType<import("./mask.js").createMask>} scope.mask
 * @param {(id: number) => Node|null} scope.nodeOf
 * @param {(node: Node) => number} scope.idOf
 * @param {() => void} scope.onHides an element is masked, below the recording's level `mask`: what the server sends may be its text
 * @param {(url: string, isPrivate: boolean) => void} scope.onPicture says of a picture that the level of its element is not that of the
 *   recording, which decides whether what it shows is kept
 * @param {(doc: Document) => void} scope.onDocument a document was recorded, the page's or a frame's
 * @param {(element: Element) => void} scope.onLevelChange an element that is recorded has got another level
 * @param {(element: Element) => void} scope.onHidden
 * @returns {{apply: (event: object) => object|null, tracked: (kind: string, data: object) => object|null}} apply() changes the event; null: it is not to be recorded
 */
export function createEventMask({ mask, nodeOf, idOf, onHides, onPicture, onDocument, onLevelChange, onHidden }) {
  let anyHidden = false;
  let anyEditable = false;
  let hides = false;

  const cssScope = { maskUrl: (url) => mask.url(url, MASK), masksAttribute: (name, value) => isText(name, false) && !isState(name, value) };
  const tellHides = () => {
    if (hides || mask.level >= MASK) return;
    hides = true;
    onHides();
  };

  const css = (text) => maskCss(text, cssScope);

  const pictures = (element, level) => {
    if (!element) return;
    const isPrivate = level >= MASK;
    if (isPrivate !== mask.level >= MASK) for (const url of pictureUrls(element)) onPicture(url, isPrivate);
  };

  /** The value of one attribute at a level, undefined: leave it out. */
  const attribute = (element, tag, name, value, level) => {
    if (typeof value !== "string" || value === "") return value;
    const lower = name.toLowerCase();
    if (lower === "srcdoc") return "";
    if (lower === "value" && CONTROLS.has(tag)) return controlValue(element, tag, value, level);
    if (tag === "meta" && lower === "content") return metaContent(element, value, level);
    const navigates = NAVIGATES.has(lower) || (lower === "rr_src" || (lower === "src" && tag === "iframe"));
    if (level < MASK) {
      if (level < MASK_USER_INPUT && !mask.special && !mask.patterns) return value;
      if (navigates && tag !== "link" && tag !== "image" && tag !== "use") return anchored(value) ? value : mask.url(value, level);
      return isText(lower, isDrawing(element)) && !lower.startsWith("on") ? mask.text(value, level) : value;
    }
    // What links and forms aim at is a word of the page's, but what is handed to a frame in its name may be anything.
    if (lower === "name" && FRAMES.has(tag)) return mask.text(value, level);
    if (lower === "style") return withoutPictures(element, value);
    if (lower === "_csstext") return css(value);
    if (lower.startsWith("on")) return "";
    if (PICTURES.has(tag) && isLoaded(lower)) return undefined;
    if (lower === "background") return undefined;
    if (navigates || isLoaded(lower)) return anchored(value) ? value : mask.url(value, level);
    return isText(lower, isDrawing(element)) && !isState(lower, value) ? mask.text(value, level) : value;
  };

  const controlValue = (element, tag, value, level) => {
    if (tag === "option") return level >= MASK ? maskText(value) : value;
    return mask.maskValue(value, element, level);
  };

  /** Whether the text in a select, datalist or output is as private as its field. */
  const isSecretList = (list) => list !== null && (list.localName === "output" ? mask.isSensitive(list) : mask.isSecretOption(list));

  const isChosenInSecret = (option, level) => {
    const select = option && option.closest("select");
    return level >= MASK_USER_INPUT || Boolean(select && mask.isSensitive(select));
  };

  const metaContent = (element, value, level) => {
    const name = element ? element.getAttribute("name") || element.getAttribute("property") || "" : "";
    if (/token|csrf|nonce|secret/i.test(name)) return maskSecret(value);
    if (level < MASK) return mask.text(value, level);
    if (element && element.hasAttribute("http-equiv")) return "";
    return /^(viewport|color-scheme|theme-color|referrer)$/i.test(name) ? value : mask.text(value, MASK);
  };

  const withoutPictures = (element, value) => {
    if (value.includes("url(")) {
      if (mask.level < MASK && element) for (const url of urlsInStyle(value, element.baseURI)) onPicture(url, true);
      value = value.replace(/url\(\s*("[^"]*"|'[^']*'|[^"')]*)\s*\)/gi, (match, url) => (/^["']?\s*#/.test(url) ? match : "none"));
    }
    return css(value);
  };

  const attributes = (element, tag, values, level) => {
    const isPicture = PICTURES.has(tag);
    if (isPicture) pictures(element, level);
    if ((tag === "option" || tag === "optgroup") && element && mask.isSecretOption(element)) {
      for (const name of Object.keys(values)) if (typeof values[name] === "string" && isText(name, false)) values[name] = maskSecret(values[name]);
    }
    // Which option is chosen is the content of its control.
    if (tag === "option" && "selected" in values && isChosenInSecret(element, level)) delete values.selected;
    if (level === ALLOW && !mask.special && !mask.patterns) {
      // The usual case: only controls and secrets of the head are looked at.
      if (CONTROLS.has(tag) && values.value !== undefined) values.value = controlValue(element, tag, String(values.value), level);
      else if (tag === "meta" && typeof values.content === "string") values.content = metaContent(element, values.content, level);
      // The frame's document is recorded, with its own fields masked.
      else if (values.srcdoc) values.srcdoc = "";
      return values;
    }
    for (const name of Object.keys(values)) {
      const value = attribute(element, tag, name, values[name], level);
      if (value === undefined) delete values[name];
      else values[name] = value;
    }
    if (level >= MASK && isPicture && element) {
      if (tag === "img" || (tag === "input" && element.type === "image")) values.src = placeholderFor(element);
    }
    return values;
  };

  /** Nothing of what stands in a hidden element is recorded, and so none of what it shows may be kept. */
  const hidePictures = (node) => {
    if (node.type === ELEMENT) hideShown(nodeOf(node.id));
    for (const child of node.childNodes || []) hidePictures(child);
  };
  const hideShown = (element) => {
    if (!element || element.nodeType !== 1) return;
    if (PICTURES.has(element.localName.toLowerCase())) pictures(element, HIDDEN);
    const style = element.getAttribute("style");
    if (style && style.includes("url(") && mask.level < MASK) for (const url of urlsInStyle(style, element.baseURI)) onPicture(url, true);
  };

  const hide = (node, element) => {
    anyHidden = true;
    hidePictures(node);
    node.attributes = boxOf(element, node.attributes);
    node.childNodes = [];
    delete node.isShadowHost;
    if (element) onHidden(element);
  };

  /** @param {object} node as serialised @param {number} outer level of what surrounds it @param {boolean|string} editable or `SECRET` */
  const visit = (node, outer, editable, parentTag) => {
    if (node.type === ELEMENT) {
      const tag = node.tagName;
      const values = node.attributes;
      let level = outer;
      let element = null;
      // Most elements have no attributes, and then no mark, no content of theirs.
      if (outer === ALLOW && !mask.special && !mask.patterns && isPlain(node) && isEmpty(values)) {
        for (const child of node.childNodes) if (child.type !== TEXT || editable) visit(child, ALLOW, editable, tag);
        return;
      }
      const marked = markedLevel((name) => values[name]);
      if (marked >= 0) mask.sawMark();
      if (mask.special) {
        element = nodeOf(node.id);
        const own = element ? mask.ownLevel(element, (name) => values[name]) : marked;
        if (outer !== HIDDEN && own >= 0) level = own;
        mask.remember(element, level);
        if (own >= MASK) tellHides();
        if (level === HIDDEN) {
          hide(node, element);
          return;
        }
      }
      if (level > ALLOW || CONTROLS.has(tag) || tag === "optgroup" || tag === "meta" || tag === "iframe" || mask.special || mask.patterns) {
        element ??= nodeOf(node.id);
        attributes(element, tag, values, level);
      }
      const opens = isEditable(values.contenteditable);
      if (opens) {
        anyEditable = true;
        level = Math.max(level, secretText(element ?? nodeOf(node.id)));
      }
      let inside = editable || opens;
      if (LISTS.has(tag) && isSecretList(element ?? nodeOf(node.id))) inside = SECRET;
      for (const child of node.childNodes) visit(child, level, inside, tag);
    } else if (node.type === DOCUMENT) {
      const doc = nodeOf(node.id);
      if (doc) onDocument(doc);
      const level = doc && mask.special ? mask.documentLevel(doc) : outer;
      if (level >= MASK) tellHides();
      for (const child of node.childNodes) visit(child, level, editable, "");
    } else if (node.type === TEXT) {
      if (mask.special) mask.remember(nodeOf(node.id), outer);
      node.textContent = textIn(node.textContent, outer, editable, parentTag, () => nodeOf(node.id));
    } else if ((node.type === COMMENT || node.type === CDATA) && outer > ALLOW) {
      node.textContent = mask.text(node.textContent, outer);
    }
  };

  const textIn = (value, level, editable, parentTag, node) => {
    if (!value) return value;
    const tag = parentTag;
    if (tag === "script") return SCRIPT_TEXT;
    if (tag === "style") return level >= MASK ? css(value) : value;
    if (tag === "textarea") return mask.maskValue(value, node()?.parentNode ?? null, level);
    if (editable === SECRET) return maskSecret(value);
    if (level === MASK_USER_INPUT && editable) return maskText(value);
    return mask.text(value, level);
  };

  /** The level that editable text has at least: that of what is typed, where it is sensitive. */
  const secretText = (element) => (anyEditable && element && element.nodeType === 1 && mask.isSensitive(element) ? MASK_USER_INPUT : ALLOW);

  const textAround = (node) => {
    const element = elementAround(node);
    const list = element && element.closest("select, datalist, output");
    return list && isSecretList(list) ? SECRET : editableAround(element);
  };

  const levelOfId = (id) => mask.levelOf(nodeOf(id));
  /** The id of what is shown of a node: its own, or that of the hidden box around it. */
  const shownId = (id) => {
    let node = nodeOf(id);
    if (!node || mask.levelOf(node) < HIDDEN) return id;
    for (let parent = outerOf(node); parent && mask.levelOf(parent) === HIDDEN; parent = outerOf(node)) node = parent;
    return idOf(node);
  };
  const isInside = (id) => shownId(id) !== id;

  const mutation = (data) => {
    for (const change of data.attributes) {
      if (MARK_ATTRIBUTES.some((name) => name in change.attributes)) noticeMark(nodeOf(change.id));
      anyEditable ||= isEditable(change.attributes.contenteditable);
    }
    if (anyHidden) {
      data.removes = data.removes.filter((removed) => !(levelOfId(removed.parentId) === HIDDEN));
    }
    const parents = new Map();
    data.adds = data.adds.filter((added) => {
      let around = parents.get(added.parentId);
      if (!around) {
        const parent = nodeOf(added.parentId);
        around = {
          level: Math.max(mask.levelOf(parent), secretText(parent)), editable: textAround(parent), tag: (parent && parent.localName) || "",
        };
        parents.set(added.parentId, around);
      }
      if (around.level === HIDDEN) {
        hidePictures(added.node);
        return false;
      }
      // What is added later in this event may stand in what a mark of this one hides: its level is asked of the document then.
      visit(added.node, around.level, around.editable, around.tag);
      return true;
    });
    if (anyHidden) data.adds = data.adds.filter((added) => !isInside(added.node.id));
    data.texts = data.texts.filter((text) => {
      const node = nodeOf(text.id);
      const parent = node && node.parentNode;
      const level = Math.max(mask.levelOf(node), secretText(parent));
      if (level === HIDDEN) return false;
      const tag = (parent && parent.localName) || "";
      if (typeof text.value === "string") {
        const editable = textAround(parent);
        text.value = textIn(text.value, level, editable, tag, () => node);
      }
      return true;
    });
    data.attributes = data.attributes.filter((change) => {
      const element = nodeOf(change.id);
      if (!element || element.nodeType !== 1) return true;
      const level = mask.levelOf(element);
      if (level === HIDDEN) {
        hideShown(element);
        return false;
      }
      const styles = change.attributes.style;
      attributes(element, element.localName, change.attributes, level);
      if (level >= MASK && styles && typeof styles === "object") change.attributes.style = styleChanges(styles);
      return true;
    });
    return data.adds.length > 0 || data.texts.length > 0 || data.attributes.length > 0 || data.removes.length > 0;
  };

  const noticeMark = (element) => {
    if (!element || element.nodeType !== 1) return;
    const now = markedLevel((name) => element.getAttribute(name));
    if (now < 0 && !mask.special) return;
    mask.sawMark();
    mask.forget();
    const level = mask.levelOf(element);
    const before = mask.recordedLevel(element);
    if (level !== (before ?? mask.level)) onLevelChange(element);
  };

  const styleChanges = (changes) => {
    const masked = {};
    for (const [property, change] of Object.entries(changes)) {
      if (change === false) masked[property] = false;
      else if (Array.isArray(change)) masked[property] = [declared(property, String(change[0])), change[1]];
      else masked[property] = declared(property, String(change));
    }
    return masked;
  };
  const declared = (property, value) => css(`${property}:${value.replace(/url\([^)]*\)/gi, "none")}`).slice(property.length + 1);

  const styleRules = (data) => {
    if (levelOfId(data.id) < MASK) return;
    for (const added of data.adds || []) if (typeof added.rule === "string") added.rule = css(added.rule);
    for (const name of ["replace", "replaceSync"]) if (typeof data[name] === "string") data[name] = css(data[name]);
    if (data.set && typeof data.set.value === "string") data.set.value = declared(data.set.property, data.set.value);
    for (const style of data.styles || []) for (const rule of style.rules || []) if (typeof rule.rule === "string") rule.rule = css(rule.rule);
  };

  const incremental = (data) => {
    switch (data.source) {
      case 0:
        return mutation(data);
      case 1: case 6: case 12:
        if (anyHidden) for (const position of data.positions) position.id = shownId(position.id);
        return true;
      case 2:
        if (anyHidden) data.id = shownId(data.id);
        return true;
      case 3: case 7:
        return !(anyHidden && levelOfId(data.id) === HIDDEN);
      case 5: {
        const element = nodeOf(data.id);
        const level = mask.levelOf(element);
        if (level === HIDDEN) return false;
        if (element && typeof data.text === "string") data.text = mask.maskValue(data.text, element, level);
        return true;
      }
      case 8: case 13: case 15:
        styleRules(data);
        return true;
      case 14:
        if (anyHidden) data.ranges = data.ranges.filter((range) => levelOfId(range.start) < HIDDEN && levelOfId(range.end) < HIDDEN);
        return true;
      default:
        return true;
    }
  };

  /** What our own trackers tell in rrweb's form, or of CSS. */
  const tracked = (kind, data) => {
    mask.forget();
    if (kind === "mutation") return mutation(data) ? data : null;
    if (!TELL_CSS.has(kind) || mask.levelOf(nodeOf(data.id ?? data.document)) < MASK) return data;
    return changeStrings(data, (text, key) => {
      if (!/["']|url\(/i.test(text)) return text;
      return kind === "sheet" ? css(text) : declared(key, text);
    });
  };

  return {
    tracked,
    apply(event) {
      mask.forget();
      if (event.type === SNAPSHOT) {
        anyHidden = false;
        visit(event.data.node, mask.level, false, "");
      } else if (event.type === INCREMENTAL) {
        if (!incremental(event.data)) return null;
      } else if (event.type === META) {
        event.data.href = mask.url(event.data.href, mask.documentLevel(document));
      }
      return event;
    },
  };
}

function changeStrings(value, change, key = "") {
  if (typeof value === "string") return change(value, key);
  if (Array.isArray(value)) return value.map((part) => changeStrings(part, change, key));
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, changeStrings(part, change, name)]));
}

function isEmpty(values) {
  for (const name in values) return name === "";
  return true;
}

function isEditable(value) {
  return value !== undefined && value !== null && String(value).toLowerCase() !== "false";
}

function elementAround(node) {
  return node && (node.nodeType === 1 ? node : node.parentElement || node.host || null);
}

function editableAround(element) {
  return element ? element.closest("[contenteditable]:not([contenteditable=false i])") !== null || element.ownerDocument.designMode === "on" : false;
}

/** A reference within the page is no address. */
function anchored(value) {
  return value.startsWith("#");
}

function isDrawing(element) {
  return Boolean(element) && element.namespaceURI !== HTML;
}

function outerOf(node) {
  if (node.parentNode) return node.parentNode;
  if (node.host) return node.host;
  try {
    return node.nodeType === 9 && node.defaultView ? node.defaultView.frameElement : null;
  } catch {
    return null;
  }
}
