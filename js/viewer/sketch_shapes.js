/** Shapes of a sketch: backgrounds, borders, pictures, lines of text, drawn from computed styles onto a small canvas. */

const TRANSPARENT = /^(transparent|rgba\(.*,\s*0\))$/;
const COLOUR = /(?:rgba?|color|oklch|oklab|lab|lch|hsla?|hwb)\([^()]*\)|#[0-9a-f]{3,8}\b/gi;
const SIDES = ["Top", "Right", "Bottom", "Left"];
const SHAPES = "path, rect, circle, ellipse, polygon, polyline, line";
const MAX_SHAPES = 60;

/** @typedef {{x: number, y: number, width: number, height: number}} Box in px of the canvas */

/** @param {string} colour */
export function isSeen(colour) {
  return Boolean(colour) && !TRANSPARENT.test(colour);
}

/** @param {CanvasRenderingContext2D} context @param {Box} box @param {number} radius */
export function traceBox(context, { x, y, width, height }, radius) {
  context.beginPath();
  if (radius > 0.5) context.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
  else context.rect(x, y, width, height);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {CSSStyleDeclaration} style
 * @param {number} scale
 * @param {(url: string) => CanvasImageSource | null} imageOf what the browser holds of a URL
 */
export function drawBackground(context, box, style, scale, imageOf) {
  const { backgroundColor, backgroundImage } = style;
  const filled = isSeen(backgroundColor);
  const pictured = backgroundImage && backgroundImage !== "none";
  if (!filled && !pictured) return;
  traceBox(context, box, parseFloat(style.borderTopLeftRadius) * scale);
  if (filled) {
    context.fillStyle = backgroundColor;
    context.fill();
  }
  if (!pictured) return;
  const image = imageOf(/url\("([^"]+)"\)/.exec(backgroundImage)?.[1] ?? "");
  if (image) {
    context.save();
    context.clip();
    drawImage(context, image, box, style.backgroundSize.includes("contain") ? "contain" : "cover");
    context.restore();
  } else if (backgroundImage.includes("gradient(")) {
    context.fillStyle = gradient(context, box, backgroundImage);
    context.fill();
  }
}

/** The first gradient of the list, its colours spread evenly; the angle where it is said. */
function gradient(context, { x, y, width, height }, text) {
  const colours = (text.match(COLOUR) || ["transparent"]).slice(0, 8);
  const said = /linear-gradient\((-?[\d.]+)deg/.exec(text);
  const right = /linear-gradient\(to right/.test(text);
  const angle = ((said ? Number(said[1]) : right ? 90 : 180) - 90) * (Math.PI / 180);
  const [dx, dy] = [(Math.cos(angle) * width) / 2, (Math.sin(angle) * height) / 2];
  const [cx, cy] = [x + width / 2, y + height / 2];
  const made = /radial-gradient/.test(text)
    ? context.createRadialGradient(cx, cy, 0, cx, cy, Math.max(width, height) / 2)
    : context.createLinearGradient(cx - dx, cy - dy, cx + dx, cy + dy);
  colours.forEach((colour, n) => {
    try {
      made.addColorStop(colours.length > 1 ? n / (colours.length - 1) : 0, colour);
    } catch {
      return;
    }
  });
  return made;
}

export function drawBorders(context, { x, y, width, height }, style, scale) {
  for (const side of SIDES) {
    const thick = parseFloat(style[`border${side}Width`]) * scale;
    const colour = style[`border${side}Color`];
    if (!(thick > 0) || style[`border${side}Style`] === "none" || !isSeen(colour)) continue;
    // Thinner than a pixel: paler, not thicker.
    context.save();
    context.globalAlpha *= Math.min(1, thick);
    context.fillStyle = colour;
    const line = Math.max(1, thick);
    if (side === "Top") context.fillRect(x, y, width, line);
    else if (side === "Bottom") context.fillRect(x, y + height - line, width, line);
    else if (side === "Left") context.fillRect(x, y, line, height);
    else context.fillRect(x + width - line, y, line, height);
    context.restore();
  }
}

/** @param {CanvasImageSource & {naturalWidth?: number, width: number}} image @param {Box} box @param {string} fit as `object-fit` */
export function drawImage(context, image, { x, y, width, height }, fit) {
  const own = { width: image.naturalWidth || image.width, height: image.naturalHeight || image.height };
  if (!(own.width > 0 && own.height > 0) || !(width > 0 && height > 0)) return;
  const [across, down] = [width / own.width, height / own.height];
  if (fit === "cover") {
    const scale = Math.max(across, down);
    const part = { width: width / scale, height: height / scale };
    context.drawImage(image, (own.width - part.width) / 2, (own.height - part.height) / 2, part.width, part.height, x, y, width, height);
  } else if (fit === "contain" || fit === "scale-down") {
    const scale = Math.min(across, down);
    const size = { width: own.width * scale, height: own.height * scale };
    context.drawImage(image, x + (width - size.width) / 2, y + (height - size.height) / 2, size.width, size.height);
  } else context.drawImage(image, x, y, width, height);
}

/** Inline SVG: its shapes with their fills. @param {(x: number, y: number) => [number, number]} place */
export function drawSvg(context, svg, place, scale) {
  const view = svg.ownerDocument.defaultView;
  for (const shape of [...svg.querySelectorAll(SHAPES)].slice(0, MAX_SHAPES)) {
    const matrix = shape.getScreenCTM?.();
    const outline = matrix && outlineOf(shape);
    if (!outline || shape.closest("defs, clipPath, mask, symbol")) continue;
    const style = view.getComputedStyle(shape);
    const [e, f] = place(matrix.e, matrix.f);
    context.save();
    context.transform(matrix.a * scale, matrix.b * scale, matrix.c * scale, matrix.d * scale, e, f);
    context.globalAlpha *= Number(style.opacity) || 0;
    if (style.fill !== "none" && isSeen(style.fill) && !style.fill.startsWith("url")) {
      context.fillStyle = style.fill;
      context.fill(outline);
    }
    if (style.stroke !== "none" && isSeen(style.stroke) && !style.stroke.startsWith("url")) {
      context.strokeStyle = style.stroke;
      context.lineWidth = parseFloat(style.strokeWidth) || 1;
      context.stroke(outline);
    }
    context.restore();
  }
}

/** @returns {Path2D | null} */
function outlineOf(shape) {
  const number = (name) => shape[name]?.baseVal?.value ?? 0;
  const path = new Path2D(shape.localName === "path" ? shape.getAttribute("d") || "" : "");
  if (shape.localName === "rect") path.rect(number("x"), number("y"), number("width"), number("height"));
  else if (shape.localName === "circle") path.arc(number("cx"), number("cy"), number("r"), 0, 2 * Math.PI);
  else if (shape.localName === "ellipse") path.ellipse(number("cx"), number("cy"), number("rx"), number("ry"), 0, 0, 2 * Math.PI);
  else if (shape.localName === "line") {
    path.moveTo(number("x1"), number("y1"));
    path.lineTo(number("x2"), number("y2"));
  } else if (shape.points) {
    [...shape.points].forEach(({ x, y }, n) => (n ? path.lineTo(x, y) : path.moveTo(x, y)));
  }
  return path;
}

/** A line of text: letters where they can be told apart, else the grey they make. @param {Box} box of the line */
export function drawText(context, text, box, style, scale) {
  const size = parseFloat(style.fontSize) * scale;
  if (!isSeen(style.color)) return;
  context.fillStyle = style.color;
  if (size >= 5) {
    context.font = `${style.fontStyle} ${style.fontWeight} ${size}px ${style.fontFamily}`;
    context.textBaseline = "middle";
    context.fillText(text, box.x, box.y + box.height / 2, Math.max(1, box.width));
    return;
  }
  context.save();
  context.globalAlpha *= Number(style.fontWeight) >= 600 ? 0.65 : 0.45;
  const high = Math.max(0.7, size * 0.55);
  context.fillRect(box.x, box.y + (box.height - high) / 2, box.width, high);
  context.restore();
}
