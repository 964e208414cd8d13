/** What stands in the place of a picture that the recording does not hold: a box of its size that says so. */

const MEGABYTE = 1024 * 1024;

/**
 * @param {{reason: string, size?: number | null, width?: number | null, height?: number | null}} omitted of the index
 * @returns {string} a `data:` URL
 */
export function placeholder({ reason, size, width, height }) {
  const [w, h] = [width > 0 ? width : 120, height > 0 ? height : 40];
  const amount = size > 0 ? ` (${(size / MEGABYTE).toFixed(1)} MB)` : "";
  const text = escaped(`not kept: ${reason}${amount}`);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}">` +
    `<rect width="100%" height="100%" fill="#f2f2f2" stroke="#999" stroke-dasharray="4"/>` +
    `<text x="50%" y="50%" dy=".35em" text-anchor="middle" font-family="sans-serif" font-size="12" fill="#555">${text}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
