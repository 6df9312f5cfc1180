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
