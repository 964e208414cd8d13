/** The pointer over the replayed page, and a ring that spreads from each click. Drawn from `t` alone, so that seeking shows it too. */
import { element } from "./dom.js";

const RIPPLE_MS = 700;
const MAX_RIPPLES = 4;
const SVG = "http://www.w3.org/2000/svg";

/** @param {ReturnType<import("./context.js").createContext>} context @param {HTMLElement} layer */
export function pointerOverlay(context, layer) {
  const { document, player } = context;
  const arrow = document.createElementNS(SVG, "svg");
  arrow.setAttribute("viewBox", "0 0 16 20");
  arrow.setAttribute("class", "pointer-arrow");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M1 1v15.2l3.9-3.7 2.5 6 2.5-1.1-2.5-5.8h5.4z");
  arrow.append(path);
  const pointer = element(document, "div.pointer", { hidden: true }, arrow, element(document, "span.finger"));
  const ripples = Array.from({ length: MAX_RIPPLES }, () => element(document, "div.ripple", { hidden: true }));
  layer.append(...ripples, pointer);

  const draw = (t) => {
    const { scene, pointer: track } = player;
    const place = scene && track ? between(scene, track, t) : null;
    pointer.hidden = !place;
    if (place) {
      pointer.style.transform = `translate(${place.x}px, ${place.y}px) scale(var(--unscale))`;
      pointer.classList.toggle("pressed", Boolean(track.down));
      pointer.classList.toggle("touch", track.at.touch);
    }
    const clicks = scene ? player.track.clicks(player.segments, player.page, t - RIPPLE_MS, t).slice(-MAX_RIPPLES) : [];
    ripples.forEach((ripple, n) => {
      const click = clicks[n];
      const at = click && scene.position(click);
      ripple.hidden = !at;
      if (!at) return;
      const age = (t - click.t) / RIPPLE_MS;
      ripple.style.transform = `translate(${at.x}px, ${at.y}px) scale(calc(var(--unscale) * ${0.35 + age}))`;
      ripple.style.opacity = String(1 - age * age);
    });
  };
  context.on("time", draw);
  context.on("seek", draw);
}

/** The recorder samples positions; between two of them the pointer moves in a line. */
function between(scene, { at, next }, t) {
  const from = scene.position(at);
  if (!from || !next) return from;
  const to = scene.position(next);
  if (!to) return from;
  const part = Math.max(0, Math.min(1, (t - at.t) / Math.max(1, next.t - at.t)));
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
