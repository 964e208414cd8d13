// A classic script in the head: the theme is known before the first paint, so no page flashes white.
(() => {
  const root = document.documentElement;
  const apply = () => {
    let kept = null;
    try {
      kept = localStorage.getItem("theme");
    } catch {
      // Storage may be forbidden; the system's choice is good enough.
    }
    root.dataset.theme = kept ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  };
  apply();
  // Another window or frame of the shop has been switched.
  window.addEventListener("storage", (event) => {
    if (event.key !== "theme") return;
    apply();
    document.dispatchEvent(new CustomEvent("theme"));
  });
})();
