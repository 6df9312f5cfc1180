import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { Emitter } from '../../web/player/emitter.js';
import { Arrangement } from '../../web/wall/arrangement.js';
import { Offer } from '../../web/wall/offer.js';
import { undoByKey } from '../../web/wall/undo.js';
import { Clock } from './support/clock.js';
import { FakeElement, installDocument } from './support/elements.js';

/** How what people do to a wall is taken back. */

/**
 * @import { Removed } from '../../web/wall/types.js'
 * @extends {Emitter<{change: void, arranged: string, removed: Removed}>}
 */
class FakeWall extends Emitter {
  /** @type {string | null} */
  alone = null;
  /** What it has told screen readers. @type {string[]} */
  told = [];
  /** @type {Set<string>} */
  holders = new Set();

  /** @param {string} text */
  announce(text) {
    this.told.push(text);
    return text;
  }

  /** @param {string} what @param {boolean} on */
  hold(what, on) {
    if (on) this.holders.add(what);
    else this.holders.delete(what);
  }
}

const UNDONE = 'The last change of the wall is undone';
const REDONE = 'The change of the wall is made again';

/** @type {Clock} */
let clock;
/** @type {FakeWall} */
let wall;
/** @type {Arrangement} */
let arrangement;
/** @type {FakeElement} */
let toast;
/** @type {FakeElement} */
let button;

beforeEach(() => {
  clock = new Clock().install();
  const { body } = installDocument();
  wall = new FakeWall();
  arrangement = new Arrangement();
  arrangement.follow(['front', 'garden']);
  new Offer(/** @type {any} */ (body), /** @type {any} */ (wall), arrangement);
  [toast] = body.children;
  [, button] = toast.children;
});

afterEach(() => clock.uninstall());

function resizeByHand() {
  arrangement.resize('front', 6);
  wall.emit('arranged', 'Front is 6 columns wide');
}

test('the button undoes what the offer names, and the wall says so once', () => {
  assert.equal(toast.hidden, true);
  resizeByHand();
  assert.equal(toast.hidden, false);
  assert.equal(toast.children[0].textContent, 'Front is 6 columns wide');
  assert.equal(toast.children[0].getAttribute('role'), null, 'the wall has announced it');

  button.click();

  assert.equal(arrangement.spanOf('front'), 0);
  assert.equal(toast.hidden, true);
  assert.deepEqual(wall.told, [UNDONE]);
});

test('an offer is gone as soon as something else is changed, by whatever means', () => {
  for (const change of [
    () => (arrangement.grid = 4),
    () => arrangement.hide('garden'),
    () => arrangement.undo(),
  ]) {
    resizeByHand();
    assert.equal(toast.hidden, false);

    change();

    assert.equal(toast.hidden, true);
    arrangement.resize('front', 0);
  }
});

test('an offer holds the wall, for ten seconds, and as long as its button has the focus', async () => {
  const tile = new FakeElement();
  tile.focus();
  resizeByHand();
  assert.deepEqual([...wall.holders], ['offer']);
  await clock.advance(9000);
  button.focus();
  await clock.advance(60000);
  assert.equal(toast.hidden, false);

  tile.focus();
  await clock.advance(10000);
  assert.equal(toast.hidden, true);
  assert.deepEqual([...wall.holders], []);
});

test('whoever presses the button by a key has the focus back where it was', () => {
  const tile = new FakeElement();
  tile.focus();
  resizeByHand();
  button.focus();

  button.click();

  assert.equal(document.activeElement, tile);
});

test('a deleted layout comes back by the button, also after a change of the wall', () => {
  let restored = 0;
  wall.emit('removed', { what: 'Layout “Night” deleted', restore: () => restored++ });
  assert.equal(toast.children[0].textContent, 'Layout “Night” deleted');
  arrangement.grid = 4;
  assert.equal(toast.hidden, false);

  button.click();

  assert.equal(restored, 1);
  assert.equal(arrangement.layout.grid, 4, 'the wall stays as it is');
  assert.deepEqual(wall.told, []);
});

test('nothing is offered behind a camera that is alone', () => {
  resizeByHand();
  wall.alone = 'front';
  wall.emit('change', undefined);

  assert.equal(toast.hidden, true);
});

/** @param {string} key @param {Partial<KeyboardEvent>} [more] @returns {boolean} Whether the browser may act on it too. */
function press(key, more) {
  let left = true;
  const event = { key, code: `Key${key.toUpperCase()}`, altKey: false, shiftKey: false };
  const preventDefault = () => (left = false);
  undoByKey(wall, arrangement, /** @type {any} */ ({ ...event, preventDefault, ...more }));
  return left;
}

test('keys undo and make again, and the wall says which', () => {
  resizeByHand();

  assert.equal(press('z'), false);
  assert.equal(arrangement.spanOf('front'), 0);
  assert.equal(press('Z', { shiftKey: true }), false);
  assert.equal(arrangement.spanOf('front'), 6);
  press('ㅋ', { code: 'KeyZ' });
  press('y');
  assert.equal(arrangement.spanOf('front'), 6);
  assert.deepEqual(wall.told, [UNDONE, REDONE, UNDONE, REDONE]);
});

test('keys are the browser’s where there is nothing to undo, and where a camera is alone', () => {
  assert.equal(press('z'), true);
  assert.equal(press('y'), true);
  resizeByHand();
  wall.alone = 'garden';

  assert.equal(press('z'), true);
  assert.equal(arrangement.spanOf('front'), 6);
  assert.deepEqual(wall.told, []);
});
