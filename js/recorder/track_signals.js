/** What is recorded besides the DOM and only the page can tell: a tracker for each signal that is switched on. */
import { trackActions } from "./track_actions.js";
import { trackNavigation } from "./track_navigation.js";
import { trackPerformance } from "./track_performance.js";
import { trackRejections } from "./track_rejections.js";
import { trackVitals } from "./track_vitals.js";

/**
 * @param {Window} win the recorder's own window; `trackWindow` adds those of frames that it records too
 * @param {object} scope
 * @param {string[]} scope.signals names of what is switched on
 * @param {number} scope.startedAt epoch ms of the recording's start
 * @param {string} scope.doc id of the document
 * @param {(call: Function) => Function} scope.guard keeps errors of ours from the page
 * @param {""|"resumed"|"restored"} scope.again the document is recorded anew: after a pause, or from the back/forward cache
 * @param {(kind: string, data: object, options?: object) => void} emit
 * @returns {{trackWindow: (win: Window) => void, flush: () => void, stop: () => void}} `flush` tells what is held back
 */
export function trackSignals(win, { signals, startedAt, doc, idOf, mask, timers, now, guard, again }, emit) {
  const on = new Set(signals);
  const trackers = [];
  let actions = 0;
  const newId = () => `${doc}-${(actions += 1)}`;
  const at = (startTime) => Math.round(win.performance.timeOrigin + startTime - startedAt);
  const emitLazily = (kind, data, options) => emit(kind, data, { ...options, lazy: true });
  const start = guard((track) => {
    const tracker = track();
    trackers.push({ stop: guard(() => tracker.stop()), flush: guard(() => tracker.flush && tracker.flush()) });
  });

  const trackWindow = (each) => {
    if (on.has("actions")) start(() => trackActions(each, { idOf, mask, timers, now, newId, guard }, emit));
    if (on.has("errors")) start(() => trackRejections(each, guard, (data) => emit("rejection", data, { urgent: true })));
  };
  trackWindow(win);
  // The empty document that every new window begins with was not gone to, and loads nothing.
  const isEmpty = win.document.URL === "about:blank";
  if (on.has("navigations") && win === win.top) start(() => trackNavigation(win, { again, guard }, (data) => emitLazily("navigation", data)));
  if (on.has("performance") && !isEmpty) {
    // A page view goes on after a pause, and begins anew when the page comes back from the cache.
    const since = again ? win.performance.now() : 0;
    if (win === win.top) {
      start(() => trackVitals(win, { idOf, timers, guard, since: again === "restored" ? since : 0 }, (data) => emitLazily("vital", data)));
    }
    start(() => trackPerformance(win, { at, timers, guard, since, requestsTold: on.has("network") }, emitLazily));
  }
  return {
    trackWindow,
    flush() {
      for (const tracker of trackers) tracker.flush();
    },
    stop() {
      for (const tracker of trackers) tracker.stop();
    },
  };
}
