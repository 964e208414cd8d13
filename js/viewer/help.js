/** The list of keys, over the window; opened by `?`. */
import { element, iconButton } from "./dom.js";

const SHOWN = {
  " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", "Shift+ArrowLeft": "Shift ←", "Shift+ArrowRight": "Shift →",
}; // prettier-ignore

/** @param {Document} document @param {() => import("./shortcuts.js").Shortcut[]} shortcuts @returns {{element: HTMLDialogElement, open: () => void}} */
export function helpOverlay(document, shortcuts) {
  const body = element(document, "div.help-groups");
  const dialog = element(
    document,
    "dialog.help",
    {
      "aria-labelledby": "help-title",
      onclick: (event) => event.target === dialog && dialog.close(),
      onkeydown: (event) => event.key === "?" && dialog.close(),
    },
    element(
      document,
      "div.help-head",
      {},
      element(document, "h2", { id: "help-title" }, "Keyboard"),
      iconButton(document, { icon: "close", label: "Close", onclick: () => dialog.close() }),
    ),
    body,
  );
  const fill = () => {
    const groups = Map.groupBy ? Map.groupBy(shortcuts(), (each) => each.group) : grouped(shortcuts());
    body.replaceChildren(
      ...[...groups].map(([name, list]) =>
        element(
          document,
          "section",
          {},
          element(document, "h3", {}, name),
          element(
            document,
            "dl",
            {},
            ...list.flatMap((each) => [
              element(document, "dt", {}, ...caps(document, each)),
              element(document, "dd", {}, each.does),
            ]),
          ),
        ),
      ),
    );
  };
  return {
    element: dialog,
    open() {
      fill();
      if (!dialog.open) dialog.showModal();
    },
  };
}

function caps(document, { keys, shown }) {
  const names = shown ? shown.split(" ") : keys.map((key) => SHOWN[key] || (key.length === 1 ? key.toUpperCase() : key.replace("Shift+", "Shift ")));
  return names.map((name) => element(document, "kbd", {}, name));
}

function grouped(list) {
  const groups = new Map();
  for (const each of list) groups.set(each.group, [...(groups.get(each.group) || []), each]);
  return groups;
}
