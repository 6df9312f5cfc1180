import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SIZES, isAround, pageSize } from '../../web/wall/grid.js';

test('forty cameras are one page of a desk, and pages of about one size of a smaller window', () => {
  assert.equal(pageSize(0, 40, 1436, 854), 40);

  const size = pageSize(0, 40, 844, 390);

  const pages = Math.ceil(40 / size);
  assert.ok(pages > 1);
  assert.ok(40 - (pages - 1) * size > size - pages, `pages of ${size}, and what is left`);
});

test('more than a browser decodes are never one page', () => {
  assert.equal(pageSize(0, 100, 3840, 2160), 34);
});

test('a page has as many tiles as somebody has chosen, the large one among them', () => {
  assert.equal(pageSize(4, 40, 1436, 854), 4);
  assert.equal(pageSize('1+5', 40, 1436, 854), 6);
  assert.equal(pageSize('1+7', 3, 1436, 854), 8);
  assert.deepEqual(SIZES.filter(isAround), ['1+5', '1+7']);
});

test('a window in which nothing fits still has a tile', () => {
  assert.equal(pageSize(0, 16, 60, 40), 1);
  assert.equal(pageSize(0, 0, 1436, 854), 1);
});
