import { pack } from './pack.js';

/** @import { Box, Content } from './slices.js' */

/** What a resized tile may take of its space, as long as there are others. */
const MOST_SHARE = 0.85;
/** Places for fewer pixels than this hold no picture. */
const LEAST_SIDE = 48;
/** Below this part of the average size, a picture counts as lost. */
const LEAST_ALIKE = 0.3;
/** How much it counts that resized ones are not made smaller for want of room. */
const OBEDIENCE = 4;
/**
 * How many more or fewer of the others than is fair may go to one side: for the largest tile, the
 * next, and so on. The ways multiply: there are few where many are resized.
 */
const TRIED_OF_FEW = [2, 2, 1];
const TRIED_OF_MANY = [1, 1, 0];
const FEW = 3;
/** So deep, the others are dealt out in one way only. */
const DEEP = 6;
/** The same after so many pictures have been packed for comparison: a window that is resized waits. */
const MOST_TRIED = 2000;
/** And after so many of those where that has been in vain. */
const MOST_TRIED_AGAIN = 600;
/** A picture whose longer side has fewer pixels shows nothing; unless all are about as small. */
const LEAST_LONG_SIDE = 90;
const LEAST_OF_USUAL = 0.75;
/** Where resized tiles do not fit, all of them are made smaller by this, and again. */
const SHRINK = 0.85;
/** Of so many, in larger steps. */
const MANY = 12;
const SHRINK_OF_MANY = 0.65;
/** A tile that is as wide as this part of what it is to be has enough. */
const NEARLY = 0.97;
/** Resized ones that are smaller than this part of what is wanted are as the others. */
const LEAST_SCALE = 0.3;

/** @typedef {{order: number[], space: Box}} Part Pictures, and the space they are packed in. */
/** @typedef {{boxes: Box[], parts: Part[]}} Placed `boxes` by picture; those of `parts` may be better. */

/**
 * Places pictures of which somebody has resized some. Each of these is as wide as it is to be, in
 * the nearest corner of the space; the others are packed into what remains.
 * @param {Content} content
 * @param {number[]} widths Of the resized ones, pixels; 0: of the others.
 * @param {number} width
 * @param {number} height
 * @returns {Box[]} In the order of the aspects.
 */
export function packResized(content, widths, width, height) {
  const { aspects, footer } = content;
  if (aspects.length === 0 || width <= 0 || height <= 0) return [];
  const usual = pack(content, width, height, true);
  const order = aspects.map((_, at) => at);
  const space = { x: 0, y: 0, width, height };
  const least = Math.min(LEAST_LONG_SIDE, Math.min(...usual.map(longSide)) * LEAST_OF_USUAL);
  const wanted = widths.map((wide, at) => {
    const high = Math.max(1, height - footer) * aspects[at];
    return Math.min(wide, width, high, Math.sqrt(MOST_SHARE * width * height * aspects[at]));
  });
  const area = wanted.reduce((sum, wide, at) => sum + wide * (wide / aspects[at] + footer), 0);
  const many = widths.filter((wide) => wide > 0).length > MANY;
  const shrink = many ? SHRINK_OF_MANY : SHRINK;
  let most = MOST_TRIED;
  const first = Math.min(1, Math.sqrt((MOST_SHARE * width * height) / area));
  for (let scale = first; scale > LEAST_SCALE; scale *= shrink) {
    const smaller = wanted.map((wide) => wide * scale);
    const boxes = new Fit(content, smaller, usual, most).place({ order, space });
    const fits = order.every((at) => {
      const box = boxes[at];
      return box && longSide(box) >= least && box.width >= smaller[at] * NEARLY;
    });
    if (fits) return boxes;
    most = MOST_TRIED_AGAIN;
  }
  return pack(content, width, height);
}

/** @param {Box} box */
const longSide = (box) => Math.max(box.width, box.height);

class Fit {
  #content;
  #widths;
  /** Where all would be if nobody had resized any. */
  #usual;
  /** Ways have parts in common. @type {Map<string, Box[]>} */
  #packed = new Map();
  /** How many pictures have been packed to compare ways, and how many at most. */
  #tried = 0;
  #most;

  /** @param {Content} content @param {number[]} widths @param {Box[]} usual @param {number} most */
  constructor(content, widths, usual, most) {
    this.#most = most;
    this.#content = content;
    this.#widths = widths;
    this.#usual = usual;
  }

  /** @param {Part} all */
  place(all) {
    const { boxes, parts } = this.#around(all, 0);
    for (const part of parts) this.#pack(part).forEach((box, at) => (boxes[at] = box));
    return boxes;
  }

  /**
   * The largest of a part, and the others around it.
   * @param {Part} part
   * @param {number} depth How many resized ones have been placed around it.
   * @returns {Placed}
   */
  #around(part, depth) {
    const { order, space } = part;
    const large = this.#largest(order);
    if (large === undefined) return { boxes: this.#pack(part, true), parts: [part] };
    const others = order.filter((at) => at !== large);
    const box = this.#boxOf(large, space, others.length);
    /** @type {Placed} */
    let best = { boxes: [], parts: [] };
    let most = -1;
    for (const way of this.#ways(box, others, space, depth)) {
      const placed = way.map((one) => this.#around(one, depth + 1));
      /** @type {Box[]} */
      const boxes = [];
      boxes[large] = box;
      for (const one of placed) one.boxes.forEach((other, at) => (boxes[at] = other));
      const worth = this.#worth(boxes, others);
      if (worth <= most) continue;
      most = worth;
      best = { boxes, parts: placed.flatMap(({ parts }) => parts) };
    }
    return best;
  }

  /** @param {number[]} order @returns {number | undefined} */
  #largest(order) {
    const widths = this.#widths;
    const resized = order.filter((at) => widths[at] > 0);
    return resized.sort((one, other) => widths[other] - widths[one])[0];
  }

  /** @param {Part} part @param {boolean} [haste] */
  #pack({ order, space }, haste = false) {
    const { aspects, gap, footer } = this.#content;
    const content = { aspects: order.map((at) => aspects[at]), gap, footer };
    const key = `${haste} ${space.width} ${space.height} ${order}`;
    const known = this.#packed.get(key);
    const packed = known ?? pack(content, space.width, space.height, haste);
    this.#packed.set(key, packed);
    if (!known) this.#tried += order.length;
    /** @type {Box[]} */
    const boxes = [];
    packed.forEach(({ x, y, width, height }, at) => {
      boxes[order[at]] = { x: space.x + x, y: space.y + y, width, height };
    });
    return boxes;
  }

  /**
   * @param {number} at
   * @param {Box} space
   * @param {number} others How many there are.
   * @returns {Box}
   */
  #boxOf(at, space, others) {
    const { aspects, footer } = this.#content;
    const aspect = aspects[at];
    const share = others ? MOST_SHARE : 1;
    const width = Math.round(
      Math.min(
        this.#widths[at],
        space.width,
        Math.max(1, space.height - footer) * aspect,
        Math.sqrt(share * space.width * space.height * aspect),
      ),
    );
    const height = Math.round(width / aspect) + footer;
    if (!others) {
      const [x, y] = [space.x + (space.width - width) / 2, space.y + (space.height - height) / 2];
      return { x: Math.round(x), y: Math.round(y), width, height };
    }
    const { x, y } = middleOf(this.#usual[at]);
    const middle = middleOf(space);
    return {
      x: x > middle.x ? space.x + space.width - width : space.x,
      y: y > middle.y ? space.y + space.height - height : space.y,
      width,
      height,
    };
  }

  /**
   * Ways to deal out the others to what remains: a strip along all of one side, and the rest of the
   * other side.
   * @param {Box} box Of the large one.
   * @param {number[]} others
   * @param {Box} space
   * @param {number} depth
   * @returns {Part[][]}
   */
  #ways(box, others, space, depth) {
    if (!others.length) return [[]];
    const { gap } = this.#content;
    const beside = besideOf(box, space, gap);
    const below = belowOf(box, space, gap);
    const [right, bottom] = [beside.x > box.x, below.y > box.y];
    const few = this.#widths.filter((width) => width > 0).length <= FEW;
    const tries = few ? TRIED_OF_FEW : TRIED_OF_MANY;
    const tried = tries[Math.min(depth, tries.length - 1)];
    const ways = [
      // The strip is as wide as the space, or as high.
      ...deals(others, { ...beside, y: box.y, height: box.height }, below, bottom, tried),
      ...deals(others, { ...below, x: box.x, width: box.width }, beside, right, tried),
    ];
    const enough = depth >= DEEP || this.#tried > this.#most;
    if (ways.length) return enough ? ways.slice(0, 1) : ways;
    const isWide = beside.width * beside.height > below.width * below.height;
    return [[{ order: others, space: isWide ? beside : below }]];
  }

  /** By what the others take, and whether they are of about one size. @param {Box[]} boxes @param {number[]} others */
  #worth(boxes, others) {
    if (!others.length) return 1;
    const free = others.filter((at) => !this.#widths[at]);
    const areas = free.map((at) => (boxes[at] ? boxes[at].width * boxes[at].height : 0));
    const sum = areas.reduce((all, area) => all + area, 0);
    const alike = free.length ? (Math.min(...areas) * free.length) / (sum || 1) : 1;
    const obedient = others.reduce((all, at) => {
      const wanted = this.#widths[at];
      return wanted ? all * Math.min(1, (boxes[at]?.width ?? 0) / wanted) ** OBEDIENCE : all;
    }, 1);
    return (sum + 1) * alike ** 0.3 * Math.min(1, alike / LEAST_ALIKE) ** 2 * obedient;
  }
}

/** @param {Box} box */
const middleOf = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });

/** As high as the space. @param {Box} box @param {Box} space @param {number} gap @returns {Box} */
function besideOf(box, space, gap) {
  const width = Math.max(0, space.width - box.width - gap);
  return { ...space, x: box.x > space.x ? space.x : space.x + space.width - width, width };
}

/** As wide as the space. @param {Box} box @param {Box} space @param {number} gap @returns {Box} */
function belowOf(box, space, gap) {
  const height = Math.max(0, space.height - box.height - gap);
  return { ...space, y: box.y > space.y ? space.y : space.y + space.height - height, height };
}

/**
 * @param {number[]} others In order.
 * @param {Box} rest
 * @param {Box} strip
 * @param {boolean} restFirst Whether those beside the large one come before those in the strip.
 * @param {number} tried How many more or fewer than is fair.
 * @returns {Part[][]}
 */
function deals(others, rest, strip, restFirst, tried) {
  const [inRest, inStrip] = [rest, strip].map(({ width, height }) =>
    Math.min(width, height) < LEAST_SIDE ? 0 : width * height,
  );
  const all = others.length;
  if (!inRest && !inStrip) return [];
  const fair = Math.round((all * inRest) / (inRest + inStrip));
  const counts = new Set([fair]);
  for (let more = 1; more <= tried; more++) counts.add(fair - more).add(fair + more);
  if (tried) counts.add(0).add(all);
  return [...counts].flatMap((count) => {
    const fits = (count === 0 || inRest) && (count === all || inStrip);
    if (count < 0 || count > all || !fits) return [];
    const cut = restFirst ? count : all - count;
    const [first, second] = [others.slice(0, cut), others.slice(cut)];
    const parts = restFirst
      ? [
          { order: first, space: rest },
          { order: second, space: strip },
        ]
      : [
          { order: first, space: strip },
          { order: second, space: rest },
        ];
    return [parts.filter(({ order }) => order.length)];
  });
}
