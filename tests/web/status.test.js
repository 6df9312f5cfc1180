import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { words } from '../../web/i18n/words.js';
import { describe } from '../../web/picture/status.js';
import { judge } from '../../web/player/judge.js';

/** @import { Camera } from '../../web/player/types.js' */

/** @param {string} name @returns {Record<string, string>} */
const read = (name) =>
  JSON.parse(readFileSync(new URL(`../../web/i18n/${name}.json`, import.meta.url), 'utf8'));

/** What the tile of a camera says. @param {Camera} camera */
function statusOf(camera) {
  const { name, reason } = judge({
    wanted: true,
    seen: true,
    signalling: { phase: 'open', refusal: null, suspicion: null, retryAt: 0 },
    camera,
    offline: camera.state !== 'live',
    refusal: null,
    failure: null,
    playing: false,
    stalled: false,
  });
  return describe({ name, reason, since: 0, retryAt: 0 }, camera);
}

test('a tile says why its camera is lost in the language of the page', () => {
  Object.defineProperty(globalThis, 'navigator', {
    value: { languages: ['ko'] },
    configurable: true,
  });
  words.set('ko', read('ko'), read('reasons.ko'));
  /** @type {Camera} */
  const camera = {
    id: 'front',
    name: 'Front',
    state: 'retrying',
    reason: 'cannot reach 192.0.2.10:554: check that the camera is on',
    reason_code: 'unreachable',
    reason_values: { address: '192.0.2.10:554' },
  };

  assert.equal(
    statusOf(camera).detail,
    '192.0.2.10:554에 연결할 수 없습니다. 카메라가 켜져 있는지, 주소가 맞는지 확인하세요.',
  );
  assert.equal(statusOf({ ...camera, reason_code: 'new' }).detail, camera.reason);
});
