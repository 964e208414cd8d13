/**
 * A recording that is still being written: the window asks for its index again and again, and can follow its end, about a second
 * behind. Whoever seeks or pauses leaves the end; the button goes back to it.
 */
import { element } from "./dom.js";

const POLL_MS = 500;
// A file that nobody writes to was left by a recorder that was killed; it is looked at now and then.
const SLOW_POLL_MS = 5000;
const SIGNALS_MS = 4000;
// Further behind than this the playhead jumps; nearer it plays on.
const BEHIND_MS = 900;
const AT_END_MS = 300;

export class Live {
  /** @param {ReturnType<import("./context.js").createContext>} context @param {import("./context.js").Events} events */
  constructor(context, events) {
    const { document } = context;
    this.context = context;
    this.events = events;
    this.following = false;
    this.failed = false;
    this.signalsAt = 0;
    this.timer = 0;
    this.button = element(
      document,
      "button.tool.toggle.live",
      { type: "button", title: "Follow what is being recorded (W)", "aria-keyshortcuts": "w", onclick: () => this.toggle() },
      element(document, "span.live-dot", { "aria-hidden": "true" }),
      "Live",
    );
    context.on("sought", () => this.leave());
    context.on("state", () => {
      if (!context.player.playing) this.leave();
    });
    this.show();
    if (!this.ended) this.later();
  }

  get ended() {
    return this.context.source.manifest.index.complete !== false;
  }

  get running() {
    return !this.ended && this.context.source.manifest.running === true;
  }

  show() {
    this.button.hidden = !this.running && !this.following;
    this.button.setAttribute("aria-pressed", String(this.following));
  }

  toggle() {
    if (this.following) this.leave();
    else if (this.running) this.followEnd();
    else this.context.say("This recording is not being written");
  }

  followEnd() {
    const { player } = this.context;
    this.following = true;
    player.live = true;
    this.toEnd();
    player.play();
    this.show();
  }

  leave() {
    if (!this.following) return;
    this.following = false;
    this.context.player.live = false;
    this.show();
  }

  toEnd() {
    const { player, timeline } = this.context;
    const t = Math.max(0, timeline.duration - AT_END_MS);
    void player.seek(t, { page: (player.follow && timeline.activePage(t)) || player.page });
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.poll(), this.running && !this.failed ? POLL_MS : SLOW_POLL_MS);
  }

  async poll() {
    const { source } = this.context;
    const before = source.manifest.index.segments || [];
    const { events } = source.manifest.index;
    try {
      if (await source.refresh()) {
        if (source.manifest.index.events === events && !this.ended) this.events.emit("rested");
        else await this.grow(before);
      }
      this.failed = false;
    } catch (error) {
      if (!this.failed) this.context.say(`The recording cannot be read on: ${error.message}`);
      this.failed = true;
    }
    this.show();
    if (!this.ended) this.later();
  }

  /** @param {any[]} before the segments that were known */
  async grow(before) {
    const { source, timeline, player, signals } = this.context;
    const { index } = source.manifest;
    // Up to here the stage knows only the events that there were.
    const shown = Math.max(player.applied, player.working ? player.asked : -Infinity);
    const missing = (timeline.index.resources || []).filter(([, , , hash]) => !timeline.index.assets?.[hash]);
    timeline.update(index);
    player.assets.update(index);
    // What an asset's element asked for before the file had it, it does not ask for again.
    const arrived = missing.some(([, , , hash]) => index.assets?.[hash]);
    // Closing a recording joins segments: then what was read has other numbers.
    const moved = before.some(({ offset }, n) => timeline.segments[n]?.offset !== offset);
    if (arrived || moved || (await this.someAreLate(before, shown))) player.rebuildNext();
    if (moved && !player.playing) void player.seek(player.now);
    this.events.emit("grown");
    if (this.ended || performance.now() - this.signalsAt > SIGNALS_MS) {
      this.signalsAt = performance.now();
      void signals.reload();
    }
    if (this.ended) {
      this.leave();
      this.context.say("The recording has ended");
    } else if (this.following && timeline.duration - player.now > BEHIND_MS) this.toEnd();
  }

  /**
   * Whether any event that has come belongs before what the stage shows already.
   * @param {any[]} before the segments that were known
   * @param {number} shown ms
   */
  async someAreLate(before, shown) {
    const { source, player, timeline } = this.context;
    for (let n = 0; n < timeline.segments.length; n += 1) {
      const known = before[n]?.events ?? 0;
      if (timeline.segments[n].events === known || timeline.segments[n].first_ms > shown) continue;
      const events = await source.segment(n);
      if (events.slice(known).some((event) => event.page === player.page && event.t <= shown)) return true;
    }
    return false;
  }
}
