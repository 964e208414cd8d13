/** The content of a request, answer or message: a picture as a picture, JSON laid out, other text as it is. */
import { element } from "../dom.js";
import { button, bytesText, verbatim } from "./recorded.js";

// Shown at once; laying out more is felt.
const SHOWN_CHARS = 60_000;
const MAX_JSON_CHARS = 2_000_000;
const TEXTUAL = /^text\/|json|xml|javascript|ecmascript|x-www-form-urlencoded|graphql|yaml|toml|csv/i;

/**
 * @param {any} context see ../context.js
 * @param {{hash: string, text: string | null, base64: string | null, size: number | null, omitted: string} | null} body
 * @param {string} mime
 * @returns {HTMLElement} filled when the content is there
 */
export function bodyView(context, body, mime) {
  const { document } = context;
  const root = element(document, "div.body-view");
  const type = mime.split(";")[0].trim().toLowerCase();
  if (!body) root.append(note(document, "No body was recorded."));
  else if (body.omitted) {
    const why = body.omitted === "privacy" ? "The privacy level of this recording keeps it out." : `Not kept: ${body.omitted}.`;
    root.append(note(document, why, body.size));
  } else void fill(context, root, body, type);
  return root;
}

async function fill(context, root, body, type) {
  const { document, source } = context;
  try {
    if (type.startsWith("image/")) {
      root.append(await picture(context, body, type));
      return;
    }
    const text = body.hash && (TEXTUAL.test(type) || !type) ? await source.assetText(body.hash) : body.text;
    if (text === null) root.append(note(document, `Content of type ${type || "unknown"}`, body.size));
    else root.append(...textParts(context, text, type, body.size));
  } catch (error) {
    root.append(note(document, `The content cannot be read: ${error.message}`));
  }
}

async function picture({ document, source }, body, type) {
  // As a picture even SVG runs nothing and loads nothing.
  const url = body.hash
    ? (await source.asset(body.hash)).url
    : `data:${type};base64,${body.base64 ?? btoa(unescape(encodeURIComponent(body.text)))}`;
  const image = element(document, "img.body-picture", { src: url, alt: "The picture that was received" });
  const size = element(document, "p.list-note", {}, [type, bytesText(body.size)].filter(Boolean).join(", "));
  image.addEventListener("load", () => {
    size.textContent = [`${image.naturalWidth} × ${image.naturalHeight}`, type, bytesText(body.size)].filter(Boolean).join(", ");
  });
  return element(document, "div", {}, image, size);
}

function textParts(context, text, type, size) {
  const { document } = context;
  const laidOut = /json/i.test(type) || /^\s*[[{]/.test(text) ? prettyJson(text) : null;
  const holder = element(document, "div");
  const put = (shown, whole) => {
    const clipped = !whole && shown.length > SHOWN_CHARS;
    const parts = [verbatim(document, clipped ? shown.slice(0, SHOWN_CHARS) : shown, undefined, Infinity)];
    if (clipped) parts.push(button(document, `Show all ${shown.length.toLocaleString("en")} characters`, () => put(shown, true)));
    holder.replaceChildren(...parts);
  };
  put(laidOut ?? text, false);
  const bar = element(
    document,
    "p.body-bar",
    {},
    element(document, "span", {}, [type, bytesText(size)].filter(Boolean).join(", ")),
  );
  bar.append(button(document, "Copy", () => context.copy(text)));
  if (laidOut !== null && laidOut !== text) {
    let raw = false;
    const other = button(document, "As sent", () => {
      raw = !raw;
      other.textContent = raw ? "Laid out" : "As sent";
      put(raw ? text : laidOut, false);
    });
    bar.append(other);
  }
  return [bar, holder];
}

/** @param {string} text @returns {string | null} null where it is no JSON */
export function prettyJson(text) {
  if (text.length > MAX_JSON_CHARS) return null;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

function note(document, text, size = null) {
  return element(document, "p.list-note", {}, size === null ? text : `${text} (${bytesText(size)})`);
}
