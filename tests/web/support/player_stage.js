import { afterEach, beforeEach } from 'node:test';
import { Backoff } from '../../../web/player/backoff.js';
import { Player } from '../../../web/player/player.js';
import { Signalling } from '../../../web/player/signalling.js';
import { Clock, settle } from './clock.js';
import { FakeMediaStream, FakePeerConnection, FakeSocket } from './fakes.js';

/* A player of one camera before each test, with a server, a browser and a clock that only pretend. */

/** @type {import('../../../web/player/types.js').Camera} */
export const FRONT = {
  id: 'front',
  name: 'Front door',
  state: 'live',
  video_codec: 'H264',
  fps: 25,
};

/** @type {Clock} */
export let clock;
/** @type {Signalling} */
export let signalling;
/** @type {Player} */
export let player;

/** Why the server takes no WebSocket; empty: it does not answer at all. */
export const refusal = { detail: '' };

Object.assign(globalThis, { RTCPeerConnection: FakePeerConnection, MediaStream: FakeMediaStream });

beforeEach(() => {
  clock = new Clock().install();
  FakeSocket.all = [];
  FakePeerConnection.all = [];
  refusal.detail = '';
  signalling = new Signalling('ws://server/ws', {
    WebSocket: /** @type {any} */ (FakeSocket),
    fetch: async () => {
      if (!refusal.detail) throw new Error('no server');
      return new Response(JSON.stringify({ code: 'foreign_page', ...refusal }), { status: 403 });
    },
  });
  signalling.start();
  FakeSocket.newest.alive = true;
  FakeSocket.newest.hello([FRONT]);
  player = new Player(signalling, FRONT, {
    backoff: new Backoff({ first: 500, cap: 30000, random: () => 1 }),
    random: () => 0.5,
  });
});

afterEach(() => clock.uninstall());

export const watches = () => FakeSocket.all.flatMap((socket) => socket.sentOf('watch'));
export const session = () => watches().at(-1).session;

/** @param {object} change */
export const say = (change) => FakeSocket.newest.say({ session: session(), ...change });
/** @param {object} change */
export const camera = (change) =>
  FakeSocket.newest.say({ type: 'camera', camera: { ...FRONT, ...change } });
/** @param {string} code @param {string} [message] */
export const close = (code, message = '') => say({ type: 'closed', code, message });

export async function answer() {
  say({ type: 'answer', sdp: 'answer', video_codec: 'H264', audio_codec: 'OPUS' });
  await settle();
  FakePeerConnection.newest.become('connected');
}

/** Lets pictures come for so many seconds. @param {number} seconds */
export async function play(seconds) {
  for (let i = 0; i < seconds; i++) {
    FakePeerConnection.newest.framesDecoded += 25;
    await clock.advance(1000);
  }
}

export async function goLive() {
  player.connect();
  await settle();
  await answer();
  player.pictureShown();
}

/** @param {import('../../../web/player/types.js').Camera} other */
export function playInstead(other) {
  player.dispose();
  player = new Player(signalling, other);
}
