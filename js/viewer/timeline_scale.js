/** Which part of the recording the timeline shows, and where in it a moment stands. */

const MIN_SPAN_MS = 200;
// Lengths between two labels, in ms.
const STEPS = [10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 216e5];

export class TimelineScale {
  /** @param {number} duration ms */
  constructor(duration) {
    this.duration = Math.max(1, duration);
    this.from = 0;
    this.to = this.duration;
    this.width = 1;
  }

  get span() {
    return this.to - this.from;
  }

  get zoomed() {
    return this.span < this.duration - 0.5;
  }

  /** @param {number} t @returns {number} px from the left edge; outside of 0 … width where it is not in view */
  x(t) {
    return ((t - this.from) / this.span) * this.width;
  }

  /** @param {number} x px @returns {number} ms, within the recording */
  t(x) {
    return Math.max(0, Math.min(this.duration, this.from + (x / this.width) * this.span));
  }

  /** @param {number} from @param {number} to as near to these as there is recording */
  show(from, to) {
    const span = Math.max(Math.min(MIN_SPAN_MS, this.duration), Math.min(to - from, this.duration));
    this.from = Math.max(0, Math.min(from, this.duration - span));
    this.to = this.from + span;
  }

  /** @param {number} factor below 1: nearer @param {number} at ms that stays where it stands */
  zoom(factor, at) {
    const span = Math.max(Math.min(MIN_SPAN_MS, this.duration), Math.min(this.span * factor, this.duration));
    const place = (at - this.from) / this.span;
    this.show(at - place * span, at - place * span + span);
  }

  /** @param {number} ms to the right */
  pan(ms) {
    this.show(this.from + ms, this.to + ms);
  }

  /** Moves on where `t` is not in view. @returns {boolean} whether it had to */
  follow(t) {
    if (t >= this.from && t <= this.to) return false;
    this.show(t - this.span * 0.1, t + this.span * 0.9);
    return true;
  }

  /** The recording has grown. @param {number} duration */
  grow(duration) {
    const whole = !this.zoomed;
    this.duration = Math.max(1, duration);
    if (whole) this.show(0, this.duration);
  }

  /** @param {number} minimum px between two @returns {{times: number[], step: number}} where labels stand */
  ticks(minimum) {
    const wanted = (minimum / this.width) * this.span;
    const step = STEPS.find((each) => each >= wanted) || Math.ceil(wanted / 864e5) * 864e5;
    const times = [];
    for (let t = Math.ceil(this.from / step) * step; t <= this.to; t += step) times.push(t);
    return { times, step };
  }
}
