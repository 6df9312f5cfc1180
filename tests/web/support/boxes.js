import assert from 'node:assert/strict';

/** @typedef {import('../../../web/wall/slices.js').Box} Box */

/** @param {number[]} mix @param {number} count */
export const contentOf = (mix, count) => ({
  aspects: Array.from({ length: count }, (_, at) => mix[at % mix.length]),
  gap: 2,
  footer: 0,
});

/** @param {Box[]} boxes */
export const areaOf = (boxes) => boxes.reduce((sum, { width, height }) => sum + width * height, 0);

/** @param {Box[]} boxes @param {number} width @param {number} height */
export function assertApart(boxes, width, height) {
  for (const [at, box] of boxes.entries()) {
    assert.ok(box.x >= 0 && box.x + box.width <= width, `${at} is not inside`);
    assert.ok(box.y >= 0 && box.y + box.height <= height, `${at} is not inside`);
    for (const other of boxes.slice(at + 1)) {
      const apart =
        box.x + box.width <= other.x ||
        other.x + other.width <= box.x ||
        box.y + box.height <= other.y ||
        other.y + other.height <= box.y;
      assert.ok(apart, `${at} covers another: ${JSON.stringify([box, other])}`);
    }
  }
}
