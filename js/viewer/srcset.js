/** Candidates of a `srcset` attribute: https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute */

/**
 * @param {string} value
 * @returns {{url: string, descriptor: string}[]} descriptor: "2x", "640w", … or ""
 */
export function parseSrcset(value) {
  const candidates = [];
  let at = 0;
  while (at < value.length) {
    while (at < value.length && /[\s,]/.test(value[at])) at += 1;
    if (at >= value.length) break;
    const start = at;
    while (at < value.length && !/\s/.test(value[at])) at += 1;
    let url = value.slice(start, at);
    if (url.endsWith(",")) {
      url = url.replace(/,+$/, "");
      candidates.push({ url, descriptor: "" });
      continue;
    }
    // Descriptors reach to the next comma outside parentheses.
    const descriptorStart = at;
    let depth = 0;
    while (at < value.length && (value[at] !== "," || depth > 0)) {
      if (value[at] === "(") depth += 1;
      else if (value[at] === ")") depth -= 1;
      at += 1;
    }
    candidates.push({ url, descriptor: value.slice(descriptorStart, at).trim() });
  }
  return candidates;
}

/**
 * @param {string} value a `srcset`
 * @param {(url: string) => string | null} resolve null where the recording does not hold the URL
 * @returns {string} only the candidates that are held: among them is the one the page used
 */
export function rewriteSrcset(value, resolve) {
  const kept = [];
  for (const { url, descriptor } of parseSrcset(value)) {
    const resolved = resolve(url);
    if (resolved !== null) kept.push(descriptor ? `${resolved} ${descriptor}` : resolved);
  }
  return kept.join(", ");
}
