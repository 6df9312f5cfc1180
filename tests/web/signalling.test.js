import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { Backoff } from '../../web/player/backoff.js';
import { Signalling } from '../../web/player/signalling.js';
import { Clock, settle } from './support/clock.js';
import { FakeSocket } from './support/fakes.js';

const FRONT = { id: 'front', name: 'Front door', state: 'live' };
const GARDEN = { id: 'garden', name: 'Garden', state: 'live' };

/** @type {Clock} */
let clock;
/** @type {Signalling} */
let signalling;

/** @type {(() => Response) | null} */
let respond;
/** @type {string[]} */
let asked;
/** Whether something answers whose answers this page may not read. */
let closed = false;
/** @type {typeof fetch} */
const ask = async (url, { mode } = {}) => {
  if (mode === 'no-cors' && closed) return new Response();
  asked.push(String(url));
  if (!respond) throw new Error('no server');
  return respond();
};

beforeEach(() => {
  respond = null;
  closed = false;
  asked = [];
  clock = new Clock().install();
  FakeSocket.all = [];
  signalling = new Signalling('ws://server/ws', {
    WebSocket: /** @type {any} */ (FakeSocket),
    fetch: ask,
    backoff: new Backoff({ first: 1000, cap: 15000, random: () => 1 }),
  });
  signalling.start();
});

afterEach(() => clock.uninstall());

/** A session that writes down what it hears. */
function session() {
  /** @type {any[]} */
  const heard = [];
  const channel = signalling.session({
    onAnswer: ({ sdp }) => heard.push(['answer', sdp]),
    onCandidate: (candidate) => heard.push(['candidate', candidate]),
    onStream: ({ stream }) => heard.push(['stream', stream]),
    onClosed: ({ code }) => heard.push(['closed', code]),
  });
  return { channel, heard };
}

test('it is open when the server has said hello, and knows the cameras by then', () => {
  /** @type {string[]} */
  const phases = [];
  signalling.on('phase', () => phases.push(`${signalling.phase} ${signalling.cameras.length}`));

  FakeSocket.newest.hello([FRONT, GARDEN]);

  assert.deepEqual(phases, ['open 2']);
});

test('news of one camera replaces what was known of it', () => {
  FakeSocket.newest.hello([FRONT, GARDEN]);

  FakeSocket.newest.say({ type: 'camera', camera: { ...GARDEN, state: 'retrying' } });

  assert.deepEqual(
    signalling.cameras.map(({ state }) => state),
    ['live', 'retrying'],
  );
});

const WISH = { stream: 'auto', width: 640, height: 360 };

test('all sessions share the one socket and hear only their own messages', () => {
  FakeSocket.newest.hello([FRONT, GARDEN]);
  const one = session();
  const two = session();
  one.channel.watch('front', 'offer 1', WISH);
  two.channel.watch('garden', 'offer 2', WISH);

  FakeSocket.newest.say({ type: 'answer', session: two.channel.name, sdp: 'answer 2' });

  assert.equal(FakeSocket.all.length, 1);
  assert.deepEqual(
    FakeSocket.newest.sentOf('watch').map(({ camera, sdp }) => [camera, sdp]),
    [
      ['front', 'offer 1'],
      ['garden', 'offer 2'],
    ],
  );
  assert.deepEqual(one.heard, []);
  assert.deepEqual(two.heard, [['answer', 'answer 2']]);
});

test('names of sessions are ones the protocol allows, and never used twice', () => {
  const names = Array.from({ length: 100 }, () => session().channel.name);

  assert.equal(new Set(names).size, 100);
  for (const name of names) assert.match(name, /^[A-Za-z0-9_-]{1,64}$/);
});

test('a session that was stopped hears nothing more', () => {
  FakeSocket.newest.hello([FRONT]);
  const { channel, heard } = session();

  channel.stop();
  channel.stop();
  FakeSocket.newest.say({ type: 'closed', session: channel.name, code: 'stopped', message: '' });

  assert.equal(FakeSocket.newest.sentOf('stop').length, 1);
  assert.deepEqual(heard, []);
});

test('a lost socket ends its sessions and is replaced with growing pauses', async () => {
  FakeSocket.newest.hello([FRONT]);
  const { heard } = session();

  FakeSocket.newest.breakOff();
  assert.equal(signalling.phase, 'waiting');
  assert.deepEqual(heard, [['closed', 'server_gone']]);
  await clock.advance(999);
  assert.equal(FakeSocket.all.length, 1);
  await clock.advance(1);
  assert.equal(FakeSocket.all.length, 2);

  FakeSocket.newest.breakOff();
  await clock.advance(1999);
  assert.equal(FakeSocket.all.length, 2);
  await clock.advance(1);
  assert.equal(FakeSocket.all.length, 3);
});

test('a server that takes no WebSocket is asked why, and a lost one is not', async () => {
  const problem = { code: 'unknown_host', detail: 'write hosts' };
  respond = () => new Response(JSON.stringify(problem), { status: 403 });
  FakeSocket.newest.breakOff();
  await settle();
  assert.deepEqual(asked, ['http://server/ws']);
  assert.deepEqual(signalling.refusal, { code: 'unknown_host', message: 'write hosts' });

  await clock.advance(1000);
  FakeSocket.newest.hello([FRONT]);
  assert.equal(signalling.refusal, null);
  FakeSocket.newest.breakOff();
  await settle();
  assert.equal(asked.length, 1);
  assert.equal(signalling.refusal, null);
});

test('an answer that the page may not read is told from none', async () => {
  let news = 0;
  signalling.on('phase', () => news++);
  closed = true;
  FakeSocket.newest.breakOff();
  await settle();
  assert.equal(signalling.refusal, null);
  assert.deepEqual(signalling.suspicion, { code: 'unreadable', message: 'http://server' });
  assert.equal(news, 2, 'that it waits, and why');

  closed = false;
  await clock.advance(1000);
  FakeSocket.newest.breakOff();
  await settle();
  assert.equal(signalling.suspicion, null);
});

test('after a goodbye it waits at least as long as the server asked', async () => {
  FakeSocket.newest.hello([FRONT]);
  FakeSocket.newest.say({ type: 'goodbye', message: 'stopping', retry_after_ms: 4000 });
  FakeSocket.newest.breakOff();

  await clock.advance(4000);
  assert.equal(FakeSocket.all.length, 1);
  await clock.advance(1000);
  assert.equal(FakeSocket.all.length, 2);
});

test('pauses start small again after a connection that lasted', async () => {
  for (let i = 0; i < 5; i++) {
    FakeSocket.newest.breakOff();
    await clock.advance(15000);
  }
  FakeSocket.newest.hello([FRONT]);
  await clock.advance(11000);

  FakeSocket.newest.breakOff();

  assert.equal(signalling.retryAt - clock.now, 1000);
});

test('a socket that falls silent is asked, and given up when it does not answer', async () => {
  FakeSocket.newest.hello([FRONT]);

  await clock.advance(30000);
  assert.equal(FakeSocket.newest.sentOf('list').length, 1);
  FakeSocket.newest.say({ type: 'cameras', cameras: [FRONT] });
  await clock.advance(30000);
  assert.equal(FakeSocket.newest.sentOf('list').length, 2);
  assert.equal(signalling.phase, 'open');
  await clock.advance(10000);

  assert.equal(signalling.phase, 'waiting');
});

test('a server that accepts but never says hello is given up', async () => {
  await clock.advance(10000);

  assert.equal(signalling.phase, 'waiting');
});

test('retryNow does not wait', async () => {
  FakeSocket.newest.breakOff();

  signalling.retryNow();

  assert.equal(FakeSocket.all.length, 2);
  await clock.advance(1500);
  assert.equal(FakeSocket.all.length, 2);
});

test('a browser that keeps the page away from the network is suspected', async () => {
  /** @type {string[]} */
  const known = ['local-network'];
  let state = 'denied';
  const permissions = {
    query: async (/** @type {any} */ { name }) => {
      if (!known.includes(name)) throw new TypeError(name);
      return { state };
    },
  };
  const suspicionOf = async (/** @type {string} */ url) => {
    const page = new Signalling(url, {
      WebSocket: /** @type {any} */ (FakeSocket),
      fetch: ask,
      permissions: /** @type {any} */ (permissions),
    });
    page.start();
    FakeSocket.newest.breakOff();
    await settle();
    page.stop();
    return page.suspicion;
  };
  const barred = { code: 'local_network', message: 'http://server' };

  assert.deepEqual(await suspicionOf('ws://server/ws'), barred);
  state = 'prompt';
  assert.equal(await suspicionOf('ws://server/ws'), null, 'nobody was asked');
  state = 'denied';
  known[0] = 'loopback-network';
  assert.equal(await suspicionOf('ws://server/ws'), null, 'that is of this machine');
  assert.equal((await suspicionOf('ws://127.0.0.1/ws'))?.code, 'local_network');
  known.pop();
  assert.equal(await suspicionOf('ws://server/ws'), null, 'a browser without the permission');
});

test('a late word from a socket that was given up changes nothing', async () => {
  const old = FakeSocket.newest;
  await clock.advance(10000);
  await clock.advance(1000);

  old.hello([FRONT]);
  old.breakOff();

  assert.deepEqual(signalling.cameras, []);
  assert.equal(FakeSocket.all.length, 2);
});

test('a socket that is doubted is asked at once, and one that answers is kept', async () => {
  FakeSocket.newest.hello([FRONT]);
  FakeSocket.newest.alive = true;

  signalling.doubt();
  await clock.advance(4000);

  assert.equal(FakeSocket.newest.sentOf('list').length, 1);
  assert.equal(FakeSocket.all.length, 1);
});

test('a doubted socket that does not answer is replaced after 3 s, without a pause', async () => {
  FakeSocket.newest.hello([FRONT]);
  const { heard } = session();

  signalling.doubt();
  await clock.advance(3000);

  assert.deepEqual(heard, [['closed', 'server_gone']]);
  assert.equal(FakeSocket.all.length, 2);
  assert.equal(signalling.crowded, false);
});

test('a network that is back ends the waiting', async () => {
  FakeSocket.newest.breakOff();

  signalling.doubt();

  assert.equal(FakeSocket.all.length, 2);
});

test('whoever loses the server together with others comes back in a crowd, who asks does not', async () => {
  FakeSocket.newest.hello([FRONT]);
  FakeSocket.newest.breakOff();
  assert.equal(signalling.crowded, true);

  signalling.retryNow();

  assert.equal(signalling.crowded, false);
});

test('stopped, it ends its sessions and can be started again', () => {
  FakeSocket.newest.hello([FRONT]);
  const { heard } = session();

  signalling.stop();
  signalling.start();
  FakeSocket.newest.hello([FRONT]);

  assert.deepEqual(heard, [['closed', 'server_gone']]);
  assert.equal(signalling.phase, 'open');
});
