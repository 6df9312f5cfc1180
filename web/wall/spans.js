/** @import { Layout } from './types.js' */

/** A wall has so many columns: a tile that is resized snaps to them. */
export const COLUMNS = 12;
/** A tile that is made larger by this share of its width is worth a step. */
const LEAST_STEP = 0.1;

/** @param {Layout} layout @returns {[string, number][]} Cameras that were resized, and their widths. */
function entriesOf({ span }) {
  const entries = (span ?? '').split(',').map((entry) => entry.trim().split(':'));
  return entries.flatMap(([id, columns]) => {
    const count = Math.round(Number(columns));
    return id && count >= 1 ? [[id, Math.min(COLUMNS, count)]] : [];
  });
}

/**
 * How wide a layout wants a camera's tile, in columns of the wall; 0: as wide as the others.
 * @param {Layout} layout
 * @param {string} id
 */
export function spanOf(layout, id) {
  return entriesOf(layout).find(([name]) => name === id)?.[1] ?? 0;
}

/**
 * A layout with another width of a camera's tile.
 * @param {Layout} layout
 * @param {string} id
 * @param {number} span
 * @returns {Layout}
 */
export function withSpan(layout, id, span) {
  const others = entriesOf(layout).filter(([name]) => name !== id);
  const all = span > 0 ? [...others, [id, Math.min(COLUMNS, Math.round(span))]] : others;
  return { ...layout, span: all.map((entry) => entry.join(':')).join(',') };
}

/**
 * The next larger or smaller width of a tile, in columns.
 * @param {number} width Of the tile now, pixels.
 * @param {number} wall Of the wall, pixels.
 * @param {-1 | 1} larger
 */
export function nextSpan(width, wall, larger) {
  const now = (width / wall) * COLUMNS;
  const next = larger > 0 ? Math.ceil(now * (1 + LEAST_STEP)) : Math.floor(now * (1 - LEAST_STEP));
  return Math.max(1, Math.min(COLUMNS, next));
}
