/** `svg-time`, `svg-moments`: where the clock of an `<svg>` stands, and when scripts and events began or ended its animations. */

export function applySvgTime(scene, stream, event) {
  const svg = stream.mirror.node(event.data.id);
  if (svg) scene.motion.svgTimes.set(svg, event.data);
}

export function applySvgMoments(scene, stream, event) {
  const animation = stream.mirror.node(event.data.id);
  if (animation && Array.isArray(event.data.moments)) scene.motion.svgMoments.set(animation, event.data.moments);
}

/**
 * Sets the clock of an outermost `<svg>`. What began or ended an animation is told to it anew: setting the clock forgets it.
 * @param {SVGSVGElement} svg
 * @param {number} ms
 * @param {Map<Element, [string, number][]>} moments of all animations that have such
 */
export function setSvgClock(svg, ms, moments) {
  svg.pauseAnimations();
  const due = [];
  for (const [animation, list] of moments) {
    if (!animation.isConnected || !svg.contains(animation)) continue;
    for (const [type, at] of list) if (at <= ms) due.push({ animation, type, at });
  }
  due.sort((one, other) => one.at - other.at);
  for (const { animation, type, at } of due) {
    svg.setCurrentTime(at / 1000);
    if (type === "begin") animation.beginElement();
    else animation.endElement();
  }
  svg.setCurrentTime(Math.max(0, ms) / 1000);
}
