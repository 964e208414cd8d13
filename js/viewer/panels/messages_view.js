/** What went over a web socket, or came as server-sent events: a list, and the chosen message in full. */
import { element } from "../dom.js";
import { clockText } from "../clock_text.js";
import { bodyView } from "./body_view.js";
import { glyph } from "./glyphs.js";
import { brief, bytesText } from "./recorded.js";
import { VirtualList } from "./virtual_list.js";

/** @param {any} context see ../context.js @param {any} request with `messages` */
export function messagesView(context, request) {
  const { document } = context;
  const chosen = element(document, "div.message-chosen");
  const list = new VirtualList({
    document,
    role: "grid",
    label: "Messages",
    empty: "No messages.",
    fillRow: (message, row) => {
      const { direction, event, omitted } = message;
      const text = omitted ? `not kept: ${omitted}` : (message.text ?? (message.base64 === null ? "" : "binary"));
      row.classList.add(direction);
      row.append(
        element(document, "span", { role: "gridcell", "aria-label": direction }, glyph(document, direction)),
        element(
          document,
          "span.grow",
          { role: "gridcell" },
          event && event !== "message" ? `${event}: ` : "",
          brief(document, text),
        ),
        element(document, "span.number", { role: "gridcell" }, bytesText(message.size)),
        element(document, "span.number", { role: "gridcell" }, clockText(message.t, { precise: true })),
      );
    },
    onselect: (message) =>
      chosen.replaceChildren(bodyView(context, message, message.base64 ? "application/octet-stream" : "text/plain")),
    onopen: (message) => void context.seek(message.t, request.page ?? undefined),
  });
  list.setItems(request.messages);
  list.update(context.player.now);
  return element(document, "div.messages", {}, list.element, chosen);
}
