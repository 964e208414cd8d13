/**
 * The clocks of SVG's own animations (SMIL): each outermost `<svg>` has one, which begins with the document's load, or with the
 * element's insertion after it, and which scripts pause, set and run on. And the moments at which scripts and events began or
 * ended an animation, for nothing in the document tells of them.
 */
import { afterCall } from "./patch.js";

const ANIMATIONS = new Set(["animate", "animateTransform", "animateMotion", "set"]);
const CLOCK_METHODS = ["pauseAnimations", "unpauseAnimations", "setCurrentTime"];
const MOMENTS = { beginElement: "begin", beginElementAt: "begin", endElement: "end", endElementAt: "end" };
// Names of events, alone or behind an element's id; what hangs on other animations the replay finds by itself.
const BY_EVENT = /(^|;|\.)\s*(?!(begin|end|repeat)\b)[a-z]+\s*(\(|\+|-|;|$)/i;
const MAX_MOMENTS = 20;

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, timers: {set: Function, microtask: Function},
 *          guard: (call: Function) => Function, now: () => number}} scope `now` is in ms since the recording's start
 * @param {(kind: "svg-time"|"svg-moments", data: object) => void} emit
 * @returns {{stop: () => void, trackWindow: Function, added: Function, forget: Function}} see record.js
 */
export function trackSvgTime(win, { idOf, nodeOf, timers, guard, now }, emit) {
  const restore = [];
  const met = new WeakSet();
  const clocks = new Map();
  const moments = new Map();
  const due = new Set();
  let stopped = false;

  const look = (svg) => {
    const id = idOf(svg);
    if (stopped || id <= 0 || !svg.isConnected || !clocks.has(svg)) return;
    const view = svg.ownerDocument.defaultView;
    const at = svg.getCurrentTime() * 1000;
    const isHalted = svg.animationsPaused();
    if (!view || (!isHalted && at === 0 && svg.ownerDocument.readyState !== "complete")) return;
    // Of the frame that is shown, like the clock itself.
    const frame = now() - view.performance.now() + (view.document.timeline.currentTime || 0);
    const data = isHalted ? { id, current: Math.round(at) } : { id, start: Math.round(frame - at) };
    const text = JSON.stringify(data);
    if (text === clocks.get(svg)) return;
    clocks.set(svg, text);
    emit("svg-time", data);
  };
  const check = () => {
    const all = [...due];
    due.clear();
    for (const svg of all) look(svg);
  };
  const suspect = guard((element) => {
    const svg = outermost(element);
    if (!svg || !svg.getCurrentTime) return;
    if (!clocks.has(svg)) clocks.set(svg, "");
    if (!due.size) timers.microtask(check);
    due.add(svg);
  });
  const later = guard(() => {
    for (const svg of clocks.keys()) {
      if (svg.isConnected) suspect(svg);
      else clocks.delete(svg);
    }
  });
  const tell = (animation, type, seconds) => {
    const id = idOf(animation);
    if (stopped || id <= 0) return;
    const list = moments.get(animation) || [];
    list.push([type, Math.round(seconds * 1000)]);
    moments.set(animation, list.slice(-MAX_MOMENTS));
    emit("svg-moments", { id, moments: moments.get(animation) });
  };
  const onMoment = (type) => guard((animation, args) => {
    const svg = outermost(animation);
    if (svg && svg.getCurrentTime) tell(animation, type, svg.getCurrentTime() + (Number(args[0]) || 0));
  });
  const onBegin = guard((event) => {
    const { target } = event;
    const begin = target.getAttribute && target.getAttribute("begin");
    if (begin && BY_EVENT.test(begin)) tell(target, "begin", target.getStartTime());
  });

  // Not before there is an animation: few pages have one.
  const patch = (view) => {
    if (met.has(view.Object)) return;
    met.add(view.Object);
    for (const method of CLOCK_METHODS) restore.push(afterCall(view.SVGSVGElement.prototype, method, suspect));
    for (const [method, type] of Object.entries(MOMENTS)) {
      restore.push(afterCall(view.SVGAnimationElement.prototype, method, onMoment(type)));
    }
    view.addEventListener("beginEvent", onBegin, { capture: true, passive: true });
    restore.push(() => view.removeEventListener("beginEvent", onBegin, { capture: true }));
  };
  const trackWindow = (view) => {
    const onLoad = () => timers.set(later, 0);
    view.addEventListener("load", onLoad, { capture: true, passive: true });
    restore.push(() => view.removeEventListener("load", onLoad, { capture: true }));
  };
  trackWindow(win);

  return {
    trackWindow,
    added({ isSVG, tagName, id }) {
      if (!isSVG || !ANIMATIONS.has(tagName)) return;
      const element = nodeOf(id);
      const view = element && element.ownerDocument.defaultView;
      if (!view) return;
      patch(view);
      suspect(element);
    },
    forget() {
      for (const svg of clocks.keys()) clocks.set(svg, "");
      later();
    },
    stop() {
      stopped = true;
      for (const undo of restore.reverse()) undo();
    },
  };
}

function outermost(element) {
  let svg = element.ownerSVGElement || (element.getCurrentTime && element.localName === "svg" ? element : null);
  while (svg && svg.ownerSVGElement) svg = svg.ownerSVGElement;
  return svg;
}
