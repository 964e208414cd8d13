/**
 * The HTML elements that have no state beside their attributes and what is in them: most of a page. They are written without rrweb
 * (write_nodes.js), and no tracker asks to hear of them.
 */

const PLAIN = (
  "a abbr address b bdi bdo big br caption center cite code col colgroup dd del details dfn dl dt em fieldset figcaption figure " +
  "font hr i img ins kbd label legend li mark nobr ol picture pre q rp rt ruby s samp small strike strong sub summary sup " +
  "table tbody td tfoot th thead time tr tt u ul var wbr button"
).split(" ");
// Of these, those to which a shadow root can be attached.
const HOSTS = "article aside blockquote div footer h1 h2 h3 h4 h5 h6 header main nav p section span".split(" ");

/** By `tagName`, which is in capitals for elements of HTML in documents of HTML alone. */
export const PLAIN_BY_TAG = new Map([
  ...PLAIN.map((name) => [name.toUpperCase(), { name, hosts: false }]),
  ...HOSTS.map((name) => [name.toUpperCase(), { name, hosts: true }]),
]);
const NAMES = new Set([...PLAIN, ...HOSTS]);

/** Whether there is nothing about a node but names, attributes, text. @param {object} node as serialised */
export function isPlain(node) {
  if (node.isShadow) return false;
  if (node.type === 2) return NAMES.has(node.tagName) && !node.isShadowHost && !node.isSVG;
  return node.type !== 0;
}
