/**
 * `view-transition`: what is seen while one runs are pictures of the state before and after, laid over each other by the browser. So
 * the replay goes to the state before, asks for a transition of its own, and makes the changes inside it; the animations then
 * stand where they stood, like all others.
 */

// A browser that paints nothing, as in a window that is hidden, never gets to take its picture.
const LIMIT_MS = 1500;

export class ViewTransitions {
  /** @param {import("./scene.js").Scene} scene */
  constructor(scene) {
    this.scene = scene;
    this.running = null;
  }

  /**
   * @param {import("./stream.js").Stream} stream
   * @param {{id: number, phase: string, document: number}} data
   * @returns {Promise<void>} once the state so far is a picture, and events may go on to change it
   */
  async apply(stream, { id, phase, document: node }) {
    const key = `${stream.doc} ${id}`;
    if (phase === "begin") await this.begin(key, stream.mirror.node(node) || stream.document);
    else if (this.running?.key === key && phase === "updated") this.running.isUpdated = true;
    else if (this.running?.key === key) this.skip();
  }

  async begin(key, document) {
    this.skip();
    if (!document?.startViewTransition || !document.defaultView) return;
    const running = { key, isUpdated: false, transition: null, update: () => {} };
    const updated = new Promise((resolve) => {
      running.update = resolve;
    });
    const pictured = new Promise((resolve) => {
      running.transition = document.startViewTransition(() => {
        resolve();
        return updated;
      });
    });
    for (const promise of ["ready", "finished", "updateCallbackDone"]) running.transition[promise].catch(() => {});
    this.running = running;
    await within(pictured);
  }

  /** @returns {Promise<void> | null} until the new state is a picture too and the animations are there; null: nothing to wait for */
  settle() {
    const { running } = this;
    if (!running || !running.isUpdated || running.isShown) return null;
    running.isShown = true;
    running.update();
    return within(running.transition.ready.catch(() => {}));
  }

  skip() {
    const { running } = this;
    this.running = null;
    if (!running) return;
    running.update();
    running.transition.skipTransition();
  }
}

/** @param {any[]} events of which `begin` is one @param {any} begin @returns {boolean} whether it is over within them */
export function isOver(events, begin) {
  return events.some(({ kind, doc, data }) =>
    kind === "view-transition" && doc === begin.doc && data.id === begin.data.id && data.phase === "end");
}

function within(promise) {
  return Promise.race([promise, new Promise((resolve) => setTimeout(resolve, LIMIT_MS))]);
}
