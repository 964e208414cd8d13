/**
 * What the window gives each panel, and what it asks of one: the contract between the window and `panels/`.
 *
 * A panel is a module of `panels/` with one function, listed in `panels/panels.js` (`leftPanels` stand left of the stage,
 * `bottomPanels` are tabs below it, in that order):
 *
 *     export function networkPanel(context) -> Panel
 *
 * `Panel` is an object:
 * - `id` – a word, unique, stable: it stands in links (`#panel=network`); `title` – text of its tab
 * - `element` – the panel's root; the window puts it into a scrolling `role=tabpanel`, or into the left region. It is there
 *   from the start and hidden while another tab is open
 * - `update(t)` – the playhead is at `t` (ms). Called only while the panel is on show: at once when it is opened, after every
 *   seek, at most ten times a second while playing. Must be cheap (some 5 ms): the replay plays in the same thread
 * - `badge?` – a function: text beside the title (`"3"`, `""` for none) or `{text, tone}` with `tone` `error` or `warning`; asked
 *   again after `signals` and `badges` events
 * - `focus?` – a function: puts the keyboard into the panel (its filter or its list); called when a key or link opens it
 *
 * `context`, one object for all panels:
 * - `document` – the window's own; build everything with it, text by `textContent` only, what the page wrote in `<bdi>`
 * - `player` – `player.now`, `.page`, `.playing`, `.scene` (the rebuilt page, see scene.js; null while there is none)
 * - `timeline` – the index as questions about time, see timeline.js; `source` – where segments and assets come from
 * - `signals` – see signals.js and signal_join.js: lists that are empty until the event `signals`
 * - `seek(t, page?)` – moves the playhead; pages follow the active one unless `page` is given
 * - `select(item)` – `{kind, id, t?, page?, ...}` or null: what the user looks at, in all panels at once. The stage outlines what
 *   the item points to (`item.target`: `{t, page?, doc?, node?, point?, box?}`); `context.selected` is the last one
 * - `copy(text, what?)` – to the clipboard, says so in the window's status line; resolves to whether it worked
 * - `say(text)` – a short message in the status line, read out by screen readers
 * - `openPanel(id, {focus}?)` – brings a tab to the front; with `focus` the keyboard goes into it
 * - `stage` – see stage_view.js: `stage.pick({hover, pick, end})` lets the user point at an element of the replayed page,
 *   `stage.outline(element | null, label?)` outlines one
 * - `link(changes?)` – the address that reopens the present sight; `changes` as `{t, page, panel}`
 * - `setBadge()` – ask for the badges again
 * - `on(event, fn)` – returns a function that ends it. Events, with their argument: `time` (`t`; every frame while playing),
 *   `seek` (`t`), `sought` (`t`: somebody has asked for it), `page` (id), `state` (playing, speed … have changed), `select` (item
 *   or null), `signals` (signals: they have come or grown), `panel` (id of the tab now open), `grown` (a running recording has
 *   grown), `rested` (nobody seems to write to it any more), `badges`
 *
 * Looks: use the custom properties at the top of window.css (`--text`, `--muted`, `--line`, `--accent`, `--error`, …) and put a
 * panel's rules into `panels/panels.css`, each below a class of its own.
 */

/** @typedef {{text: string, tone?: "error" | "warning"}} Badge */
/**
 * @typedef {object} Panel
 * @property {string} id
 * @property {string} title
 * @property {HTMLElement} element
 * @property {(t: number) => void} update
 * @property {() => string | Badge} [badge]
 * @property {() => void} [focus]
 */

/** Tells listeners by name; one that fails is reported and does not keep the others from hearing. */
export class Events {
  constructor() {
    this.listeners = new Map();
  }

  /** @param {string} name @param {(detail: any) => void} listener @returns {() => void} ends it */
  on(name, listener) {
    if (!this.listeners.has(name)) this.listeners.set(name, new Set());
    this.listeners.get(name).add(listener);
    return () => this.listeners.get(name).delete(listener);
  }

  /** @param {string} name @param {unknown} [detail] */
  emit(name, detail) {
    for (const listener of this.listeners.get(name) || []) {
      try {
        listener(detail);
      } catch (error) {
        console.error(error);
      }
    }
  }
}

/**
 * @param {object} parts
 * @param {Document} parts.document
 * @param {import("./player.js").Player} parts.player
 * @param {import("./timeline.js").Timeline} parts.timeline
 * @param {import("./source.js").Source} parts.source
 * @param {object} parts.signals
 * @param {Events} parts.events
 * @param {(text: string) => void} parts.say
 */
export function createContext({ document, player, timeline, source, signals, events, say }) {
  const context = {
    document,
    player,
    timeline,
    source,
    signals,
    selected: null,
    say,
    on: (name, listener) => events.on(name, listener),
    setBadge: () => events.emit("badges"),
    seek(t, page) {
      const at = Math.max(0, Math.min(Number(t) || 0, timeline.duration));
      events.emit("sought", at);
      const wanted = page ?? (player.follow ? timeline.activePage(at) : null) ?? player.page;
      return player.seek(at, { page: wanted });
    },
    select(item) {
      context.selected = item || null;
      events.emit("select", context.selected);
    },
    async copy(text, what = "Copied") {
      const done = await copyText(document, text);
      say(done ? what : "The browser does not let this page use the clipboard");
      return done;
    },
    // These three are set by the window once their parts are there.
    openPanel: () => {},
    link: () => document.location.href,
    stage: null,
  };
  return context;
}

/** The clipboard, by the old way where the page is not allowed the new one (`file://` in some browsers). */
async function copyText(document, text) {
  try {
    await document.defaultView.navigator.clipboard.writeText(text);
    return true;
  } catch {
    const holder = document.createElement("textarea");
    holder.value = text;
    holder.className = "offscreen";
    const before = document.activeElement;
    document.body.append(holder);
    holder.select();
    const done = document.execCommand("copy");
    holder.remove();
    before?.focus?.();
    return done;
  }
}
