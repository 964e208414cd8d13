/** Addresses that reopen a sight: `#t=12400&page=2&panel=network`. What a link says is a wish; what makes no sense is passed over. */

/**
 * @param {string} hash
 * @returns {{t?: number, page?: number, panel?: string}}
 */
export function parseLink(hash) {
  const wanted = new URLSearchParams(hash.replace(/^#/, ""));
  const found = {};
  const t = Number(wanted.get("t"));
  if (wanted.has("t") && Number.isFinite(t)) found.t = t;
  const page = Number(wanted.get("page"));
  if (Number.isInteger(page) && page > 0) found.page = page;
  const panel = wanted.get("panel");
  if (panel && /^[\w-]{1,40}$/.test(panel)) found.panel = panel;
  return found;
}

/** @param {{t: number, page: number | null, panel: string | null}} sight @returns {string} with the `#` */
export function linkTo({ t, page, panel }) {
  const parts = [`t=${Math.round(t)}`];
  if (page !== null && page !== undefined) parts.push(`page=${page}`);
  if (panel) parts.push(`panel=${panel}`);
  return `#${parts.join("&")}`;
}

/**
 * Keeps the window and its address together: a link that is pasted in or followed moves the playhead, and when the playhead
 * rests the address says where. The browser's history gets no entry for that.
 * @param {ReturnType<import("./context.js").createContext>} context
 * @param {import("./panel_area.js").PanelArea} area
 */
export function keepLink(context, area) {
  const { document, player } = context;
  const window = document.defaultView;
  const sight = (changes = {}) => linkTo({ t: player.now, page: player.page, panel: area.open, ...changes });
  context.link = (changes) => new URL(sight(changes), document.location.href).href;
  let timer = 0;
  const write = () => {
    // In an iframe's `srcdoc`, as in a report that is one file, there is no address to write.
    if (document.location.protocol === "about:") return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!player.playing && document.location.hash !== sight()) window.history.replaceState(null, "", sight());
    }, 300);
  };
  for (const event of ["seek", "state", "panel", "page"]) context.on(event, write);
  window.addEventListener("hashchange", (event) => {
    // Not the address as it is now: `write` may have come between.
    const { panel, ...moment } = parseLink(new URL(event.newURL).hash);
    if (panel) area.show(panel);
    if (moment.t !== undefined || moment.page !== undefined) void seekTo(context, moment);
  });
}

/** @param {ReturnType<import("./context.js").createContext>} context @param {{t?: number, page?: number}} moment */
export function seekTo(context, { t = context.player.now, page }) {
  const known = page !== undefined && context.timeline.pages.some((each) => each.id === page);
  if (known) context.player.follow = context.timeline.activePage(t) === page;
  return context.seek(t, known ? page : undefined);
}
