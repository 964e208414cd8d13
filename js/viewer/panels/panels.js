/** The panels of the window, in the order in which they stand; what a panel is says context.js. */
import { actionsPanel } from "./actions.js";
import { callPanel } from "./call.js";
import { consolePanel } from "./console.js";
import { errorsPanel } from "./errors.js";
import { infoPanel } from "./info.js";
import { inspectPanel } from "./inspect.js";
import { marksPanel } from "./marks.js";
import { networkPanel } from "./network.js";
import { sourcePanel } from "./source_panel.js";
import { stepsPanel } from "./steps.js";
import { vitalsPanel } from "./vitals.js";

/** Left of the stage. @type {((context: object) => import("../context.js").Panel)[]} */
export const leftPanels = [stepsPanel];

/** Tabs below the stage. @type {((context: object) => import("../context.js").Panel)[]} */
export const bottomPanels = [
  callPanel,
  networkPanel,
  consolePanel,
  errorsPanel,
  sourcePanel,
  actionsPanel,
  vitalsPanel,
  marksPanel,
  inspectPanel,
  infoPanel,
];
