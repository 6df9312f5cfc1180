import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ADVICE, adviceOf, codecNote } from '../../web/settings/advice.js';
import { faultsOf, hasChannel, makeOf, streamsOf } from '../../web/settings/camera_urls.js';
import { MAKES } from '../../web/settings/makes.js';
import { TestRun } from '../../web/settings/test_run.js';
import { reasonsOfServer } from './support/reasons.js';

/** @import { Answers, Finding } from '../../web/settings/types.js' */

const ROOT = new URL('../../', import.meta.url);
/** @param {string} name */
const textOf = (name) => readFileSync(new URL(name, ROOT), 'utf8');
const english = JSON.parse(textOf('web/i18n/settings.en.json'));

/** @param {Partial<Answers>} answers @returns {Answers} */
const answers = (answers) => ({
  make: 'other',
  address: '192.0.2.10',
  path: '',
  username: '',
  password: '',
  ...answers,
});
/** @param {Partial<Answers>} of */
const urls = (of) => streamsOf(answers(of)).map(({ url }) => url);

test('the makes and their paths are those of docs/cameras.md', () => {
  const rows = [...textOf('docs/cameras.md').matchAll(/^\| ([^|]+) \| `(\/[^`]+)` \| (.+) \|$/gm)];
  const written = rows.flatMap(([, names, main, sub]) =>
    names.split(', ').map((name) => ({ name, main, sub: sub.replaceAll('`', '') })),
  );

  const paths = MAKES.filter(({ main }) => main).map(({ id, name, port }) => {
    const host = `rtsp://h${port ? `:${port}` : ''}`;
    const [main, sub = `${host}–`] = urls({ make: id, address: 'h' });
    return { name, main: main.slice(host.length), sub: sub.slice(host.length) };
  });
  const byName = (/** @type {{name?: string}} */ one, /** @type {{name?: string}} */ other) =>
    String(one.name).localeCompare(String(other.name));
  assert.ok(paths.length > 8);
  assert.deepEqual(written.sort(byName), paths.sort(byName));
});

test('a make knows the URLs of its streams', () => {
  assert.deepEqual(urls({ make: 'hikvision' }), [
    'rtsp://192.0.2.10/Streaming/Channels/101',
    'rtsp://192.0.2.10/Streaming/Channels/102',
  ]);
  assert.deepEqual(urls({ make: 'reolink', channel: 12, address: 'nvr.lan:8554' }), [
    'rtsp://nvr.lan:8554/h264Preview_12_main',
    'rtsp://nvr.lan:8554/h264Preview_12_sub',
  ]);
  assert.deepEqual(urls({ make: 'foscam' }), [
    'rtsp://192.0.2.10:88/videoMain',
    'rtsp://192.0.2.10:88/videoSub',
  ]);
  assert.equal(
    urls({ make: 'foscam', address: '192.0.2.10:554' })[0],
    'rtsp://192.0.2.10:554/videoMain',
  );
  assert.equal(urls({ make: 'tapo', address: '2001:db8::7' })[0], 'rtsp://[2001:db8::7]/stream1');
  assert.equal(
    urls({ make: 'tapo', address: '[2001:db8::7]:554' })[0],
    'rtsp://[2001:db8::7]:554/stream1',
  );
  assert.equal(hasChannel(makeOf('hikvision')), true);
  assert.equal(hasChannel(makeOf('tapo')), false);
});

test('a URL that is pasted as the address goes before the paths of the make', () => {
  assert.deepEqual(urls({ make: 'axis', address: 'rtsp://192.0.2.10/own' }), [
    'rtsp://192.0.2.10/own',
  ]);
  assert.deepEqual(urls({ path: 'live/1' }), ['rtsp://192.0.2.10/live/1']);
  assert.deepEqual(urls({ path: '/live/1' }), ['rtsp://192.0.2.10/live/1']);
});

test('the URL that UniFi Protect shows becomes the one of the same stream without SRTP', () => {
  const unifi = (/** @type {string} */ address) => urls({ make: 'unifi', address })[0];

  assert.equal(unifi('rtsps://192.0.2.1:7441/aB3x?enableSrtp'), 'rtsp://192.0.2.1:7447/aB3x');
  assert.equal(unifi('rtsps://192.0.2.1:7441/aB3x'), 'rtsps://192.0.2.1:7441/aB3x');
  assert.equal(unifi('rtsp://192.0.2.1:7447/aB3x'), 'rtsp://192.0.2.1:7447/aB3x');
});

test('all streams have the login, and none without a user', () => {
  const [main, sub] = streamsOf(answers({ make: 'tapo', username: 'me', password: 'x' }));

  assert.deepEqual([main.username, sub.username, sub.password], ['me', 'me', 'x']);
  assert.equal('password' in streamsOf(answers({ make: 'tapo' }))[0], false);
});

test('what cannot be an address is told before anything is tested', () => {
  const fault = (/** @type {Partial<Answers>} */ of) => Object.fromEntries(faultsOf(answers(of)));

  assert.deepEqual(fault({}), {});
  assert.deepEqual(fault({ address: 'rtsp://me:x@192.0.2.10/live' }), {});
  assert.deepEqual(fault({ address: '' }), { address: 'field.missing' });
  assert.deepEqual(fault({ address: 'http://192.0.2.10/' }), { address: 'guide.address.scheme' });
  assert.deepEqual(fault({ address: '192.0.2.10 ' + 'x' }), { address: 'guide.address.space' });
  assert.deepEqual(fault({ address: '192.0.2.10/live' }), { address: 'guide.address.host' });
  assert.deepEqual(fault({ make: 'unifi' }), { address: 'guide.address.protect' });
  assert.deepEqual(fault({ password: 'x' }), { username: 'guide.username.missing' });
});

/** @param {string} [reason_code] @returns {Finding} */
const failed = (reason_code) => ({
  ok: false,
  reason: 'in English',
  reason_code,
  seconds: 1,
  video: [],
  audio: '',
});
/** @param {string} codec @returns {Finding} */
const found = (codec) => ({
  ...failed(),
  reason: '',
  ok: true,
  video: [
    {
      codec,
      width: 640,
      height: 360,
      fps: 25,
      gop_frames: 25,
      gop_ms: 1000,
      bitrate: 1e6,
      b_frames: false,
    },
  ],
});

test('why a test failed leads to the field where that is changed', () => {
  for (const [code, field] of [
    ['login_rejected', 'password'],
    ['login_missing', 'username'],
    ['no_such_path', 'path'],
    ['unreachable', 'address'],
    ['not_rtsp', 'address'],
  ]) {
    const advice = adviceOf(failed(code));
    assert.equal(advice.field, field, code);
    assert.ok(advice.key in english, code);
  }
  assert.equal(adviceOf(failed('no_answer')).key, 'advice.unreachable');
  assert.equal(adviceOf(failed('mute_camera')).key, 'advice.silent');
  assert.deepEqual(adviceOf(failed('rtsp_status')), { key: '', field: 'address' });
  assert.deepEqual(adviceOf(failed()), { key: '', field: 'address' });
});

test('the codes that lead to advice are codes of the server', () => {
  const codes = new Set(reasonsOfServer().map(({ code }) => code));

  for (const code of [...Object.keys(ADVICE), 'transport_unsupported']) {
    assert.ok(codes.has(code), code);
  }
});

test('H.265 is told with what to do, as far as this browser and the sub-stream need it', () => {
  assert.equal(codecNote(found('H264'), null, false), '');
  assert.equal(codecNote(found('H265'), null, false), 'advice.h265');
  assert.equal(codecNote(found('H265'), null, true), 'advice.h265.others');
  assert.equal(codecNote(found('H265'), found('H264'), false), 'advice.h265.sub');
  assert.equal(codecNote(found('H265'), found('H264'), true), '');
  assert.equal(codecNote(found('H265'), found('H265'), false), 'advice.h265');
  assert.equal(codecNote(found('H265'), failed('unreachable'), false), 'advice.h265');
});

/** @param {Record<string, Finding>} byUrl */
function camera(byUrl) {
  /** @type {string[]} */
  const asked = [];
  const test = async (/** @type {any} */ { url, transport }) => {
    asked.push(`${transport} ${url}`);
    return byUrl[`${transport} ${url}`] ?? byUrl[url];
  };
  return { asked, test };
}
const TWO = streamsOf(answers({ make: 'tapo', address: 'h' }));
const [MAIN, SUB] = TWO.map(({ url }) => url);

test('both streams are tested, one after the other, and one that does not answer is left out', async () => {
  const { asked, test } = camera({ [MAIN]: found('H264'), [SUB]: failed('unreachable') });
  /** @type {string[]} */
  const said = [];

  const { streams, main, sub } = await new TestRun(TWO, (key) => said.push(key), test).run();

  assert.deepEqual(streams, [TWO[0]]);
  assert.equal(main.ok, true);
  assert.equal(sub?.ok, false);
  assert.deepEqual(asked, [`tcp ${MAIN}`, `tcp ${SUB}`]);
  assert.deepEqual(said, ['test.running', 'guide.test.sub']);
});

test('a camera whose main stream fails is not asked for its sub-stream', async () => {
  const { asked, test } = camera({ [MAIN]: failed('login_rejected') });

  const { sub } = await new TestRun(TWO, () => {}, test).run();

  assert.equal(sub, null);
  assert.equal(asked.length, 1, 'a wrong password is sent once');
});

test('a camera that refuses TCP gets the transport that it takes', async () => {
  const refused = failed('transport_unsupported');
  const { test } = camera({
    [`tcp ${MAIN}`]: refused,
    [`auto ${MAIN}`]: found('H264'),
    [SUB]: found('H264'),
  });

  const { streams } = await new TestRun(TWO, () => {}, test).run();

  assert.deepEqual(
    streams.map(({ transport }) => transport),
    ['auto', 'auto'],
  );
});

test('every make has its hint where the words have one, and every hint has its make', () => {
  const hints = Object.keys(english).filter((key) => key.startsWith('guide.hint.'));
  assert.ok(hints.length > 0);
  const strange = hints.filter((key) => !MAKES.some(({ id }) => key === `guide.hint.${id}`));
  assert.deepEqual(strange, []);
});
