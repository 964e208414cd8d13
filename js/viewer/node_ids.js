/** Node ids that are not written: a node without one has that of the node before it in the document's order, and one more. */

const NONE = -2;

/**
 * @param {any} data of an event that says whether ids were left out, see docs/format.md; they are put back
 * @returns {any} the same
 */
export function fillInIds(data) {
  if (!data || data.ids !== "implied") return data;
  delete data.ids;
  let previous = NONE;
  const tops = data.node ? [data.node] : Array.isArray(data.adds) ? data.adds.map((add) => add && add.node) : [];
  for (const top of tops) {
    const waiting = [top];
    while (waiting.length) {
      const node = waiting.pop();
      if (!node || typeof node !== "object") return data; // who builds a tree of it finds the fault
      previous = node.id ?? previous + 1;
      node.id = previous;
      const children = node.childNodes;
      if (!Array.isArray(children)) continue;
      for (let n = children.length - 1; n >= 0; n -= 1) waiting.push(children[n]);
    }
  }
  return data;
}
