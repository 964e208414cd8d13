/**
 * Pictures of videos whose content no recording can hold: streams of cameras, screens and canvases, and what a script puts together
 * from pieces (MediaSource). As for canvases the last picture counts, at a set rate while it changes.
 */
import { afterCall, afterSet, oncePerRealm } from "./patch.js";
import { pictureOf } from "./track_canvas.js";

const INTERVAL_MS = 250;
const EVENTS = ["loadeddata", "seeked", "timeupdate", "pause", "resize"];

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, timers: {set: Function},
 *          guard: (call: Function) => Function}} scope `idOf` names no video whose picture is private
 * @param {(data: object) => void} emit as `trackCanvas` has it
 * @returns {{stop: () => void, trackWindow: Function, added: Function, forget: Function, finish: () => Promise<unknown>}} see record.js
 */
export function trackVideoPictures(win, { idOf, nodeOf, timers, guard }, emit) {
  const restore = [];
  const isNewRealm = oncePerRealm();
  const pieced = new Set();
  const met = new Map();
  const due = new Set();
  const underWay = new Map();
  let stopped = false;

  const capture = async (video) => {
    due.delete(video);
    const id = idOf(video);
    if (stopped || id <= 0 || !isOpaque(video) || !video.videoWidth || video.readyState < 2) return;
    const { videoWidth: width, videoHeight: height } = video;
    let told;
    try {
      told = { image: await pictureOf(video) };
    } catch (error) {
      told = { unreadable: error.name };
    }
    const text = `${width} ${height} ${told.image || told.unreadable}`;
    if (met.get(video) === text) return;
    met.set(video, text);
    emit({ id, width, height, ...told });
  };
  const start = (video) => {
    const done = capture(video).catch(() => {});
    underWay.set(video, done);
    timers.set(() => {
      underWay.delete(video);
      if (due.has(video)) start(video);
    }, INTERVAL_MS);
  };
  const touch = guard((event) => {
    const video = event.target;
    if (!isOpaque(video)) return;
    if (underWay.has(video)) due.add(video);
    else start(video);
  });
  const isOpaque = (video) => Boolean(video.srcObject) || pieced.has(video.currentSrc);
  const meet = guard((video) => {
    if (video.localName !== "video" || met.has(video) || !(video.srcObject || pieced.has(video.src))) return;
    met.set(video, "");
    for (const type of EVENTS) {
      video.addEventListener(type, touch, { passive: true });
      restore.push(() => video.removeEventListener(type, touch));
    }
  });
  const trackWindow = (view) => {
    if (!isNewRealm(view)) return;
    restore.push(afterSet(view.HTMLMediaElement.prototype, "srcObject", meet));
    restore.push(afterSet(view.HTMLMediaElement.prototype, "src", meet));
    restore.push(afterCall(view.URL, "createObjectURL", guard((_, [object], url) => {
      if (view.MediaSource && object instanceof view.MediaSource) pieced.add(url);
    })));
  };
  trackWindow(win);

  return {
    trackWindow,
    added({ tagName, id }) {
      const video = tagName === "video" ? nodeOf(id) : null;
      if (!video) return;
      meet(video);
      if (!met.has(video)) return;
      met.set(video, "");
      touch({ target: video });
    },
    forget() {
      for (const video of met.keys()) {
        met.set(video, "");
        if (video.isConnected) touch({ target: video });
        else met.delete(video);
      }
    },
    finish() {
      for (const video of due) start(video);
      return Promise.all(underWay.values());
    },
    stop() {
      stopped = true;
      for (const undo of restore) undo();
    },
  };
}
