import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepAt } from '../../web/order/edge.js';
import { placed } from '../../web/order/sequence.js';

test('a thing takes the place that it is put at, and never one over the ends', () => {
  assert.deepEqual(placed(['a', 'b', 'c'], 'a', 1), ['b', 'a', 'c']);
  assert.deepEqual(placed(['a', 'b', 'c'], 'a', 2), ['b', 'c', 'a']);
  assert.deepEqual(placed(['a', 'b', 'c'], 'c', 0), ['c', 'a', 'b']);
  assert.deepEqual(placed(['a', 'b', 'c'], 'c', 7), ['a', 'b', 'c']);
  assert.deepEqual(placed(['a', 'b', 'c'], 'b', -1), ['b', 'a', 'c']);
});

test('what is carried to an edge scrolls the list, the faster the nearer it is', () => {
  const [top, bottom] = [100, 500];

  assert.equal(stepAt(300, top, bottom), 0);
  assert.ok(stepAt(130, top, bottom) < 0);
  assert.ok(stepAt(105, top, bottom) < stepAt(130, top, bottom));
  assert.ok(stepAt(480, top, bottom) > 0);
  assert.equal(stepAt(560, top, bottom), stepAt(500, top, bottom), 'beyond it, as at it');
});

test('a list that is nothing but edge does not scroll', () => {
  assert.equal(stepAt(10, 0, 60), 0);
});
