/**
 * The clock, and the way from a moment to what is on show.
 *
 * A moment is reached by reading on from the present one where that is on the way, else by rebuilding from the last snapshot
 * before it. Segments are read one after the other and their events sorted by time across segment borders; never all at once.
 */
import { isOver } from "./apply_view_transitions.js";
import { PickerList } from "./picker_list.js";
import { PointerTrack, LOOKAHEAD_MS } from "./pointer_track.js";
import { Scene } from "./scene.js";
import { nextFrame, settle } from "./settle.js";

// A jump further than this starts at the snapshot on the way, if there is one; a shorter one applies what lies between.
const STEP_MS = 5000;
// The longest the clock moves in one animation frame: a slow frame slows the replay instead of tearing it.
const MAX_FRAME_MS = 250;
// Applying events is interrupted after so long, for the player's own controls to answer.
const SLICE_MS = 30;
const SKIPPED_GAP_MS = 2000;
// What of a skipped gap is still shown, so that one sees what the next action starts from.
const GAP_REST_MS = 400;
const POINTER_LOOK_BACK = 3;
// How many segments after the first one are asked for at once: fewer than a source keeps.
const AHEAD = 2;
const ALWAYS = new Set(["meta", "viewport", "url", "title", "document-frame"]);

export class Player {
  /**
   * @param {object} options
   * @param {import("./source.js").Source} options.source
   * @param {import("./timeline.js").Timeline} options.timeline
   * @param {import("./assets.js").Assets} options.assets
   * @param {import("./stage.js").Stage} options.stage
   * @param {(event: KeyboardEvent) => void} options.onKey keys pressed while the replayed page has the keyboard
   * @param {boolean} options.bare there is no window around the stage
   * @param {boolean} [options.points] false: where the pointer is does not matter, and is not looked for in earlier segments
   */
  constructor({ source, timeline, assets, stage, onKey, bare, points = true }) {
    this.points = points;
    this.bare = bare;
    this.source = source;
    this.timeline = timeline;
    this.assets = assets;
    this.stage = stage;
    this.onKey = onKey;
    this.track = new PointerTrack();
    this.pickerList = new PickerList(stage.root);
    this.page = timeline.pages.length ? timeline.pages[0].id : null;
    this.now = 0;
    this.playing = false;
    this.rate = 1;
    this.skipInactivity = false;
    this.follow = false;
    /** The recording is still being written: its end is not the end. */
    this.live = false;
    this.scene = null;
    this.scenePage = null;
    this.applied = -Infinity;
    this.segments = [];
    /** Events that stand after a checkpoint of their document and happened before it -> time of that. */
    this.late = new WeakMap();
    this.pointer = null;
    this.wanted = null;
    this.waiters = [];
    this.working = false;
    this.generation = 0;
    this.lastWall = 0;
    /** Why the moment last sought could not be shown. @type {Error | null} */
    this.failure = null;
    /**
     * Told of every change of time, page or state, and when a moment that was sought stands.
     * @type {(what: "time" | "seek" | "state" | "error", detail?: unknown) => void}
     */
    this.onchange = () => {};
  }

  get speed() {
    return this.rate;
  }

  set speed(value) {
    const speed = Number(value);
    if (!(speed > 0)) return;
    this.rate = Math.min(64, speed);
    if (this.playing) this.scene?.motion.run(this.rate);
    this.onchange("state");
  }

  /**
   * @param {number} t ms since the recording's start
   * @param {{page?: number}} [options]
   * @returns {Promise<void>} when the page stands as it did at `t`, laid out; of several calls the last one wins, and all of
   *   them resolve with it
   */
  seek(t, { page } = {}) {
    this.wanted = { t: Math.max(0, Math.min(Number(t) || 0, this.timeline.duration)), page: page ?? this.page };
    this.generation += 1;
    return new Promise((resolve) => {
      this.waiters.push(resolve);
      this.work();
    });
  }

  async work() {
    if (this.working) return;
    this.working = true;
    while (this.wanted) {
      const { t, page } = this.wanted;
      this.wanted = null;
      const generation = this.generation;
      this.now = t;
      this.page = page;
      this.onchange("time");
      this.failure = null;
      try {
        await this.show(t, page, () => this.generation !== generation, false);
        if (this.playing) this.scene?.motion.run(this.rate);
      } catch (error) {
        this.failure = error;
        this.onchange("error", error);
      }
      this.lastWall = performance.now();
    }
    this.working = false;
    const waiters = this.waiters;
    this.waiters = [];
    this.onchange("seek");
    for (const resolve of waiters) resolve();
  }

  play() {
    if (this.playing) return;
    if (this.now >= this.timeline.duration) this.seek(0);
    this.playing = true;
    this.lastWall = performance.now();
    this.scene?.motion.run(this.rate);
    this.onchange("state");
    this.run();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.scene?.motion.run(0);
    this.scene?.motion.place(this.now);
    this.scene?.media.sync(this.now, 0);
    this.onchange("state");
  }

  /** Leaves the moment that is being built; whoever waits for it is told that it is over. */
  giveUp() {
    this.generation += 1;
  }

  /** Events have come that belong before what is on show: the next moment is built from its snapshot. */
  rebuildNext() {
    this.applied = -Infinity;
  }

  async run() {
    while (this.playing) {
      await nextFrame(this.stage.root.ownerDocument.defaultView);
      const wall = performance.now();
      const passed = Math.min(wall - this.lastWall, MAX_FRAME_MS);
      this.lastWall = wall;
      if (!this.playing || this.working || this.wanted) continue;
      await this.tick(passed * this.rate);
    }
  }

  async tick(passed) {
    let t = Math.min(this.now + passed, this.timeline.duration);
    if (this.skipInactivity) {
      const end = this.timeline.gapEnd(t, SKIPPED_GAP_MS);
      if (end !== null && end - GAP_REST_MS > t) t = end - GAP_REST_MS;
    }
    const page = (this.follow && this.timeline.activePage(t)) || this.page;
    this.working = true;
    const generation = this.generation;
    try {
      await this.show(t, page, () => this.generation !== generation, true);
      if (this.generation === generation) {
        this.now = t;
        this.page = page;
      }
    } catch (error) {
      this.pause();
      this.onchange("error", error);
    }
    this.working = false;
    this.onchange("time");
    if (this.wanted || this.waiters.length) this.work();
    else if (t >= this.timeline.duration && !this.live) this.pause();
  }

  /**
   * @param {number} t
   * @param {number} page
   * @param {() => boolean} isStale another moment is wanted by now
   * @param {boolean} live part of playing: nothing is waited for that may come a moment later
   */
  async show(t, page, isStale, live) {
    const { version } = this;
    this.asked = t;
    const plan = this.timeline.plan(page, t);
    if (!plan) {
      this.showNothing(page);
      return;
    }
    const onTheWay = this.scene && this.scenePage === page && this.scene.top.doc === plan.top.doc && this.applied <= t;
    const near = this.built === version && (plan.topSnapshot <= this.applied || t - this.applied <= STEP_MS);
    if (!onTheWay || !near || !(await this.advance(plan, t, page))) {
      const scene = await this.rebuild(plan, t, page, isStale);
      if (!scene) return;
      await this.finish(scene, t, page, isStale, false);
      if (isStale() && this.scene) {
        scene.frame.remove();
        return;
      }
      this.scene = scene;
      this.scenePage = page;
      this.applied = t;
      this.built = version;
      this.stage.show(scene.frame);
      if (live) scene.motion.run(this.rate);
    } else await this.finish(this.scene, t, page, isStale, live);
    this.pickerList.show(this.scene);
  }

  /** The page has no document yet at this time. */
  showNothing(page) {
    if (this.scene === null && this.scenePage === page) return;
    this.scene = null;
    this.scenePage = page;
    this.applied = -Infinity;
    this.pointer = null;
    const frame = this.stage.newFrame();
    this.resizeTo(frame, page);
    this.stage.show(frame);
    this.pickerList.show(null);
  }

  resizeTo(frame, page) {
    const viewport = this.timeline.viewports.get(page);
    if (viewport) this.stage.resize(frame, viewport.width, viewport.height);
  }

  /** @returns {Promise<boolean>} false where the page was taken anew on the way: then it is rebuilt from there */
  async advance(plan, t, page) {
    const { scene } = this;
    let first = this.timeline.segments.findIndex((segment) => segment.last_ms > this.applied);
    if (first === -1) first = plan.last;
    for (const entry of this.timeline.framesOf(plan.top, t)) scene.addStream(entry);
    for await (const events of this.batches(first, plan.last, page, t)) {
      const fresh = events.filter((event) => event.t > this.applied);
      if (fresh.some((event) => event.kind === "snapshot" && event.doc === scene.top.doc)) return false;
      await scene.prepare(fresh);
      await this.applyAll(scene, fresh, () => false);
    }
    this.applied = t;
    return true;
  }

  /** @returns {Promise<Scene | null>} null when another moment is wanted by now */
  async rebuild(plan, t, page, isStale) {
    // On their way while the frame is made; a fault of theirs shows where they are read.
    for (let n = plan.first; n <= Math.min(plan.last, plan.first + AHEAD); n += 1) this.source.segment(n).catch(() => {});
    const frame = this.stage.newFrame();
    this.resizeTo(frame, page);
    const children = this.timeline.framesOf(plan.top, t);
    const scene = new Scene({
      frame,
      top: plan.top,
      children,
      assets: this.assets,
      resize: (width, height) => this.stage.resize(frame, width, height),
      zoom: (view) => this.stage.zoom(frame, view),
      onKey: this.onKey,
      takesFocus: this.bare,
    });
    const starts = new Map([[plan.top.doc, plan.topSnapshot]]);
    for (const entry of children) {
      starts.set(entry.doc, Math.max(...entry.snapshots.map(([at]) => at).filter((at) => at <= t)));
    }
    try {
      for await (const events of this.batches(plan.first, plan.last, page, t)) {
        const due = events.filter((event) => ALWAYS.has(event.kind) || !(this.timeOf(event) < starts.get(event.doc)));
        await scene.prepare(due);
        if (isStale() || !(await this.applyAll(scene, due, isStale))) {
          frame.remove();
          return null;
        }
      }
    } catch (error) {
      frame.remove();
      throw error;
    }
    return scene;
  }

  /** @returns {Promise<boolean>} false when given up */
  async applyAll(scene, events, isStale) {
    let since = performance.now();
    for (const event of events) {
      if (event.kind === "view-transition") await this.transition(scene, event, events, isStale);
      else scene.apply(event);
      if (performance.now() - since > SLICE_MS) {
        await new Promise((resolve) => setTimeout(resolve));
        if (isStale()) return false;
        since = performance.now();
      }
    }
    return true;
  }

  /** A view transition that is over by the moment that is wanted is passed over; of another the state before it has to be shown. */
  async transition(scene, event, events, isStale) {
    const stream = scene.streams.get(event.doc);
    if (!stream?.document || (event.data.phase === "begin" && isOver(events, event))) return;
    if (event.data.phase === "begin") {
      scene.flush(event.t);
      await settle(scene, event.t, null, isStale);
    }
    await scene.viewTransitions.apply(stream, event.data);
  }

  /**
   * The page's events up to `t`, in order of time, a segment at a time. Batches of different documents overlap in the file; so
   * what the next segment may still come before is kept back until that is read.
   */
  async *batches(first, last, page, t) {
    const { segments } = this.timeline;
    const checkpoints = new Map();
    let held = [];
    const seen = [];
    for (let n = first; n <= last; n += 1) {
      const events = await this.source.segment(n);
      seen.push(events);
      if (seen.length > 2) seen.shift();
      for (const event of events) {
        if (event.page !== page || event.t > t) continue;
        held.push(event);
        if (event.kind === "checkpoint") checkpoints.set(event.doc, event.t);
        else if (event.t < checkpoints.get(event.doc)) this.late.set(event, checkpoints.get(event.doc));
      }
      held.sort((a, b) => this.timeOf(a) - this.timeOf(b));
      let border = Infinity;
      for (let k = n + 1; k <= last; k += 1) border = Math.min(border, segments[k].first_ms);
      let due = 0;
      while (due < held.length && this.timeOf(held[due]) < border) due += 1;
      yield held.slice(0, due);
      held = held.slice(due);
    }
  }

  /** What came too late for the checkpoint before it is not in it: it counts from then on. */
  timeOf(event) {
    return this.late.get(event) ?? event.t;
  }

  async finish(scene, t, page, isStale, live) {
    scene.flush(t);
    await scene.viewTransitions.settle();
    const pointer = await this.pointerAt(page, t);
    if (live) {
      scene.scrolls.apply();
      scene.point(pointer);
      scene.motion.run(this.playing ? this.rate : 0);
      scene.motion.follow(t);
    } else await settle(scene, t, pointer, isStale);
    scene.scrolls.commit();
    this.pointer = pointer;
  }

  async pointerAt(page, t) {
    if (!this.points) return null;
    const last = this.timeline.lastSegment(t + LOOKAHEAD_MS);
    const segments = [];
    for (let n = last; n >= 0 && n > last - POINTER_LOOK_BACK; n -= 1) {
      segments.unshift(await this.source.segment(n));
      const found = this.track.at(segments, page, t);
      if (found && (found.down || found.at.what !== "move" || n < last)) {
        this.segments = segments;
        return found;
      }
    }
    this.segments = segments;
    return this.track.at(segments, page, t) || (this.scenePage === page && this.applied <= t ? this.pointer : null);
  }
}
