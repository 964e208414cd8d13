/**
 * Audio and video: play, pause, seek, rate, in rrweb's form.
 *
 * Our own, where rrweb has an observer: that one tells of each kind of event once in half a second for all elements together, so
 * that of two seeks the second comes late or never, and it meets none in a shadow tree.
 */
import { listenEverywhere } from "./listen_everywhere.js";

// rrweb's MediaInteractions
const TYPES = { play: 0, playing: 0, pause: 1, waiting: 1, seeked: 2, volumechange: 3, ratechange: 4, timeupdate: 2 };
const SEEKED = 2;
const INTERVAL_MS = 50;
// A playing element is elsewhere than it would be by the clock.
const DRIFT_S = 0.15;

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, rootOf: (host: Element) => ShadowRoot|null,
 *          timers: {set: Function}, guard: (call: Function) => Function, now: () => number}} scope
 * @param {(data: object) => void} emit
 * @returns {{stop: () => void, trackWindow: (win: Window) => void, added: (node: object, parentId: number) => void}}
 *   added() finds the shadow trees, whose media events nobody outside meets
 */
export function trackMedia(win, { idOf, nodeOf, rootOf, timers, guard, now }, emit) {
  const told = new WeakMap();
  const seeking = new Set();

  const tell = (media, type) => {
    const id = idOf(media);
    if (id <= 0) return;
    const { currentTime, volume, muted, playbackRate, loop } = media;
    const runs = type === 0 || (type > 1 && !media.paused);
    told.set(media, { runs, currentTime, playbackRate, t: now() });
    emit({ source: 7, type, id, currentTime, volume, muted, playbackRate, loop });
  };
  /** One that is dragged along is told of at once, then now and then, and where it comes to rest. */
  const tellSeek = (media) => {
    if (seeking.has(media)) return;
    seeking.add(media);
    tell(media, SEEKED);
    const { currentTime } = media;
    timers.set(() => {
      seeking.delete(media);
      if (media.currentTime !== currentTime && (media.paused || hasDrifted(media))) tell(media, SEEKED);
    }, INTERVAL_MS);
  };
  const hasDrifted = (media) => {
    const last = told.get(media);
    if (!last || !last.runs) return false;
    const expected = last.currentTime + ((now() - last.t) / 1000) * last.playbackRate;
    return Math.abs(expected - media.currentTime) > DRIFT_S;
  };
  const onEvent = guard((event) => {
    const media = event.target;
    if (!media || !("playbackRate" in media)) return;
    if (event.type === "timeupdate") {
      if (hasDrifted(media)) tell(media, SEEKED);
    } else if (event.type === "seeked") tellSeek(media);
    else tell(media, TYPES[event.type]);
  });
  return listenEverywhere(win, Object.keys(TYPES), onEvent, { nodeOf, rootOf });
}
