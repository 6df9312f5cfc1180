import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outline } from '../../web/picture/graph.js';

test('a curve ends at the right edge and has its highest value near the top', () => {
  const { line } = outline([0, 50, 100], 100);

  assert.equal(line, 'M115.9 27L118 14L120 1');
});

test('where nothing was measured the curve has a gap', () => {
  const { line, area } = outline([10, 10, null, 10, 10], 20);

  assert.equal(line.match(/M/g)?.length, 2);
  assert.equal(area.match(/Z/g)?.length, 2);
});

test('without values there is no curve', () => {
  assert.deepEqual(outline([], 1), { line: '', area: '' });
  assert.deepEqual(outline([null, null], 1), { line: '', area: '' });
});
