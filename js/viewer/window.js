/**
 * The window around the replayed page: what stands where, and who hears of what. Panels plug in by the contract in context.js.
 */
import { createContext, Events } from "./context.js";
import { element } from "./dom.js";
import { memory as openMemory } from "./memory.js";
import { PanelArea } from "./panel_area.js";
import { bottomPanels, leftPanels } from "./panels/panels.js";
import { Signals } from "./signals.js";
import { split } from "./split.js";
import { StageView } from "./stage_view.js";
import { statusLine } from "./status_line.js";

/**
 * @param {object} parts
 * @param {Document} parts.document empty but for its stylesheets
 * @param {import("./source.js").Source} parts.source
 * @param {import("./timeline.js").Timeline} parts.timeline
 * @param {import("./player.js").Player} parts.player
 * @param {import("./stage.js").Stage} parts.stage
 * @param {{onKey: (event: KeyboardEvent) => void}} parts.view told of keys pressed in the replayed page
 * @returns {Promise<void>} when the first picture stands
 */
export async function buildWindow({ document, source, timeline, player, stage, view }) {
  const events = new Events();
  const signals = new Signals(source, timeline);
  const memory = openMemory(document.defaultView);
  const status = statusLine(document);
  const context = createContext({ document, player, timeline, source, signals, events, say: status.say });
  const stageView = new StageView(context, stage, events);
  context.stage = stageView;
  const left = leftPanels.map((make) => make(context));
  const area = new PanelArea(context, bottomPanels.map((make) => make(context)), events);
  context.openPanel = (id) => area.show(id);

  const root = element(document, "div.window");
  const side = element(document, "section.side", { "aria-label": "Steps" }, ...left.map((panel) => panel.element));
  const middle = element(document, "div.middle");
  const sideSplit = split(document, {
    name: "Width of the steps", axis: "x", sign: 1, property: "--side-width", root, memory,
    initial: 280, min: 160, max: () => root.clientWidth * 0.5,
  });
  const areaSplit = split(document, {
    name: "Height of the panels", axis: "y", sign: -1, property: "--area-height", root, memory,
    initial: 200, min: 80, max: () => root.clientHeight * 0.6,
  });
  middle.append(side, sideSplit, stageView.root);
  root.append(middle, areaSplit, area.root, status.element);
  document.body.append(root);

  let page = null;
  player.follow = true;
  player.onchange = (what, detail) => {
    if (what === "error") context.say(`This moment cannot be shown: ${detail?.message || detail}`);
    events.emit(what, what === "state" ? undefined : player.now);
    if (player.page !== page) {
      page = player.page;
      events.emit("page", page);
    }
  };
  events.on("seek", (t) => left.forEach((panel) => panel.update(t)));
  view.onKey = () => {};
  await player.seek(0);
  signals.onload(() => events.emit("signals", signals));
  void signals.ready;
}
