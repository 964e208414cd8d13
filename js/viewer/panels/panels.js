/** The panels of the window, in the order in which they stand; what a panel is says context.js. */

/** Left of the stage. @type {((context: object) => import("../context.js").Panel)[]} */
export const leftPanels = [];

/** Tabs below the stage. @type {((context: object) => import("../context.js").Panel)[]} */
export const bottomPanels = [];
