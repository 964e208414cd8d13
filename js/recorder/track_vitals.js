/**
 * Web Vitals of one page view, by the definitions of https://github.com/GoogleChrome/web-vitals (thresholds: https://web.dev/vitals).
 *
 * Each change of a value is told; the last one of a name counts. Values end with the page's first turn into the background,
 * LCP also with the first input, as there.
 */

const RATINGS = { TTFB: [800, 1800], FCP: [1800, 3000], LCP: [2500, 4000], CLS: [0.1, 0.25], INP: [200, 500] };
const SESSION_GAP_MS = 1000;
const SESSION_MS = 5000;
const INTERACTIONS = 10; // the longest ones, for the 98th percentile of up to 500
const TELL_MS = 500; // CLS and INP change often

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, timers: object, guard: Function, since: number}} scope `since`: where the page view began anew,
 *   as it does when the back/forward cache gives the page back; then there is no loading to be measured
 * @param {(data: {name: string, value: number, rating: string, node?: number}) => void} emit
 * @returns {{stop: () => void, flush: () => void}}
 */
export function trackVitals(win, { idOf, timers, guard, since }, emit) {
  const { performance, PerformanceObserver } = win;
  const supported = (PerformanceObserver && PerformanceObserver.supportedEntryTypes) || [];
  const navigation = performance.getEntriesByType("navigation")[0];
  // A prerendered page's time begins when it is shown.
  const begin = () => (navigation && navigation.activationStart) || 0;
  const stops = [];
  const last = new Map();
  const waiting = new Map();
  let timer = null;
  let hiddenAt = win.document.visibilityState === "hidden" && !win.document.prerendering ? 0 : Infinity;

  const tellNow = (name, value, node) => {
    const rounded = name === "CLS" ? Math.round(value * 10_000) / 10_000 : Math.round(value * 10) / 10;
    if (last.get(name) === rounded) return;
    last.set(name, rounded);
    const [good, poor] = RATINGS[name];
    const rating = rounded <= good ? "good" : rounded <= poor ? "needs-improvement" : "poor";
    const id = node && node.nodeType === 1 ? idOf(node) : -1;
    emit({ name, value: rounded, rating, ...(id > 0 ? { node: id } : {}) });
  };
  const flush = () => {
    if (timer !== null) timers.clear(timer);
    timer = null;
    for (const [name, [value, node]] of waiting) tellNow(name, value, node);
    waiting.clear();
  };
  const tellSoon = (name, value, node) => {
    waiting.set(name, [value, node]);
    timer ??= timers.set(flush, TELL_MS);
  };
  const observe = (type, options, onEntry, after) => {
    if (!supported.includes(type)) return null;
    const observer = new PerformanceObserver(guard((list) => {
      for (const entry of list.getEntries()) if (entry.startTime >= since) onEntry(entry);
      if (after) after();
    }));
    observer.observe({ type, buffered: true, ...options });
    stops.push(() => observer.disconnect());
    return observer;
  };

  if (!since && navigation && navigation.responseStart > 0 && navigation.responseStart <= performance.now()) {
    tellNow("TTFB", Math.max(navigation.responseStart - begin(), 0));
  }
  observe("paint", {}, (entry) => {
    if (entry.name !== "first-contentful-paint" || entry.startTime >= hiddenAt) return;
    if (!since && navigation && !last.has("TTFB")) tellNow("TTFB", Math.max(navigation.responseStart - begin(), 0));
    tellNow("FCP", Math.max(entry.startTime - begin(), 0));
  });

  const lcp = observe("largest-contentful-paint", {}, (entry) => {
    if (entry.startTime < hiddenAt) tellNow("LCP", Math.max(entry.startTime - begin(), 0), entry.element);
  });
  const endLcp = (event) => {
    if (lcp && event.isTrusted) lcp.disconnect();
  };

  const shifts = layoutShifts();
  tellZero(supported, tellNow);
  observe("layout-shift", {}, (entry) => {
    if (!entry.hadRecentInput && shifts.add(entry)) tellSoon("CLS", shifts.worst, shifts.node);
  });

  const interactions = longestInteractions();
  const onEvent = (entry) => {
    if (entry.interactionId) interactions.add(entry);
  };
  const tellInp = () => {
    const found = interactions.percentile98(performance.interactionCount);
    if (found) tellSoon("INP", found.duration, found.node);
  };
  observe("event", { durationThreshold: 40 }, onEvent, tellInp);
  observe("first-input", {}, onEvent, tellInp);

  const onVisibility = () => {
    if (win.document.visibilityState !== "hidden") return;
    if (hiddenAt === Infinity) hiddenAt = performance.now();
    if (lcp) lcp.disconnect();
    flush();
  };
  const listen = (target, type, call) => {
    const listener = guard(call);
    target.addEventListener(type, listener, { capture: true, passive: true });
    stops.push(() => target.removeEventListener(type, listener, { capture: true }));
  };
  listen(win, "keydown", endLcp);
  listen(win, "click", endLcp);
  listen(win.document, "visibilitychange", onVisibility);
  return {
    flush,
    stop() {
      flush();
      for (const stop of stops) stop();
    },
  };
}

/** A page that never shifts has a CLS of 0, which is an answer too. */
function tellZero(supported, tell) {
  if (supported.includes("layout-shift")) tell("CLS", 0);
}

/** The worst session of layout shifts: at most SESSION_GAP_MS between two, at most SESSION_MS in all. */
function layoutShifts() {
  let value = 0;
  let firstAt = 0;
  let lastAt = -Infinity;
  const self = {
    worst: 0,
    node: null,
    /** Returns whether the worst session has changed. */
    add(entry) {
      if (entry.startTime - lastAt < SESSION_GAP_MS && entry.startTime - firstAt < SESSION_MS) value += entry.value;
      else [value, firstAt] = [entry.value, entry.startTime];
      lastAt = entry.startTime;
      if (value <= self.worst) return false;
      self.worst = value;
      const largest = [...(entry.sources || [])].find((source) => source.node);
      if (largest) self.node = largest.node;
      return true;
    },
  };
  return self;
}

/** The longest interactions; of the events of one interaction the longest counts. */
function longestInteractions() {
  const byId = new Map();
  let least = Infinity;
  let most = 0;
  return {
    add(entry) {
      const known = byId.get(entry.interactionId);
      least = Math.min(least, entry.interactionId);
      most = Math.max(most, entry.interactionId);
      if (!known || entry.duration > known.duration) byId.set(entry.interactionId, { duration: entry.duration, node: entry.target || (known && known.node) });
      if (byId.size <= INTERACTIONS) return;
      const [shortest] = [...byId].sort((a, b) => a[1].duration - b[1].duration)[0];
      byId.delete(shortest);
    },
    /** @param {number|undefined} counted all interactions, where the browser counts them; their ids are about 7 apart */
    percentile98(counted) {
      const count = counted ?? (most ? (most - least) / 7 + 1 : 0);
      const longest = [...byId.values()].sort((a, b) => b.duration - a.duration);
      return longest[Math.min(longest.length - 1, Math.floor(count / 50))];
    },
  };
}
