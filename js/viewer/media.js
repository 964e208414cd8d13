/** Audio and video: position and playing state as recorded. Always muted: a replay makes no noise by itself. */

// Of rrweb's media events.
const PLAY = 0;
const PAUSE = 1;
const SEEKED = 2;
const RATE = 4;
// Playing elements drift; less than this is not worth a seek.
const DRIFT_S = 0.3;

export class Media {
  constructor() {
    this.states = new Map();
    this.pictured = new WeakSet();
  }

  /** A video whose own source is not recorded shows a picture. @param {string} url */
  picture(element, url) {
    this.pictured.add(element);
    element.poster = url;
  }

  /** Another source came. */
  forget(element) {
    if (this.pictured.delete(element)) element.removeAttribute("poster");
  }

  stateOf(element) {
    if (!this.states.has(element)) this.states.set(element, { playing: false, position: 0, rate: 1, t: 0 });
    return this.states.get(element);
  }

  /** An `rr_media*` attribute of a snapshot. */
  attribute(element, name, value, t) {
    const state = this.stateOf(element);
    state.t = t;
    if (name === "rr_mediaState") state.playing = value === "played";
    else if (name === "rr_mediaCurrentTime") state.position = Number(value) || 0;
    else if (name === "rr_mediaPlaybackRate") state.rate = Number(value) || 1;
    else if (name === "rr_mediaLoop") element.loop = Boolean(value);
  }

  /** A media event. */
  change(element, data, t) {
    const state = this.stateOf(element);
    state.position = data.currentTime ?? this.position(state, t);
    state.t = t;
    if (data.type === PLAY) state.playing = true;
    else if (data.type === PAUSE) state.playing = false;
    if (data.type === RATE || data.playbackRate) state.rate = data.playbackRate || state.rate;
    if (typeof data.loop === "boolean") element.loop = data.loop;
    if (data.type === SEEKED && typeof data.currentTime === "number") state.position = data.currentTime;
  }

  position(state, t) {
    return state.playing ? state.position + (Math.max(0, t - state.t) / 1000) * state.rate : state.position;
  }

  /** @param {number} t @param {number} speed of the replay; 0 while it stands */
  sync(t, speed) {
    for (const [element, state] of this.states) {
      if (!element.isConnected) {
        this.states.delete(element);
        continue;
      }
      element.muted = true;
      if (this.pictured.has(element)) continue;
      let position = this.position(state, t);
      if (element.loop && element.duration > 0) position %= element.duration;
      const runs = state.playing && speed > 0;
      if (Math.abs(element.currentTime - position) > (runs ? DRIFT_S : 0.01)) element.currentTime = position;
      if (runs) {
        element.playbackRate = Math.min(16, Math.max(0.0625, state.rate * speed));
        if (element.paused) element.play().catch(() => {});
      } else if (!element.paused) element.pause();
    }
  }
}
