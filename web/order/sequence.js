/**
 * `ids` with one of them at another place, or at the nearest end where there is no such place.
 * @param {string[]} ids
 * @param {string} id
 * @param {number} place From 0.
 */
export function placed(ids, id, place) {
  const others = ids.filter((other) => other !== id);
  others.splice(Math.max(0, Math.min(others.length, place)), 0, id);
  return others;
}
