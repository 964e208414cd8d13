/** Entry of the viewer: opens the recording that the page was made for and sets `window.harness`, see the contract. */
import { Assets } from "./assets.js";
import { parseLink } from "./deep_link.js";
import { Player } from "./player.js";
import { openSource } from "./source.js";
import { Stage } from "./stage.js";
import { Timeline } from "./timeline.js";
import { buildWindow } from "./window.js";

/** @param {Window & typeof globalThis} window */
function start(window) {
  const { document, location } = window;
  const bare = new URLSearchParams(location.search).has("bare");
  document.documentElement.classList.toggle("bare", bare);
  const opened = open(document, bare);
  const harness = {
    ready: opened.then(() => undefined),
    get pages() {
      return harness.player ? harness.player.timeline.pages : [];
    },
    get duration() {
      return harness.player ? harness.player.timeline.duration : 0;
    },
    startedAt: 0,
    seek: async (t, options) => {
      const { player } = await opened;
      const page = options?.page;
      if (page !== undefined && !player.timeline.pages.some(({ id }) => id === page)) throw new Error(`there is no page ${page}`);
      await player.seek(t, options);
      if (player.failure) throw player.failure;
    },
    play: () => void opened.then(({ player }) => player.play()),
    pause: () => void opened.then(({ player }) => player.pause()),
    get now() {
      return harness.player ? harness.player.now : 0;
    },
    get page() {
      return harness.player ? harness.player.page : null;
    },
    get speed() {
      return harness.player ? harness.player.speed : 1;
    },
    set speed(value) {
      void opened.then(({ player }) => (player.speed = value));
    },
  };
  window.harness = harness;
  opened.then(
    ({ player, header }) => {
      Object.defineProperty(harness, "player", { value: player });
      harness.startedAt = header.started_at;
    },
    (error) => showFailure(document, error),
  );
}

/** @param {Document} document @param {boolean} bare */
async function open(document, bare) {
  const source = await openSource(document);
  const timeline = new Timeline(source.manifest.index);
  const root = document.createElement("div");
  root.className = "stage";
  if (bare) document.body.append(root);
  const stage = new Stage(root);
  const view = { onKey: () => {} };
  const assets = new Assets(source);
  const player = new Player({ source, timeline, assets, stage, onKey: (event) => view.onKey(event), bare });
  if (bare) {
    player.onchange = (what, error) => what === "error" && console.error("harness:", error);
    await player.seek(...sightOf(document));
  } else await buildWindow({ document, source, timeline, player, stage, view });
  return { player, header: source.manifest.header };
}

/** Where the address says, else at the start. @returns {[number, {page?: number}]} */
function sightOf(document) {
  const { t = 0, page } = parseLink(document.location.hash);
  return [t, { page }];
}

/** @param {Document} document @param {Error} error */
function showFailure(document, error) {
  const message = document.createElement("p");
  message.className = "failure";
  message.setAttribute("role", "alert");
  message.textContent = `This recording cannot be shown: ${error.message}`;
  document.body.replaceChildren(message);
}

start(window);
