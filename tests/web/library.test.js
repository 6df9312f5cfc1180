import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Emitter } from '../../web/player/emitter.js';
import { ALL } from '../../web/wall/arrangement.js';
import { Library } from '../../web/wall/library.js';

const NIGHT = { ...ALL, wall: 'front' };
/** @type {any[]} */
let server;
let asked = 0;
/** @type {any} */
let signalling;

beforeEach(() => {
  const stored = new Map();
  Object.assign(globalThis, {
    localStorage: {
      getItem: (/** @type {string} */ key) => stored.get(key) ?? null,
      setItem: (/** @type {string} */ key, /** @type {string} */ value) => stored.set(key, value),
    },
    document: { baseURI: 'http://home.example/' },
  });
  server = [{ id: 'k3f9', name: 'Gate', revision: 1, layout: { ...ALL, wall: 'gate' } }];
  asked = 0;
  signalling = Object.assign(new Emitter(), { phase: 'connecting', layouts: '' });
});

/** @type {any} */
const fetch = async () => {
  asked++;
  return {
    ok: true,
    headers: new Map([['ETag', '"f1"']]),
    json: async () => ({ layouts: server }),
  };
};

/** Waits for what was asked for. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

async function open() {
  const library = new Library(fetch);
  library.follow(signalling);
  Object.assign(signalling, { phase: 'open', layouts: 'f1' });
  signalling.emit('phase', undefined);
  await settled();
  return library;
}

test('layouts of the server come before those of this browser', async () => {
  const library = await open();
  library.save('Night', NIGHT);

  assert.deepEqual(
    library.all.map(({ name, shared }) => [name, shared]),
    [
      ['Gate', true],
      ['Night', false],
    ],
  );
  assert.equal(library.find('k3f9')?.name, 'Gate');
  assert.deepEqual(library.find('Night')?.layout, NIGHT);
  assert.equal(library.find(''), undefined);
  library.remove('Night');
  assert.equal(library.find('Night'), undefined);
});

test('a page has them before the server answers, and asks only for what is new', async () => {
  await open();
  assert.equal(asked, 1);

  const again = await open();
  assert.equal(again.find('Gate')?.layout.wall, 'gate');
  assert.equal(asked, 1, 'it has them already');

  let changes = 0;
  again.on('change', () => changes++);
  server = [{ ...server[0], name: 'Entrance' }];
  signalling.layouts = 'f2';
  signalling.emit('layouts', undefined);
  await settled();
  assert.equal(asked, 3, 'two pages of this browser');
  assert.equal(again.find('k3f9')?.name, 'Entrance');
  assert.equal(changes, 1);
});

test('an older server keeps none', async () => {
  const library = new Library(fetch);
  library.follow(signalling);
  signalling.phase = 'open';
  signalling.emit('phase', undefined);
  await settled();

  assert.equal(library.shares, false);
  assert.equal(asked, 0);
});

test('a browser that stores nothing keeps a layout as long as the page', () => {
  Object.assign(globalThis, {
    localStorage: {
      getItem: () => null,
      setItem: () => {
        throw new DOMException('forbidden');
      },
    },
  });
  const library = new Library(fetch);

  library.save('Night', NIGHT);

  assert.deepEqual(library.find('Night')?.layout, NIGHT);
  library.remove('Night');
});

test('a server without its database takes no layouts away from the browser', async () => {
  const library = await open();

  signalling.layouts = '';
  signalling.emit('layouts', undefined);
  await library.load();

  assert.equal(library.shares, false);
  assert.equal(library.find('k3f9')?.name, 'Gate');
  assert.equal(new Library(fetch).find('k3f9')?.name, 'Gate', 'nor from the next page');
});

test('a name in `?wall=` is only of a layout that this browser keeps', async () => {
  const library = await open();
  assert.equal(library.own('Gate'), undefined, 'it may be the name of a camera');

  library.save('Gate', NIGHT);

  assert.deepEqual(library.own('Gate'), NIGHT);
});

test('an answer that comes late does not replace a newer one', async () => {
  /** @type {((answer: any) => void)[]} */
  const waiting = [];
  const library = new Library(/** @type {any} */ (() => new Promise((done) => waiting.push(done))));
  library.shares = true;
  const answer = (/** @type {string} */ name) => ({
    ok: true,
    headers: new Map([['ETag', `"${name}"`]]),
    json: async () => ({ layouts: [{ ...server[0], name }] }),
  });
  const loads = [library.load(), library.load()];

  waiting[1](answer('new'));
  await loads[1];
  waiting[0](answer('old'));
  await loads[0];

  assert.equal(library.find('k3f9')?.name, 'new');
});

test('a tag that a proxy has made weak is the one that the server tells', async () => {
  const weak = async () => {
    const answer = await fetch();
    answer.headers = new Map([['ETag', 'W/"f1"']]);
    return answer;
  };
  const library = new Library(/** @type {any} */ (weak));
  library.shares = true;
  await library.load();
  const before = asked;

  library.follow(signalling);
  Object.assign(signalling, { phase: 'open', layouts: 'f1' });
  signalling.emit('phase', undefined);
  await settled();

  assert.equal(asked, before);
});
