/**
 * When a rebuilt moment can be looked at: sheets and fonts in force, images decoded, laid out, scrolled. Bounded, for a file that
 * never comes must not hold up the replay.
 */

import { showSelection } from "./apply_selection.js";

const LIMIT_MS = 3000;
const MAX_ROUNDS = 20;
const MAX_SCROLLS = 8;

/**
 * @param {import("./scene.js").Scene} scene
 * @param {number} t ms
 * @param {Parameters<import("./scene.js").Scene["point"]>[0]} pointer at that time
 * @param {() => boolean} isStale true: another moment is wanted, give up
 */
export async function settle(scene, t, pointer, isStale) {
  const limit = timeLimit(LIMIT_MS);
  try {
    for (let round = 0; round < MAX_ROUNDS && !isStale() && !limit.reached; round += 1) {
      layOut(scene);
      scene.scrolls.apply();
      scene.point(pointer);
      const pending = pendingLoads(scene);
      if (pending.length === 0) break;
      await Promise.race([Promise.allSettled(pending), limit.promise]);
    }
    if (isStale()) return;
    // What was not laid out before its styles came could not take the keyboard.
    showSelection(scene);
    scene.motion.place(t);
    layOut(scene);
    scene.scrolls.apply();
    scene.point(pointer);
    await nextFrame(scene.frame.ownerDocument.defaultView);
    if (isStale()) return;
    await scrollAll(scene, isStale);
    if (isStale()) return;
    // Whatever the last scroll or sheet set off.
    scene.motion.place(t);
  } finally {
    limit.clear();
  }
}

/** Scrolls until every position is reached: what comes into view with one step may make room for the next. */
async function scrollAll(scene, isStale) {
  let missing = scene.scrolls.apply();
  for (let round = 0; missing > 1 && round < MAX_SCROLLS && !isStale(); round += 1) {
    await nextFrame(scene.frame.ownerDocument.defaultView);
    const before = missing;
    missing = scene.scrolls.apply();
    if (missing >= before && round > 0) return;
  }
}

/** Forces styles and layout: fonts and backgrounds are asked for only then. */
function layOut(scene) {
  scene.mediaFeatures.apply();
  for (const document of scene.documents) document.documentElement?.getBoundingClientRect();
}

/** @returns {Promise<unknown>[]} */
function pendingLoads(scene) {
  const pending = [...scene.links.pending(), ...scene.assets.pending(), ...scene.canvases.pending(), ...scene.scrolls.pending()];
  for (const document of scene.documents) {
    if (document.fonts?.status === "loading") pending.push(document.fonts.ready);
  }
  for (const root of [...scene.documents, ...scene.roots]) {
    for (const image of root.querySelectorAll("img")) {
      if (!image.complete) pending.push(loaded(image));
    }
  }
  return pending;
}

/** @param {HTMLImageElement} image */
function loaded(image) {
  return new Promise((resolve) => {
    image.addEventListener("load", resolve, { once: true });
    image.addEventListener("error", resolve, { once: true });
  });
}

/** @param {number} ms */
function timeLimit(ms) {
  const limit = { reached: false };
  let timer;
  limit.promise = new Promise((resolve) => {
    timer = setTimeout(() => {
      limit.reached = true;
      resolve();
    }, ms);
  });
  limit.clear = () => clearTimeout(timer);
  return limit;
}

/** The next animation frame; in a window that draws none, soon. @param {Window} window */
export function nextFrame(window) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 100);
    window.requestAnimationFrame(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
