/** What is known of one request: headers, what it sent, what came, how long each phase took. */
import { element } from "../dom.js";
import { clockText, lengthText } from "../clock_text.js";
import { bodyView } from "./body_view.js";
import { curlOf } from "./curl.js";
import { messagesView } from "./messages_view.js";
import { brief, button, bytesText, definitions, section } from "./recorded.js";
import { cacheText, statusText, tookMs } from "./request_words.js";
import { timingView } from "./request_timing.js";
import { valueTree } from "./value_tree.js";

/** @param {any} context see ../context.js @param {any} request @returns {import("./detail_pane.js").DetailTab[]} */
export function requestTabs(context, request) {
  const { document } = context;
  const tabs = [{ id: "headers", title: "Headers", build: () => headersView(context, request) }];
  if (request.messages.length || request.kind === "websocket") {
    const title = `Messages ${request.messages.length.toLocaleString("en")}`;
    tabs.push({ id: "messages", title, build: () => messagesView(context, request) });
  }
  if (request.kind === "websocket") return tabs;
  const query = queryOf(request.url);
  if (request.body || query.length)
    tabs.push({ id: "payload", title: "Payload", build: () => payloadView(context, request, query) });
  tabs.push({
    id: "response",
    title: "Response",
    build: () => bodyView(context, responseBodyOf(context, request), request.mime),
  });
  tabs.push({ id: "timing", title: "Timing", build: () => timingView(document, request) });
  return tabs;
}

/** @param {any} context @param {any} request @returns {Node[]} */
export function requestActions(context, request) {
  const { document, source } = context;
  const copyCurl = async () => {
    const { body } = request;
    const text = body && (body.text ?? (body.hash ? await source.assetText(body.hash).catch(() => null) : null));
    await context.copy(curlOf(request, text ?? null), "Copied as cURL");
  };
  const actions = [button(document, "Copy URL", () => context.copy(request.url, "Copied the URL"))];
  if (request.kind === "request") actions.unshift(button(document, "Copy as cURL", copyCurl));
  return actions;
}

function headersView(context, request) {
  const { document } = context;
  const link = (other) =>
    other &&
    element(
      document,
      "button.link-button",
      { type: "button", onclick: () => context.select(other) },
      brief(document, `${statusText(other)} ${other.url}`),
    );
  const { sizes = {}, initiator } = request;
  const general = definitions(document, [
    ["URL", request.url],
    ["method", request.method],
    ["status", `${statusText(request)} ${request.statusText || ""}`.trim()],
    ["failure", request.failure],
    ["type", request.type],
    ["redirected from", link(request.redirectedFrom)],
    ["redirected to", link(request.redirectedTo)],
    ["came from", cacheText(request)],
    ["server", request.server],
    ["protocol", request.httpVersion],
    ["frame", request.frameUrl],
    ["initiator", initiator && (typeof initiator === "object" ? valueTree(document, initiator) : String(initiator))],
    ["blocks", request.renderBlocking ? "the page's first paint" : ""],
    ["began", clockText(request.t, { precise: true })],
    ["took", tookMs(request) === null ? "not finished" : lengthText(tookMs(request))],
    ["sent", sizeText(sizes.request_headers, sizes.request_body)],
    ["received", sizeText(sizes.response_headers, sizes.response_body)],
  ]);
  return element(
    document,
    "div",
    {},
    general,
    request.responseHeaders.length ? section(document, "Response headers", definitions(document, request.responseHeaders)) : null,
    request.headers.length ? section(document, "Request headers", definitions(document, request.headers)) : null,
  );
}

function sizeText(head, body) {
  if (!(head >= 0) && !(body >= 0)) return "";
  return [head >= 0 && `${bytesText(head)} headers`, body >= 0 && `${bytesText(body)} body`].filter(Boolean).join(", ");
}

function payloadView(context, request, query) {
  const { document } = context;
  const type = request.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] || "";
  const text = request.body?.text;
  const form = /x-www-form-urlencoded/i.test(type) && text ? [...new URLSearchParams(text)] : [];
  return element(
    document,
    "div",
    {},
    query.length ? section(document, "Query", definitions(document, query)) : null,
    form.length ? section(document, "Form", definitions(document, form)) : null,
    request.body ? section(document, "Body", bodyView(context, request.body, type)) : null,
  );
}

function queryOf(url) {
  try {
    return [...new URL(url).searchParams];
  } catch {
    return [];
  }
}

/** A body that is an asset stands with the resources of the page, see docs/format.md. */
function responseBodyOf({ timeline }, request) {
  if (request.responseBody) return request.responseBody;
  const url = request.url.split("#")[0];
  let found = null;
  for (const [t, page, of, hash] of timeline.index.resources || []) {
    if (of !== url || (page !== null && request.page !== null && page !== request.page)) continue;
    if (!found || t <= (request.end ?? request.t) + 1000) found = hash;
  }
  if (!found) return null;
  return { hash: found, text: null, base64: null, size: timeline.index.assets?.[found]?.size ?? null, omitted: "" };
}
