/** The top row: which recording this is and how it ended, the transport, and the window's own tools. */
import { element, icon, isolated } from "./dom.js";
import { toFailure } from "./failure.js";
import { lossNotice } from "./losses.js";

/**
 * @param {ReturnType<import("./context.js").createContext>} context
 * @param {{transport: HTMLElement, tools: HTMLElement[], live: HTMLElement | null}} parts
 * @returns {HTMLElement}
 */
export function windowHeader(context, { transport, tools, live }) {
  const { document, source, timeline } = context;
  const { header } = source.manifest;
  const status = element(document, "button.status", { type: "button", onclick: () => toFailure(context) });
  const showStatus = () => {
    const known = ["passed", "failed"].includes(timeline.index.status) ? timeline.index.status : "";
    status.textContent = known;
    status.dataset.status = known;
    status.hidden = !known;
    status.disabled = known !== "failed";
    status.title = known === "failed" ? "To what failed (X)" : "";
  };
  context.on("grown", showStatus);
  showStatus();
  const started = new Date(header.started_at);
  const title = element(
    document,
    "h1.title",
    { title: `${header.title || "Recording"}\n${started.toLocaleString()}` },
    isolated(document, header.title || "Recording"),
  );
  const listed = document.getElementById("harness-manifest") ? null : listLink(document);
  return element(
    document,
    "header.header",
    {},
    element(document, "div.who", {}, listed, title, status, lossNotice(context), live),
    transport,
    element(document, "div.tools", {}, ...tools),
  );
}

/** A recording of a directory stands at `/r/NAME/`, the list at `/`. */
function listLink(document) {
  if (!/\/r\/[^/]+\/$/.test(document.location.pathname)) return null;
  return element(document, "a.tool", { href: "../../", "aria-label": "All recordings", title: "All recordings" }, icon(document, "back"));
}
