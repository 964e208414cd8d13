/**
 * Animations and transitions of the replayed documents. While a moment is built they would start from whatever the document
 * showed before; so they are put where they were at `t`, as far as the recording tells, and run only while the replay plays.
 */

export class Motion {
  /** @param {import("./scene.js").Scene} scene */
  constructor(scene) {
    this.scene = scene;
    this.bornAt = new WeakMap();
    this.placed = new WeakSet();
    this.speed = 0;
  }

  /** An element came, or changed what its animations hang on. */
  touched(element, t) {
    this.bornAt.set(element, t);
  }

  *all() {
    for (const root of [...this.scene.documents, ...this.scene.roots]) {
      if (root.nodeType === 9 ? root.defaultView : root.host.isConnected) yield* root.getAnimations?.() ?? [];
    }
  }

  /**
   * The scene shows moment `t` after a seek: transitions are over, animations as far as they had come.
   * @param {number} t
   */
  place(t) {
    for (const animation of this.all()) {
      try {
        if ("transitionProperty" in animation) animation.finish();
        else this.placeAnimation(animation, t);
      } catch {
        // An animation that cannot end (infinite, or its timeline is a scroll position) is where its timeline says.
      }
    }
    this.placeSvg(t);
  }

  placeAnimation(animation, t) {
    if (animation.timeline && !(animation.timeline === animation.effect?.target?.ownerDocument.timeline)) return;
    const born = this.bornAt.get(animation.effect?.target) ?? this.scene.bornAt;
    if (animation.playState === "paused" && !this.placed.has(animation)) return;
    this.placed.add(animation);
    animation.currentTime = Math.max(0, t - born);
    if (animation.playState === "running") animation.pause();
  }

  /** SMIL has one clock for each outermost `<svg>`. */
  placeSvg(t) {
    for (const document of this.scene.documents) {
      if (!document.defaultView) continue;
      for (const element of document.querySelectorAll("animate, animateTransform, animateMotion, set")) {
        const svg = outermostSvg(element);
        if (!svg) continue;
        svg.setCurrentTime(Math.max(0, t - (this.bornAt.get(svg) ?? this.scene.bornAt)) / 1000);
        if (this.speed === 0) svg.pauseAnimations();
        else svg.unpauseAnimations();
      }
    }
  }

  /** @param {number} speed of the replay; 0: it stands */
  run(speed) {
    this.speed = speed;
    for (const animation of this.all()) {
      if (speed === 0) {
        if (animation.playState === "running") {
          animation.pause();
          this.placed.add(animation);
        }
      } else {
        if (animation.playbackRate > 0) animation.playbackRate = speed;
        if (animation.playState === "paused" && this.placed.has(animation)) animation.play();
      }
    }
  }
}

function outermostSvg(element) {
  let svg = element.ownerSVGElement;
  while (svg && svg.ownerSVGElement) svg = svg.ownerSVGElement;
  return svg && svg.setCurrentTime ? svg : null;
}
