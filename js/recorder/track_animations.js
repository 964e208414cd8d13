/**
 * CSS animations, CSS transitions and Web Animations: what `getAnimations()` says of each, whenever it changes.
 *
 * Each event is the whole state of one animation, with its keyframes where the replay cannot have them from the style: those of
 * scripts, and of transitions, whose beginning is past when a moment is rebuilt.
 */
import { afterCall, afterSet, oncePerRealm } from "./patch.js";

const BEGINNINGS = ["animationstart", "transitionrun"];
const ENDINGS = ["animationend", "animationcancel", "transitionend", "transitioncancel"];
const METHODS = {
  Animation: ["play", "pause", "cancel", "finish", "reverse", "updatePlaybackRate", "persist"],
  AnimationEffect: ["updateTiming"],
  KeyframeEffect: ["setKeyframes"],
};
const SETTERS = {
  Animation: ["currentTime", "startTime", "playbackRate", "effect", "timeline"],
  KeyframeEffect: ["target", "pseudoElement", "composite"],
};
// Of one document; what a page animates beyond that is left to its style.
const MAX_ANIMATIONS = 2000;
const CHECK_MS = 100;
const AGAIN_MS = [50, 250, 1000];

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, rootOf: (host: Element) => ShadowRoot|null,
 *          timers: {set: Function, microtask: Function}, guard: (call: Function) => Function, now: () => number}} scope `now` is in ms since the
 *   recording's start
 * @param {(kind: "animation", data: object) => void} emit
 */
export function trackAnimations(win, { idOf, nodeOf, rootOf, timers, guard, now }, emit) {
  // What the recording's clock is ahead of the document's timeline.
  const offset = now() - win.performance.now();
  const known = new Map();
  const byEffect = new WeakMap();
  const scripted = new WeakSet();
  const suspects = new Set();
  const restore = [];
  const roots = new WeakSet();
  const isNewRealm = oncePerRealm();
  let nextId = 1;
  let due = false;
  let checking = false;
  let stopped = false;

  const check = () => {
    due = false;
    if (stopped) return;
    const animations = [...suspects];
    suspects.clear();
    for (const animation of animations) look(animation);
  };
  const suspect = guard((animation) => {
    if (!animation || stopped) return;
    suspects.add(animation);
    if (!due) timers.microtask(check);
    due = true;
  });
  const suspectEffect = (effect) => {
    // What a style animates is no longer what the style says of it.
    scripted.add(effect);
    suspect(byEffect.get(effect));
  };

  const meet = (animation) => {
    if (known.size >= MAX_ANIMATIONS) return null;
    const entry = { id: nextId, told: "", target: null };
    nextId += 1;
    known.set(animation, entry);
    const again = () => suspect(animation);
    for (const type of ["finish", "cancel", "remove"]) animation.addEventListener(type, again);
    // Who takes a screenshot cancels endless animations and plays them again, in a world where no patch of ours is seen.
    animation.addEventListener("cancel", () => {
      if (animation.effect && animation.effect.getTiming().iterations !== Infinity) return;
      for (const delay of AGAIN_MS) timers.set(again, delay);
    });
    return entry;
  };
  const look = (animation) => {
    const { effect } = animation;
    if (effect) byEffect.set(effect, animation);
    const target = effect && effect.target;
    const node = target ? idOf(target) : -1;
    const isGone = node <= 0 || animation.playState === "idle" || animation.replaceState === "removed"
      || (animation.playState === "finished" && !hasFill(effect));
    let entry = known.get(animation);
    if (isGone) {
      // Not in the document yet: it is looked at again when it comes.
      if (!entry || !entry.told) return;
      emit("animation", { id: entry.id, removed: true });
      entry.told = "";
      if (animation.playState === "idle") return;
      known.delete(animation);
      return;
    }
    entry = entry || meet(animation);
    if (!entry) return;
    entry.target = target;
    if (animation.pending) {
      animation.ready.then(guard(() => suspect(animation)), () => {});
      // It begins with the next frame; until then there is nothing to see of it.
      if (animation.playState === "running" && !entry.told) return;
    }
    const data = stateOf(animation, effect, { node, isScripted: scripted.has(effect) }, idOf, offset);
    const text = JSON.stringify(data);
    if (text === entry.told) return;
    entry.told = text;
    emit("animation", { id: entry.id, ...data });
  };

  /** The animations of an element, or of a whole tree, that were not told of, or were over. */
  const lookAround = (target, options) => {
    for (const animation of target.getAnimations(options)) {
      const entry = known.get(animation);
      if (!entry || !entry.told) suspect(animation);
    }
  };
  const onBeginning = guard((event) => {
    const target = event.composedPath()[0];
    if (target.getAnimations) lookAround(target, event.pseudoElement ? { subtree: true } : undefined);
  });
  const onEnding = guard((event) => {
    const target = event.composedPath()[0];
    for (const [animation, entry] of known) if (entry.target === target && animation.playState !== "running") suspect(animation);
  });
  const listen = (where) => {
    for (const type of BEGINNINGS) listenTo(where, type, onBeginning);
    for (const type of ENDINGS) listenTo(where, type, onEnding);
  };
  const listenTo = (where, type, listener) => {
    where.addEventListener(type, listener, { capture: true, passive: true });
    restore.push(() => where.removeEventListener(type, listener, { capture: true }));
  };

  const trackWindow = (view) => {
    listen(view);
    if (!isNewRealm(view)) return;
    restore.push(afterCall(view.Element.prototype, "animate", (element, args, animation) => suspect(animation)));
    for (const [name, methods] of Object.entries(METHODS)) {
      const react = name === "Animation" ? suspect : suspectEffect;
      for (const method of methods) restore.push(afterCall(view[name].prototype, method, react));
    }
    for (const [name, setters] of Object.entries(SETTERS)) {
      const react = name === "Animation" ? suspect : suspectEffect;
      for (const setter of setters) restore.push(afterSet(view[name].prototype, setter, react));
    }
  };
  trackWindow(win);

  return {
    trackWindow,
    added({ type, id, isShadow }, parentId) {
      const root = type === 0 ? nodeOf(id) : isShadow ? rootOf(nodeOf(parentId)) : null;
      if (!root || roots.has(root)) return;
      roots.add(root);
      if (isShadow) listen(root);
      if (known.size || root.readyState === "complete") for (const animation of root.getAnimations()) suspect(animation);
    },
    changed({ kind }) {
      if (kind !== "mutation" || !known.size) return;
      // A style may have paused or ended one; nobody says so.
      if (checking) return;
      checking = true;
      // Later, when the page has its styles anyway: to ask an animation has them computed.
      timers.set(() => {
        checking = false;
        for (const animation of known.keys()) suspect(animation);
      }, CHECK_MS);
    },
    forget() {
      for (const [animation, entry] of known) {
        entry.told = "";
        suspect(animation);
      }
    },
    stop() {
      stopped = true;
      for (const undo of restore) undo();
    },
  };
}

function hasFill(effect) {
  return Boolean(effect) && /forwards|both/.test(effect.getComputedTiming().fill);
}

/**
 * @param {{node: number, isScripted: boolean}} of its element; whether a script has changed what a style made
 * @param {number} offset_ms what the recording's clock is ahead of the document's timeline
 */
function stateOf(animation, effect, { node, isScripted }, idOf, offset) {
  const data = { node, play: animation.playState, rate: animation.playbackRate };
  if (effect.pseudoElement) data.pseudo = effect.pseudoElement;
  if (animation.animationName !== undefined) data.css = animation.animationName;
  if (animation.animationName === undefined || isScripted) {
    if (animation.transitionProperty !== undefined) data.transition = animation.transitionProperty;
    data.keyframes = effect.getKeyframes().map(plainKeyframe);
    data.timing = plainTiming(effect.getTiming());
    if (effect.composite !== "replace") data.composite = effect.composite;
  }
  const timeline = timelineOf(animation, idOf);
  if (timeline) data.timeline = timeline;
  else if (animation.playState === "running" && typeof animation.startTime === "number") {
    // Coarse clocks: the same animation must not seem to move.
    data.start = Math.round(animation.startTime + offset);
  } else if (typeof animation.currentTime === "number") data.current = Math.round(animation.currentTime * 1000) / 1000;
  return data;
}

function plainKeyframe({ computedOffset, ...keyframe }) {
  return keyframe.offset === null ? { ...keyframe, offset: computedOffset } : keyframe;
}

function plainTiming(timing) {
  const plain = {};
  for (const [name, value] of Object.entries(timing)) {
    plain[name] = value === Infinity ? "Infinity" : typeof value === "object" && value !== null ? String(value) : value;
  }
  return plain;
}

/** A timeline that is not the document's own clock: a scroll position. */
function timelineOf(animation, idOf) {
  const { timeline } = animation;
  if (!timeline || timeline.axis === undefined) return null;
  if (timeline.subject) return { subject: idOf(timeline.subject), axis: timeline.axis };
  return { source: timeline.source ? idOf(timeline.source) : -1, axis: timeline.axis };
}
