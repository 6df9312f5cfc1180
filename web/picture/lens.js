/** What a lens shows: `scale` times as large, its middle moved by x and y (pixels of the frame). */
/** @typedef {{scale: number, x: number, y: number}} View */

export const MOST = 8;
/** @type {View} */
export const WHOLE = { scale: 1, x: 0, y: 0 };

/**
 * Larger or smaller by a factor; the point under (x, y) stays where it is.
 * @param {View} view
 * @param {number} factor
 * @param {{x: number, y: number}} point From the middle of the frame.
 * @param {{width: number, height: number}} frame
 * @returns {View}
 */
export function zoom(view, factor, point, frame) {
  const scale = Math.min(MOST, Math.max(1, view.scale * factor));
  const ratio = scale / view.scale;
  return within(
    {
      scale,
      x: point.x - (point.x - view.x) * ratio,
      y: point.y - (point.y - view.y) * ratio,
    },
    frame,
  );
}

/**
 * @param {View} view
 * @param {number} dx
 * @param {number} dy
 * @param {{width: number, height: number}} frame
 * @returns {View}
 */
export function pan(view, dx, dy, frame) {
  return within({ ...view, x: view.x + dx, y: view.y + dy }, frame);
}

/**
 * Never so far that something else than picture would be seen.
 * @param {View} view
 * @param {{width: number, height: number}} frame
 * @returns {View}
 */
function within({ scale, x, y }, { width, height }) {
  const most = { x: (width * (scale - 1)) / 2, y: (height * (scale - 1)) / 2 };
  const clamp = (/** @type {number} */ at, /** @type {number} */ limit) =>
    Math.min(limit, Math.max(-limit, at)) + 0; // No -0.
  return { scale, x: clamp(x, most.x), y: clamp(y, most.y) };
}
