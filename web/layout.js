/**
 * @typedef {object} Grid
 * @property {number} columns
 * @property {number} width Of a tile, pixels.
 * @property {number} height Of a tile with its caption.
 * @property {boolean} compact Tiles so small that the caption is one line.
 */

export const GAP = 10;
export const CAPTION = 56;
export const COMPACT_CAPTION = 32;
const COMPACT_BELOW = 320;
/** Narrower than this nothing can be seen: the page scrolls instead. */
const LEAST_WIDTH = 96;

/**
 * The grid whose pictures are largest among those that fit the space without scrolling.
 * @param {number} count Of tiles.
 * @param {number} width Of the space, pixels.
 * @param {number} height
 * @param {number} [aspect] Of the pictures.
 * @returns {Grid}
 */
export function bestGrid(count, width, height, aspect = 16 / 9) {
  /** @type {Grid | null} */
  let best = null;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const cell = (width - GAP * (columns - 1)) / columns;
    const row = (height - GAP * (rows - 1)) / rows;
    const whole = Math.min(cell, (row - CAPTION) * aspect);
    const compact = whole < COMPACT_BELOW;
    const caption = compact ? COMPACT_CAPTION : CAPTION;
    const small = Math.min(cell, (row - COMPACT_CAPTION) * aspect, COMPACT_BELOW - 1);
    const tile = wholeSteps(compact ? small : whole);
    if (tile >= LEAST_WIDTH && (!best || tile > best.width)) {
      best = { columns, width: tile, height: Math.round(tile / aspect) + caption, compact };
    }
  }
  return best ?? scrollingGrid(width, aspect);
}

/**
 * @param {number} width
 * @param {number} aspect
 * @returns {Grid}
 */
function scrollingGrid(width, aspect) {
  const columns = Math.max(1, Math.floor((width + GAP) / (180 + GAP)));
  const tile = Math.max(LEAST_WIDTH, wholeSteps((width - GAP * (columns - 1)) / columns));
  const compact = tile < COMPACT_BELOW;
  const caption = compact ? COMPACT_CAPTION : CAPTION;
  return { columns, width: tile, height: Math.round(tile / aspect) + caption, compact };
}

/** Down to a width that 16:9 divides into whole pixels: no hairline beside the picture. */
const wholeSteps = (/** @type {number} */ width) => Math.floor(width / 16) * 16;
