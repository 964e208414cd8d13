/**
 * The window around the replayed page: what stands where, and who hears of what. Panels plug in by the contract in context.js.
 */
import { createContext, Events } from "./context.js";
import { keepLink, parseLink, seekTo } from "./deep_link.js";
import { element, iconButton } from "./dom.js";
import { windowHeader } from "./header.js";
import { helpOverlay } from "./help.js";
import { Live } from "./live.js";
import { memory as openMemory } from "./memory.js";
import { keepUpdated, PanelArea } from "./panel_area.js";
import { bottomPanels, leftPanels } from "./panels/panels.js";
import { searchDialog } from "./panels/search.js";
import { listen } from "./shortcuts.js";
import { Signals } from "./signals.js";
import { split } from "./split.js";
import { StageView } from "./stage_view.js";
import { statusLine } from "./status_line.js";
import { themeSwitch } from "./theme.js";
import { TimelineView } from "./timeline_view.js";
import { Transport } from "./transport.js";
import { windowKeys } from "./window_keys.js";

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
  player.follow = true;
  tellOf(player, context, events);

  const stageView = new StageView(context, stage, memory);
  context.stage = stageView;
  const timelineView = new TimelineView(context);
  const transport = new Transport(context, () => timelineView.stops);
  const left = leftPanels.map((make) => make(context));
  const area = new PanelArea(context, bottomPanels.map((make) => make(context)), events);
  context.openPanel = (id, options) => area.show(id, options);
  keepLink(context, area);

  const live = new Live(context, events);
  const theme = themeSwitch(document, memory);
  const copyLink = () => void context.copy(context.link(), "A link to this moment is copied");
  const help = helpOverlay(document, () => keys);
  const search = searchDialog(context);
  const keys = windowKeys({ context, transport, timelineView, stageView, area, left, live, theme, copyLink, help, search });
  view.onKey = listen(document, keys);

  const tools = [
    iconButton(document, { icon: "search", label: "Search everything", keys: "/", onclick: search.open }),
    iconButton(document, { icon: "link", label: "Copy a link to this moment", keys: "L", onclick: copyLink }),
    theme.element,
    iconButton(document, { icon: "help", label: "Keyboard", keys: "?", onclick: help.open }),
  ];
  const cut = sliceOf(source.manifest.header, timeline.duration);
  if (cut) tools.unshift(beforeButton(document, () => timelineView.zoomFit()));
  const header = windowHeader(context, { transport: transport.root, tools, live: live.button });
  document.body.append(...layOut({ document, memory, header, timelineView, stageView, area, left }), help.element, search.element, status.element);
  document.title = source.manifest.header.title || document.title;

  keepUpdated(left, player, events);
  const wanted = parseLink(document.location.hash);
  const start = wanted.t ?? (wanted.page ? timeline.firstShown(wanted.page) : null) ?? cut?.from ?? firstPicture(timeline);
  if (cut && wanted.t === undefined) timelineView.show(cut.from, cut.to);
  await seekTo(context, { t: start, page: wanted.page });
  if (live.running && wanted.t === undefined) live.followEnd();
  if (wanted.panel) area.show(wanted.panel);
  signals.onload(() => events.emit("signals", signals));
  void signals.ready;
}

/** The player tells of itself by one function; everybody else listens by name. */
function tellOf(player, context, events) {
  let page = null;
  player.onchange = (what, detail) => {
    if (what === "error") context.say(`This moment cannot be shown: ${detail?.message || detail}`);
    if (player.page !== page) {
      page = player.page;
      events.emit("page", page);
    }
    events.emit(what, what === "error" ? detail : player.now);
  };
}

/** Where the window opens: at the first document that is more than the blank one a new page begins with. */
function firstPicture(timeline) {
  const shown = [...timeline.documents.values()].filter((entry) => entry.top && entry.snapshots.length);
  const real = shown.filter((entry) => !/^about:/.test(entry.url || "about:"));
  const times = (real.length ? real : shown).map((entry) => Math.min(...entry.snapshots.map(([at]) => at)));
  return times.length ? Math.max(0, Math.min(timeline.duration, ...times)) : 0;
}

/** The span that is meant, where the recording was cut out of a longer one: of a test that shares its browser context. */
function sliceOf({ slice }, duration) {
  const [from, to] = [slice?.start_ms, slice?.end_ms];
  return typeof from === "number" && typeof to === "number" && from > 0 && from < to && to <= duration + 1 ? { from, to } : null;
}

/** Shows the whole timeline again, and is then of no more use. */
function beforeButton(document, show) {
  const button = element(document, "button.tool.before", { type: "button", title: "This recording was cut to its test; 0 shows it all" }, "Show what came before");
  button.onclick = () => {
    show();
    button.remove();
  };
  return button;
}

function layOut({ document, memory, header, timelineView, stageView, area, left }) {
  const root = element(document, "div.window");
  const screen = document.documentElement;
  const side = element(document, "section.side", { "aria-label": "Steps" }, ...left.map((panel) => panel.element));
  const sideSplit = split(document, {
    name: "Width of the steps", axis: "x", sign: 1, property: "--side-width", root, memory,
    initial: Math.min(400, Math.max(280, screen.clientWidth * 0.2)), min: 160, max: () => screen.clientWidth * 0.5,
  });
  const areaSplit = split(document, {
    name: "Height of the panels", axis: "y", sign: -1, property: "--area-height", root, memory,
    initial: Math.min(320, Math.max(180, screen.clientHeight * 0.25)), min: 32, max: () => screen.clientHeight * 0.6,
  });
  root.append(header, timelineView.root, element(document, "main.middle", {}, side, sideSplit, stageView.root), areaSplit, area.root);
  return [root];
}
