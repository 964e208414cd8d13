/** The text of a console message with its `%` directives filled in, as consoles show it. https://console.spec.whatwg.org/#formatter */

const DIRECTIVE = /%[sdifoOc%]/g;

/**
 * @param {string} text as the recorder was told it
 * @param {any[]} args values, see docs/format.md
 * @param {(value: any) => string} textOf
 * @returns {string}
 */
export function formatted(text, args, textOf) {
  const [pattern, ...rest] = args;
  if (typeof pattern !== "string" || !rest.length || !pattern.includes("%")) return text;
  let used = 0;
  const start = pattern.replace(DIRECTIVE, (directive) => {
    if (directive === "%%") return "%";
    if (used >= rest.length) return directive;
    const value = rest[used];
    used += 1;
    // Styles are for the page's own developers, not for ours.
    if (directive === "%c") return "";
    if (directive === "%d" || directive === "%i") return typeof value === "object" ? "NaN" : String(Math.trunc(Number(value)));
    if (directive === "%f") return typeof value === "object" ? "NaN" : String(Number(value));
    return textOf(value);
  });
  return used ? [start, ...rest.slice(used).map(textOf)].join(" ") : text;
}
