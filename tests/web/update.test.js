import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { Update } from '../../web/page/update.js';
import { Emitter } from '../../web/player/emitter.js';
import { Clock } from './support/clock.js';

/** A page that notices a newer server, and loads what it has when nobody is there. */

const MINUTE = 60000;
/** @type {Clock} */
let clock;
/** @type {any} */
let signalling;
/** @type {EventTarget} */
let person;
let busy = false;
let reloads = 0;

beforeEach(() => {
  clock = new Clock().install();
  signalling = new Emitter();
  person = new EventTarget();
  busy = false;
  reloads = 0;
});

afterEach(() => clock.uninstall());

/** @param {number} [random] */
const open = (random = 0) =>
  new Update(signalling, {
    busy: () => busy,
    reload: () => reloads++,
    target: person,
    random: () => random,
  });

/** @param {string} pageVersion @param {string} [version] */
function hello(pageVersion, version = '0.1.0') {
  Object.assign(signalling, { phase: 'open', version, pageVersion });
  signalling.emit('phase', undefined);
}

function lose() {
  signalling.phase = 'waiting';
  signalling.emit('phase', undefined);
}

test('a server that comes back as it was changes nothing', async () => {
  const update = open();
  hello('a');
  lose();
  hello('a');

  await clock.advance(10 * MINUTE);

  assert.equal(update.available, false);
  assert.equal(reloads, 0);
});

test('a newer page, or a newer server, is loaded after a minute in which nobody did anything', async () => {
  for (const [page, version] of [
    ['b', '0.1.0'],
    ['a', '0.2.0'],
  ]) {
    reloads = 0;
    signalling = new Emitter();
    const update = open();
    hello('a');
    lose();
    hello(page, version);
    assert.equal(update.available, true);

    await clock.advance(MINUTE - 2000);
    assert.equal(reloads, 0, 'too soon');
    await clock.advance(3000);
    assert.equal(reloads, 1);
    await clock.advance(5 * MINUTE);
    assert.equal(reloads, 1, 'once');
  }
});

test('whoever moves, types or scrolls keeps the page as it is, and can load the new one', async () => {
  let offered = 0;
  const update = open();
  update.on('available', () => offered++);
  hello('a');
  hello('b');
  for (const name of ['pointermove', 'keydown', 'wheel', 'touchmove', 'pointerdown', 'input']) {
    await clock.advance(MINUTE - 5000);
    person.dispatchEvent(new Event(name));
  }

  assert.equal(reloads, 0);
  assert.equal(offered, 1);
  await clock.advance(MINUTE + 1000);
  assert.equal(reloads, 1);
});

test('an open dialog, sound or a form that is being filled in waits', async () => {
  open();
  hello('a');
  hello('b');
  busy = true;
  await clock.advance(30 * MINUTE);
  assert.equal(reloads, 0);

  busy = false;
  await clock.advance(1000);
  assert.equal(reloads, 1);
});

test('thousands of pages do not load it in one instant', async () => {
  open(0.5);
  hello('a');
  await clock.advance(10 * MINUTE);
  hello('b');

  await clock.advance(MINUTE / 2 - 1000);
  assert.equal(reloads, 0);
  await clock.advance(2000);
  assert.equal(reloads, 1);
});

test('a page stays while there is no server to load one from', async () => {
  open();
  hello('a');
  hello('b');
  lose();

  await clock.advance(10 * MINUTE);

  assert.equal(reloads, 0);
});

test('a server that goes back to the older page is no news', async () => {
  const update = open();
  hello('a');
  hello('b');
  hello('a');

  await clock.advance(10 * MINUTE);

  assert.equal(update.available, false);
  assert.equal(reloads, 0);
});
