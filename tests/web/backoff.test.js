import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../web/backoff.js';

test('waiting times double until the cap', () => {
  const backoff = new Backoff({ first: 1000, cap: 5000, random: () => 1 });

  const waits = [1, 2, 3, 4, 5].map(() => backoff.next());

  assert.deepEqual(waits, [1000, 2000, 4000, 5000, 5000]);
});

test('many pages spread over three quarters of the waiting time', () => {
  const waits = Array.from({ length: 1000 }, () => new Backoff({ first: 1000 }).next());

  assert.ok(Math.min(...waits) >= 250 && Math.max(...waits) <= 1000);
  const spread = Math.max(...waits) - Math.min(...waits);
  assert.ok(spread > 700, `only ${spread} ms apart`);
});

test('after a reset it starts small again', () => {
  const backoff = new Backoff({ first: 1000, random: () => 1 });
  for (let i = 0; i < 5; i++) backoff.next();

  backoff.reset();

  assert.equal(backoff.next(), 1000);
});
