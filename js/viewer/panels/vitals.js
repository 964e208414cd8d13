/** Vitals: how fast and steady the page on show was for its user, where its thread was busy, what memory it took. */
import { element } from "../dom.js";
import { lengthText } from "../clock_text.js";
import { bytesText, countText, section } from "./recorded.js";
import { timeChart } from "./time_chart.js";

// https://web.dev/articles/vitals: up to the first good, up to the second in need of improvement.
const VITALS = [
  ["LCP", "Largest Contentful Paint", 2500, 4000],
  ["INP", "Interaction to Next Paint", 200, 500],
  ["CLS", "Cumulative Layout Shift", 0.1, 0.25],
  ["FCP", "First Contentful Paint", 1800, 3000],
  ["TTFB", "Time to First Byte", 800, 1800],
];
const RATINGS = { good: "good", "needs-improvement": "needs improvement", poor: "poor" };
const LONG_MS = 50;

/** @param {any} context see ../context.js @returns {import("../context.js").Panel} */
export function vitalsPanel(context) {
  const { document, signals, timeline, player } = context;
  const cards = element(document, "div.vital-cards");
  const charts = element(document, "div.vital-charts");
  const root = element(document, "div.panel.vitals-panel.text-panel", {}, cards, charts);
  let shown = "";
  let moving = [];

  function drawCards(t) {
    const entry = timeline.documentAt(player.page, t);
    const doc = entry?.doc ?? null;
    const values = VITALS.map(([name]) => valueAt(name, doc, t));
    const key = JSON.stringify([doc, values.map((value) => value && [value.t, value.t <= t])]);
    if (key === shown) return;
    shown = key;
    cards.replaceChildren(...VITALS.map((vital, n) => card(vital, values[n], t)));
  }

  /** The last one told by `t`; before there is any, what it came to in the end. */
  function valueAt(name, doc, t) {
    const own = signals.vitals.filter(
      (vital) => vital.name === name && (vital.doc === doc || (vital.doc === null && vital.page === player.page)),
    );
    return own.findLast((vital) => vital.t <= t) || own.at(-1) || null;
  }

  function card([name, title, good, poor], vital, t) {
    const rating = vital && (RATINGS[vital.rating] ? vital.rating : ratingOf(vital.value, good, poor));
    const value = vital ? (name === "CLS" ? vital.value.toFixed(3) : lengthText(vital.value)) : "–";
    const go = () => {
      context.select(vital);
      void context.seek(vital.t, vital.page ?? undefined);
    };
    return element(
      document,
      `button.vital-card${rating ? `.${rating}` : ".none"}${vital && vital.t > t ? ".future" : ""}`,
      {
        type: "button",
        disabled: !vital,
        title: `${title}. Good up to ${limit(name, good)}, poor above ${limit(name, poor)}`,
        onclick: go,
      },
      element(document, "span.vital-name", {}, name),
      element(document, "span.vital-value", {}, value),
      element(document, "span.vital-rating", {}, rating ? RATINGS[rating] : "not recorded"),
    );
  }

  function drawCharts() {
    const { longTasks, memory } = signals;
    const span = { from: 0, to: Math.max(1, timeline.duration) };
    const seek = (t) => void context.seek(t);
    moving = [];
    const parts = [];
    // Frames tell what tasks tell, and more; where there are both, one of them is enough.
    const frames = longTasks.filter((task) => task.of === "long-animation-frame");
    const busy = frames.length ? frames : longTasks;
    if (busy.length) {
      const worst = busy.reduce((most, task) => Math.max(most, task.duration), 0);
      const total = busy.reduce((sum, task) => sum + Math.max(0, task.blocking ?? task.duration - LONG_MS), 0);
      const bars = busy.map((task) => ({ t: task.t, end: task.t + task.duration, value: task.duration, item: task }));
      const count = countText(busy.length, frames.length ? "long frame" : "long task");
      const label = `${count}, the longest ${lengthText(worst)}, ${lengthText(total)} blocked in all`;
      const chart = timeChart(document, {
        label,
        span,
        max: Math.max(worst, LONG_MS * 4),
        bars,
        seek,
        text: (value) => lengthText(value),
      });
      moving.push(chart);
      parts.push(section(document, "Long tasks", element(document, "p.list-note", {}, label), chart.element));
    }
    if (memory.length) {
      const most = memory.reduce((max, each) => Math.max(max, each.used), 0);
      const label = `Heap up to ${bytesText(most)}, ${bytesText(memory.at(-1).used)} at the end`;
      const line = memory.map((each) => ({ t: each.t, value: each.used }));
      const chart = timeChart(document, {
        label,
        span,
        max: most * 1.1,
        line,
        seek,
        text: (value) => bytesText(Math.round(value)),
      });
      moving.push(chart);
      parts.push(section(document, "Memory", element(document, "p.list-note", {}, label), chart.element));
    }
    if (signals.loaded && !parts.length && !signals.vitals.length) {
      parts.push(element(document, "p.list-empty", {}, "No measurements of the page's speed were recorded."));
    }
    charts.replaceChildren(...parts);
  }

  function update(t) {
    drawCards(t);
    for (const chart of moving) chart.update(t);
  }

  context.on("signals", () => {
    shown = "";
    drawCharts();
    update(player.now);
  });
  drawCharts();
  update(player.now);
  const badge = () => {
    const poor = signals.vitals.filter((vital) => vital.rating === "poor").length;
    return poor
      ? {
          text: String(new Set(signals.vitals.filter((vital) => vital.rating === "poor").map((vital) => vital.name)).size),
          tone: "warning",
        }
      : "";
  };
  return { id: "vitals", title: "Vitals", element: root, update, badge };
}

function ratingOf(value, good, poor) {
  if (value <= good) return "good";
  return value <= poor ? "needs-improvement" : "poor";
}

function limit(name, value) {
  return name === "CLS" ? String(value) : lengthText(value);
}
