import { inColumns } from './column.js';
import { isAround } from './grid.js';
import { pack, packAround } from './pack.js';

/** @import { Size } from './grid.js' */
/** @import { Box } from './slices.js' */

/** Captions below pictures, pixels; short ones below small pictures. */
const CAPTION = 56;
const SHORT_CAPTION = 30;
const SHORT_BELOW = 320;
/** The shape of what fills its tile, whatever the camera sends. */
const USUAL_ASPECT = 16 / 9;
/** A window that is no wider, and higher than wide, is a phone that is held upright. */
const PHONE_WIDTH = 640;

/**
 * The room for tiles, and what is to be known of it.
 * @typedef {object} Room
 * @property {number} width Pixels.
 * @property {number} height
 * @property {Size} size
 * @property {number} columns Of a phone that is held upright.
 * @property {number} gap
 * @property {boolean} captioned Whether captions are below pictures.
 * @property {number} scale How much larger than usual captions are.
 */

/**
 * Where tiles are.
 * @typedef {object} Placing
 * @property {Box[]} boxes In the order of the pictures.
 * @property {boolean} scrolls Whether there may be more than the room shows at once.
 * @property {boolean} short Whether captions are.
 */

/** @param {{width: number, height: number}} room */
export const isUpright = ({ width, height }) => width <= PHONE_WIDTH && height > width;

/**
 * @param {{aspect: number, fills: boolean}[]} pictures
 * @param {Room} room
 * @returns {Placing}
 */
export function placeTiles(pictures, room) {
  const { width, height, size, columns, gap, captioned, scale } = room;
  const scrolls = isUpright(room);
  const usual = scrolls ? width / columns : Math.sqrt((width * height) / pictures.length);
  const short = usual < SHORT_BELOW * scale;
  const footer = captioned ? (short ? SHORT_CAPTION : CAPTION) * scale : 0;
  const aspects = pictures.map(({ aspect, fills }) => (fills ? USUAL_ASPECT : aspect));
  const content = { aspects, gap, footer };
  if (scrolls) return { boxes: inColumns(content, columns, width, height), scrolls, short };
  const boxes = (isAround(size) ? packAround : pack)(content, width, height);
  const all = pictures.every(({ fills }) => fills);
  return { boxes: all ? stretched(boxes, width, height) : boxes, scrolls, short };
}

/**
 * What may lose its edges takes all of the room.
 * @param {Box[]} boxes
 * @param {number} width
 * @param {number} height
 */
function stretched(boxes, width, height) {
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  const wide = width / (Math.max(...boxes.map((box) => box.x + box.width)) - left);
  const high = height / (Math.max(...boxes.map((box) => box.y + box.height)) - top);
  return boxes.map((box) => {
    const [x, y] = [Math.round((box.x - left) * wide), Math.round((box.y - top) * high)];
    return {
      x,
      y,
      width: Math.round((box.x - left + box.width) * wide) - x,
      height: Math.round((box.y - top + box.height) * high) - y,
    };
  });
}
