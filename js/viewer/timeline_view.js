/**
 * The timeline: one slider over the whole recording, with pictures, marks and bands. Dragging moves the playhead, which snaps to
 * steps (not with Alt held); on the ruler, and with Shift, it moves the part in view. The wheel with Ctrl zooms, alone it pans.
 */
import { clockText } from "./clock_text.js";
import { element } from "./dom.js";
import { Filmstrip } from "./filmstrip.js";
import { TimelineLanes } from "./timeline_lanes.js";
import { stopsOf, timelineMarks } from "./timeline_marks.js";
import { TimelinePreview } from "./timeline_preview.js";
import { TimelineScale } from "./timeline_scale.js";

const SNAP_PX = 6;
const NEAR_PX = 5;
const ZOOM = 1.5;

export class TimelineView {
  /** @param {ReturnType<import("./context.js").createContext>} context */
  constructor(context) {
    const { document, timeline } = context;
    this.context = context;
    this.scale = new TimelineScale(timeline.duration);
    this.lanes = new TimelineLanes(document, this.scale);
    this.film = new Filmstrip(context, this.scale);
    this.preview = new TimelinePreview(context);
    this.marks = [];
    this.stops = [];
    this.dragging = false;
    this.playhead = element(document, "div.playhead", { "aria-hidden": "true" }, element(document, "span.playhead-handle"));
    this.ghost = element(document, "div.ghost", { "aria-hidden": "true", hidden: true });
    this.thumb = element(document, "div.zoom-thumb", { onpointerdown: (event) => this.dragThumb(event) });
    this.bar = element(document, "div.zoom-bar", { "aria-hidden": "true", hidden: true }, this.thumb);
    const { ruler, steps, signs, bands, lost } = this.lanes;
    this.track = element(
      document,
      "div.track",
      {
        role: "slider",
        tabindex: 0,
        "aria-label": "Time",
        "aria-valuemin": 0,
        "aria-orientation": "horizontal",
        onpointerdown: (event) => this.onPointerDown(event),
        onpointermove: (event) => this.onHover(event),
        onpointerleave: () => this.leave(),
        onkeydown: (event) => this.onKey(event),
      },
      ruler, this.film.root, steps, signs, bands, lost, this.ghost, this.playhead,
    );
    this.track.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.root = element(document, "section.timeline", { "aria-label": "Timeline" }, this.track, this.bar, this.preview.root);
    new document.defaultView.ResizeObserver(() => this.draw()).observe(this.track);
    context.on("time", (t) => this.place(t));
    context.on("seek", (t) => this.place(t));
    context.on("signals", () => this.collect());
    context.on("grown", () => {
      this.scale.grow(timeline.duration);
      this.collect();
    });
    this.collect();
  }

  collect() {
    this.marks = timelineMarks(this.context.signals, this.context.timeline);
    this.stops = stopsOf(this.marks);
    this.draw();
  }

  draw() {
    this.scale.width = this.track.clientWidth || 1;
    this.lanes.draw(this.marks, this.context.timeline.activity);
    this.film.draw();
    const { from, to, duration, zoomed } = this.scale;
    this.bar.hidden = !zoomed;
    this.thumb.style.left = `${(from / duration) * 100}%`;
    this.thumb.style.width = `${((to - from) / duration) * 100}%`;
    this.track.setAttribute("aria-valuemax", String(Math.round(duration)));
    this.place(this.context.player.now);
  }

  place(t) {
    if (this.context.player.playing && !this.dragging && this.scale.follow(t)) {
      this.draw();
      return;
    }
    this.playhead.style.transform = `translateX(${this.scale.x(t)}px)`;
    const shown = Math.round(t);
    // Told no more often than a screen reader could use it.
    if (Math.abs(shown - Number(this.track.getAttribute("aria-valuenow"))) >= 250 || !this.context.player.playing) {
      this.track.setAttribute("aria-valuenow", String(shown));
      this.track.setAttribute("aria-valuetext", `${clockText(t, { precise: true })} of ${clockText(this.scale.duration)}`);
    }
  }

  zoom(factor, at = this.context.player.now) {
    this.scale.zoom(factor, Math.max(this.scale.from, Math.min(at, this.scale.to)));
    this.draw();
  }

  zoomIn() {
    this.zoom(1 / ZOOM);
  }

  zoomOut() {
    this.zoom(ZOOM);
  }

  /** @param {number} from @param {number} to ms */
  show(from, to) {
    this.scale.show(from, to);
    this.draw();
  }

  zoomFit() {
    this.scale.show(0, this.scale.duration);
    this.draw();
  }

  xOf(event) {
    return event.clientX - this.track.getBoundingClientRect().left;
  }

  /** @param {number} x @param {boolean} free not to steps @returns {number} ms */
  timeAt(x, free) {
    const t = this.scale.t(x);
    if (free) return t;
    let best = null;
    for (const stop of this.stops) {
      const away = Math.abs(this.scale.x(stop) - x);
      if (away <= SNAP_PX && (!best || away < best.away)) best = { stop, away };
    }
    return best ? best.stop : t;
  }

  near(x) {
    const { scale } = this;
    return this.marks.filter((mark) => {
      const start = scale.x(mark.t);
      if (Math.abs(start - x) <= NEAR_PX) return true;
      return mark.kind === "step" && start <= x && x <= scale.x(mark.end);
    });
  }

  onHover(event) {
    const x = this.xOf(event);
    const t = this.timeAt(x, event.altKey);
    this.ghost.hidden = false;
    this.ghost.style.transform = `translateX(${this.scale.x(t)}px)`;
    if (this.dragging) return;
    this.preview.show(t, x, this.scale.width, this.near(x));
  }

  leave() {
    this.ghost.hidden = true;
    this.preview.hide();
  }

  onPointerDown(event) {
    if (event.button > 1) return;
    event.preventDefault();
    this.track.focus({ preventScroll: true });
    this.track.setPointerCapture(event.pointerId);
    this.dragging = true;
    this.preview.hide();
    const onRuler = this.lanes.ruler.contains(event.target) && this.scale.zoomed;
    const pans = event.button === 1 || event.shiftKey || onRuler;
    let before = this.xOf(event);
    let moved = false;
    const seek = (at) => void this.context.seek(this.timeAt(this.xOf(at), at.altKey));
    const move = (at) => {
      const x = this.xOf(at);
      moved ||= Math.abs(x - before) > 2;
      if (!pans) seek(at);
      else if (moved) {
        this.scale.pan(((before - x) / this.scale.width) * this.scale.span);
        before = x;
        this.draw();
      }
    };
    const end = (at) => {
      this.dragging = false;
      this.track.removeEventListener("pointermove", move);
      if (pans && !moved && at.type === "pointerup") seek(at);
    };
    if (!pans) seek(event);
    this.track.addEventListener("pointermove", move);
    this.track.addEventListener("pointerup", end, { once: true });
    this.track.addEventListener("pointercancel", end, { once: true });
  }

  dragThumb(event) {
    event.preventDefault();
    this.thumb.setPointerCapture(event.pointerId);
    let before = event.clientX;
    const move = (at) => {
      this.scale.pan(((at.clientX - before) / this.bar.clientWidth) * this.scale.duration);
      before = at.clientX;
      this.draw();
    };
    this.thumb.addEventListener("pointermove", move);
    this.thumb.addEventListener("lostpointercapture", () => this.thumb.removeEventListener("pointermove", move), { once: true });
  }

  onWheel(event) {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) this.zoom(1.002 ** event.deltaY, this.scale.t(this.xOf(event)));
    else {
      const delta = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.deltaY;
      this.scale.pan((delta / this.scale.width) * this.scale.span);
      this.draw();
    }
    this.onHover(event);
  }

  /** What a slider has besides the window's own keys. */
  onKey(event) {
    const page = this.scale.span / 10;
    const steps = { PageUp: page, PageDown: -page, ArrowUp: 1000, ArrowDown: -1000 };
    if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    void this.context.seek(this.context.player.now + steps[event.key]);
  }
}
