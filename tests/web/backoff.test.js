import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../web/player/backoff.js';

test('waiting times double until the cap', () => {
  const backoff = new Backoff({ first: 1000, cap: 5000, random: () => 1 });

  const waits = [1, 2, 3, 4, 5].map(() => backoff.next());

  assert.deepEqual(waits, [1000, 2000, 4000, 5000, 5000]);
});

test('the tries of 5,000 pages spread over nearly the whole waiting time', () => {
  const waits = Array.from({ length: 5000 }, () => new Backoff({ first: 2000 }).next());

  const inEachTenth = Array.from({ length: 20 }, () => 0);
  for (const wait of waits) inEachTenth[Math.floor(wait / 100)]++;
  assert.ok(Math.min(...waits) >= 200 && Math.max(...waits) <= 2000);
  assert.ok(Math.max(...inEachTenth) < 400, `${inEachTenth} tries in 100 ms each`);
});

test('after a reset it starts small again', () => {
  const backoff = new Backoff({ first: 1000, random: () => 1 });
  for (let i = 0; i < 5; i++) backoff.next();

  backoff.reset();

  assert.equal(backoff.next(), 1000);
});
