import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { words } from '../../web/i18n/words.js';
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

test('what a test found is said in few words', () => {
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
});

test('a refusal says what is wrong by the key that it is about', () => {
  const refusal = new Refusal({
    detail: 'streams[0].url: is not an RTSP URL\nno cameras',
    errors: [
      { key: 'streams[0].url', message: 'is not an RTSP URL' },
      { key: '', message: 'no cameras' },
    ],
  });

  assert.equal(refusal.message, 'streams[0].url: is not an RTSP URL\nno cameras');
  assert.equal(refusal.errors.get('streams[0].url'), 'is not an RTSP URL');
  assert.equal(new Refusal({ title: 'HTTP 502' }).message, 'HTTP 502');
});

test('what is wrong in a file of the server is told with its place', () => {
  const { message } = new Refusal({
    detail: '/etc/f.yaml:7:3: a: is wrong',
    code: 'bad_configuration',
    errors: [
      { key: 'a', message: 'is wrong', file: '/etc/f.yaml', line: 7 },
      { key: '', message: 'is empty', file: '/etc/f.yaml' },
    ],
  });

  assert.equal(message, '/etc/f.yaml:7: a: is wrong\n/etc/f.yaml: is empty');
});

test('a refusal speaks the language of the page, as far as that has the sentences', (t) => {
  Object.defineProperty(globalThis, 'navigator', {
    value: { languages: ['ko'] },
    configurable: true,
  });
  words.set('ko', {}, { full: '카메라는 {limit}대까지입니다.', no_url: 'URL이 없습니다.' });
  t.after(() => words.set('en', {}));
  const full = { detail: 'at most 5 cameras', detail_code: 'full', detail_values: { limit: 5 } };

  assert.equal(new Refusal(full).message, '카메라는 5대까지입니다.');
  assert.equal(new Refusal({ detail: 'new', detail_code: 'of_a_newer_server' }).message, 'new');
  const wrong = new Refusal({
    detail: 'url: has no url\nid: is taken',
    errors: [
      { key: 'url', message: 'has no url', message_code: 'no_url' },
      { key: 'id', message: 'is taken', message_code: 'of_a_newer_server' },
    ],
  });
  assert.equal(wrong.message, 'url: URL이 없습니다.\nid: is taken');
  assert.equal(wrong.errors.get('url'), 'URL이 없습니다.');
});

test('a new camera has one stream', () => {
  assert.deepEqual(
    blank().streams.map(({ id }) => id),
    ['main'],
  );
});

test('all words are used', () => {
  const code = ['settings/', 'page/']
    .flatMap((folder) => readdirSync(new URL(folder, WEB)).map((name) => `${folder}${name}`))
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(new URL(name, WEB), 'utf8'))
    .join('');
  for (const key of Object.keys(english)) {
    const composed =
      /^(state|transport|source|pull|codecs|webrtc_transport|field|theme|verdict|guide\.hint)\./.test(
        key,
      );
    assert.ok(composed || code.includes(`'${key}'`), key);
  }
});
