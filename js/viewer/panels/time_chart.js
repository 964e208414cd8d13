/** Values over the time of the recording: bars or a line, with the playhead; a click seeks there, arrow keys go from bar to bar. */
import { element } from "../dom.js";
import { clockText } from "../clock_text.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [1000, 60];
// More than this many points are more than there are pixels.
const MAX_POINTS = 1500;

/**
 * @param {Document} document
 * @param {object} options
 * @param {string} options.label
 * @param {{from: number, to: number}} options.span ms
 * @param {number} options.max value at the top
 * @param {{t: number, end: number, value: number}[]} [options.bars] in order of time
 * @param {{t: number, value: number}[]} [options.line] in order of time
 * @param {(t: number) => void} options.seek
 * @param {(value: number) => string} options.text
 * @returns {{element: HTMLElement, update: (t: number) => void}}
 */
export function timeChart(document, { label, span, max, bars = [], line = [], seek, text }) {
  const x = (t) => ((t - span.from) / (span.to - span.from)) * WIDTH;
  const y = (value) => HEIGHT - (Math.min(max, value) / (max || 1)) * (HEIGHT - 4);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const shape = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    svg.append(made);
    return made;
  };
  if (bars.length) {
    const d = thinned(bars, (bar) => bar.value).map((bar) => {
      const [left, width] = [x(bar.t), Math.max(1.5, x(bar.end) - x(bar.t))];
      return `M${left.toFixed(1)} ${HEIGHT}V${y(bar.value).toFixed(1)}h${width.toFixed(1)}V${HEIGHT}z`;
    });
    shape("path", { class: "chart-bars", d: d.join("") });
  }
  if (line.length) {
    const points = thinned(line, (point) => point.value).map((point) => `${x(point.t).toFixed(1)},${y(point.value).toFixed(1)}`);
    shape("polyline", { class: "chart-line", points: points.join(" "), "vector-effect": "non-scaling-stroke" });
  }
  const head = shape("line", { class: "chart-now", y1: 0, y2: HEIGHT, "vector-effect": "non-scaling-stroke" });
  const told = element(document, "span.chart-told");
  const points = bars.length ? bars : line;
  let now = 0;
  const tell = (point) => {
    told.textContent = point ? `${clockText(point.t, { precise: true })}: ${text(point.value)}` : "";
  };
  const timeAt = (event) => {
    const box = svg.getBoundingClientRect();
    return span.from + ((event.clientX - box.left) / box.width) * (span.to - span.from);
  };
  const chart = element(
    document,
    "div.chart",
    {
      role: "slider",
      tabindex: 0,
      "aria-label": label,
      "aria-valuemin": Math.round(span.from),
      "aria-valuemax": Math.round(span.to),
      "aria-valuenow": 0,
      onclick: (event) => seek(timeAt(event)),
      onpointermove: (event) => tell(nearest(points, timeAt(event))),
      onpointerleave: () => tell(null),
      onkeydown: (event) => {
        const next =
          event.key === "ArrowRight"
            ? points.find((point) => point.t > now + 1)
            : event.key === "ArrowLeft"
              ? points.findLast((point) => point.t < now - 1)
              : null;
        if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
        event.preventDefault();
        event.stopPropagation();
        if (next) seek(next.t);
      },
    },
    svg,
    told,
  );
  return {
    element: chart,
    update: (t) => {
      now = t;
      const at = x(t).toFixed(1);
      head.setAttribute("x1", at);
      head.setAttribute("x2", at);
      chart.setAttribute("aria-valuenow", String(Math.round(t)));
      chart.setAttribute("aria-valuetext", clockText(t));
    },
  };
}

/** The greatest of each group of neighbours. */
function thinned(points, valueOf) {
  const size = Math.ceil(points.length / MAX_POINTS);
  if (size <= 1) return points;
  const kept = [];
  for (let n = 0; n < points.length; n += size) {
    let most = points[n];
    for (const point of points.slice(n, n + size)) if (valueOf(point) > valueOf(most)) most = point;
    kept.push(most);
  }
  return kept;
}

function nearest(points, t) {
  let found = null;
  for (const point of points) if (!found || Math.abs(point.t - t) < Math.abs(found.t - t)) found = point;
  return found;
}
