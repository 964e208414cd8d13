/** What the recording is known to lack, in one place of the window: a button that counts, and the list behind it. */
import { element, icon, isolated } from "./dom.js";

const SHOWN_URLS = 50;

/**
 * @param {import("./timeline.js").Timeline} timeline
 * @param {boolean} running it is still being written, so it cannot be complete
 * @returns {{text: string, detail: string, serious: boolean, items: {t: number | null, text: string}[]}[]}
 */
export function lossesOf(timeline, running) {
  const { index } = timeline;
  const found = [];
  if (index.complete === false && !running) {
    found.push({
      text: "Not complete",
      detail: "The recorder did not get to its end, as when it is killed. The last moments may be missing.",
      serious: true,
      items: [],
    });
  }
  const text = lostText(running ? { ...index, lost_unknown: false } : index); // its end may be half written
  if (text) {
    found.push({ text, detail: "The page may look different from then on; the timeline shows where.", serious: true, items: [] });
  }
  const omitted = index.omitted || [];
  if (omitted.length) {
    const items = omitted.slice(0, SHOWN_URLS).map(({ t, url, reason }) => ({ t, text: `${reason}: ${url}` }));
    if (omitted.length > SHOWN_URLS) items.push({ t: null, text: `and ${omitted.length - SHOWN_URLS} more` });
    found.push({
      text: `${omitted.length} ${omitted.length === 1 ? "file" : "files"} not kept`,
      detail: "Images, fonts or sheets that the page used and the recording does not hold.",
      serious: false,
      items,
    });
  }
  return found;
}

/** @returns {string} how many events the recording lacks; empty if it lacks none that anybody knows of */
export function lostText({ lost_events, lost_unknown }) {
  const lost = Number(lost_events) || 0;
  if (lost_unknown) return `${lost ? `At least ${lost}` : "An unknown number of"} events lost`;
  return lost ? `${lost} ${lost === 1 ? "event" : "events"} lost` : "";
}

/** @param {ReturnType<import("./context.js").createContext>} context @returns {HTMLElement} */
export function lossNotice(context) {
  const { document, timeline, source } = context;
  const list = element(document, "div.losses", { id: "losses", popover: "auto" });
  const label = element(document, "span");
  const button = element(
    document,
    "button.tool.loss",
    { type: "button", popovertarget: "losses", "aria-haspopup": "dialog" },
    icon(document, "warning"),
    label,
  );
  const root = element(document, "div.loss-notice", {}, button, list);
  const update = () => {
    const losses = lossesOf(timeline, source.manifest.running === true);
    root.hidden = losses.length === 0;
    button.classList.toggle("serious", losses.some((loss) => loss.serious));
    const first = losses.find((loss) => loss.serious) || losses[0];
    label.textContent = losses.length > 1 ? `${first.text}, +${losses.length - 1}` : (first?.text ?? "");
    button.title = losses.map((loss) => loss.text).join(" · ");
    list.replaceChildren(...losses.map((loss) => section(context, loss)));
  };
  for (const event of ["grown", "rested"]) context.on(event, update);
  update();
  return root;
}

function section(context, { text, detail, items }) {
  const { document } = context;
  return element(
    document,
    "section",
    {},
    element(document, "h3", {}, text),
    element(document, "p", {}, detail),
    items.length > 0 &&
      element(
        document,
        "ul",
        {},
        ...items.map(({ t, text: what }) =>
          element(
            document,
            "li",
            {},
            t === null
              ? what
              : element(document, "button.link", { type: "button", onclick: () => void context.seek(t) }, isolated(document, what)),
          ),
        ),
      ),
  );
}
