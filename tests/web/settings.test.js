import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Refusal } from '../../web/settings/api.js';
import {
  blank,
  bodyOf,
  freeId,
  hasCutLogin,
  idOf,
  nextStream,
  summaryOf,
} from '../../web/settings/draft.js';

const WEB = new URL('../../web/', import.meta.url);
/** @param {string} language @returns {Record<string, string>} */
const read = (language) =>
  JSON.parse(readFileSync(new URL(`i18n/settings.${language}.json`, WEB), 'utf8'));
const english = read('en');
/** @param {string} key @param {Record<string, string | number>} [values] */
const text = (key, values = {}) =>
  english[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

test('a name for people becomes one for addresses', () => {
  assert.equal(idOf('Front door'), 'front-door');
  assert.equal(idOf(' Entrée / Nord! '), 'entree-nord');
  assert.equal(idOf('현관'), '');
  assert.equal(idOf('x'.repeat(90)).length, 64);
});

test('a new camera gets an id that is free, whatever its name is written in', () => {
  assert.equal(freeId('Front door', ['back']), 'front-door');
  assert.equal(freeId('Front door', ['front-door', 'front-door-2']), 'front-door-3');
  assert.equal(freeId('현관', []), 'camera');
  assert.equal(freeId('정원', ['camera']), 'camera-2');
  assert.equal(freeId('', []), '');
});

test('only what the server takes is sent, and a password only where one was typed', () => {
  const body = bodyOf({
    id: 'front',
    managed: true,
    file: '/etc/cameras.yaml',
    line: 6,
    streams: [
      { id: 'main', url: 'rtsp://h/1', has_password: true },
      { id: 'sub', url: 'rtsp://h/2', has_password: true, password: 'new' },
    ],
  });

  assert.deepEqual(body, {
    id: 'front',
    streams: [
      { id: 'main', url: 'rtsp://h/1' },
      { id: 'sub', url: 'rtsp://h/2', password: 'new' },
    ],
  });
});

test('an empty password is sent where there is to be none', () => {
  const { streams } = bodyOf({
    id: 'front',
    streams: [{ id: 'main', url: 'rtsp://h/1', username: '', password: '', has_password: true }],
  });

  assert.deepEqual(streams, [{ id: 'main', url: 'rtsp://h/1', username: '', password: '' }]);
});

test('what the page knows nothing of is sent back as it came', () => {
  const stream = { id: 'main', url: 'rtsp://h/1', tls_ca_file: '/etc/ca.pem', of_later: [1, 2] };
  const camera = { id: 'front', streams: [stream], max_viewers: 3, of_later: { deep: true } };

  assert.deepEqual(bodyOf(camera), camera);
});

test('a login that a URL cuts is told from an @ elsewhere', () => {
  for (const url of [
    'rtsp://me:p@ss@192.0.2.10/live',
    'rtsp://me:p@ss#1@192.0.2.10/live',
    'rtsp://me:pass#1@192.0.2.10/live',
    'rtsp://me:1234#1@192.0.2.10/live',
    'rtsp://me:pa/ss@192.0.2.10/live',
    'rtsp://me:pa?ss@192.0.2.10:554/live',
  ]) {
    assert.equal(hasCutLogin(url), true, url);
  }
  for (const url of [
    '',
    'rtsp://192.0.2.10/live',
    'rtsp://192.0.2.10:554/a@b',
    'rtsp://[2001:db8::1]:554/a@b',
    'rtsp://192.0.2.10/a@b#c',
    'rtsp://me@192.0.2.10/live',
    'rtsp://me:p%40ss%231@192.0.2.10:554/live?a=b@c',
  ]) {
    assert.equal(hasCutLogin(url), false, url);
  }
});

test('another stream has the login of the first, but neither its address nor its password', () => {
  const streams = [
    { id: 'main', url: 'rtsp://h/1', username: 'me', password: 'x', has_password: true },
  ];

  const next = nextStream(streams);

  assert.equal(next.id, 'sub');
  assert.equal(next.url, '');
  assert.equal(next.username, 'me');
  assert.equal(next.password, undefined);
  assert.equal(next.has_password, false);
  assert.equal(nextStream([...streams, next]).id, 'sub2');
});

test('what a test found is said in few words, and what it did not find in those of the server', () => {
  const video = [
    {
      codec: 'H264',
      width: 1920,
      height: 1080,
      fps: 24.97,
      gop_frames: 50,
      gop_ms: 2000,
      bitrate: 2e6,
      b_frames: true,
    },
  ];
  const found = { ok: true, reason: '', seconds: 1, video, audio: 'OPUS' };

  assert.equal(
    summaryOf(found, text),
    'H264 1920×1080, 25 fps, a key frame every 2 s, has B-frames, which the server drops for browsers; OPUS',
  );
  assert.match(summaryOf({ ...found, audio: '' }, text), /; no sound$/);
  const refused = { ...found, ok: false, reason: 'the camera rejects the login', video: [] };
  assert.equal(summaryOf(refused, text), 'the camera rejects the login');
});

test('a refusal says what is wrong by the key that it is about', () => {
  const refusal = new Refusal({
    detail: 'two mistakes',
    errors: [{ key: 'streams[0].url', message: 'is not an RTSP URL' }],
  });

  assert.equal(refusal.message, 'two mistakes');
  assert.equal(refusal.errors.get('streams[0].url'), 'is not an RTSP URL');
  assert.equal(new Refusal({ title: 'HTTP 502' }).message, 'HTTP 502');
});

test('a new camera has one stream', () => {
  assert.deepEqual(
    blank().streams.map(({ id }) => id),
    ['main'],
  );
});

test('both languages have the same words with the same places, and all are used', () => {
  const korean = read('ko');
  assert.deepEqual(Object.keys(korean), Object.keys(english));
  const forms = (/** @type {string | Record<string, string>} */ message) =>
    typeof message === 'string' ? [message] : Object.values(message);
  const places = (/** @type {string} */ message) => (message.match(/\{\w+\}/g) ?? []).sort();
  for (const [key, message] of Object.entries(english)) {
    for (const form of [...forms(message), ...forms(korean[key])]) {
      assert.deepEqual(places(form), places(forms(message)[0]), key);
    }
  }
  const code = readdirSync(new URL('settings/', WEB))
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(new URL(`settings/${name}`, WEB), 'utf8'))
    .join('');
  for (const key of Object.keys(english)) {
    const composed =
      /^(state|transport|pull|codecs|webrtc_transport|field|verdict|guide\.hint)\./.test(key);
    assert.ok(composed || code.includes(`'${key}'`), key);
  }
});
