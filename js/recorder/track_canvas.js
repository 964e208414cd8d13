/**
 * Canvas pictures: the last state of each canvas that was drawn to, as a picture, at most one every INTERVAL_MS.
 *
 * State and not drawing commands: seeking needs one picture, whatever was drawn before. Encoding is asynchronous, off the page's
 * task. A canvas that may not be read (tainted) is reported as such each time, and Python asks the driver for its picture.
 */
import { afterCall, oncePerRealm } from "./patch.js";

const INTERVAL_MS = 200;
// Without loss at full quality. Chromium encodes it on a thread of its own, where PNG waits for the page to be idle: measured 0.3 s
// against 1.1 s on a busy page, and more than 4 s on an application that was loading. Where there is none, PNG comes.
const PICTURE = ["image/webp", 1];
const DRAWING = {
  CanvasRenderingContext2D: [
    "clearRect", "drawImage", "fill", "fillRect", "fillText", "putImageData", "reset", "stroke", "strokeRect", "strokeText",
  ],
  WebGLRenderingContext: ["clear", "drawArrays", "drawElements"],
  WebGL2RenderingContext: [
    "clear", "clearBufferfv", "drawArrays", "drawArraysInstanced", "drawElements", "drawElementsInstanced", "drawRangeElements",
    "blitFramebuffer",
  ],
  ImageBitmapRenderingContext: ["transferFromImageBitmap"],
  GPUCanvasContext: ["getCurrentTexture"],
};
const CLASSES = {
  "2d": "CanvasRenderingContext2D", webgl: "WebGLRenderingContext", "experimental-webgl": "WebGLRenderingContext",
  webgl2: "WebGL2RenderingContext", bitmaprenderer: "ImageBitmapRenderingContext", webgpu: "GPUCanvasContext",
};
// Contexts whose canvas can be read only before its picture is handed to the compositor: at the end of the task that draws.
const VOLATILE = new Set(["WebGLRenderingContext", "WebGL2RenderingContext", "GPUCanvasContext"]);
// A canvas whose control was transferred is drawn to where no patch of ours is; it is looked at now and then.
const WATCH_MS = 250;
const WATCH_IDLE_MS = 500;

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, timers: {set: Function, clear: Function, microtask: Function},
 *          guard: (call: Function) => Function, contexts: WeakMap<object, Set<string>>, drawings: WeakMap<Element, string>}} scope
 *          `contexts`: for each realm's canvases the classes of the contexts that scripts have got, `drawings`: the canvases that were
 *          drawn to (`drawn`, `transferred`), both over all streams of the document
 * @param {(data: object) => void} emit data: {id, width, height, image: data URL} or {id, unreadable: reason}
 * @returns {{stop: () => void, touch: (canvas: Node) => void, added: Function, forget: () => void, finish: () => Promise<unknown>}}
 *   touch() marks a canvas as changed; forget() every one drawn to before, after a full snapshot; finish() takes what is
 *   due now and resolves once it is emitted
 */
export function trackCanvas(win, { idOf, nodeOf, timers, guard, contexts, drawings }, emit) {
  const drawn = new Set();
  const dirty = new Set();
  const encodings = new Map();
  const copies = new Map();
  const volatile = new WeakSet();
  const watched = new Map();
  const references = new WeakMap();
  const restore = [];
  const isNewRealm = oncePerRealm();
  const patched = new WeakSet();
  let waiting = new Set();
  let timer = null;
  let stopped = false;

  const schedule = () => {
    if (timer === null && !stopped) timer = timers.set(captureDirty, INTERVAL_MS);
  };
  const follow = (canvas, encoding) => {
    const done = encoding.finally(() => {
      if (encodings.get(canvas) === done) encodings.delete(canvas);
    });
    encodings.set(canvas, done);
  };
  const start = (canvas) => {
    const copy = copies.get(canvas);
    copies.delete(canvas);
    if (!copy) follow(canvas, capture(canvas, idOf(canvas), emit));
    else follow(canvas, captureCopy(canvas, copy, idOf(canvas), emit));
  };
  const dirtyCanvases = () => {
    const canvases = [...dirty].map((reference) => reference.deref()).filter(Boolean);
    dirty.clear();
    return canvases;
  };
  const captureDirty = () => {
    timer = null;
    for (const canvas of dirtyCanvases()) {
      if (idOf(canvas) > 0) start(canvas);
    }
  };
  const refer = (canvas) => {
    let reference = references.get(canvas);
    if (!reference) {
      reference = new WeakRef(canvas);
      references.set(canvas, reference);
      drawn.add(reference);
      if (!drawings.has(canvas)) drawings.set(canvas, "drawn");
    }
    return reference;
  };
  const touch = (canvas) => {
    dirty.add(refer(canvas));
    schedule();
  };
  /** At the end of the task that draws, for only then is there something to copy; encoded at the usual rate. */
  const copyWaiting = () => {
    const canvases = waiting;
    waiting = new Set();
    if (stopped) return;
    for (const canvas of canvases) {
      if (!canvas.width || !canvas.height) continue;
      copies.get(canvas)?.then((bitmap) => bitmap.close(), () => {});
      const copy = win.createImageBitmap(canvas);
      copy.catch(() => {});
      copies.set(canvas, copy);
    }
  };
  const onDraw = (name) => guard((context) => {
    const { canvas } = context;
    if (!canvas || canvas.localName !== "canvas") return;
    touch(canvas);
    if (!VOLATILE.has(name)) return;
    volatile.add(canvas);
    if (!waiting.size) timers.microtask(copyWaiting);
    waiting.add(canvas);
  });
  /** What is submitted to the GPU may come in a later task than the texture it is drawn on. */
  const onSubmit = guard(() => {
    for (const canvas of dirtyCanvases()) {
      touch(canvas);
      if (!volatile.has(canvas)) continue;
      if (!waiting.size) timers.microtask(copyWaiting);
      waiting.add(canvas);
    }
  });

  const onTransfer = guard((canvas) => {
    drawings.set(canvas, "transferred");
    refer(canvas);
    watched.set(canvas, "");
    timers.set(() => watch(canvas), 0);
  });
  /** Resolves to whether it shows something new, which is then emitted. */
  const lookAt = async (canvas) => {
    const id = idOf(canvas);
    if (id <= 0 || !canvas.isConnected) return false;
    let isNew = false;
    await capture(canvas, id, (data) => {
      const text = data.image || data.unreadable;
      isNew = watched.get(canvas) !== text;
      watched.set(canvas, text);
      if (isNew) emit(data);
    });
    return isNew;
  };
  const watch = (canvas) => {
    if (stopped) return;
    const next = (isNew) => timers.set(() => watch(canvas), isNew ? WATCH_MS : WATCH_IDLE_MS);
    lookAt(canvas).then(next, () => next(false));
  };

  /** Most documents draw nothing: the classes of contexts are left alone until a script gets one of them. */
  const patch = (view, name) => {
    const prototype = view[name] && view[name].prototype;
    if (!prototype || patched.has(prototype)) return;
    patched.add(prototype);
    for (const method of DRAWING[name]) restore.push(afterCall(prototype, method, onDraw(name)));
    if (name === "GPUCanvasContext" && view.GPUQueue) restore.push(afterCall(view.GPUQueue.prototype, "submit", onSubmit));
  };
  const onContext = guard((canvas, [kind], context) => {
    const name = context && CLASSES[kind];
    const view = name && canvas.ownerDocument.defaultView;
    if (!view) return;
    contexts.get(view.HTMLCanvasElement.prototype)?.add(name);
    patch(view, name);
  });
  const trackWindow = (view) => {
    if (!isNewRealm(view)) return;
    const { prototype } = view.HTMLCanvasElement;
    restore.push(afterCall(prototype, "getContext", onContext));
    restore.push(afterCall(prototype, "transferControlToOffscreen", onTransfer));
    // Scripts of a document that is there already may have any.
    const isLate = view.document.readyState !== "loading";
    if (!contexts.has(prototype)) contexts.set(prototype, new Set(isLate ? Object.keys(DRAWING) : []));
    for (const name of contexts.get(prototype)) patch(view, name);
  };
  trackWindow(win);

  return {
    trackWindow,
    added({ tagName, id }) {
      const canvas = tagName === "canvas" ? nodeOf(id) : null;
      if (!canvas || !drawings.has(canvas)) return;
      if (watched.has(canvas)) watched.set(canvas, "");
      else if (drawings.get(canvas) === "transferred") onTransfer(canvas);
      else touch(canvas);
    },
    forget() {
      for (const reference of drawn) {
        const canvas = reference.deref();
        if (!canvas) drawn.delete(reference);
        else if (watched.has(canvas)) watched.set(canvas, "");
        else dirty.add(reference);
      }
      if (dirty.size) schedule();
    },
    finish() {
      // Chromium encodes in idle time, which may be long in coming; a 2D canvas can be read at once instead.
      for (const canvas of [...encodings.keys(), ...dirtyCanvases()]) {
        const id = idOf(canvas);
        if (id <= 0) continue;
        if (!volatile.has(canvas)) captureNow(canvas, id, emit);
        else if (copies.has(canvas)) start(canvas);
      }
      return Promise.all([...encodings.values(), ...[...watched.keys()].map(lookAt)]);
    },
    stop() {
      stopped = true;
      if (timer !== null) timers.clear(timer);
      for (const undo of restore) undo();
    },
  };
}

/** Resolves once the picture is emitted; never rejects. */
function capture(canvas, id, emit) {
  const { width, height } = canvas;
  if (!width || !height) return Promise.resolve();
  return encode(canvas).then(
    (image) => image && emit({ id, width, height, image }),
    (error) => emit({ id, width, height, unreadable: error.name }),
  );
}

/** @param {Promise<ImageBitmap>} copy */
function captureCopy(canvas, copy, id, emit) {
  const { width, height } = canvas;
  return copy.then(async (bitmap) => emit({ id, width, height, image: await dataUrl(await encodeBitmap(bitmap)) })).catch(
    (error) => emit({ id, width, height, unreadable: error.name }),
  );
}

function captureNow(canvas, id, emit) {
  const { width, height } = canvas;
  try {
    if (width && height) emit({ id, width, height, image: canvas.toDataURL("image/png") });
  } catch (error) {
    // One whose control went to a worker is being encoded the other way.
    if (error.name !== "InvalidStateError") emit({ id, width, height, unreadable: error.name });
  }
}

async function encode(canvas) {
  const blob = await new Promise((resolve, reject) => {
    try {
      canvas.toBlob(resolve, ...PICTURE);
    } catch (error) {
      if (error.name === "InvalidStateError") resolve(encodeTransferred(canvas));
      else reject(error);
    }
  });
  return blob ? dataUrl(blob) : null;
}

/** What an image, a video or a canvas shows, as a `data:` URL; rejects where it may not be read. */
export async function pictureOf(source) {
  return dataUrl(await encodeBitmap(await createImageBitmap(source)));
}

function dataUrl(blob) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => resolve(null);
    reader.readAsDataURL(blob);
  });
}

/** A canvas whose control went to a worker cannot be encoded itself; a copy of its bitmap can. */
async function encodeTransferred(canvas) {
  return encodeBitmap(await createImageBitmap(canvas));
}

function encodeBitmap(bitmap) {
  const copy = new OffscreenCanvas(bitmap.width, bitmap.height);
  copy.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
  return copy.convertToBlob({ type: PICTURE[0], quality: PICTURE[1] });
}
