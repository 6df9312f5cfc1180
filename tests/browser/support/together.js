/** @typedef {{close: () => unknown}} Closable */

/**
 * Both, or neither: what one has opened is closed where the other fails. A browser that nobody
 * closes keeps its test waiting for ever.
 * @template {Closable} One
 * @template {Closable} Other
 * @param {Promise<One>} one
 * @param {Promise<Other>} other
 * @returns {Promise<[One, Other]>}
 */
export async function together(one, other) {
  const [first, second] = await Promise.allSettled([one, other]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') {
    return [first.value, second.value];
  }
  for (const opened of [first, second]) {
    if (opened.status === 'fulfilled') await opened.value.close();
  }
  throw first.status === 'rejected' ? first.reason : /** @type {any} */ (second).reason;
}
