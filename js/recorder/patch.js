/**
 * Listening in on calls and assignments of the page, without its noticing: a proxy keeps a function's name, length, own keys,
 * source text and the errors of its misuse.
 */

/**
 * @param {object} owner prototype or object that has the method itself
 * @param {string} name
 * @param {(self: any, args: any[], result: any) => void} after called once the original has returned
 * @returns {() => void} takes the patch out again, unless somebody has patched over it
 */
export function afterCall(owner, name, after) {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  if (!descriptor || typeof descriptor.value !== "function") return () => {};
  return swap(owner, name, descriptor, { ...descriptor, value: listening(descriptor.value, after) });
}

/**
 * @param {object} owner prototype that has the accessor itself
 * @param {string} name
 * @param {(self: any, args: any[], result: any) => void} after called once the original setter has returned
 * @returns {() => void} as for `afterCall`
 */
export function afterSet(owner, name, after) {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  if (!descriptor || !descriptor.set || !descriptor.configurable) return () => {};
  return swap(owner, name, descriptor, { ...descriptor, set: listening(descriptor.set, after) });
}

/**
 * @param {object} owner prototype that has the accessor itself
 * @param {string} name
 * @param {(self: any, args: any[], result: any) => void} after called once the original getter has returned
 * @returns {() => void} as for `afterCall`
 */
export function afterGet(owner, name, after) {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  if (!descriptor || !descriptor.get || !descriptor.configurable) return () => {};
  return swap(owner, name, descriptor, { ...descriptor, get: listening(descriptor.get, after) });
}

/**
 * @param {Window} win
 * @param {string} name of a constructor among its globals
 * @param {(made: object, args: any[]) => void} after called once the original has made something
 * @returns {() => void} as for `afterCall`
 */
export function afterConstruct(win, name, after) {
  const descriptor = Object.getOwnPropertyDescriptor(win, name);
  if (!descriptor || typeof descriptor.value !== "function") return () => {};
  const value = new Proxy(descriptor.value, {
    construct(target, args, newTarget) {
      const made = Reflect.construct(target, args, newTarget === value ? target : newTarget);
      after(made, args);
      return made;
    },
  });
  disguise(value, descriptor.value);
  const { prototype } = descriptor.value;
  const constructor = Object.getOwnPropertyDescriptor(prototype, "constructor");
  const undo = swap(prototype, "constructor", constructor, { ...constructor, value });
  const undoName = swap(win, name, descriptor, { ...descriptor, value });
  return () => {
    undo();
    undoName();
  };
}

function listening(original, after) {
  const proxy = new Proxy(original, {
    apply(target, self, args) {
      const result = Reflect.apply(target, self, args);
      after(self, args, result);
      return result;
    },
  });
  disguise(proxy, original);
  return proxy;
}

// Found by identity: what a proxy stands for never changes.
const originals = new WeakMap();

/** The source text of a proxy has no name in it, unlike that of a built-in; so `toString` is asked for the original's. */
function disguise(proxy, original) {
  originals.set(proxy, originals.get(original) || original);
  let prototype = Object.getPrototypeOf(original);
  while (prototype && !Object.prototype.hasOwnProperty.call(prototype, "toString")) prototype = Object.getPrototypeOf(prototype);
  const descriptor = prototype && Object.getOwnPropertyDescriptor(prototype, "toString");
  if (!descriptor || !descriptor.configurable || typeof descriptor.value !== "function" || originals.has(descriptor.value)) return;
  const value = new Proxy(descriptor.value, {
    apply: (target, self, args) => Reflect.apply(target, originals.get(self) || self, args),
  });
  originals.set(value, descriptor.value);
  Object.defineProperty(prototype, "toString", { ...descriptor, value });
}

function swap(owner, name, descriptor, changed) {
  Object.defineProperty(owner, name, changed);
  return () => {
    const now = Object.getOwnPropertyDescriptor(owner, name);
    if (!now || now.value !== changed.value || now.get !== changed.get || now.set !== changed.set) return;
    Object.defineProperty(owner, name, descriptor);
  };
}

/** A function that says, for each window, whether the built-ins of the document in it have not been met before. */
export function oncePerRealm() {
  // Not the window itself: that one stays when its frame navigates.
  const met = new WeakSet();
  return (win) => {
    if (met.has(win.Object)) return false;
    met.add(win.Object);
    return true;
  };
}

/** A function that has `call` called later, once with each of all that a task has given it. */
export function together(call, timers) {
  const given = new Set();
  return (each) => {
    if (!given.size) {
      timers.set(() => {
        const all = [...given];
        given.clear();
        for (const one of all) call(one);
      }, 0);
    }
    given.add(each);
  };
}

/** Whether the document in a window has only begun: no script can have got hold of anything in it. */
export function isFresh(view) {
  return view.document.readyState === "loading" && !view.document.body;
}
