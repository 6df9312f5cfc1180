import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from './support/clock.js';
import { FakePeerConnection, FakeSocket } from './support/fakes.js';
import { answer, clock, close, goLive, player, say, watches } from './support/player_stage.js';

/* Which of a camera's streams a player asks for. */

const selects = () => FakeSocket.all.flatMap((socket) => socket.sentOf('select'));
/** @param {any} message */
const wishOf = ({ stream, width, height }) => [stream, width, height];

test('the offer says how large the picture is shown', async () => {
  player.fit(640, 360);
  player.connect();
  await settle();

  assert.deepEqual(watches().map(wishOf), [['auto', 640, 360]]);
  assert.deepEqual(selects(), [], 'nothing of a session that is not there yet');
});

test('another size is told once it stays', async () => {
  player.fit(640, 360);
  await goLive();

  for (const width of [700, 900, 1920]) {
    player.fit(width, (width * 9) / 16);
    await clock.advance(100);
  }
  await clock.advance(500);
  player.fit(1920, 1080);
  await clock.advance(500);

  assert.deepEqual(selects().map(wishOf), [['auto', 1920, 1080]]);
});

test('a size that is only passed through is not asked for', async () => {
  player.fit(300, 200);
  await goLive();

  player.fit(1200, 800);
  player.fit(300, 200);
  await clock.advance(1000);

  assert.deepEqual(selects(), []);
});

test('a stream is named for the size that is there by then', async () => {
  player.fit(640, 360);
  await goLive();

  player.fit(1920, 1080);
  player.choose('sub');
  await clock.advance(1000);

  assert.deepEqual(selects().map(wishOf), [['sub', 1920, 1080]]);
});

test('a stream can be named, and stays chosen in the next session', async () => {
  player.fit(640, 360);
  await goLive();

  player.choose('sub');
  close('connection_failed');
  await clock.advance(1000);
  await settle();

  assert.deepEqual(selects().map(wishOf), [['sub', 640, 360]]);
  assert.deepEqual(wishOf(watches().at(-1)), ['sub', 640, 360]);
});

test('the answer and later news say which stream is shown', async () => {
  player.connect();
  await settle();
  say({ type: 'answer', sdp: 'answer', stream: 'sub', stream_reason: 'its size fits 360 lines' });
  await settle();
  assert.equal(player.answer?.stream, 'sub');

  say({ type: 'stream', stream: 'main', reason: 'asked for' });

  assert.equal(player.answer?.stream, 'main');
  assert.equal(player.answer?.stream_reason, 'asked for');
});

test('a session that cannot change its stream is replaced at once, and nothing is said of it', async () => {
  await goLive();
  /** @type {string[]} */
  const states = [];
  player.on('state', ({ name }) => states.push(name));

  close('stream_changed');
  await settle();
  await answer();
  player.pictureShown();

  assert.equal(FakePeerConnection.all.length, 2);
  assert.deepEqual(states, ['connecting', 'live']);
});
