/** Event kind -> what it does to the scene. Kinds that are not here change nothing that is seen. */
import { applyAnimation } from "./apply_animations.js";
import { applyElementState } from "./apply_element_states.js";
import { applyControl } from "./apply_forms.js";
import { applyFonts } from "./apply_fonts.js";
import { applyHighlights } from "./apply_highlights.js";
import { applyInput } from "./apply_input.js";
import { applyFocus, applyKey, applyMouse } from "./apply_focus.js";
import { applyCanvas, applyFont, applyMedia } from "./apply_media.js";
import { applyMediaFeatures } from "./apply_media_features.js";
import { applyMutation } from "./apply_mutation.js";
import { applyPicker } from "./apply_picker.js";
import { applyProperty } from "./apply_properties.js";
import { applySelection, applyTextSelection } from "./apply_selection.js";
import { applyAdoptedSheets, applySheet } from "./apply_sheets.js";
import { applySlot } from "./apply_slots.js";
import { applyAdoptedStyleSheet, applyStyleDeclaration, applyStyleRule } from "./apply_styles.js";
import { applySvgMoments, applySvgTime } from "./apply_svg_time.js";
import { applyTopLayer } from "./apply_top_layer.js";
import { applyMeta, applyScroll, applyTitle, applyUrl, applyViewport, applyVisualViewport } from "./apply_window.js";
import { defineElement } from "./rebuild.js";

function applyCustomElement(scene, stream, event) {
  const name = event.data.define?.name;
  if (name) defineElement(stream, name);
}

/** @type {Map<string, (scene: any, stream: any, event: any) => void>} */
export const APPLIERS = new Map([
  ["adopted-sheets", applyAdoptedSheets],
  ["adopted-style-sheet", applyAdoptedStyleSheet],
  ["animation", applyAnimation],
  ["canvas", applyCanvas],
  ["control", applyControl],
  ["custom-element", applyCustomElement],
  ["focus", applyFocus],
  ["font", applyFont],
  ["element-state", applyElementState],
  ["fonts", applyFonts],
  ["highlights", applyHighlights],
  ["input", applyInput],
  ["key", applyKey],
  ["media", applyMedia],
  ["media-features", applyMediaFeatures],
  ["meta", applyMeta],
  ["mouse", applyMouse],
  ["mutation", applyMutation],
  ["picker", applyPicker],
  ["property", applyProperty],
  ["scroll", applyScroll],
  ["selection", applySelection],
  ["sheet", applySheet],
  ["slot", applySlot],
  ["style-declaration", applyStyleDeclaration],
  ["style-rule", applyStyleRule],
  ["svg-moments", applySvgMoments],
  ["svg-time", applySvgTime],
  ["text-selection", applyTextSelection],
  ["title", applyTitle],
  ["top-layer", applyTopLayer],
  ["url", applyUrl],
  ["viewport", applyViewport],
  ["visual-viewport", applyVisualViewport],
]);
