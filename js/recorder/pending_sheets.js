/** Whether style sheets are still to come that a document was written with: until then nobody knows how its fields look. */

/** @param {Document} doc @returns {boolean} */
export function awaitsSheets(doc) {
  if (doc.readyState === "complete") return false;
  for (const link of doc.getElementsByTagName("link")) {
    if (link.relList.contains("stylesheet") && !link.disabled && !link.sheet) return true;
  }
  for (const sheet of doc.styleSheets) {
    try {
      for (const rule of sheet.cssRules) {
        // These stand before all others, but for layers.
        if (rule.type === CSSRule.IMPORT_RULE && !rule.styleSheet) return true;
        if (rule.type === CSSRule.STYLE_RULE) break;
      }
    } catch {
      return true; // of another origin: what it imports cannot be seen
    }
  }
  return false;
}
