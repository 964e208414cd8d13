/** Requests, web sockets and server-sent events, joined: how `signal_join.js` takes each of their kinds. */
import { bodyOf, errorOf, listOf, numberOf, objectOf, pairsOf, textOf } from "./signal_values.js";

/** @type {[string, (join: import("./signal_join.js").SignalJoin, event: any, data: any) => void][]} */
export const NETWORK_HANDLERS = [
  ["request", beginRequest],
  ["response", addResponse],
  ["request-end", endRequest],
  [
    "websocket",
    (join, event, { id, url }) => {
      const fields = { kind: "websocket", url: textOf(url), method: "GET", type: "websocket", messages: [], failure: "" };
      join.begin("network", event, { ...fields, headers: [], responseHeaders: [], status: null, size: 0 }, id);
    },
  ],
  [
    "websocket-message",
    (join, event, data) => {
      const socket = join.known(data, "websocket");
      if (!socket) return;
      const body = bodyOf(data) || {};
      socket.messages.push({ ...body, t: event.t, direction: data.direction === "sent" ? "sent" : "received", event: "" });
      socket.size += body.size || 0;
    },
  ],
  [
    "websocket-close",
    (join, event, data) => {
      const socket = join.known(data, "websocket");
      if (!socket) return;
      socket.end = event.t;
      socket.failure = textOf(data.error) || errorOf(data.error)?.message || "";
    },
  ],
  ["resource-timing", (join, event, data) => join.timings.push({ page: numberOf(event.page), entries: listOf(data.entries) })],
  [
    "server-sent-event",
    (join, event, data) => {
      const text = textOf(data.data);
      const message = {
        ...{ t: event.t, direction: "received", event: textOf(data.event, "message"), text },
        ...{ size: numberOf(data.size) ?? text.length, omitted: textOf(data.omitted) },
      };
      join.known(data, "request")?.messages.push(message);
    },
  ],
];

function beginRequest(join, event, data) {
  const from = data.redirected_from === undefined ? null : join.byId.get(String(data.redirected_from));
  const request = join.begin(
    "network",
    event,
    {
      kind: "request",
      url: textOf(data.url),
      method: textOf(data.method, "GET"),
      type: textOf(data.resource_type, "other"),
      headers: pairsOf(data.headers),
      body: bodyOf(data.body),
      navigation: data.navigation === true,
      frameUrl: textOf(data.frame_url),
      initiator: data.initiator ?? null,
      redirectedFrom: from?.kind === "request" ? from : null,
      redirectedTo: null,
      status: null,
      statusText: "",
      responseHeaders: [],
      mime: "",
      httpVersion: "",
      fromCache: false,
      fromServiceWorker: false,
      server: "",
      answeredAt: null,
      timing: {},
      sizes: {},
      size: null,
      responseBody: null,
      failure: "",
      messages: [],
    },
    data.id,
  );
  if (request.redirectedFrom) request.redirectedFrom.redirectedTo = request;
}

function addResponse(join, event, data) {
  const request = join.known(data, "request");
  if (!request) return;
  Object.assign(request, {
    status: numberOf(data.status),
    statusText: textOf(data.status_text),
    responseHeaders: pairsOf(data.headers),
    mime: textOf(data.mime),
    httpVersion: textOf(data.http_version),
    fromCache: data.from_cache === true,
    fromServiceWorker: data.from_service_worker === true,
    server: serverOf(data.server),
    answeredAt: event.t,
  });
}

function endRequest(join, event, data) {
  const request = join.known(data, "request");
  if (!request) return;
  request.end = event.t;
  request.timing = objectOf(data.timing);
  request.sizes = objectOf(data.sizes);
  request.responseBody = bodyOf(data.body);
  request.failure = textOf(data.failure);
  // As they went over the wire; the first ones were what the page asked for.
  if (data.request_headers) request.headers = pairsOf(data.request_headers);
  if (data.response_headers) request.responseHeaders = pairsOf(data.response_headers);
  if (data.http_version) request.httpVersion = textOf(data.http_version);
  if (data.server) request.server = serverOf(data.server);
  const { response_headers: head, response_body: body } = request.sizes;
  request.size = numberOf(body) === null ? (request.responseBody?.size ?? null) : (numberOf(head) || 0) + body;
}

function serverOf(server) {
  const { ip, port } = objectOf(server);
  return ip ? `${textOf(ip)}${port ? `:${textOf(port)}` : ""}` : "";
}
