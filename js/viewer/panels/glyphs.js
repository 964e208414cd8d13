/** Small pictures of what a row is about: 16 × 16, drawn with strokes of the text's colour. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  navigate:
    "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM2.4 8h11.2M8 2.2c2 2 2.6 3.8 2.6 5.8S10 11.8 8 13.8C6 11.8 5.4 10 5.4 8S6 4.2 8 2.2z",
  pointer: "M4 2.6l8 6.2-3.6.6 2 3.6-1.6.9-2-3.7L4 12.6z",
  keyboard: "M2 4.5h12v7H2zM4.5 7h.1M7 7h.1M9.5 7h.1M12 7h-.1M5 9.4h6",
  check: "M3 8.4l3.4 3.4L13 4.6",
  clock: "M8 2.4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 8 2.4zM8 5v3.2l2.2 1.4",
  code: "M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5",
  picture: "M2.5 3.5h11v9h-11zM3 11l3-3 2.4 2.4L10.5 8l3 3",
  group: "M2.5 5h11M2.5 8h11M2.5 11h7",
  flag: "M4 14V2.8h8l-1.8 2.6L12 8H4",
  dot: "M8 7.2a.8.8 0 1 0 0 1.6.8.8 0 0 0 0-1.6z",
  error: "M8 2.4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 8 2.4zM6 6l4 4M10 6l-4 4",
  warning: "M8 2.5l6 10.8H2zM8 6.5v3.2M8 11.4v.2",
  info: "M8 2.4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 8 2.4zM8 7.2v3.6M8 5v.2",
  right: "M6 4l4 4-4 4",
  down: "M4 6l4 4 4-4",
  sent: "M8 13V3M4 7l4-4 4 4",
  received: "M8 3v10M4 9l4 4 4-4",
  target: "M8 2v3M8 11v3M2 8h3M11 8h3M8 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
  search: "M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4zM10.2 10.2l3.3 3.3",
  text: "M3.5 4.5v-1h9v1M8 3.5v9M6 12.5h4",
  file: "M4 2.2h5l3 3v8.6H4zM9 2.2v3h3",
  dialog: "M2.5 3.5h11v7H8l-3 2.6v-2.6H2.5z",
};

/** @param {Document} document @param {string} name @returns {SVGElement} */
export function glyph(document, name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `icon glyph glyph-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] || PATHS.dot);
  svg.append(path);
  return svg;
}
