import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshotName } from '../../web/picture/snapshot.js';

const AT = new Date(2026, 10, 5, 7, 3, 9);

test('a snapshot is named after its camera and the moment, and sorts by it', () => {
  assert.equal(snapshotName('Front door', AT), 'Front door 2026-11-05 07.03.09.jpg');
  assert.equal(snapshotName('현관', AT), '현관 2026-11-05 07.03.09.jpg');
});

test('what no file system takes is left out of the name', () => {
  assert.equal(snapshotName('../a:b*?"<c>|', AT), '.. a b c 2026-11-05 07.03.09.jpg');
  assert.equal(snapshotName('///', AT), 'camera 2026-11-05 07.03.09.jpg');
});
