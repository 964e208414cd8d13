/** A stack of calls as it was recorded. Its addresses stay text: none of them leads anywhere. */
import { element } from "../dom.js";
import { recorded } from "./recorded.js";

// `at f (https://a/b.js:1:2)` and `f@https://a/b.js:1:2`
const PLACE = /\(?((?:[a-z][a-z0-9+.-]*:\/\/|\/|webpack:|<)[^\s()]*?:\d+(?::\d+)?)\)?\s*$/i;

const MAX_LINE = 2000;

/** @param {Document} document @param {string} stack */
export function stackView(document, stack) {
  const lines = stack
    .split("\n")
    .slice(0, 500)
    .map((line) => {
      const found = line.length > MAX_LINE ? null : PLACE.exec(line);
      if (!found) return element(document, "div.stack-line", {}, recorded(document, line.slice(0, MAX_LINE)));
      const call = line.slice(0, found.index).trimEnd();
      return element(
        document,
        "div.stack-line",
        {},
        recorded(document, call),
        " ",
        recorded(document, found[1], "bdi.stack-place"),
      );
    });
  return element(document, "div.stack", {}, ...lines);
}

/** @param {{file: string, line: number | null, column: number | null} | null} place @returns {string} */
export function placeText(place) {
  if (!place) return "";
  return place.file + (place.line === null ? "" : `:${place.line}`) + (place.column === null ? "" : `:${place.column}`);
}

/** @param {{file: string, line: number | null} | null} place @returns {string} short enough for a row */
export function shortPlace(place) {
  if (!place) return "";
  const name = place.file.split(/[?#]/)[0].replace(/\/+$/, "").split("/").pop() || place.file;
  return name.slice(-60) + (place.line === null ? "" : `:${place.line}`);
}
