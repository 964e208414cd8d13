/** A price history drawn on canvas, with a line that glides from one range to the next. */

const GLIDE_MS = 420;
const POINTS = 120; // each range is drawn through as many points, so that one can become the other
const STEPS = [25, 50, 100, 200, 500, 1000, 2000]; // cents between two lines
const PADDING = { top: 18, right: 18, bottom: 30, left: 56 };

/**
 * @param {HTMLCanvasElement} canvas
 * @param {(point: {day: string, cents: number} | null) => void} onPoint the day under the pointer
 */
export function priceChart(canvas, onPoint) {
  const context = canvas.getContext("2d");
  let history = [];
  let values = [];
  let hover = null;
  let frame = 0;
  let size = { width: 0, height: 0 };

  const colour = (name) => getComputedStyle(canvas).getPropertyValue(name).trim();
  const x = (part) => PADDING.left + part * (size.width - PADDING.left - PADDING.right);
  const sample = (part) => {
    const at = part * (history.length - 1);
    const low = Math.floor(at);
    const high = Math.min(low + 1, history.length - 1);
    return history[low].cents + (history[high].cents - history[low].cents) * (at - low);
  };

  function draw() {
    const { width, height } = size;
    context.clearRect(0, 0, width, height);
    if (!values.length) return;
    const lowest = Math.min(...values);
    const highest = Math.max(...values);
    // Lines at round prices: the smallest step that needs no more than five of them.
    const step = STEPS.find((cents) => (highest - lowest) / cents < 4) ?? STEPS.at(-1);
    const low = Math.floor((lowest - step * 0.2) / step) * step;
    const high = Math.ceil((highest + step * 0.2) / step) * step;
    const y = (cents) => PADDING.top + (1 - (cents - low) / (high - low)) * (height - PADDING.top - PADDING.bottom);

    context.font = '12px "Small Hours", system-ui, sans-serif';
    context.textBaseline = "middle";
    context.textAlign = "right";
    for (let cents = low; cents <= high; cents += step) {
      context.strokeStyle = colour("--line");
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(PADDING.left, Math.round(y(cents)) + 0.5);
      context.lineTo(width - PADDING.right, Math.round(y(cents)) + 0.5);
      context.stroke();
      context.fillStyle = colour("--muted");
      context.fillText(`€${(cents / 100).toFixed(cents % 100 ? 2 : 0)}`, PADDING.left - 10, y(cents));
    }
    for (const part of width < 480 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]) {
      const { day } = history[Math.round(part * (history.length - 1))];
      context.textAlign = part === 0 ? "left" : part === 1 ? "right" : "center";
      context.fillText(dayName(day), x(part), height - 10);
    }

    const line = new Path2D();
    values.forEach((cents, index) => line.lineTo(x(index / (POINTS - 1)), y(cents)));
    const area = new Path2D(line);
    area.lineTo(x(1), height - PADDING.bottom);
    area.lineTo(x(0), height - PADDING.bottom);
    const shade = context.createLinearGradient(0, PADDING.top, 0, height - PADDING.bottom);
    shade.addColorStop(0, colour("--accent-soft"));
    shade.addColorStop(1, "transparent");
    context.fillStyle = shade;
    context.fill(area);
    context.strokeStyle = colour("--accent");
    context.lineWidth = 2.5;
    context.lineJoin = "round";
    context.stroke(line);

    const part = hover ?? 1;
    const index = Math.round(part * (POINTS - 1));
    if (hover !== null) {
      context.strokeStyle = colour("--line-strong");
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x(part), PADDING.top);
      context.lineTo(x(part), height - PADDING.bottom);
      context.stroke();
    }
    context.fillStyle = colour("--accent");
    context.strokeStyle = colour("--card");
    context.lineWidth = 3;
    context.beginPath();
    context.arc(x(part), y(values[index]), 6, 0, Math.PI * 2);
    context.fill();
    context.stroke();
  }

  function resize() {
    const box = canvas.getBoundingClientRect();
    size = { width: box.width, height: box.height };
    canvas.width = Math.round(box.width * devicePixelRatio);
    canvas.height = Math.round(box.height * devicePixelRatio);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    draw();
  }

  function glideTo(target) {
    cancelAnimationFrame(frame);
    const from = values.length ? values : target.map(() => Math.min(...target));
    const start = performance.now();
    const step = (now) => {
      const part = Math.min(Math.max(now - start, 0) / GLIDE_MS, 1);
      const eased = 1 - (1 - part) ** 3;
      values = target.map((cents, index) => from[index] + (cents - from[index]) * eased);
      draw();
      if (part < 1) frame = requestAnimationFrame(step);
      else canvas.dataset.drawn = String(history.length);
    };
    frame = requestAnimationFrame(step);
  }

  canvas.addEventListener("pointermove", (event) => {
    if (!history.length) return;
    const part = (event.offsetX - PADDING.left) / (size.width - PADDING.left - PADDING.right);
    hover = Math.min(Math.max(part, 0), 1);
    onPoint(history[Math.round(hover * (history.length - 1))]);
    draw();
  });
  canvas.addEventListener("pointerleave", () => {
    hover = null;
    onPoint(null);
    draw();
  });
  document.addEventListener("theme", draw);
  new ResizeObserver(resize).observe(canvas);

  return {
    /** @param {{day: string, cents: number}[]} next oldest first */
    show(next) {
      history = next;
      delete canvas.dataset.drawn;
      glideTo(Array.from({ length: POINTS }, (_, index) => sample(index / (POINTS - 1))));
    },
  };
}

/** @param {string} day as 2030-01-31 */
export function dayName(day) {
  return new Date(`${day}T12:00`).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
}
