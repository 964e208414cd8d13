/** What kept the page busy and what it loaded: long tasks, long animation frames, the JavaScript heap, resource timing. */

const MEMORY_MS = 10_000;
const FIRST_MEMORY_MS = 1000; // asking takes a third of a millisecond, which a document that begins has no time for
const MAX_ENTRIES = 100; // of one event
const MAX_RESOURCES = 5000; // of one document
const MAX_SCRIPTS = 5;
const MIN_FRAME_MS = 50;

/**
 * @param {Window} win
 * @param {{at: (startTime: number) => number, timers: object, guard: Function, since: number, requestsTold: boolean}} scope `at` turns
 *   the page's performance time into the recording's; what began before `since` has been told already; with `requestsTold` the
 *   driver tells of every request, and resource timing says only what it does not know
 * @param {(kind: string, data: object, options?: {t: number}) => void} emit
 * @returns {{stop: () => void, flush: () => void}} `flush` tells the heap's size once more
 */
export function trackPerformance(win, { at, timers, guard, since, requestsTold }, emit) {
  const { performance, PerformanceObserver } = win;
  const supported = (PerformanceObserver && PerformanceObserver.supportedEntryTypes) || [];
  const stops = [];
  let resources = 0;
  let timer = null;
  let lastUsed = -1;

  const observe = (type, onEntries) => {
    if (!supported.includes(type)) return;
    const observer = new PerformanceObserver(guard((list) => onEntries(list.getEntries().filter((entry) => entry.startTime >= since))));
    observer.observe({ type, buffered: true });
    stops.push(() => observer.disconnect());
  };

  observe("longtask", (entries) => {
    for (const entry of entries.filter((each) => at(each.startTime) >= 0)) {
      const holder = entry.attribution && entry.attribution[0];
      const name = holder && (holder.containerName || holder.containerId || holder.containerSrc);
      emit("long-task", { duration: round(entry.duration), ...(name ? { name } : {}) }, { t: at(entry.startTime) });
    }
  });
  observe("long-animation-frame", (entries) => {
    for (const entry of entries) {
      if (entry.duration < MIN_FRAME_MS || at(entry.startTime) < 0) continue;
      const data = { duration: round(entry.duration), blocking_duration: round(entry.blockingDuration) };
      if (entry.renderStart) data.render_start = round(at(entry.renderStart));
      const scripts = [...entry.scripts].sort((a, b) => b.duration - a.duration).slice(0, MAX_SCRIPTS).map(scriptOf);
      if (scripts.length) data.scripts = scripts;
      emit("long-animation-frame", data, { t: at(entry.startTime) });
    }
  });

  const tellResources = (entries) => {
    if (!entries.length) return;
    const room = Math.max(MAX_RESOURCES - resources, 0);
    for (let first = 0; first < Math.min(entries.length, room); first += MAX_ENTRIES) {
      emit("resource-timing", { entries: entries.slice(first, Math.min(first + MAX_ENTRIES, room)).map((entry) => resourceOf(entry, at, requestsTold)) });
    }
    if (entries.length > room) {
      const dropped = entries.slice(room);
      emit("thinned", { reason: `more than ${MAX_RESOURCES} resource timings in one document`, count: dropped.length, from_ms: at(dropped[0].startTime), to_ms: at(dropped.at(-1).startTime) });
    }
    resources += entries.length;
  };
  observe("resource", tellResources);
  observe("navigation", (entries) => tellResources(entries.filter((entry) => entry.duration > 0)));

  const tellMemory = () => {
    const heap = performance.memory;
    if (!heap || heap.usedJSHeapSize === lastUsed) return;
    lastUsed = heap.usedJSHeapSize;
    emit("memory", { used: heap.usedJSHeapSize, total: heap.totalJSHeapSize });
  };
  const again = () => {
    tellMemory();
    timer = timers.set(again, MEMORY_MS);
  };
  if ("memory" in performance) timer = timers.set(again, FIRST_MEMORY_MS);

  return {
    flush: tellMemory,
    stop() {
      if (timer !== null) timers.clear(timer);
      for (const stop of stops) stop();
    },
  };
}

function scriptOf(script) {
  const data = { duration: round(script.duration) };
  if (script.sourceURL) data.url = script.sourceURL;
  if (script.sourceFunctionName) data.function = script.sourceFunctionName;
  if (script.invoker) data.invoker = script.invoker;
  return data;
}

/** What is the same each time a URL is loaded stands first, and compresses to next to nothing. */
function resourceOf(entry, at, requestsTold) {
  const data = {
    url: entry.name.startsWith("data:") ? "data:" : entry.name,
    initiator: entry.initiatorType,
    encoded_size: entry.encodedBodySize,
  };
  if (entry.decodedBodySize !== entry.encodedBodySize) data.decoded_size = entry.decodedBodySize;
  if (entry.nextHopProtocol) data.protocol = entry.nextHopProtocol;
  if (entry.renderBlockingStatus === "blocking") data.render_blocking = true;
  if (entry.deliveryType) data.delivery = entry.deliveryType;
  data.start = round(at(entry.startTime));
  if (!requestsTold) {
    data.duration = round(entry.duration);
    data.transfer_size = entry.transferSize;
    if (entry.responseStatus) data.status = entry.responseStatus;
  }
  // Of the document itself.
  if (entry.domContentLoadedEventStart > 0) data.content_loaded = round(at(entry.domContentLoadedEventStart));
  if (entry.loadEventStart > 0) data.loaded = round(at(entry.loadEventStart));
  return data;
}

function round(number) {
  return Math.round(number * 10) / 10;
}
