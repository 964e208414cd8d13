/** The bar that moves the playhead: play, steps, speed, inactivity, and what time it is. */
import { clockText } from "./clock_text.js";
import { element, icon, iconButton } from "./dom.js";

export const SPEEDS = [0.5, 1, 2, 4, 8, 16];
const STEP_MS = 5000;
const FINE_MS = 100;
// A step just passed is the one that is shown: going back means the one before it.
const HERE_MS = 1;

export class Transport {
  /**
   * @param {ReturnType<import("./context.js").createContext>} context
   * @param {() => number[]} stops moments that the step keys go to
   */
  constructor(context, stops) {
    const { document, player } = context;
    this.context = context;
    this.stops = stops;
    this.playButton = iconButton(document, { icon: "play", label: "Play", keys: "Space", class: "play", onclick: () => this.toggle() });
    this.speed = element(
      document,
      "select.speed",
      { "aria-label": "Speed", title: "Speed ([ slower, ] faster)", onchange: () => (player.speed = Number(this.speed.value)) },
      ...SPEEDS.map((each) => element(document, "option", { value: each }, `${each}×`)),
    );
    this.skip = element(
      document,
      "button.tool.toggle",
      { type: "button", "aria-pressed": "false", title: "Skip inactivity (I)", "aria-keyshortcuts": "i", onclick: () => this.toggleSkip() },
      icon(document, "skip"),
      "Skip idle",
    );
    this.now = element(document, "span.now", {}, "0:00.000");
    this.total = element(document, "span.total", {}, clockText(context.timeline.duration, { precise: true }));
    this.root = element(
      document,
      "div.transport",
      { role: "toolbar", "aria-label": "Playback" },
      iconButton(document, { icon: "previous", label: "Previous step", keys: ",", onclick: () => this.toStop(-1) }),
      this.playButton,
      iconButton(document, { icon: "next", label: "Next step", keys: ".", onclick: () => this.toStop(1) }),
      element(document, "span.clock", {}, this.now, element(document, "span.total", { "aria-hidden": "true" }, " / "), this.total),
      this.speed,
      this.skip,
    );
    context.on("time", (t) => this.showTime(t));
    context.on("seek", (t) => this.showTime(t));
    context.on("state", () => this.showState());
    context.on("grown", () => (this.total.textContent = clockText(context.timeline.duration, { precise: true })));
    this.showState();
  }

  showTime(t) {
    this.now.textContent = clockText(t, { precise: true });
  }

  showState() {
    const { player, document } = this.context;
    const name = player.playing ? "Pause" : "Play";
    if (this.playButton.getAttribute("aria-label") !== name || !this.shown) {
      this.shown = true;
      this.playButton.setAttribute("aria-label", name);
      this.playButton.title = `${name} (Space)`;
      this.playButton.replaceChildren(icon(document, player.playing ? "pause" : "play"));
    }
    if (!SPEEDS.includes(player.speed) && !this.speed.querySelector(".odd")) {
      this.speed.append(element(document, "option.odd", { value: player.speed }, `${player.speed}×`));
    }
    this.speed.value = String(player.speed);
    this.skip.setAttribute("aria-pressed", String(player.skipInactivity));
  }

  toggle() {
    const { player } = this.context;
    if (player.playing) player.pause();
    else player.play();
  }

  toggleSkip() {
    const { player } = this.context;
    player.skipInactivity = !player.skipInactivity;
    this.context.say(player.skipInactivity ? "Inactivity is skipped" : "Inactivity is played");
    this.showState();
  }

  /** @param {1 | -1} direction */
  changeSpeed(direction) {
    const { player } = this.context;
    const next = direction > 0 ? SPEEDS.find((each) => each > player.speed) : SPEEDS.findLast((each) => each < player.speed);
    if (next) player.speed = next;
    this.context.say(`${player.speed}×`);
  }

  /** @param {number} ms */
  by(ms) {
    void this.context.seek(this.context.player.now + ms);
  }

  back() {
    this.by(-STEP_MS);
  }

  forward() {
    this.by(STEP_MS);
  }

  fineBack() {
    this.by(-FINE_MS);
  }

  fineForward() {
    this.by(FINE_MS);
  }

  toStart() {
    void this.context.seek(0);
  }

  toEnd() {
    void this.context.seek(this.context.timeline.duration);
  }

  /** @param {1 | -1} direction */
  toStop(direction) {
    const { now } = this.context.player;
    const stops = this.stops();
    const found = direction > 0 ? stops.find((t) => t > now + HERE_MS) : stops.findLast((t) => t < now - HERE_MS);
    if (found !== undefined) void this.context.seek(found);
    else this.context.say(direction > 0 ? "No step after this" : "No step before this");
  }
}
