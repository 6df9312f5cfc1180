/**
 * A space that is cut into strips, and strips into strips, until each holds one picture: a number
 * is the place of a picture in the list, an object is strips beside each other (`row`) or one above
 * the other.
 * @typedef {number | {row: boolean, parts: Slice[]}} Slice
 */

/** @typedef {{x: number, y: number, width: number, height: number}} Box */

/** A slice that keeps all its pictures in shape is `slope` × its width + `extra` high. */
/** @typedef {{slope: number, extra: number}} Shape */

/**
 * What is to be placed.
 * @typedef {object} Content
 * @property {number[]} aspects Width by height of each picture.
 * @property {number} gap Between pictures, pixels.
 * @property {number} footer Pixels below each picture.
 */

/**
 * @param {Slice} slice
 * @param {Content} content
 * @returns {Shape}
 */
export function shapeOf(slice, content) {
  if (typeof slice === 'number') {
    return { slope: 1 / content.aspects[slice], extra: content.footer };
  }
  const shapes = slice.parts.map((part) => shapeOf(part, content));
  const gaps = content.gap * (shapes.length - 1);
  if (!slice.row) {
    return {
      slope: shapes.reduce((sum, { slope }) => sum + slope, 0),
      extra: shapes.reduce((sum, { extra }) => sum + extra, gaps),
    };
  }
  // Beside each other all are as high as the row: each is (height − extra) ÷ slope wide.
  const slope = 1 / shapes.reduce((sum, shape) => sum + 1 / shape.slope, 0);
  const fixed = shapes.reduce((sum, shape) => sum + shape.extra / shape.slope, -gaps);
  return { slope, extra: slope * fixed };
}

/**
 * Where each picture is, in the largest form of a slice that fits the space, in the middle of it.
 * @param {Slice} slice
 * @param {Content} content
 * @param {number} width
 * @param {number} height
 * @returns {Box[]} In the order of the aspects, whole pixels.
 */
export function place(slice, content, width, height) {
  const { slope, extra } = shapeOf(slice, content);
  const wide = Math.max(0, Math.min(width, (height - extra) / slope));
  const high = slope * wide + extra;
  /** @type {Box[]} */
  const boxes = [];
  put(
    slice,
    content,
    { x: (width - wide) / 2, y: (height - high) / 2, width: wide, height: high },
    boxes,
  );
  return boxes.map(inPixels);
}

/**
 * @param {Slice} slice
 * @param {Content} content
 * @param {Box} box
 * @param {Box[]} boxes
 */
function put(slice, content, { x, y, width, height }, boxes) {
  if (typeof slice === 'number') {
    boxes[slice] = { x, y, width, height };
    return;
  }
  for (const part of slice.parts) {
    const { slope, extra } = shapeOf(part, content);
    const wide = slice.row ? (height - extra) / slope : width;
    const high = slice.row ? height : slope * width + extra;
    put(part, content, { x, y, width: wide, height: high }, boxes);
    if (slice.row) x += wide + content.gap;
    else y += high + content.gap;
  }
}

/** Neighbours that share an edge share its pixel. @param {Box} box */
function inPixels({ x, y, width, height }) {
  const [left, top] = [Math.round(x), Math.round(y)];
  return {
    x: left,
    y: top,
    width: Math.max(0, Math.round(x + width) - left),
    height: Math.max(0, Math.round(y + height) - top),
  };
}
