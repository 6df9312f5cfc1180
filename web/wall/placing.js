import { inColumns } from './column.js';
import { isAround } from './grid.js';
import { pack, packAround } from './pack.js';
import { COLUMNS } from './spans.js';

/** @import { Size } from './grid.js' */
/** @import { Box, Content } from './slices.js' */

/** Captions below pictures, pixels; short ones below small pictures. */
const CAPTION = 56;
const SHORT_CAPTION = 30;
const SHORT_BELOW = 320;
/** The shape of what fills its tile, whatever the camera sends. */
const USUAL_ASPECT = 16 / 9;
/** How wide the large picture among small ones is as soon as others are resized, in columns. */
const LARGE_SPAN = 8;
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
 * @property {PackResized | null} [packResized] Of resized.js, once it is loaded.
 */

/** @typedef {typeof import('./resized.js').packResized} PackResized */

/**
 * Where tiles are.
 * @typedef {object} Placing
 * @property {Box[]} boxes In the order of the pictures.
 * @property {boolean} scrolls Whether there may be more than the room shows at once.
 * @property {boolean} short Whether captions are.
 */

/**
 * @typedef {object} Placed
 * @property {number} aspect Width by height.
 * @property {boolean} fills
 * @property {number} [span] How wide somebody has made it, in columns of the wall.
 * @property {boolean} [across] Whether it is as wide as both columns of a phone.
 */

/** @param {{width: number, height: number}} room */
export const isUpright = ({ width, height }) => width <= PHONE_WIDTH && height > width;

/**
 * @param {Placed[]} pictures
 * @param {Room} room
 * @returns {Placing}
 */
export function placeTiles(pictures, room) {
  const { width, height, columns, gap, captioned, scale } = room;
  const scrolls = isUpright(room);
  const usual = scrolls ? width / columns : Math.sqrt((width * height) / pictures.length);
  const short = usual < SHORT_BELOW * scale;
  const footer = captioned ? (short ? SHORT_CAPTION : CAPTION) * scale : 0;
  const aspects = pictures.map(({ aspect, fills }) => (fills ? USUAL_ASPECT : aspect));
  const content = { aspects, gap, footer };
  if (scrolls) {
    const wide = pictures.map(({ across = false }) => across);
    return { boxes: inColumns(content, columns, width, height, wide), scrolls, short };
  }
  const boxes = boxesOf(pictures, content, room);
  const all = pictures.every(({ fills }) => fills);
  return { boxes: all ? stretched(boxes, width, height) : boxes, scrolls, short };
}

/** @param {Placed[]} pictures @param {Content} content @param {Room} room */
function boxesOf(pictures, content, { width, height, size, packResized }) {
  const around = isAround(size);
  if (!packResized || !pictures.some(({ span }) => span)) {
    return (around ? packAround : pack)(content, width, height);
  }
  const widths = pictures.map(({ span }, at) => {
    const columns = span || (around && at === 0 ? LARGE_SPAN : 0);
    return (columns / COLUMNS) * width;
  });
  return packResized(content, widths, width, height);
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
