import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST, WHOLE, pan, zoom } from '../../web/picture/lens.js';

const FRAME = { width: 800, height: 450 };
const MIDDLE = { x: 0, y: 0 };

test('the point under the pointer stays where it is', () => {
  const point = { x: 200, y: -100 };

  const view = zoom(WHOLE, 2, point, FRAME);

  // Where the point of the picture at (200, -100) is now: its place times the scale, moved.
  assert.equal(point.x * view.scale + view.x, point.x);
  assert.equal(point.y * view.scale + view.y, point.y);
});

test('it is never smaller than whole, nor larger than eight times', () => {
  assert.deepEqual(zoom(WHOLE, 0.5, MIDDLE, FRAME), WHOLE);
  assert.equal(zoom(WHOLE, 100, MIDDLE, FRAME).scale, MOST);
});

test('it stops at the edges of the picture', () => {
  const view = pan(zoom(WHOLE, 2, MIDDLE, FRAME), 9999, -9999, FRAME);

  assert.deepEqual(view, { scale: 2, x: 400, y: -225 });
});

test('back to whole it is in the middle again', () => {
  const near = pan(zoom(WHOLE, 4, MIDDLE, FRAME), 300, 200, FRAME);

  assert.deepEqual(zoom(near, 1 / 4, { x: 100, y: 50 }, FRAME), WHOLE);
});
