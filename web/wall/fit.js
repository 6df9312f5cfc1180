import { words } from '../i18n/words.js';
import { placeTiles } from './placing.js';
import { COLUMNS } from './spans.js';

/** @import { Arrangement } from './arrangement.js' */
/** @import { Plan } from './plan.js' */
/** @import { Box } from './slices.js' */
/** @import { Tile } from './tile.js' */
/** @import { Wall } from './wall.js' */

/** A tile that lacks less than this part of a column has all of it. */
const SLACK = 0.1;

/**
 * What a tile gets if somebody asks for a width.
 * @typedef {object} Fit
 * @property {number} span Columns of the wall, or of the two of a phone.
 * @property {Box} box In the room of the plan.
 * @property {boolean} changes Whether it becomes larger, if that was wanted, or smaller.
 */

/**
 * There may be no room for the width that somebody asks for.
 * @param {Plan} plan
 * @param {number} at Place of the tile among those of the page.
 * @param {number} span As in Fit.
 * @returns {Fit}
 */
export function fit(plan, at, span) {
  const { width } = plan.room;
  const now = plan.boxes[at];
  const box = resized(plan, at, span);
  if (plan.scrolls) return { span, box, changes: box.width !== now.width };
  const columns = (/** @type {number} */ pixels) => (pixels / width) * COLUMNS;
  const got = Math.max(1, Math.floor(columns(box.width) + SLACK));
  const found = got < span ? { span: got, box: resized(plan, at, got) } : { span, box };
  const wanted = (span / COLUMNS) * width - now.width;
  if (wanted * (found.box.width - now.width) > 0) return { ...found, changes: true };
  return { span: Math.round(columns(now.width)), box: now, changes: false };
}

/** @param {Plan} plan @param {number} at @param {number} span @returns {Box} */
function resized({ pictures, room, scrolls }, at, span) {
  const change = scrolls ? { across: span > 1 } : { span };
  const others = pictures.map((one, place) => (place === at ? { ...one, ...change } : one));
  return placeTiles(others, room).boxes[at];
}

/**
 * Makes a tile as wide as there is room for, and says how wide that is.
 * @param {Tile} tile
 * @param {number} span As in Fit; 0: the usual width.
 * @param {Pick<Wall, 'alone' | 'plan' | 'shownTiles' | 'tell'>} wall
 * @param {Arrangement} arrangement
 */
export function resize(tile, span, wall, arrangement) {
  const at = wall.shownTiles.indexOf(tile);
  if (at < 0 || wall.alone !== null) return;
  const { id } = tile.player.camera;
  const { layout } = arrangement;
  const { scrolls } = wall.plan;
  const found = span ? fit(wall.plan, at, span) : { span, changes: true };
  if (scrolls) arrangement.setAcross(id, found.span > 1);
  else if (found.changes) arrangement.resize(id, found.span);
  const across = found.span > 1 ? 'resize.across' : 'resize.usual';
  const text = scrolls ? across : found.span ? 'resize.done' : 'resize.usual';
  const [columns, all] = [found.span, COLUMNS].map((count) => words.number(count));
  wall.tell(layout, words.text(text, { name: tile.picture.name, columns, all }));
}
