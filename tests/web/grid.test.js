import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GAP, bestGrid, pageSize } from '../../web/wall/grid.js';

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

test('more tiles than can be seen well make pages, none of which scrolls', () => {
  const size = pageSize(100, 370, 780);

  const grid = bestGrid(size, 370, 780);
  assert.ok(size > 4 && size < 30);
  assert.ok(grid.width >= 144);
  assert.ok(Math.ceil(size / grid.columns) * (grid.height + GAP) - GAP <= 780);
});

test('sixteen tiles are one page of a laptop, and of a phone that stands', () => {
  assert.equal(pageSize(16, 1252, 690), 16);
  assert.ok(pageSize(16, 370, 780) >= 10);
});

test('a window in which nothing fits still has a tile', () => {
  assert.equal(pageSize(16, 60, 40), 1);
  assert.ok(bestGrid(1, 60, 40).width > 0);
});

test('captions may be larger, for walls that are seen from afar', () => {
  const usual = bestGrid(4, 3816, 2080);
  const large = bestGrid(4, 3816, 2080, { scale: 1.5 });

  const caption = (/** @type {typeof usual} */ { width, height }) => height - (width * 9) / 16;
  assert.equal(caption(large), 1.5 * caption(usual));
  assert.ok(large.columns * large.width < 3816 && 2 * large.height + GAP <= 2080);
});

test('short captions leave more to the picture', () => {
  const long = bestGrid(4, 1252, 690);
  const short = bestGrid(4, 1252, 690, { compact: true });

  assert.ok(short.width > long.width);
  assert.equal(short.compact, true);
});
