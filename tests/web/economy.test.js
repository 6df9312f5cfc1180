import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Economy, LEAST } from '../../web/wall/economy.js';

/** How many tiles play, and which of them, by the frames that the browser drops. */

/** @typedef {import('../../web/wall/economy.js').Seen & {frames: {decoded: number, dropped: number}}} Tile */

/** What the browser of these tests can play at once. */
let able = Infinity;
/** @type {Economy} */
let economy;
/** @type {Set<string>} */
let stills;
/** @type {Tile[]} */
let tiles;

beforeEach(() => {
  able = Infinity;
  economy = new Economy();
  stills = new Set();
});

/** @param {number} count @param {(at: number) => number} [area] */
const wallOf = (count, area = () => 1000) =>
  Array.from({ length: count }, (_, at) => ({
    id: `camera-${at}`,
    area: area(at),
    kept: false,
    frames: { decoded: 0, dropped: 0 },
  }));

/** Seconds pass, in which all drop a third where more play than can. @param {number} seconds */
function play(seconds) {
  for (let second = 0; second < seconds; second++) {
    const playing = tiles.length - stills.size;
    for (const { id, frames } of tiles) {
      if (stills.has(id)) continue;
      const dropped = playing > able ? 8 : 0;
      frames.dropped += dropped;
      frames.decoded += 25 - dropped;
    }
    stills = new Set(economy.look(structuredClone(tiles)));
  }
}
const playing = () => tiles.filter(({ id }) => !stills.has(id)).map(({ id }) => id);

test('a browser that drops nothing plays all', () => {
  tiles = wallOf(36);

  play(600);

  assert.equal(stills.size, 0);
});

test('as many are still pictures as the browser cannot decode in time', () => {
  tiles = wallOf(36);
  able = 20;

  play(60);

  assert.ok(playing().length <= able, `${playing().length} play`);
  assert.ok(playing().length > able / 2, `only ${playing().length} play`);
});

test('a stutter is no reason', () => {
  tiles = wallOf(36);
  play(10);
  able = 0;
  play(2);
  able = 36;

  play(60);

  assert.equal(stills.size, 0);
});

test('one camera that drops frames has a reason of its own', () => {
  tiles = wallOf(36);
  for (let second = 0; second < 60; second++) {
    tiles[3].frames.dropped += 20;
    play(1);
  }

  assert.equal(stills.size, 0);
});

test('the large ones play, and what somebody listens to; of the others the first', () => {
  tiles = wallOf(16, (at) => (at === 9 ? 4000 : 1000));
  tiles[15].kept = true;
  able = 8;

  play(60);

  const first = playing();
  assert.ok(first.length <= able && first.length >= LEAST);
  assert.ok(first.includes('camera-9'));
  assert.ok(first.includes('camera-15'));
  const others = first.filter((id) => id !== 'camera-9' && id !== 'camera-15');
  assert.deepEqual(
    others,
    others.map((_, at) => `camera-${at}`),
  );
});

test('the same ones go on while their sizes differ by little', () => {
  tiles = wallOf(16);
  able = 8;
  play(60);
  const before = playing();

  tiles.forEach((tile, at) => (tile.area = 1000 + at));
  play(1);

  assert.deepEqual(playing(), before);
});

test('few tiles always play, and one that is alone', () => {
  tiles = wallOf(LEAST);
  able = 0;
  play(60);
  assert.equal(stills.size, 0);

  tiles = wallOf(16);
  play(60);
  assert.equal(playing().length, LEAST);
  tiles = tiles.slice(15);
  play(1);
  assert.equal(stills.size, 0);
});

test('more play when the browser has got rest, and in the end all', () => {
  tiles = wallOf(16);
  able = 8;
  play(60);
  assert.ok(stills.size > 0);

  able = Infinity;
  play(1000);

  assert.equal(stills.size, 0);
});

test('tries that fail become rare', () => {
  tiles = wallOf(16);
  able = 8;
  play(600);
  let changes = 0;
  let before = stills.size;
  for (let second = 0; second < 1800; second++) {
    play(1);
    if (stills.size !== before) changes++;
    before = stills.size;
  }

  assert.ok(changes > 0, 'it never tries');
  assert.ok(changes <= 20, `${changes} changes in half an hour`);
});

test('a session that begins anew, and one that has none, say nothing', () => {
  tiles = wallOf(16);
  play(10);
  for (const tile of tiles) tile.frames = { decoded: 0, dropped: 0 };
  play(1);
  for (let look = 0; look < 60; look++) {
    stills = economy.look(tiles.map((tile) => ({ ...tile, frames: null })));
  }

  assert.equal(stills.size, 0);
});
