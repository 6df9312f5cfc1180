import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GAP, bestGrid } from '../../web/layout.js';

/** @type {[string, number, number][]} */
const WINDOWS = [
  ['a phone', 370, 780],
  ['a phone on its side', 820, 320],
  ['a laptop', 1252, 690],
  ['a 4K wall', 3812, 2090],
];

for (const [name, width, height] of WINDOWS) {
  for (const count of [1, 2, 3, 4, 5, 9, 16]) {
    test(`${count} tiles fit ${name} without scrolling`, () => {
      const grid = bestGrid(count, width, height);

      const rows = Math.ceil(count / grid.columns);
      assert.ok(grid.columns * grid.width + (grid.columns - 1) * GAP <= width);
      assert.ok(rows * grid.height + (rows - 1) * GAP <= height);
    });
  }
}

test('four tiles stand two by two in a wide window and one above the other on a phone', () => {
  assert.equal(bestGrid(4, 1252, 690).columns, 2);
  assert.equal(bestGrid(4, 370, 780).columns, 1);
});

test('the pictures are as large as any grid could make them', () => {
  const grid = bestGrid(6, 1252, 690);

  assert.equal(grid.columns, 3);
  assert.ok(grid.width >= 400);
});

test('more tiles than can be seen at once scroll at a size that can be seen', () => {
  const grid = bestGrid(100, 370, 780);

  assert.ok(grid.width >= 96);
  assert.ok(grid.columns * grid.width + (grid.columns - 1) * GAP <= 370);
});
