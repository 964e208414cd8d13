/** How the page came to its address: a new document, and every change of the address within it, with its kind. */

/**
 * @param {Window} win
 * @param {{again: ""|"resumed"|"restored", guard: (call: Function) => Function}} scope
 * @param {(data: {url: string, type: string}) => void} emit
 * @returns {{stop: () => void}}
 */
export function trackNavigation(win, { again, guard }, emit) {
  const removers = [];
  const listen = (target, type, call) => {
    const listener = guard(call);
    target.addEventListener(type, listener, { capture: true, passive: true });
    removers.push(() => target.removeEventListener(type, listener, { capture: true }));
  };
  let last = win.location.href;

  const entry = win.performance.getEntriesByType("navigation")[0];
  const type = again === "restored" ? "back_forward" : entry && entry.type !== "prerender" ? entry.type : "navigate";
  if (again !== "resumed" && last !== "about:blank") emit({ url: last, type });

  const tell = (kind) => {
    const url = win.location.href;
    const onlyHash = url !== last && url.split("#")[0] === last.split("#")[0];
    const changed = url !== last;
    last = url;
    emit({ url, type: kind === "push" && changed && onlyHash ? "hash" : kind });
  };
  const { navigation } = win;
  if (navigation && navigation.addEventListener) {
    listen(navigation, "currententrychange", (event) => {
      const { navigationType } = event;
      // No type: only the entry's state was changed.
      if (navigationType) tell(navigationType === "traverse" ? "pop" : navigationType);
    });
  } else {
    // Without the Navigation API pushes are found when something else happens: the address is compared.
    listen(win, "popstate", () => tell("pop"));
    listen(win, "hashchange", () => win.location.href !== last && tell("hash"));
    for (const event of ["click", "keyup", "submit"]) {
      listen(win, event, () => Promise.resolve().then(guard(() => win.location.href !== last && tell("push"))));
    }
  }
  return {
    stop() {
      for (const remove of removers) remove();
    },
  };
}
