/**
 * What the user does, in a person's words: `click on «Add to cart»`. For each also the element, its box and the point.
 *
 * Everything comes from events that the browser sends anyway; the layout is clean when they arrive, so a box costs nothing.
 */
import { meantElement, nameOf, selectorOf } from "./action_names.js";

const SCROLL_END_MS = 250;
// So long after the wheel, a key or a touch a scroll is the user's own.
const SCROLL_INTENT_MS = 1000;
// Typing is one action as long as it goes on in one field.
const TYPING_END_MS = 1500;
// The click that a button or form makes of the Enter key comes in the same task.
const ENTER_MS = 50;
const MAX_TEXT = 200;
const NAMED_KEYS = new Set(["Enter", "Escape", "Tab", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End", "Delete"]);
const TEXT_TYPES = /^(text|search|email|tel|url|password|number|date|datetime-local|month|week|time|)$/;

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, mask: object, timers: object, now: () => number, newId: () => string, guard: Function}} scope
 * @param {(kind: "action"|"upload", data: object, options?: {t?: number}) => void} emit
 * @returns {{stop: () => void, flush: () => void}} `flush` tells at once what is being typed
 */
export function trackActions(win, { idOf, mask, timers, now, newId, guard }, emit) {
  const doc = win.document;
  const removers = [];
  let typing = null; // {element, t, timer}
  let toggling = null; // the last click, for the change of a checkbox that follows in the same task
  let scrolling = null; // timer of a scroll under way
  let intentAt = -Infinity;
  let dragged = null;
  let echoing = null; // a click on a label is followed by one on its field, which says the same once more
  let enteredAt = -Infinity;

  const listen = (type, call) => {
    const listener = guard(call);
    win.addEventListener(type, listener, { capture: true, passive: true });
    removers.push(() => win.removeEventListener(type, listener, { capture: true }));
  };
  const targetOf = (event) => {
    const first = event.composedPath()[0] || event.target;
    return first && first.nodeType === 3 ? first.parentElement : first;
  };
  const isHidden = (element) => mask.isHidden(element);

  const tell = (type, words, element, { point, text, t, name } = {}) => {
    const data = { id: newId(), type, name: isHidden(element) ? words.replace("$", "something hidden") : words.replace("$", () => name ?? nameOf(element, mask)) };
    const node = idOf(element);
    if (node > 0) data.node = node;
    if (!isHidden(element)) {
      data.target = selectorOf(element);
      data.role = roleOf(element);
    }
    if (point) data.point = point;
    data.box = boxOf(element, win);
    if (text !== undefined && text !== "") data.text = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
    emit("action", data, t === undefined ? undefined : { t });
  };

  const endTyping = () => {
    if (!typing) return;
    const { element, t, timer } = typing;
    typing = null;
    timers.clear(timer);
    const value = element.isContentEditable ? "" : element.value || "";
    tell("fill", "fill in $", element, { t, text: mask.maskValue(value, element) });
  };

  const onClick = (event, type, words) => {
    const target = targetOf(event);
    // Scripts click too; and Enter clicks a button, which has been told as a key.
    if (!target || target.nodeType !== 1 || !event.isTrusted || (!event.detail && now() - enteredAt < ENTER_MS)) return;
    endTyping();
    const element = meantElement(target);
    const point = event.detail || event.clientX || event.clientY ? pointOf(event, win) : undefined;
    const control = element.localName === "label" ? element.control : element;
    if (type === "click" && control && isToggle(control)) {
      // `change` follows if it changes; if the page prevents that, it was a click like others.
      const waiting = (toggling = { control, point });
      timers.set(() => {
        if (toggling === waiting) tell("click", "click on $", element, { point });
        if (toggling === waiting) toggling = null;
      }, 0);
      return;
    }
    if (element === echoing) {
      echoing = null;
      return;
    }
    if (control && control !== element) {
      echoing = control;
      timers.set(() => (echoing = null), 0);
    }
    tell(type, words, element, { point });
  };

  listen("click", (event) => onClick(event, "click", "click on $"));
  listen("dblclick", (event) => onClick(event, "double-click", "double click on $"));
  listen("contextmenu", (event) => onClick(event, "right-click", "right click on $"));

  listen("input", (event) => {
    const element = targetOf(event);
    if (!element || element.nodeType !== 1 || !(isTextField(element) || element.isContentEditable)) return;
    if (typing && typing.element !== element) endTyping();
    if (typing) timers.clear(typing.timer);
    typing = { element, t: now(), timer: timers.set(endTyping, TYPING_END_MS) };
  });

  listen("change", (event) => {
    const element = targetOf(event);
    if (!element || element.nodeType !== 1) return;
    if (isToggle(element)) {
      const point = toggling && toggling.control === element ? toggling.point : undefined;
      toggling = null;
      const off = element.type === "checkbox" && !element.checked;
      tell(off ? "uncheck" : "check", element.type === "radio" ? "choose $" : off ? "uncheck $" : "check $", element, { point });
    } else if (element.localName === "select") {
      const chosen = mask.maskValue([...element.selectedOptions].map((option) => option.label).join(", "), element);
      tell("select", chosen ? `choose «${chosen.slice(0, 60)}» in $` : "choose nothing in $", element, { text: chosen });
    } else if (element.localName === "input" && element.type === "file") {
      tellFiles(element);
    } else if (element.localName === "input" && (element.type === "range" || element.type === "color")) {
      tell("fill", "set $", element, { text: mask.maskValue(element.value, element) });
    } else if (typing && typing.element === element) {
      endTyping();
    }
  });

  const tellFiles = (element) => {
    const files = [...element.files].slice(0, 50).map((file) => ({ name: mask.maskValue(file.name, element), size: file.size, type: file.type }));
    emit("upload", { node: idOf(element), files });
    tell("upload", files.length ? `put «${files[0].name}»${files.length > 1 ? ` and ${files.length - 1} more` : ""} into $` : "take the files out of $", element, {});
  };

  listen("keydown", (event) => {
    intentAt = now();
    const shortcut = (event.ctrlKey || event.metaKey || event.altKey) && event.key.length === 1;
    if (!NAMED_KEYS.has(event.key) && !shortcut) return;
    const element = targetOf(event);
    if (!element || element.nodeType !== 1 || event.isComposing) return;
    if (event.key === "Enter") enteredAt = now();
    if (event.key === "Enter" || event.key === "Tab") endTyping();
    if (typing && typing.element === element && !shortcut) return; // moving about in the text is part of typing
    const held = [event.ctrlKey && "Control", event.altKey && "Alt", event.metaKey && "Meta", event.shiftKey && event.key.length > 1 && "Shift"].filter(Boolean);
    const keys = [...held, event.key].join("+");
    const on = element === doc.body || element === doc.documentElement ? `press ${keys}` : `press ${keys} in $`;
    tell("press", on, element, { text: keys });
  });

  listen("wheel", () => (intentAt = now()));
  listen("touchmove", () => (intentAt = now()));
  listen("scroll", (event) => {
    if (now() - intentAt > SCROLL_INTENT_MS) return;
    intentAt = now();
    if (scrolling) timers.clear(scrolling);
    const scrolled = event.target === doc ? doc.scrollingElement || doc.documentElement : event.target;
    scrolling = timers.set(() => {
      scrolling = null;
      const isPage = scrolled === doc.scrollingElement || scrolled === doc.documentElement;
      tell("scroll", isPage ? "scroll the page" : "scroll $", scrolled, { text: `${Math.round(scrolled.scrollLeft)}, ${Math.round(scrolled.scrollTop)}` });
    }, SCROLL_END_MS);
  });

  listen("dragstart", (event) => {
    const target = targetOf(event);
    dragged = target && target.nodeType === 1 ? target.closest("[draggable=true]") || target : null;
  });
  listen("drop", (event) => {
    const target = targetOf(event);
    if (!dragged || !target || target.nodeType !== 1) return;
    const from = isHidden(dragged) ? "something hidden" : nameOf(dragged, mask);
    tell("drag", `drag ${from.replaceAll("$", "")} to $`, target, { point: pointOf(event, win) });
    dragged = null;
  });
  listen("beforeunload", endTyping);
  listen("focusout", endTyping);

  return {
    flush: endTyping,
    stop() {
      endTyping();
      if (scrolling) timers.clear(scrolling);
      for (const remove of removers) remove();
    },
  };
}

function isToggle(element) {
  return element.localName === "input" && (element.type === "checkbox" || element.type === "radio");
}

function isTextField(element) {
  return element.localName === "textarea" || (element.localName === "input" && TEXT_TYPES.test(element.type));
}

function roleOf(element) {
  if (isTextField(element)) return "textbox";
  if (element.isContentEditable) return "editable";
  if (element.localName === "select") return "select";
  if (element.localName === "input" && element.type === "file") return "upload";
  if (element.localName === "input" && /^(button|submit|reset|image)$/.test(element.type)) return "button";
  return element.getAttribute("role") || element.localName;
}

function pointOf(event, win) {
  const offset = offsetOf(win);
  return { x: round(event.clientX + offset.x), y: round(event.clientY + offset.y) };
}

function boxOf(element, win) {
  const rect = element.getBoundingClientRect();
  const offset = offsetOf(win);
  return { x: round(rect.x + offset.x), y: round(rect.y + offset.y), width: round(rect.width), height: round(rect.height) };
}

/** Where the window's viewport stands in that of the outermost one that it can reach. */
function offsetOf(win) {
  const offset = { x: 0, y: 0 };
  try {
    for (let at = win; at.frameElement; at = at.parent) {
      const rect = at.frameElement.getBoundingClientRect();
      offset.x += rect.x + at.frameElement.clientLeft;
      offset.y += rect.y + at.frameElement.clientTop;
    }
  } catch {
    // A parent of another origin: its recorder tells where this frame stands.
  }
  return offset;
}

function round(number) {
  return Math.round(number * 100) / 100;
}
