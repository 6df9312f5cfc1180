import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actOnKey } from '../../web/picture/actions.js';

/** @param {Partial<KeyboardEvent>} event @returns {string} The action that it ran. */
function ranBy(event) {
  let ran = '';
  const actions = ['Plus', '-', '0', 'KeyM'].map((key) => ({
    name: key,
    key,
    icon: /** @returns {'in'} */ () => 'in',
    label: () => key,
    run: () => (ran = key),
  }));
  const stopped = actOnKey(
    actions,
    /** @type {any} */ ({ shiftKey: false, preventDefault() {}, ...event }),
  );
  assert.equal(stopped, ran !== '');
  return ran;
}

test('plus, minus and zero are found where each keyboard has them', () => {
  for (const [keyboard, event, key] of /** @type {[string, Partial<KeyboardEvent>, string][]} */ ([
    ['American', { key: '+', code: 'Equal', shiftKey: true }, 'Plus'],
    ['American, without Shift', { key: '=', code: 'Equal' }, 'Plus'],
    ['American', { key: '-', code: 'Minus' }, '-'],
    ['German and Spanish', { key: '+', code: 'BracketRight' }, 'Plus'],
    ['German and Spanish', { key: '-', code: 'Slash' }, '-'],
    ['Japanese', { key: '+', code: 'Semicolon', shiftKey: true }, 'Plus'],
    ['French', { key: '0', code: 'Digit0', shiftKey: true }, '0'],
    ['number pad', { key: '+', code: 'NumpadAdd' }, 'Plus'],
    ['number pad', { key: '-', code: 'NumpadSubtract' }, '-'],
    ['number pad', { key: '0', code: 'Numpad0' }, '0'],
    ['a true minus', { key: '−', code: 'Minus' }, '-'],
    ['Korean letters', { key: 'ㅡ', code: 'KeyM' }, 'KeyM'],
  ])) {
    assert.equal(ranBy(event), key, keyboard);
  }
});

test('keys that have something else written on them do nothing', () => {
  for (const event of [
    { key: 'ß', code: 'Minus' },
    { key: '´', code: 'Equal' },
    { key: '=', code: 'Digit0', shiftKey: true },
    { key: '_', code: 'Minus', shiftKey: true },
    { key: 'M', code: 'KeyM', shiftKey: true },
    { key: '+', code: 'BracketRight', ctrlKey: true },
  ]) {
    assert.equal(ranBy(event), '', JSON.stringify(event));
  }
});
