/** @import { Box } from './slices.js' */

/**
 * Which box is above or below another: the nearest of those that share a column with it.
 * @param {Box[]} boxes
 * @param {number} from Its place.
 * @param {-1 | 1} down −1: above.
 * @returns {number} Its place; −1: none.
 */
export function nextInColumn(boxes, from, down) {
  const { x, y, width, height } = boxes[from];
  const middle = x + width / 2;
  let best = -1;
  let least = Infinity;
  boxes.forEach((box, at) => {
    const away = down > 0 ? box.y - (y + height) : y - (box.y + box.height);
    const shared = Math.min(x + width, box.x + box.width) - Math.max(x, box.x);
    // Tiles that touch may overlap by a pixel.
    if (at === from || away < -1 || shared <= 1) return;
    const aside = Math.abs(box.x + box.width / 2 - middle);
    const far = away * 4 + aside;
    if (far < least) [best, least] = [at, far];
  });
  return best;
}
