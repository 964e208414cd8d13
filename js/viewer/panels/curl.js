/** A request as a command line that makes it again. */

// What curl sets by itself, or what HTTP/2 has in place of the first line.
const LEFT_OUT = /^(:|content-length$|host$|connection$|accept-encoding$)/i;

/**
 * @param {any} request @param {string | null} body its text, if it has one
 * @returns {string} for a POSIX shell; nothing in it is run by the shell, whatever the recording says
 */
export function curlOf(request, body) {
  const parts = [`curl ${quoted(request.url)}`];
  if (request.method !== (body === null ? "GET" : "POST")) parts.push(`-X ${quoted(request.method)}`);
  for (const [name, value] of request.headers) {
    if (!LEFT_OUT.test(name)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  if (body !== null) parts.push(`--data-raw ${quoted(body)}`);
  if (request.headers.some(([name]) => /^accept-encoding$/i.test(name))) parts.push("--compressed");
  return parts.join(" \\\n  ");
}

/** @param {string} text @returns {string} */
function quoted(text) {
  return `'${text.replaceAll("\0", "").replaceAll("'", "'\\''")}'`;
}
