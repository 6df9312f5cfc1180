/** How many tiles a page may have; 0: as many as can be seen well; 1+5: one large, five small. */
export const SIZES = [0, 1, 4, 9, 16, 25, '1+5', '1+7'];

/** A picture of fewer pixels of the window shows nothing. */
const LEAST_AREA = 144 * 81;
/** What gaps and shapes that do not fit may cost of a space. */
const USED = 0.85;
/** More at once is more than anybody watches, and than browsers decode. */
const MOST_TILES = 48;

/** Whether the first of a page is larger than the others. @param {Size} size */
export const isAround = (size) => typeof size === 'string';

/** @typedef {number | string} Size One of SIZES. */

/**
 * How many tiles a page has. Where it may choose: all, or, where they would be too small, as many
 * as make pages of about one size.
 * @param {Size} size
 * @param {number} count Of all tiles.
 * @param {number} width Of the space, pixels.
 * @param {number} height
 */
export function pageSize(size, count, width, height) {
  const parts = String(size).split('+').map(Number);
  if (size !== 0) return parts.reduce((sum, part) => sum + part);
  const most = Math.min(MOST_TILES, Math.floor((width * height * USED) / LEAST_AREA));
  const pages = Math.ceil(Math.max(1, count) / Math.max(1, most));
  return Math.ceil(Math.max(1, count) / pages);
}
