/** Inspect: one element of the replayed page – how a test would find it, what it is and was, and how its life went. */
import { clockText } from "../clock_text.js";
import { element } from "../dom.js";
import { shownText } from "../shown_text.js";
import { accessibleName, roleOf } from "./accessible.js";
import { findAll } from "./locator_query.js";
import { locatorsOf } from "./locators.js";
import { historyOf } from "./node_history.js";
import { elementAt, elementItem } from "./page_text.js";
import { brief, button, countText, definitions, recorded, section } from "./recorded.js";

const MAX_TEXT = 2000;
const MAX_SHOWN = 200;
const STYLES = [
  "display",
  "position",
  "color",
  "background-color",
  "font-size",
  "font-family",
  "font-weight",
  "opacity",
  "visibility",
  "z-index",
  "overflow",
];
const WORDS = {
  appeared: "appeared",
  went: "went away",
  moved: "moved",
  attribute: "changed attribute",
  text: "changed text",
  value: "got the value",
  met: "was",
};

/** @param {any} context see ../context.js @returns {import("../context.js").Panel & {pick: () => void}} */
export function inspectPanel(context) {
  const { document, player } = context;
  let item = null;
  let history = null;
  let drawn = "";
  let endPicking = null;
  let tried = 0;

  const pickButton = element(
    document,
    "button.choice-button.toggle",
    {
      type: "button",
      "aria-pressed": "false",
      title: "Point at an element of the page (E)",
      "aria-keyshortcuts": "e",
      onclick: () => pick(),
    },
    "Pick element",
  );
  const openButton = button(document, "Open DOM in its own tab", openTab, {
    title: "The page as it stands now, inert, for the browser's own tools",
  });
  const query = element(document, "input.filter-text.locator-query", {
    type: "search",
    placeholder: "Try a locator, CSS or text",
    "aria-label": "Try a locator, CSS or text",
    spellcheck: "false",
    autocomplete: "off",
    oninput: () => tryLocator(0),
    onkeydown: (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      tryLocator(tried + (event.shiftKey ? -1 : 1));
    },
  });
  const queried = element(document, "span.list-note.queried", { role: "status" });
  const path = element(document, "nav.element-path", { "aria-label": "Elements around it" });
  const bar = element(document, "div.bar", {}, pickButton, query, queried, path, openButton);
  const facts = element(document, "div.inspect-facts");
  const life = element(document, "div.inspect-life");
  const looks = element(document, "div.inspect-looks");
  const columns = element(
    document,
    "div.inspect-columns",
    { tabindex: 0, role: "group", "aria-label": "Element" },
    facts,
    looks,
    life,
  );
  const root = element(document, "div.panel.inspect-panel", {}, bar, columns);

  function pick() {
    if (endPicking) {
      endPicking();
      return;
    }
    player.pause();
    pickButton.setAttribute("aria-pressed", "true");
    endPicking = context.stage.pick({
      pick: (found) => {
        const picked = elementItem(context, found);
        if (!picked) context.say("This element is not one of the recording's own");
        else {
          context.openPanel("inspect");
          context.select(picked);
        }
      },
      end: () => {
        endPicking = null;
        pickButton.setAttribute("aria-pressed", "false");
      },
    });
  }

  /** Shows one of the elements that a typed locator finds on the page as it stands. @param {number} wanted which one */
  function tryLocator(wanted) {
    const top = player.scene?.top.document;
    let found = [];
    let said = "";
    try {
      found = top ? findAll(query.value, top) : [];
      said = query.value.trim() ? countText(found.length, "match", "matches") : "";
    } catch (error) {
      said = error.message;
    }
    tried = found.length ? (wanted + found.length) % found.length : 0;
    queried.textContent = found.length > 1 ? `${tried + 1} of ${said}` : said;
    const next = found.length ? elementItem(context, found[tried]) : null;
    if (next) context.select(next);
    else context.stage.outline(null);
  }

  /** The bare page shows the rebuilt document alone, without scripts and sealed off as on the stage. */
  function openTab() {
    const address = new URL(document.location.href);
    address.searchParams.set("bare", "1");
    address.hash = new URL(context.link({ t: player.now, page: player.page, panel: null })).hash;
    document.defaultView.open(address.href, "_blank", "noopener");
  }

  function onSelect(selected) {
    if (selected?.kind !== "element") return;
    const same = item && item.target.doc === selected.target.doc && item.target.node === selected.target.node;
    item = selected;
    drawn = "";
    if (!same) {
      history = null;
      void scan(selected);
    }
    draw();
  }

  async function scan(scanned) {
    const { doc, node } = scanned.target;
    const found = await historyOf(context, doc, node, (done, total) => {
      if (item !== scanned) return false;
      life.replaceChildren(
        element(document, "p.list-note", { role: "status" }, `Looking through the recording: ${done} of ${total}`),
      );
      return true;
    }).catch((error) => error);
    if (item !== scanned || found === null) return;
    if (found instanceof Error) {
      life.replaceChildren(element(document, "p.list-note", {}, `The recording could not be read: ${found.message}`));
      return;
    }
    history = found;
    drawn = "";
    drawLife();
    draw();
  }

  function draw() {
    if (!item) {
      facts.replaceChildren(
        element(
          document,
          "p.list-empty",
          {},
          "Pick an element of the page to see how a test would find it, what it is, and when it came and went.",
        ),
      );
      for (const part of [path, looks, life]) part.replaceChildren();
      return;
    }
    const found = elementAt(player.scene, item.target.doc, item.target.node);
    // Nothing is drawn again while it looks the same; the replay may be playing.
    const key = found
      ? JSON.stringify([
          boxOf(found),
          found.className,
          found.childElementCount,
          found.textContent.slice(0, MAX_TEXT),
          found.value,
        ])
      : "gone";
    if (key === drawn) return;
    // Finding locators looks at the whole page: not while it plays.
    if (player.playing && found && drawn && drawn !== "gone") return;
    drawn = key;
    if (!found) {
      path.replaceChildren();
      looks.replaceChildren();
      facts.replaceChildren(
        recorded(document, item.title, "h2"),
        element(document, "p.list-note", {}, "It is not on the page at this moment."),
      );
      return;
    }
    drawPath(found);
    const { x, y, width, height } = boxOf(found);
    const attributes = history ? history.attributesAt(player.now) : [];
    const styles = found.ownerDocument.defaultView.getComputedStyle(found);
    facts.replaceChildren(
      section(document, "Locators", ...locators(found)),
      definitions(document, [
        [
          "role",
          [roleOf(found), accessibleName(found)]
            .filter(Boolean)
            .map((part, n) => (n ? `“${part}”` : part))
            .join(" "),
        ],
        ["box", `${round(width)} × ${round(height)} at ${round(x)}, ${round(y)}`],
        ["text", clip((found.innerText ?? found.textContent).trim())],
        ["value", typeof found.value === "string" && found.localName !== "li" ? clip(found.value) : ""],
      ]),
    );
    const rows = attributes.map(([name, value]) => [name, value === "" ? '""' : value]);
    const none = element(document, "p.list-note", {}, history ? "none" : "…");
    looks.replaceChildren(
      section(document, "Attributes", rows.length ? definitions(document, rows) : none),
      section(
        document,
        "Computed",
        definitions(
          document,
          STYLES.map((name) => [name, styles.getPropertyValue(name)]),
        ),
      ),
    );
  }

  function locators(found) {
    const all = locatorsOf(found, (frame) => frame === context.stage.stage.shown);
    return all.slice(0, 6).map(({ code, matches }) =>
      element(
        document,
        "div.locator",
        {},
        recorded(document, code, "code"),
        matches > 1 ? element(document, "span.list-note", {}, `one of ${matches}`) : null,
        button(document, "Copy", () => context.copy(code, "Copied the locator"), {
          "aria-label": shownText(`Copy ${code.slice(0, 200)}`),
        }),
      ),
    );
  }

  function drawPath(found) {
    const around = [];
    for (let node = found; node?.nodeType === 1 && around.length < 40;) {
      around.unshift(node);
      node =
        node.parentElement ||
        node.getRootNode().host ||
        (node.ownerDocument === player.scene.top.document ? null : node.ownerDocument.defaultView?.frameElement);
    }
    path.replaceChildren(
      ...around.map((node) => {
        const own = node === found;
        const name = node.localName + (node.id ? `#${node.id}` : "");
        return element(
          document,
          "button.link-button",
          {
            type: "button",
            "aria-current": own ? "true" : null,
            onclick: () => {
              const next = node.isConnected && elementItem(context, node);
              if (next) context.select(next);
            },
            onpointerenter: () => context.stage.outline(node, name.slice(0, 80)),
            onpointerleave: () => context.stage.outline(elementAt(player.scene, item.target.doc, item.target.node), item.title),
          },
          brief(document, name, "bdi", 40),
        );
      }),
    );
    path.scrollLeft = path.scrollWidth;
  }

  function drawLife() {
    const { entries, omitted } = history;
    const shown = entries.slice(0, MAX_SHOWN);
    const rows = shown.map(({ t, what, detail }) =>
      element(
        document,
        "button.moment",
        { type: "button", onclick: () => void context.seek(t, item.page ?? undefined) },
        element(document, "span.time", {}, clockText(t, { precise: true })),
        element(document, "span", {}, `${WORDS[what]} `, brief(document, detail)),
      ),
    );
    const left = entries.length - shown.length + omitted;
    if (left > 0) rows.push(element(document, "p.list-note", {}, `and ${left} more changes`));
    if (!rows.length) rows.push(element(document, "p.list-note", {}, "Nothing is known of its life."));
    life.replaceChildren(section(document, "When it appeared, changed, went away", ...rows));
  }

  context.on("select", onSelect);
  context.on("state", draw);
  draw();
  return {
    id: "inspect",
    title: "Inspect",
    element: root,
    update: draw,
    focus: () => (item ? columns : pickButton).focus(),
    pick,
  };
}

/** In the viewport of the element's own document. */
function boxOf(element) {
  const { x, y, width, height } = element.getBoundingClientRect();
  return { x, y, width, height };
}

function round(value) {
  return Math.round(value * 10) / 10;
}

function clip(text) {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
