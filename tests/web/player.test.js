import assert from 'node:assert/strict';
import { test } from 'node:test';
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
  playInstead,
  player,
  say,
  watches,
} from './support/player_stage.js';

test('the offer is to receive video and sound, and leaves before any candidate is known', async () => {
  player.connect();
  await settle();

  assert.deepEqual(FakePeerConnection.newest.transceivers, ['video recvonly', 'audio recvonly']);
  assert.deepEqual(
    watches().map(({ camera: id, sdp }) => [id, sdp]),
    [['front', 'offer']],
  );
});

test('candidates trickle both ways; early ones wait for the answer', async () => {
  player.connect();
  await settle();
  FakePeerConnection.newest.onicecandidate({
    candidate: { toJSON: () => ({ candidate: 'mine' }) },
  });
  FakePeerConnection.newest.onicecandidate({ candidate: null });
  say({ type: 'candidate', candidate: { candidate: 'yours', sdpMLineIndex: 0 } });
  await settle();
  assert.deepEqual(FakePeerConnection.newest.candidates, []);

  await answer();
  say({ type: 'candidate', candidate: null });
  await settle();

  const sent = FakeSocket.newest.sentOf('candidate').map(({ candidate }) => candidate);
  assert.deepEqual(sent, [{ candidate: 'mine' }, null]);
  assert.deepEqual(FakePeerConnection.newest.candidates, [
    { candidate: 'yours', sdpMLineIndex: 0 },
    undefined,
  ]);
});

test('without servers that come with the answer, gathering begins with the offer', async () => {
  player.connect();
  await settle();
  assert.deepEqual(FakePeerConnection.newest.steps, ['local']);

  await answer();

  assert.deepEqual(FakePeerConnection.newest.steps, ['local', 'remote']);
});

test('servers that come with the answer are set before gathering begins', async () => {
  FakeSocket.newest.hello([FRONT], { more_ice_servers: true });
  player.connect();
  await settle();
  assert.deepEqual(FakePeerConnection.newest.steps, ['create']);
  assert.deepEqual(
    watches().map(({ sdp }) => sdp),
    ['offer'],
  );

  const ice_servers = [{ urls: ['turn:turn.example'], username: '1:s', credential: 'c' }];
  say({ type: 'candidate', candidate: { candidate: 'yours', sdpMLineIndex: 0 } });
  say({ type: 'answer', sdp: 'answer', ice_servers });
  await settle();

  assert.deepEqual(FakePeerConnection.newest.steps, ['create', ice_servers, 'local', 'remote']);
  assert.equal(FakePeerConnection.newest.candidates.length, 1);
});

test('it is connecting until the first picture, then live', async () => {
  player.connect();
  await settle();
  await answer();
  assert.equal(player.state.name, 'connecting');

  player.pictureShown();

  assert.equal(player.state.name, 'live');
  assert.equal(player.hasSound, true);
});

test('statistics tell of pictures too, where the screen cannot (a hidden tab)', async () => {
  player.connect();
  await settle();
  await answer();

  await play(1);

  assert.equal(player.state.name, 'live');
});

test('a picture that stands still is said after 3 s and replaced after 5 s', async () => {
  await goLive();
  await play(3);

  await clock.advance(3000);
  assert.equal(player.state.name, 'stalled');
  assert.equal(watches().length, 1);
  await clock.advance(2000);
  assert.equal(player.state.reason?.code, 'frozen');
  await clock.advance(500);

  assert.equal(watches().length, 2);
  assert.equal(FakeSocket.newest.sentOf('stop').length, 1);
});

test('a camera of one frame in four seconds is not taken for frozen', async () => {
  playInstead({ ...FRONT, fps: 0.25 });
  await goLive();
  for (let i = 0; i < 5; i++) {
    FakePeerConnection.newest.framesDecoded += 1;
    await clock.advance(4000);
  }

  assert.equal(watches().length, 1);
  assert.equal(player.state.name, 'live');
});

test('while the camera itself is offline the session is kept, and goes on with the camera', async () => {
  await goLive();
  await play(2);
  camera({ state: 'retrying', reason: 'Connection refused', state_age_ms: 2000 });
  const since = clock.now - 2000;

  await clock.advance(60000);
  camera({ state: 'connecting' });
  await clock.advance(1000);

  assert.equal(player.state.name, 'offline');
  assert.equal(player.state.since, since);
  assert.equal(watches().length, 1);

  camera({ state: 'live' });
  assert.equal(player.state.name, 'connecting');
  await play(1);
  assert.equal(player.state.name, 'live');
  assert.equal(watches().length, 1);
});

test('a session that the server gave up while the camera was away is made anew with the camera', async () => {
  await goLive();
  camera({ state: 'retrying' });
  for (let i = 0; i < 20; i++) {
    close('camera_unavailable');
    await clock.advance(30000);
  }
  close('camera_unavailable');
  const before = watches().length;
  assert.equal(player.state.name, 'offline');

  camera({ state: 'live' });
  await settle();

  assert.equal(watches().length, before + 1);
});

test('the moment of the first picture is noted, also when statistics were faster', async () => {
  player.connect();
  await settle();
  await answer();
  await play(1);
  assert.equal(player.moments.pictured, 0);

  player.pictureShown();

  assert.ok(player.moments.pictured > 0);
});

test('the stream is announced as ending before the browser drops its picture', async () => {
  await goLive();
  /** @type {string[]} */
  const states = [];
  player.on('ending', () => states.push(FakePeerConnection.all[0].connectionState));

  FakePeerConnection.newest.become('failed');

  assert.deepEqual(states, ['failed']);
  assert.equal(FakePeerConnection.all[0].connectionState, 'closed');
});

test('disconnected it stays so, whatever happens', async () => {
  await goLive();

  player.disconnect();
  assert.equal(player.state.name, 'paused');
  assert.equal(FakeSocket.newest.sentOf('stop').length, 1);
  camera({ state: 'retrying' });
  camera({ state: 'live' });
  FakeSocket.newest.breakOff();
  await clock.advance(2000);
  FakeSocket.newest.hello([FRONT]);
  await clock.advance(60000);

  assert.equal(player.state.name, 'paused');
  assert.equal(watches().length, 1);
});

test('a picture that stays far behind is replaced', async () => {
  await goLive();
  FakePeerConnection.newest.delay = 4;

  await play(35);

  assert.equal(watches().length, 2);
});

test('what carries the session is in its statistics, as the answer says', async () => {
  player.connect();
  await settle();
  say({ type: 'answer', sdp: 'answer', video_codec: 'H264', transport: 'fanout' });
  await settle();

  await play(2);

  assert.equal(player.statistics?.transport, 'fanout');
});

test('the last minute is kept, with a gap where a session ended', async () => {
  await goLive();
  await play(70);
  assert.equal(player.history.series.bitrate.length, 60);
  assert.ok(player.history.series.bitrate.every((value) => value !== null));

  FakePeerConnection.newest.become('failed');

  assert.equal(player.history.series.bitrate.at(-1), null);
});

test('a thousand connects and disconnects leave no connection open and no timer running', async () => {
  for (let i = 0; i < 1000; i++) {
    player.connect();
    await settle();
    player.disconnect();
  }

  const open = FakePeerConnection.all.filter(({ connectionState }) => connectionState !== 'closed');
  assert.equal(open.length, 0);
  const before = watches().length;
  await clock.advance(120000);
  assert.equal(watches().length, before);
});
