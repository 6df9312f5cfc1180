/** @import { Slice } from './slices.js' */

/** Shapes are told apart in steps of this factor, and none is wider or narrower than this. */
const STEP = 1.08;
const WIDEST = 40;
const PER_STEP = 1 / Math.log(STEP);
/** Shares that differ by less are the same, but for rounding. */
const ALIKE = 1 + 1e-6;
/** A space for so many pictures may be cut in any way: there are not too many of them. */
const MOST_FREE = 10;
/** One for more is cut into strips first, and strips of so many in any way. */
const MOST_IN_STRIP = 7;

/**
 * A way to cut a space for some neighbours of a list.
 * @typedef {object} Cut
 * @property {number} aspect Of the whole.
 * @property {number} least The share of it that the smallest picture has.
 * @property {number} first The share of it that its first picture has.
 * @property {Slice} slice
 */

/**
 * Cuts by the step of their shape. Of all with one shape it is the one whose smallest picture is
 * largest, then the one whose first is: so few are left of the very many.
 * @typedef {(Cut | undefined)[]} Cuts
 */

/**
 * All in rows as wide as the whole, or all in columns as high as it.
 * @param {Cut[]} leaves
 * @param {boolean} row
 */
export function inRows(leaves, row) {
  /** By how many are placed. @type {Cuts[]} */
  const reached = Array.from({ length: leaves.length + 1 }, () => []);
  for (let begin = 0; begin < leaves.length; begin++) {
    /** @type {Cut | undefined} */
    let strip;
    for (let at = begin; at < leaves.length; at++) {
      strip = strip ? joined(strip, leaves[at], row) : leaves[at];
      if (begin === 0) keep(reached[at + 1], strip);
      else joinEach(reached[begin], [strip], !row, reached[at + 1]);
    }
  }
  return there(reached[leaves.length]);
}

/**
 * Cut in two, each part again in two, and so on, beside or above each other.
 * @param {Cut[]} leaves
 */
export function inAnyWay(leaves) {
  const { length } = leaves;
  if (length <= MOST_FREE) return there(stripsOf(leaves, length)[0][length]);
  const strips = stripsOf(leaves, MOST_IN_STRIP);
  return [...there(ofStrips(strips, true)), ...there(ofStrips(strips, false))];
}

/**
 * All that `inAnyWay` knows of parts of the list: by the first picture and how many there are.
 * @param {Cut[]} leaves
 * @param {number} most
 * @returns {Cuts[][]}
 */
export function stripsOf(leaves, most) {
  /** @type {Cuts[][]} */
  const strips = leaves.map((leaf) => [[], [leaf]]);
  for (let count = 2; count <= most; count++) {
    for (let begin = 0; begin + count <= leaves.length; begin++) {
      /** @type {Cuts} */
      const cuts = (strips[begin][count] = []);
      for (let first = 1; first < count; first++) {
        const [one, other] = [strips[begin][first], strips[begin + first][count - first]];
        joinEach(one, other, true, cuts);
        joinEach(one, other, false, cuts);
      }
    }
  }
  return strips;
}

/** @param {Cuts} cuts */
export const there = (cuts) => cuts.filter((cut) => cut !== undefined);

/** @param {Cut} one @param {Cut} other @param {boolean} row @returns {Cut} */
export function joined(one, other, row) {
  const aspect = joinedAspect(one, other, row);
  const share = row ? one.aspect / aspect : aspect / one.aspect;
  const least = Math.min(one.least * share, other.least * (1 - share));
  const slice = { row, parts: [one.slice, other.slice] };
  return { aspect, least, first: one.first * share, slice };
}

/**
 * Strips beside each other, or above each other.
 * @param {Cuts[][]} strips
 * @param {boolean} row
 */
function ofStrips(strips, row) {
  /** By how many are placed. @type {Cuts[]} */
  const reached = Array.from({ length: strips.length + 1 }, () => []);
  strips.forEach((counts, begin) =>
    counts.forEach((cuts, count) => {
      if (begin > 0) joinEach(reached[begin], cuts, row, reached[begin + count]);
      else for (const cut of there(cuts)) keep(reached[count], cut);
    }),
  );
  return reached[strips.length];
}

/**
 * @param {Cuts} ones
 * @param {Cuts} others
 * @param {boolean} row
 * @param {Cuts} into
 */
function joinEach(ones, others, row, into) {
  for (const one of ones) {
    if (!one) continue;
    for (const other of others) {
      if (!other) continue;
      // Millions of pairs, of which few are kept: nothing is made for the others.
      const aspect = joinedAspect(one, other, row);
      const share = row ? one.aspect / aspect : aspect / one.aspect;
      const least = Math.min(one.least * share, other.least * (1 - share));
      const step = stepOf(aspect);
      if (isBetter(least, one.first * share, into[step])) into[step] = joined(one, other, row);
    }
  }
}

/** @param {Cut} one @param {Cut} other @param {boolean} row */
const joinedAspect = (one, other, row) =>
  row ? one.aspect + other.aspect : (one.aspect * other.aspect) / (one.aspect + other.aspect);

/** @param {Cuts} cuts @param {Cut} cut */
function keep(cuts, cut) {
  const step = stepOf(cut.aspect);
  if (isBetter(cut.least, cut.first, cuts[step])) cuts[step] = cut;
}

/** @param {number} least @param {number} first @param {Cut | undefined} known */
function isBetter(least, first, known) {
  if (!known || least > known.least * ALIKE) return true;
  return least * ALIKE > known.least && first > known.first * ALIKE;
}

const stepOf = (/** @type {number} */ aspect) =>
  Math.max(0, Math.round(Math.log(Math.min(aspect, WIDEST) * WIDEST) * PER_STEP));
