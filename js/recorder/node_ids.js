/**
 * Ids of nodes, and back, in the place of rrweb's mirror: a number for each node where rrweb keeps all it wrote of it.
 *
 * A node keeps its id for as long as the stream lasts; it is found by it while it is told of.
 */

/** @returns {object} with the methods of rrweb's mirror */
export function createNodeIds() {
  let nodes = new Map();
  let ids = new WeakMap();
  // Not from the start again after a reset: an id is given once in a stream's life.
  let upcoming = 1;

  const getId = (node) => {
    const id = node ? ids.get(node) : undefined;
    return id === undefined ? -1 : id;
  };
  const set = (node, id) => {
    nodes.set(id, node);
    ids.set(node, id);
  };
  return {
    getId,
    set,
    next() {
      upcoming += 1;
      return upcoming - 1;
    },
    /** The next id to be given: all that are as high are of nodes that came later. */
    get upcoming() {
      return upcoming;
    },
    getNode: (id) => nodes.get(id) || null,
    getIds: () => [...nodes.keys()],
    getMeta: (node) => (ids.has(node) ? { id: ids.get(node) } : null),
    has: (id) => nodes.has(id),
    hasNode: (node) => ids.has(node),
    /** The node is told of no more; those in it are for the caller. */
    drop(node) {
      nodes.delete(ids.get(node));
    },
    add(node, serialised) {
      set(node, serialised.id);
    },
    replace(id, node) {
      if (nodes.has(id)) ids.set(node, id);
      nodes.set(id, node);
    },
    reset() {
      nodes = new Map();
      ids = new WeakMap();
    },
  };
}
