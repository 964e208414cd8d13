/** What the window remembers of its user from one visit to the next: sizes, theme. Where the browser forbids it, nothing. */

const PREFIX = "harness:";

/** @param {Window} window @returns {{get: (key: string) => string | null, set: (key: string, value: string) => void}} */
export function memory(window) {
  return {
    get(key) {
      try {
        return window.localStorage.getItem(PREFIX + key);
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        window.localStorage.setItem(PREFIX + key, value);
      } catch {
        return;
      }
    },
  };
}
