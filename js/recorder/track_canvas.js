/**
 * Canvas pictures: the last state of each canvas that was drawn to, as a PNG, at most one every INTERVAL_MS.
 *
 * State and not drawing commands: seeking needs one picture, whatever was drawn before. Encoding is asynchronous, off the page's
 * task. A canvas that may not be read (tainted) is reported once as such.
 */

const INTERVAL_MS = 200;
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
};

/**
 * @param {Window} win
 * @param {{idOf: (node: Node) => number, nodeOf: (id: number) => Node|null, timers: {set: Function, clear: Function}}} scope
 * @param {(data: object) => void} emit data: {id, width, height, image: data URL} or {id, unreadable: reason}
 * @returns {{stop: () => void, touch: (canvas: Node) => void, added: Function, forget: () => void, finish: () => Promise<unknown>}}
 *   touch() marks a canvas as changed; forget() every one drawn to before, after a full snapshot; finish() takes what is
 *   due now and resolves once it is emitted
 */
export function trackCanvas(win, { idOf, nodeOf, timers }, emit) {
  const drawn = new Set();
  const dirty = new Set();
  const encodings = new Map();
  const volatile = new WeakSet();
  const restore = [];
  let timer = null;
  let stopped = false;

  const schedule = () => {
    if (timer === null && !stopped) timer = timers.set(captureDirty, INTERVAL_MS);
  };
  const start = (canvas) => {
    const encoding = capture(canvas, idOf(canvas), emit).finally(() => {
      if (encodings.get(canvas) === encoding) encodings.delete(canvas);
    });
    encodings.set(canvas, encoding);
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
  const references = new WeakMap();
  const touch = (canvas) => {
    if (!canvas || canvas.localName !== "canvas") return;
    let reference = references.get(canvas);
    if (!reference) {
      reference = new WeakRef(canvas);
      references.set(canvas, reference);
      drawn.add(reference);
    }
    dirty.add(reference);
    schedule();
  };
  const onDraw = (context) => {
    const canvas = context.canvas;
    const isNew = canvas && !dirty.has(references.get(canvas));
    touch(canvas);
    if (!context.drawArrays) return;
    // A WebGL canvas can be read only before its picture is handed to the compositor: at the end of this very task.
    volatile.add(canvas);
    if (isNew && idOf(canvas) > 0) {
      win.queueMicrotask(() => {
        dirty.delete(references.get(canvas));
        if (!stopped) start(canvas);
      });
    }
  };

  for (const [name, methods] of Object.entries(DRAWING)) {
    const prototype = win[name] && win[name].prototype;
    if (!prototype) continue;
    for (const method of methods) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
      if (!descriptor || typeof descriptor.value !== "function") continue;
      // A proxy keeps name, length, own keys and the errors of the page's own misuse.
      const value = new Proxy(descriptor.value, {
        apply(target, context, args) {
          const result = Reflect.apply(target, context, args);
          onDraw(context);
          return result;
        },
      });
      Object.defineProperty(prototype, method, { ...descriptor, value });
      restore.push(() => Object.defineProperty(prototype, method, descriptor));
    }
  }

  return {
    added({ tagName, id }) {
      if (tagName === "canvas" && references.has(nodeOf(id))) touch(nodeOf(id));
    },
    forget() {
      for (const reference of drawn) {
        if (reference.deref()) dirty.add(reference);
        else drawn.delete(reference);
      }
      if (dirty.size) schedule();
    },
    finish() {
      // Chromium encodes in idle time, which may be long in coming; a 2D canvas can be read at once instead.
      for (const [canvas, id] of [...encodings.keys(), ...dirtyCanvases()].map((canvas) => [canvas, idOf(canvas)])) {
        if (id > 0 && !volatile.has(canvas)) captureNow(canvas, id, emit);
      }
      return Promise.all(encodings.values());
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
      canvas.toBlob(resolve, "image/png");
    } catch (error) {
      if (error.name === "InvalidStateError") resolve(encodeTransferred(canvas));
      else reject(error);
    }
  });
  if (!blob) return null;
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => resolve(null);
    reader.readAsDataURL(blob);
  });
}

/** A canvas whose control went to a worker cannot be encoded itself; a copy of its bitmap can. */
async function encodeTransferred(canvas) {
  const bitmap = await createImageBitmap(canvas);
  const copy = new OffscreenCanvas(bitmap.width, bitmap.height);
  copy.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
  return copy.convertToBlob({ type: "image/png" });
}
