/** @import { Layout } from './types.js' */

/** A wall has so many columns: a tile that is resized snaps to them. */
export const COLUMNS = 12;
/** The width of a tile that takes both columns of a phone; it may have another one elsewhere. */
const ACROSS = 'across';
/** A tile that is made larger by this share of its width is worth a step. */
const LEAST_STEP = 0.1;

/** @typedef {[string, number | typeof ACROSS]} Entry A camera that was resized, and its width. */

/** @param {Layout} layout @returns {Entry[]} */
function entriesOf({ span }) {
  const entries = (span ?? '').split(',').map((entry) => entry.trim().split(':'));
  const read = (/** @type {string[]} */ [id, columns]) => {
    const count = Math.round(Number(columns));
    const width = columns === ACROSS ? ACROSS : count >= 1 ? Math.min(COLUMNS, count) : 0;
    return /** @type {Entry[]} */ (id && width ? [[id, width]] : []);
  };
  return entries.flatMap(read);
}

/** @param {Layout} layout @param {Entry[]} entries @returns {Layout} */
const withEntries = (layout, entries) => ({
  ...layout,
  span: entries.map((entry) => entry.join(':')).join(','),
});

/**
 * How wide a layout wants a camera's tile, in columns of the wall; 0: as wide as the others.
 * @param {Layout} layout
 * @param {string} id
 */
export function spanOf(layout, id) {
  const found = entriesOf(layout).find(([name, width]) => name === id && width !== ACROSS);
  return Number(found?.[1] ?? 0);
}

/** Whether a camera's tile takes both columns of a phone. @param {Layout} layout @param {string} id */
export function isAcross(layout, id) {
  return entriesOf(layout).some(([name, width]) => name === id && width === ACROSS);
}

/** @param {Layout} layout @param {string} id @param {boolean} across @returns {Layout} */
export function withAcross(layout, id, across) {
  const others = entriesOf(layout).filter(([name, width]) => name !== id || width !== ACROSS);
  return withEntries(layout, across ? [...others, [id, ACROSS]] : others);
}

/**
 * A layout with another width of a camera's tile.
 * @param {Layout} layout
 * @param {string} id
 * @param {number} span
 * @returns {Layout}
 */
export function withSpan(layout, id, span) {
  const others = entriesOf(layout).filter(([name, width]) => name !== id || width === ACROSS);
  const width = Math.min(COLUMNS, Math.round(span));
  return withEntries(layout, span > 0 ? [...others, [id, width]] : others);
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
