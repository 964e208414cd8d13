/** What becomes of an element's attributes at each level. Names are in lower case. */

// At `mask` these keep their value: they shape the page and hold no text. All others, and all of an unknown name, are masked.
const STRUCTURAL = new Set([
  "accept-charset", "align", "allowfullscreen", "aria-atomic", "aria-autocomplete", "aria-busy", "aria-checked", "aria-colcount",
  "aria-colindex", "aria-colspan", "aria-controls", "aria-current", "aria-describedby", "aria-disabled", "aria-expanded", "aria-haspopup",
  "aria-hidden", "aria-invalid", "aria-labelledby", "aria-level", "aria-live", "aria-modal", "aria-multiline", "aria-multiselectable",
  "aria-orientation", "aria-owns", "aria-pressed", "aria-readonly", "aria-required", "aria-rowcount", "aria-rowindex", "aria-rowspan",
  "aria-selected", "aria-setsize", "aria-sort", "aria-valuemax", "aria-valuemin", "aria-valuenow", "as", "async", "autocapitalize",
  "autocomplete", "autofocus", "bgcolor", "border", "cellpadding", "cellspacing", "char", "charset", "checked", "class", "color", "cols",
  "colspan", "compact", "contenteditable", "controls", "coords", "crossorigin", "decoding", "default", "defer", "dir", "disabled",
  "draggable", "enctype", "enterkeyhint", "exportparts", "face", "fetchpriority", "for", "form", "frame", "frameborder", "headers",
  "height", "hidden", "high", "hspace", "http-equiv", "id", "inert", "inputmode", "integrity", "is", "ismap", "itemscope", "kind", "lang",
  "link", "list", "loading", "loop", "low", "marginheight", "marginwidth", "max", "maxlength", "media", "method", "min", "minlength",
  "multiple", "muted", "name", "nohref", "nomodule", "nonce", "noshade", "novalidate", "nowrap", "open", "optimum", "part", "pattern",
  "playsinline", "popover", "popovertarget", "popovertargetaction", "preload", "readonly", "referrerpolicy", "rel", "required", "rev",
  "reversed", "role", "rows", "rowspan", "rules", "sandbox", "scope", "scrolling", "selected", "shadowrootmode", "shape", "size", "sizes",
  "slot", "span", "spellcheck", "start", "step", "tabindex", "target", "text", "translate", "type", "usemap", "valign", "vlink", "vspace",
  "width", "wrap", "xmlns",
]);
// In SVG and MathML nearly all attributes draw; these are text, or loaded.
const DRAWING_TEXT = new Set(["title", "alt", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "desc"]);
// Values of attributes that style sheets select by, and that say nothing: they stay, so that the looks do.
const STATES = new Set((
  "true false on off yes no none auto open closed opened expanded collapsed active inactive checked unchecked selected " +
  "enabled disabled visible hidden shown loading loaded idle pending success error warning info dark light system " +
  "horizontal vertical top bottom left right center start end small medium large sm md lg xl primary secondary default " +
  "current ltr rtl menu dialog modal tab tabs button list item row column grid"
).split(" "));
const SAID = new Set(["title", "alt", "placeholder", "value", "label", "summary", "content"]);
const MARKS = new Set(["data-harness-privacy", "data-dd-privacy"]);
export const NAVIGATES = new Set(["action", "cite", "formaction", "href", "longdesc", "manifest", "ping", "xlink:href"]);
const LOADS = new Set(["background", "classid", "codebase", "data", "dynsrc", "href", "imagesrcset", "lowsrc", "poster", "src", "srcset", "xlink:href"]);
export const PICTURES = new Set(["img", "image", "input", "source", "video", "audio", "track", "embed", "object", "feimage"]);

/** Whether an attribute of this name is text at the level `mask`. @param {string} name @param {boolean} isDrawing SVG or MathML */
export function isText(name, isDrawing) {
  if (MARKS.has(name) || name.startsWith("rr_") || name === "_csstext" || name === "style") return false;
  if (isDrawing) return DRAWING_TEXT.has(name) || name.startsWith("data-") || name.startsWith("on");
  return !STRUCTURAL.has(name) && !LOADS.has(name) && !NAVIGATES.has(name) && name !== "srcdoc";
}

/** Whether a value is one of the usual words of a state, of an attribute that shows no text. */
export function isState(name, value) {
  return STATES.has(value) && !SAID.has(name) && !name.startsWith("aria-");
}

/** Whether it holds a URL of something the page shows or loads. */
export function isLoaded(name) {
  return LOADS.has(name);
}
