/** @import { Box } from './slices.js' */

/**
 * How many tiles an arrow goes on by; 0: none.
 * @param {string} key
 * @param {number} from Place among all tiles.
 * @param {{first: number, size: number, boxes: Box[]} | null} page Which tiles it has, and where;
 *   null: there is one alone.
 */
export function stepBy(key, from, page) {
  if (key === 'ArrowLeft') return -1;
  if (key === 'ArrowRight') return 1;
  if (!page || (key !== 'ArrowUp' && key !== 'ArrowDown')) return 0;
  const { first, size, boxes } = page;
  const down = key === 'ArrowDown' ? 1 : -1;
  const next = nextInColumn(boxes, from - first, down);
  if (next >= 0) return first + next - from;
  // Beyond the end of the page is the next one.
  return down > 0 ? first + size - from : first - 1 - from;
}

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
