import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Player } from '../../web/player/player.js';
import { settle } from './support/clock.js';
import { FakePeerConnection, FakeSocket } from './support/fakes.js';
import {
  FRONT,
  answer,
  camera,
  clock,
  close,
  goLive,
  play,
  player,
  refusal,
  say,
  signalling,
  watches,
} from './support/player_stage.js';

/* Sessions that fail or are refused: what is said, and when it is tried again. */

test('a server that refuses the page is refused in words, until it takes it', async () => {
  player.connect();
  await settle();
  refusal.detail = 'not from here';
  FakeSocket.newest.breakOff();
  await clock.advance(20000);
  FakeSocket.newest.breakOff();
  await settle();
  assert.equal(player.state.name, 'refused');
  assert.deepEqual(player.state.reason, { code: 'foreign_page', message: 'not from here' });

  refusal.detail = '';
  await clock.advance(60000);
  FakeSocket.newest.breakOff();
  await settle();
  assert.equal(player.state.name, 'gone');
});

test('a failed connection is followed by a new session', async () => {
  await goLive();

  FakePeerConnection.newest.become('failed');
  assert.equal(player.state.name, 'retrying');
  assert.equal(player.state.reason?.code, 'connection_failed');
  await clock.advance(500);

  assert.equal(watches().length, 2);
  assert.equal(FakePeerConnection.all[0].connectionState, 'closed');
});

test('a TURN server that refuses is named in the numbers, and where nothing connects', async (t) => {
  const { mock } = t.mock.method(console, 'warn', () => {});
  player.connect();
  await settle();
  await answer();
  const fault = (/** @type {string} */ url, /** @type {number} */ errorCode, errorText = '') =>
    FakePeerConnection.newest.onicecandidateerror({ url, errorCode, errorText });

  fault('stun:a', 701, 'timed out');
  fault('turn:a', 701, 'timed out');
  fault('turn:a', 401, 'Unauthorized');
  fault('turn:a', 401, 'Unauthorized');
  fault('turn:a', 701, 'timed out');
  fault('turns:b', 701, 'timed out');
  await play(1);

  assert.equal(player.statistics?.relayFault, 'turn:a: 401 Unauthorized; turns:b: 701 timed out');
  assert.deepEqual(
    mock.calls.map(({ arguments: [text] }) => text),
    [
      'fanlight: turn:a: 701 timed out',
      'fanlight: turn:a: 401 Unauthorized',
      'fanlight: turns:b: 701 timed out',
    ],
  );
  FakePeerConnection.newest.become('failed');
  assert.deepEqual(player.state.reason, {
    code: 'connection_failed',
    message: 'turn:a: 401 Unauthorized; turns:b: 701 timed out',
  });
});

test('sessions that fail again and again are made at growing intervals', async () => {
  player.connect();
  await settle();
  /** @type {number[]} */
  const waits = [];
  for (let i = 0; i < 8; i++) {
    close('connection_failed');
    waits.push(player.state.retryAt - clock.now);
    await clock.advance(waits[i]);
  }

  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
});

test('a session that never shows a picture counts as failed', async () => {
  player.connect();
  await settle();
  await answer();

  await clock.advance(12000);

  assert.equal(player.state.reason?.code, 'no_picture');
  await clock.advance(500);
  assert.equal(watches().length, 2);
});

test('a browser that makes no more connections is asked again later', async () => {
  class Refusing {
    constructor() {
      throw new Error('too many');
    }
  }
  Object.assign(globalThis, { RTCPeerConnection: Refusing });

  player.connect();
  Object.assign(globalThis, { RTCPeerConnection: FakePeerConnection });

  assert.equal(player.state.name, 'retrying');
  assert.equal(player.state.reason?.message, 'too many');
  await clock.advance(500);
  assert.equal(watches().length, 1);
});

test('an answer that the browser does not understand is said in words', async () => {
  player.connect();
  await settle();

  say({ type: 'answer', sdp: 'nonsense' });
  await settle();

  assert.equal(player.state.reason?.code, 'bad_answer');
  assert.equal(player.state.reason?.message, 'not understood');
});

test('without a common codec it is refused, keeps the reason and does not try again', async () => {
  player.connect();
  await settle();

  close('no_common_codec', 'the camera sends H265; the viewer supports VP8, H264');
  await clock.advance(600000);

  assert.equal(player.state.name, 'refused');
  assert.equal(
    player.state.reason?.message,
    'the camera sends H265; the viewer supports VP8, H264',
  );
  assert.equal(watches().length, 1);
});

test('a stream that the camera does not have is not asked for again', async () => {
  player.connect();
  await settle();

  close('unknown_stream', 'camera front has no stream third; it has main, sub');
  await clock.advance(600000);

  assert.equal(player.state.name, 'refused');
  assert.equal(watches().length, 1);
});

test('a refusal is reconsidered when the camera changes its codec, or when somebody asks', async () => {
  player.connect();
  await settle();
  close('no_common_codec');

  camera({ video_codec: 'H265' });
  await settle();
  assert.equal(watches().length, 2);

  close('no_common_codec');
  player.connect();
  await settle();
  assert.equal(watches().length, 3);
});

test('a camera that turned the server away is refused with its reason', async () => {
  player.connect();
  await settle();
  camera({ state: 'refused', reason: 'wrong password' });

  assert.equal(player.state.name, 'refused');
  assert.deepEqual(player.state.reason, { code: 'camera_refused', message: 'wrong password' });
});

test('a camera whose video has no key frame yet is waited for, and it is said', async () => {
  player.connect();
  await settle();
  const reason = 'waiting for a key frame (5 s)';
  camera({ state: 'connecting', reason, key_frame_wait_ms: 5200 });

  assert.equal(player.state.name, 'connecting');
  assert.deepEqual(player.state.reason, { code: 'waiting_for_key_frame', message: reason });
});

test('a camera that never sends a key frame is refused by that name', async () => {
  player.connect();
  await settle();
  camera({ state: 'refused', reason: 'no key frames', key_frame_wait_ms: 12_000 });

  assert.equal(player.state.name, 'refused');
  assert.deepEqual(player.state.reason, { code: 'no_key_frames', message: 'no key frames' });
});

test('when the server is gone it says so, and returns with the server', async () => {
  await goLive();

  FakeSocket.newest.breakOff();
  assert.equal(player.state.name, 'gone');
  assert.ok(player.state.retryAt > clock.now);
  await clock.advance(2000);
  assert.equal(player.state.name, 'gone');
  FakeSocket.newest.hello([FRONT]);
  await settle();

  assert.equal(player.state.name, 'connecting');
  assert.equal(watches().length, 1, 'it came in one moment with all others');
  await clock.advance(1000);
  assert.equal(watches().length, 2);
  await answer();
  player.pictureShown();
  assert.equal(player.state.name, 'live');
});

test('viewers of a server that is back spread their sessions', async () => {
  const spread = [];
  for (const random of [() => 0, () => 0.25, () => 1]) {
    const one = new Player(signalling, FRONT, { random });
    one.connect();
    spread.push(one);
  }
  await settle();
  const before = watches().length;
  FakeSocket.newest.breakOff();
  await clock.advance(2000);
  FakeSocket.newest.hello([FRONT]);

  const counts = [];
  for (let i = 0; i < 4; i++) {
    await clock.advance(i === 0 ? 100 : 700);
    counts.push(watches().length - before);
  }

  assert.deepEqual(counts, [1, 2, 2, 3]);
  for (const one of spread) one.dispose();
});
