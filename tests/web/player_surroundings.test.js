import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from './support/clock.js';
import { FakePeerConnection, FakeSocket } from './support/fakes.js';
import {
  FRONT,
  camera,
  clock,
  close,
  goLive,
  play,
  player,
  watches,
} from './support/player_stage.js';

/* What the page notices around its player: out of sight, after sleep, on another network. */

test('out of sight it pulls nothing, says so, and resumes at once', async () => {
  await goLive();

  player.seen = false;
  await settle();
  assert.equal(player.state.name, 'paused');
  assert.equal(player.state.reason?.code, 'out_of_sight');
  assert.equal(FakeSocket.newest.sentOf('stop').length, 1);
  assert.equal(FakePeerConnection.newest.connectionState, 'closed');
  await clock.advance(600000);
  assert.equal(watches().length, 1);

  player.seen = true;
  await settle();
  assert.equal(watches().length, 2);
  assert.equal(player.state.name, 'connecting');
});

test('out of sight nothing begins, whatever server and camera do', async () => {
  player.seen = false;
  player.connect();
  camera({ state: 'retrying' });
  camera({ state: 'live' });
  FakeSocket.newest.breakOff();
  await clock.advance(2000);
  FakeSocket.newest.hello([FRONT]);
  await clock.advance(60000);

  assert.equal(watches().length, 0);
});

test('a refusal outlasts being out of sight', async () => {
  player.connect();
  await settle();
  close('no_common_codec');

  player.seen = false;
  player.seen = true;
  await settle();

  assert.equal(player.state.name, 'refused');
  assert.equal(watches().length, 1);
});

test('after sleep or a change of network a dead session is replaced within 3 s', async () => {
  await goLive();
  await play(3);

  player.doubt();
  await clock.advance(2500);

  assert.equal(watches().length, 2);
});

test('after sleep or a change of network a session that plays is kept', async () => {
  await goLive();
  await play(3);

  player.doubt();
  await play(10);

  assert.equal(watches().length, 1);
  assert.equal(player.state.name, 'live');
});

test('who waits for the next try does not wait on when the network is back', async () => {
  player.connect();
  await settle();
  close('connection_failed');

  player.doubt();
  await settle();

  assert.equal(watches().length, 2);
});
