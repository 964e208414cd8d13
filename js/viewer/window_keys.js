/** What each key does. The first ones are those that video players and Playwright's viewer have taught everybody. */
import { toFailure } from "./failure.js";
import { bugReport } from "./panels/bug_report.js";

/** @returns {import("./shortcuts.js").Shortcut[]} */
export function windowKeys({ context, transport, timelineView, stageView, area, left, live, theme, copyLink, help, search }) {
  const group = (name, list) => list.map(([keys, does, run, shown]) => ({ group: name, keys, does, run, shown }));
  const panels = area.panels.slice(0, 9);
  return [
    ...group("Playback", [
      [[" ", "k"], "Play or pause", () => transport.toggle()],
      [["ArrowLeft", "ArrowRight"], "5 s back, forward", null],
      [["Shift+ArrowLeft", "Shift+ArrowRight"], "0.1 s back, forward", null],
      [[",", "."], "Previous, next step or mark", null],
      [["Home", "End"], "To the start, to the end", null],
      [["[", "]"], "Slower, faster", null],
      [["w"], "Watch live, while it is recorded", () => live.toggle()],
      [["i"], "Skip inactivity, or not", () => transport.toggleSkip()],
    ]),
    ...group("Timeline", [
      [["+", "-"], "Zoom in, out", null],
      [["0"], "The whole recording", () => timelineView.zoomFit()],
    ]),
    ...group("Stage", [
      [["z"], "Fit, or 1:1", () => stageView.toggleScale()],
      [["f"], "Follow the active page, or not", () => stageView.pages.toggleFollow()],
      [["PageUp", "PageDown"], "Previous, next page of the recording", null],
      [["d"], "Another page beside this one", () => stageView.beside.toggle()],
      [["v"], "Replay, live picture, difference", () => stageView.checks.next()],
    ]),
    ...group("Window", [
      [["s"], "Into the steps", () => left[0]?.focus?.()],
      ...(panels.length ? [[panels.map((_, n) => String(n + 1)), "Open a panel below", null, panels.length > 1 ? `1 – ${panels.length}` : "1"]] : []),
      [["x"], "To what failed", () => toFailure(context)],
      [["/"], "Search everything (Ctrl K too)", () => search.open()],
      [["e"], "Point at an element to inspect it", () => area.panels.find((panel) => panel.pick)?.pick()],
      [["b"], "Copy as bug report", () => void context.copy(bugReport(context), "Copied as bug report")],
      [["l"], "Copy a link to this moment", copyLink],
      [["t"], "Theme: system, light, dark", () => context.say(`Theme: ${theme.next()}`)],
      [["?"], "This list", () => help.open()],
    ]),
  ].flatMap((shortcut) => (shortcut.run ? [shortcut] : pair(shortcut)));

  /** Keys listed together, each with an action of its own. */
  function pair(shortcut) {
    const actions = {
      ArrowLeft: () => transport.back(),
      ArrowRight: () => transport.forward(),
      "Shift+ArrowLeft": () => transport.fineBack(),
      "Shift+ArrowRight": () => transport.fineForward(),
      ",": () => transport.toStop(-1),
      ".": () => transport.toStop(1),
      Home: () => transport.toStart(),
      End: () => transport.toEnd(),
      "[": () => transport.changeSpeed(-1),
      "]": () => transport.changeSpeed(1),
      "+": () => timelineView.zoomIn(),
      "-": () => timelineView.zoomOut(),
      PageUp: () => stageView.pages.chooseNext(-1),
      PageDown: () => stageView.pages.chooseNext(1),
    };
    panels.forEach((panel, n) => (actions[String(n + 1)] = () => area.show(panel.id, { focus: true })));
    return [{ ...shortcut, run: (key) => actions[key]() }];
  }
}
