import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onLeave } from '../../web/settings/dialog.js';

/** As much of an open dialog as counts here. */
class FakeDialog extends EventTarget {
  open = true;
  isConnected = true;
  left = 0;

  constructor() {
    super();
    onLeave(/** @type {any} */ (this), () => this.left++);
  }

  showModal() {
    this.open = true;
  }

  /**
   * @param {string} name
   * @param {object} [of]
   * @returns {boolean} Whether the browser may go on with it.
   */
  fire(name, of = {}, cancelable = true) {
    return this.dispatchEvent(Object.assign(new Event(name, { cancelable }), of));
  }
}

test('Escape and a request of the browser lead to one question each', () => {
  const dialog = new FakeDialog();

  assert.equal(dialog.fire('keydown', { key: 'Escape', isComposing: false }), false);
  assert.equal(dialog.fire('cancel'), false);
  assert.equal(dialog.left, 2);
});

test('other keys, and Escape while a word is composed, are left alone', () => {
  const dialog = new FakeDialog();

  assert.equal(dialog.fire('keydown', { key: 'Enter', isComposing: false }), true);
  assert.equal(dialog.fire('keydown', { key: 'Escape', isComposing: true }), true);
  assert.equal(dialog.left, 0);
});

test('a dialog that the browser closes all the same is open again before the question', () => {
  const dialog = new FakeDialog();

  dialog.fire('cancel', {}, false);
  assert.equal(dialog.left, 0);
  dialog.open = false;
  dialog.fire('close', {}, false);

  assert.equal(dialog.open, true);
  assert.equal(dialog.left, 1);
});

test('a dialog that the page has closed stays closed', () => {
  const dialog = new FakeDialog();

  dialog.open = dialog.isConnected = false;
  dialog.fire('close', {}, false);

  assert.equal(dialog.open, false);
  assert.equal(dialog.left, 0);
});
