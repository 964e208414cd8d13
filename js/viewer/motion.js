/**
 * Animations of the replayed documents: always halted, and put where they were at `t` – as recorded, or where nothing was
 * recorded, as far as can be told from when their element came. While the replay plays that is done for every frame.
 *
 * Native transitions are off in a replay: they would start from whatever the document showed before. Those of the page come as
 * `animation` events.
 */
import { Animations } from "./apply_animations.js";
import { setSvgClock } from "./apply_svg_time.js";

// While playing, how long at most a new animation of the style may go unnoticed.
const COLLECT_MS = 200;

export class Motion {
  /** @param {import("./scene.js").Scene} scene */
  constructor(scene) {
    this.scene = scene;
    this.recorded = new Animations(scene);
    this.bornAt = new WeakMap();
    this.speed = 0;
    this.collected = [];
    this.cancelled = new WeakSet();
    this.svgs = [];
    // What was told of SVG's own animations: of their clocks, and of those that were begun and ended by hand.
    this.svgTimes = new WeakMap();
    this.svgMoments = new Map();
    this.collectedAt = -Infinity;
  }

  /** An element came, or changed what its animations hang on. */
  touched(element, t) {
    this.bornAt.set(element, t);
  }

  /** @returns {Animation[]} of all documents and shadow trees */
  all() {
    const found = [];
    for (const root of [...this.scene.documents, ...this.scene.roots]) {
      if (root.nodeType === 9 ? root.defaultView : root.host.isConnected) found.push(...(root.getAnimations?.() ?? []));
    }
    return found;
  }

  /** The scene shows moment `t`. @param {number} t */
  place(t) {
    // One that has ended is no longer told of by the browser, but a moment before its end may be asked for.
    const earlier = this.collected.filter(
      (animation) =>
        animation.effect?.target?.isConnected && (animation.playState !== "idle" || this.cancelled.has(animation)),
    );
    this.collected = [...new Set([...this.all(), ...earlier])];
    this.collectedAt = performance.now();
    this.svgs = this.collectSvg();
    this.move(t);
  }

  /** The same while playing. @param {number} t */
  follow(t) {
    if (performance.now() - this.collectedAt > COLLECT_MS) this.place(t);
    else this.move(t);
  }

  move(t) {
    this.moveSvg(t);
    const placed = this.recorded.place(t, this.collected);
    for (const animation of this.collected) {
      if (placed.has(animation)) continue;
      try {
        if (animation.animationName !== undefined) this.guess(animation, t);
        else if (animation.transitionProperty !== undefined) animation.finish();
      } catch {
        // An animation that cannot end (infinite) stays where it is.
      }
    }
  }

  /** A CSS animation that was not recorded: over, not begun, or of a recording that tells of none. */
  guess(animation, t) {
    const target = animation.effect?.target;
    if (animation.timeline && animation.timeline !== target?.ownerDocument.timeline) {
      // Bound to a scroll position. Whoever takes a screenshot may have ended it.
      if (animation.playState === "finished" || animation.playState === "idle") animation.play();
      return;
    }
    if (this.recorded.isOver(animation)) {
      animation.cancel();
      this.cancelled.add(animation);
      return;
    }
    const born = this.bornAt.get(target) ?? this.scene.bornAt;
    if (animation.playState !== "paused") animation.pause();
    animation.currentTime = Math.max(0, t - born);
  }

  /** SMIL has one clock for each outermost `<svg>`. */
  collectSvg() {
    const found = new Set();
    for (const document of this.scene.documents) {
      if (!document.defaultView) continue;
      for (const element of document.querySelectorAll("animate, animateTransform, animateMotion, set")) {
        found.add(outermostSvg(element));
      }
    }
    found.delete(null);
    return [...found];
  }

  moveSvg(t) {
    for (const svg of this.svgs) {
      const { start, current } = this.svgTimes.get(svg) || { start: this.bornAt.get(svg) ?? this.scene.bornAt };
      setSvgClock(svg, current ?? t - start, this.svgMoments);
    }
  }

  /** @param {number} speed of the replay; 0: it stands */
  run(speed) {
    this.speed = speed;
  }
}

function outermostSvg(element) {
  let svg = element.ownerSVGElement;
  while (svg && svg.ownerSVGElement) svg = svg.ownerSVGElement;
  return svg && svg.setCurrentTime ? svg : null;
}
