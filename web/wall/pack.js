import { inAnyWay, inRows, joined, stripsOf, there } from './cuts.js';
import { place, shapeOf } from './slices.js';

/** @import { Cut } from './cuts.js' */
/** @import { Box, Content, Slice } from './slices.js' */

/** From this share of the space on, it counts more that pictures are of about one size. */
const GOOD_SHARE = 0.94;
/** How much it counts that pictures are of about one size. */
const LIKENESS = 0.2;
/** The same of so many pictures of one shape or more: there, unlike sizes look like a fault. */
const MANY = 10;
const GOOD_SHARE_OF_MANY = 0.89;
const LIKENESS_OF_MANY = 1.5;
/** Below this share, tall pictures may stand together at a side, out of their order. */
const POOR_SHARE = 0.9;
const MOST_TO_SORT = 16;
/** In haste, so many may be cut in any way; more stand in rows or columns. */
const MOST_IN_HASTE = 8;
/** No picture shall be smaller than this part of the average one. */
const LEAST_ALIKE = 0.3;
/** A wall in plain rows or columns is easier to read than one that is cut crosswise. */
const PLAIN = 1.03;
/** Of the whole: a large picture among small ones. */
const LARGE_SHARE = 0.42;

/**
 * Places pictures so that they take as much of a space as they can: each whole and in its shape,
 * in their order, none much smaller than the others.
 * @param {Content} content
 * @param {number} width
 * @param {number} height
 * @param {boolean} [haste] For a comparison: it may take less of the space.
 * @returns {Box[]} In the order of the aspects.
 */
export function pack(content, width, height, haste = false) {
  const { aspects } = content;
  if (aspects.length === 0 || width <= 0 || height <= 0) return [];
  const order = aspects.map((_, at) => at);
  let best = bestOf(order, content, width, height, haste);
  if (haste) return place(best.slice, content, width, height);
  if (best.share < POOR_SHARE && aspects.length <= MOST_TO_SORT) {
    const tall = order.filter((at) => aspects[at] < 1);
    const wide = order.filter((at) => aspects[at] >= 1);
    for (const other of [wide.concat(tall), tall.concat(wide)]) {
      const found = bestOf(other, content, width, height);
      if (found.worth > best.worth) best = found;
    }
  }
  return place(best.slice, content, width, height);
}

/**
 * One large picture, the others small at its right and below it.
 * @param {Content} content The first is the large one; at most eight.
 * @param {number} width
 * @param {number} height
 * @returns {Box[]}
 */
export function packAround(content, width, height) {
  const { length } = content.aspects;
  if (length < 3 || width <= 0 || height <= 0) return pack(content, width, height);
  const order = content.aspects.map((_, at) => at);
  const leaves = leavesOf(order, content, width, height);
  const strips = stripsOf(leaves, length - 1);
  let best = { slice: leaves[0].slice, worth: -1 };
  for (let right = 0; right < length; right++) {
    const besides = right ? there(strips[1][right]) : [null];
    const belows = right < length - 1 ? there(strips[right + 1][length - 1 - right]) : [null];
    for (const beside of besides) {
      for (const below of belows) {
        const cut = around(leaves[0], beside, below);
        const share = shareOf(cut.slice, content, width, height);
        const alike = (cut.least * (length - 1)) / (1 - cut.large);
        const worth = worthOf(share, alike) * Math.min(1, cut.large / LARGE_SHARE) ** 4;
        if (worth > best.worth) best = { slice: cut.slice, worth };
      }
    }
  }
  return place(best.slice, content, width, height);
}

/**
 * @param {Cut} first
 * @param {Cut | null} beside
 * @param {Cut | null} below
 * @returns {Pick<Cut, 'slice' | 'least'> & {large: number}} The share of the first, and the least
 *   of the others.
 */
function around(first, beside, below) {
  const above = beside ? joined(first, beside, true) : first;
  const { aspect, slice } = below ? joined(above, below, false) : above;
  const inAbove = aspect / above.aspect;
  const large = (inAbove * first.aspect) / above.aspect;
  const least = Math.min(
    beside ? beside.least * (inAbove - large) : 1,
    below ? below.least * (1 - inAbove) : 1,
  );
  return { slice, large, least };
}

/**
 * @param {number[]} order
 * @param {Content} content
 * @param {number} width
 * @param {number} height
 * @param {boolean} [haste]
 */
function bestOf(order, content, width, height, haste = false) {
  const leaves = leavesOf(order, content, width, height);
  /** @type {{slice: Slice, share: number, worth: number}} */
  let best = { slice: 0, share: 0, worth: -1 };
  const { aspects } = content;
  const many = aspects.length >= MANY && aspects.every((aspect) => aspect === aspects[0]);
  const consider = (/** @type {Cut[]} */ cuts, /** @type {number} */ favour) => {
    for (const { slice, least } of cuts) {
      const share = shareOf(slice, content, width, height);
      const worth = worthOf(share, least * order.length, many) * favour;
      if (worth > best.worth) best = { slice, share, worth };
    }
  };
  consider(inRows(leaves, true), PLAIN);
  consider(inRows(leaves, false), PLAIN);
  if (!haste || order.length <= MOST_IN_HASTE) consider(inAnyWay(leaves), 1);
  return best;
}

/**
 * @param {number} share Of the space that is taken.
 * @param {number} alike The smallest picture to the average one.
 * @param {boolean} [many] Whether there are many of one shape.
 */
function worthOf(share, alike, many = false) {
  const enough = Math.min(1, share / (many ? GOOD_SHARE_OF_MANY : GOOD_SHARE)) ** 6;
  return (
    share *
    enough *
    alike ** (many ? LIKENESS_OF_MANY : LIKENESS) *
    Math.min(1, alike / LEAST_ALIKE) ** 2
  );
}

/**
 * The shapes of the tiles. With a footer a tile is less wide for its height, as much as one of
 * average size.
 * @param {number[]} order
 * @param {Content} content
 * @param {number} width
 * @param {number} height
 * @returns {Cut[]}
 */
function leavesOf(order, { aspects, footer }, width, height) {
  const each = (width * height) / aspects.length;
  return order.map((at) => {
    const wide = Math.sqrt(each * aspects[at]);
    return { aspect: wide / (wide / aspects[at] + footer), least: 1, first: 1, slice: at };
  });
}

/**
 * How much of a space a slice takes.
 * @param {Slice} slice
 * @param {Content} content
 * @param {number} width
 * @param {number} height
 */
function shareOf(slice, content, width, height) {
  const { slope, extra } = shapeOf(slice, content);
  const wide = Math.max(0, Math.min(width, (height - extra) / slope));
  return (wide * (slope * wide + extra)) / (width * height);
}
