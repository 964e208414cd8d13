/**
 * Locators typed by hand, tried on the replayed page: CSS, a text, or one of Playwright's own (Python or JavaScript spelling),
 * as far as they can be told without Playwright.
 */
import { accessibleName, collapsed, labelOf, roleOf } from "./accessible.js";
import { everyElement, withText } from "./locators.js";

const CALL = new RegExp(
  "^\\.?(get_?by_?(?:role|text|label|placeholder|alt_?text|title|test_?id)|locator|nth|first|last)" +
    // What it is given: anything but parentheses, unless they are in a string.
    "(?:\\(((?:[^()\"']|\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*')*)\\))?",
  "i",
);
const STRING = /^\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/;

/**
 * @param {string} written
 * @param {Document} document of the replayed page
 * @returns {Element[]} Throws an Error that says what is not understood.
 */
export function findAll(written, document) {
  let rest = written.trim().replace(/^(await\s+)?page\./, "");
  if (!CALL.test(rest)) return plain(rest, document);
  let found = [document];
  while (rest) {
    const match = CALL.exec(rest);
    if (!match) throw new Error(`“${rest.slice(0, 40)}” is not understood here`);
    found = step(match[1].toLowerCase().replaceAll("_", ""), match[2] || "", found);
    rest = rest.slice(match[0].length).trim();
  }
  return found.filter((each) => each.nodeType === 1);
}

/** CSS; where that finds nothing, for many a text could be CSS, the text. */
function plain(text, document) {
  if (!text) return [];
  const all = inside([document]);
  let found = [];
  try {
    found = all.filter((each) => each.matches(text));
  } catch {
    found = [];
  }
  return found.length ? found : withText(all, collapsed(text).toLowerCase());
}

function step(name, given, found) {
  const [, quoted] = STRING.exec(given) || [];
  const wanted = quoted === undefined ? "" : unquoted(quoted);
  const exact = /exact\s*[=:]\s*true/i.test(given);
  const matches = (text) =>
    exact ? collapsed(text) === wanted : collapsed(text).toLowerCase().includes(collapsed(wanted).toLowerCase());
  const all = () => inside(found);
  const having = (attribute) => all().filter((each) => each.hasAttribute(attribute) && matches(each.getAttribute(attribute)));
  switch (name) {
    case "first":
      return found.slice(0, 1);
    case "last":
      return found.slice(-1);
    case "nth":
      return found.slice(Number(given), Number(given) + 1 || undefined);
    case "locator":
      return all().filter((each) => each.matches(wanted));
    case "getbyrole": {
      const named = /name\s*[=:]\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/.exec(given);
      const text = named && collapsed(unquoted(named[1]));
      const fits = (each) => {
        const own = accessibleName(each);
        return exact ? own === text : own.toLowerCase().includes(text.toLowerCase());
      };
      return all().filter((each) => roleOf(each) === wanted && (text === null || fits(each)));
    }
    case "getbytext":
      if (exact)
        return all().filter(
          (each) =>
            collapsed(each.textContent) === wanted &&
            ![...each.children].some((child) => collapsed(child.textContent) === wanted),
        );
      return withText(all(), collapsed(wanted).toLowerCase());
    case "getbylabel":
      return all().filter((each) => {
        const label = labelOf(each) || each.getAttribute("aria-label");
        return label && matches(label);
      });
    case "getbyplaceholder":
      return having("placeholder");
    case "getbyalttext":
      return having("alt");
    case "getbytitle":
      return having("title");
    default:
      return all().filter((each) => each.getAttribute("data-testid") === wanted);
  }
}

/** Everything below, in the order of the document. */
function inside(roots) {
  const met = new Set();
  for (const root of roots) for (const each of everyElement(root)) met.add(each);
  return [...met];
}

function unquoted(literal) {
  return literal.slice(1, -1).replace(/\\(.)/g, (_, char) => ({ n: "\n", t: "\t" })[char] || char);
}
