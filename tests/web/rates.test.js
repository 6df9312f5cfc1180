import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rates } from '../../web/player/rates.js';

/**
 * What is told after each look, a second apart.
 * @param {number[]} frames Decoded in each second.
 * @param {{fps?: number, bitrate?: number}} [known]
 */
function told(frames, known) {
  const rates = new Rates();
  let [at, framesDecoded, bytes] = [0, 0, 0];
  return [0, ...frames].map((count) => {
    at += 1000;
    framesDecoded += count;
    bytes += count * 1000;
    const statistics = /** @type {any} */ ({ at, framesDecoded, bytes, fps: null, bitrate: null });
    rates.steady(statistics, known);
    const { fps, bitrate } = statistics;
    return { fps, bitrate };
  });
}

test('a second in which the browser catches up is not the frame rate', () => {
  const atTheStart = told([108, 25, 25, 25], { fps: 25 });
  const later = told([25, 25, 25, 25, 0, 130, 25, 25]);

  for (const { fps } of [...atTheStart, ...later.slice(1)]) assert.equal(fps, 25);
});

test('a stream that stops has no frame rate after some seconds', () => {
  assert.equal(told([25, 25, 25, 0, 0, 0, 0], { fps: 25 }).at(-1)?.fps, 0);
});

test('a camera of a frame in four seconds has its rates between the frames, too', () => {
  const slow = told([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0], { fps: 0.25 });

  for (const { fps, bitrate } of slow.slice(-4)) {
    assert.ok(fps > 0.15 && fps < 0.35, `${fps} fps`);
    assert.ok(bitrate > 0, `${bitrate} bit/s`);
  }
});

test('where the browser has seen too little, it is what the server knows', () => {
  const nothing = told([0, 0, 0], { fps: 0.05, bitrate: 4000 });

  assert.deepEqual(nothing.at(-1), { fps: 0.05, bitrate: 4000 });
});

test('bit rates are those of some seconds, not of one key frame', () => {
  const { bitrate } = /** @type {any} */ (told([25, 25, 25, 25, 250, 25], { fps: 25 }).at(-1));

  assert.equal(bitrate, ((25 * 4 + 250) * 1000 * 8) / 5);
});
