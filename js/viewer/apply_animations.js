/** `animation`: the whole state of one animation. CSS animations are the style's; transitions and scripts' are made anew. */

// What a page shows at `t` is its last frame, which was drawn up to this long ago.
const FRAME_MS = 1000 / 60;

export function applyAnimation(scene, stream, event) {
  const { id, removed } = event.data;
  if (removed) scene.animations.remove(stream, id, event.t);
  else scene.animations.set(stream, id, event.data);
}

export class Animations {
  /** @param {import("./scene.js").Scene} scene */
  constructor(scene) {
    this.scene = scene;
    this.states = new Map();
    this.made = new Map();
    /** Names of CSS animations of an element that are over. @type {WeakMap<Element, Set<string>>} */
    this.over = new WeakMap();
    this.reworked = new WeakMap();
  }

  of(stream) {
    if (!this.states.has(stream)) this.states.set(stream, new Map());
    return this.states.get(stream);
  }

  set(stream, id, state) {
    this.of(stream).set(id, state);
  }

  remove(stream, id) {
    const states = this.of(stream);
    const state = states.get(id);
    states.delete(id);
    const element = state && state.css !== undefined && stream.mirror.node(state.node);
    if (!element) return;
    if (!this.over.has(element)) this.over.set(element, new Set());
    this.over.get(element).add(nameOf(state));
  }

  get isEmpty() {
    return this.made.size === 0 && [...this.states.values()].every((states) => states.size === 0);
  }

  /**
   * Puts all recorded animations where they were.
   * @param {number} t
   * @param {Animation[]} running the document's own
   * @returns {Set<Animation>} those that need no guess
   */
  place(t, running) {
    const placed = new Set();
    const ofStyle = new Map();
    for (const animation of running) {
      const target = animation.effect?.target;
      if (animation.animationName === undefined || !target) continue;
      if (!ofStyle.has(target)) ofStyle.set(target, []);
      ofStyle.get(target).push(animation);
    }
    const wanted = new Set();
    for (const [stream, states] of this.states) {
      for (const [id, state] of states) {
        const element = stream.mirror.node(state.node);
        if (!element || element.nodeType !== 1 || !element.isConnected) continue;
        let animation;
        if (state.css !== undefined) {
          animation = (ofStyle.get(element) || []).find((one) => isSame(one, state) && !placed.has(one));
          this.over.get(element)?.delete(nameOf(state));
          if (animation && state.keyframes) this.rework(animation, stream, state);
        } else {
          const key = `${stream.doc} ${id}`;
          wanted.add(key);
          animation = this.make(key, stream, element, state);
        }
        if (!animation) continue;
        placed.add(animation);
        if (!state.timeline) moveTo(animation, state, t);
      }
    }
    for (const [key, { animation }] of this.made) {
      if (wanted.has(key)) continue;
      animation.cancel();
      this.made.delete(key);
    }
    return placed;
  }

  /** @returns {boolean} whether the page saw this CSS animation end */
  isOver(animation) {
    const target = animation.effect?.target;
    return Boolean(target && this.over.get(target)?.has(`${animation.effect.pseudoElement || ""} ${animation.animationName}`));
  }

  /** What a script made of a CSS animation. */
  rework(animation, stream, state) {
    const text = JSON.stringify([state.keyframes, state.timing, state.composite]);
    if (this.reworked.get(animation) === text) return;
    this.reworked.set(animation, text);
    try {
      animation.effect.setKeyframes(this.keyframes(stream, state.keyframes));
      animation.effect.updateTiming(timingOf(state.timing, false));
      animation.effect.composite = state.composite || "replace";
    } catch (error) {
      this.scene.problem(error);
    }
  }

  make(key, stream, element, state) {
    const text = JSON.stringify([state.keyframes, state.timing, state.pseudo, state.composite, state.timeline]);
    const old = this.made.get(key);
    if (old && old.text === text && old.element === element && old.animation.playState !== "idle") return old.animation;
    old?.animation.cancel();
    this.made.delete(key);
    const view = element.ownerDocument.defaultView;
    if (!view) return null;
    try {
      const timeline = this.timeline(view, stream, state.timeline);
      const effect = new view.KeyframeEffect(element, this.keyframes(stream, state.keyframes), {
        ...timingOf(state.timing, timeline !== null),
        ...(state.composite ? { composite: state.composite } : {}),
        ...(state.pseudo ? { pseudoElement: state.pseudo } : {}),
      });
      const animation = timeline ? new view.Animation(effect, timeline) : new view.Animation(effect);
      animation.persist();
      if (timeline) animation.play();
      else animation.pause();
      this.made.set(key, { animation, text, element });
      return animation;
    } catch {
      // A pseudo-element that is not there, a property this browser does not know.
      return null;
    }
  }

  keyframes(stream, keyframes) {
    const place = stream.place(this.scene.t);
    return (Array.isArray(keyframes) ? keyframes : []).map((keyframe) =>
      Object.fromEntries(
        Object.entries(keyframe).map(([name, value]) => [
          name,
          typeof value === "string" && value.includes("(") ? this.scene.assets.declarations(value, place) : value,
        ]),
      ),
    );
  }

  timeline(view, stream, timeline) {
    if (!timeline) return null;
    const { axis } = timeline;
    if (timeline.subject) return new view.ViewTimeline({ subject: stream.mirror.node(timeline.subject), axis });
    return new view.ScrollTimeline({ source: stream.mirror.node(timeline.source), axis });
  }
}

function nameOf(state) {
  return `${state.pseudo || ""} ${state.css}`;
}

function isSame(animation, { pseudo, css }) {
  return animation.animationName === css && (animation.effect.pseudoElement || "") === (pseudo || "");
}

function timingOf(timing, hasOwnTimeline) {
  const result = {};
  for (const [name, value] of Object.entries(timing || {})) {
    if (hasOwnTimeline && name === "duration") continue;
    result[name] = value === "Infinity" ? Infinity : value;
  }
  return result;
}

/** @param {Animation} animation @param {any} state @param {number} t */
function moveTo(animation, { start, current, rate = 1 }, t) {
  const time = typeof start === "number" ? (t - start - FRAME_MS / 2) * rate : current;
  if (animation.playState !== "paused") animation.pause();
  if (typeof time === "number") animation.currentTime = time;
}
