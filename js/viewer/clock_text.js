/** Times and lengths of time as people read them. */

/**
 * @param {number} ms
 * @param {{precise?: boolean, digits?: number}} [options] precise: with milliseconds; else so many digits of the second
 * @returns {string} `0:07`, `1:02:07`; `0:07.250`
 */
export function clockText(ms, { precise = false, digits = precise ? 3 : 0 } = {}) {
  const unit = 10 ** (3 - digits);
  const whole = (precise ? Math.round(Math.max(0, ms)) : Math.floor(Math.max(0, ms + 1e-6) / unit) * unit) || 0;
  const hours = Math.floor(whole / 3_600_000);
  const minutes = Math.floor(whole / 60_000) % 60;
  const seconds = Math.floor(whole / 1000) % 60;
  const head = hours ? `${hours}:${String(minutes).padStart(2, "0")}` : String(minutes);
  const text = `${head}:${String(seconds).padStart(2, "0")}`;
  return digits ? `${text}.${String(Math.round(whole % 1000)).padStart(3, "0").slice(0, digits)}` : text;
}

/** @param {number} ms @returns {string} `120 ms`, `4.2 s`, `3 min 5 s` */
export function lengthText(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}
