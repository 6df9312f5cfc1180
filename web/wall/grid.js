/** @import { Grid } from './types.js' */

/** How many tiles a page may have; 0: as many as can be seen well. */
export const SIZES = [0, 1, 4, 9, 16, 25];

export const GAP = 8;
const CAPTION = 56;
const COMPACT_CAPTION = 30;
const COMPACT_BELOW = 320;
/** A picture that is narrower shows nothing. */
const LEAST_WIDTH = 144;
/** More at once is more than anybody watches, and than browsers decode. */
const MOST_TILES = 36;

/**
 * The grid whose pictures are largest among those that fit the space without scrolling.
 * @param {number} count Of tiles.
 * @param {number} width Of the space, pixels.
 * @param {number} height
 * @param {{aspect?: number, compact?: boolean, scale?: number}} [options] Of the pictures; short
 *   captions anyway; how much larger than usual captions are.
 * @returns {Grid}
 */
export function bestGrid(count, width, height, options = {}) {
  const { aspect = 16 / 9, compact: always = false, scale = 1 } = options;
  const [long, short] = [CAPTION * scale, COMPACT_CAPTION * scale];
  /** @type {Grid} */
  let best = { columns: 1, width: 16, height: 9 + short, compact: true };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const cell = (width - GAP * (columns - 1)) / columns;
    const row = (height - GAP * (rows - 1)) / rows;
    const whole = Math.min(cell, (row - long) * aspect);
    const compact = always || whole < COMPACT_BELOW;
    const caption = compact ? short : long;
    const small = Math.min(cell, (row - short) * aspect, always ? cell : COMPACT_BELOW - 1);
    const tile = wholeSteps(compact ? small : whole);
    if (tile > best.width) {
      best = {
        columns,
        width: tile,
        height: Math.round(tile / aspect) + caption,
        compact,
      };
    }
  }
  return best;
}

/**
 * How many of `count` tiles a page has when it may choose: all, or as many as can be seen well.
 * @param {number} count
 * @param {number} width
 * @param {number} height
 */
export function pageSize(count, width, height) {
  let size = Math.min(count, MOST_TILES);
  while (size > 1 && bestGrid(size, width, height).width < LEAST_WIDTH) size--;
  return Math.max(1, size);
}

/** Down to a width that 16:9 divides into whole pixels: no hairline beside the picture. */
const wholeSteps = (/** @type {number} */ width) => Math.floor(width / 16) * 16;
