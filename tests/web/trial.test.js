import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { Trial } from '../../web/settings/trial.js';

/** A camera that is on the server only until it is kept: what is asked of the server, in order. */

/** @typedef {{method: string, path: string, body: any, keepalive: boolean}} Asked */

/** @type {Asked[]} */
let asked;
/** Methods that the server refuses. @type {Set<string>} */
let refused;
/** The server answers nothing before this. @type {Promise<void>} */
let pause;
const before = { fetch: globalThis.fetch, document: Reflect.get(globalThis, 'document') };

beforeEach(() => {
  asked = [];
  refused = new Set();
  pause = Promise.resolve();
  Reflect.set(globalThis, 'document', { baseURI: 'http://server/settings.html' });
  globalThis.fetch = async (url, { method = 'GET', body = '', keepalive = false } = {}) => {
    const { pathname } = new URL(String(url));
    asked.push({ method, path: pathname, body: JSON.parse(String(body || 'null')), keepalive });
    await pause;
    if (refused.has(method)) return Response.json({ detail: 'no' }, { status: 400 });
    return method === 'DELETE' ? new Response(null, { status: 204 }) : Response.json({});
  };
});

afterEach(() => {
  globalThis.fetch = before.fetch;
  Reflect.set(globalThis, 'document', before.document);
});

const DRAFT = {
  id: 'camera-1',
  name: 'Camera 1',
  managed: true,
  streams: [{ id: 'main', url: 'rtsp://h/1', pull: 'always', username: 'me', password: 'x' }],
};
const calls = () => asked.map(({ method, path }) => `${method} ${path}`);

test('it connects only while somebody looks, and is taken back', async () => {
  const trial = new Trial();

  await trial.begin(DRAFT);
  assert.equal(trial.id, 'camera-1');
  assert.equal(asked[0].body.streams[0].pull, 'on_demand');
  await trial.end();
  await trial.end();

  assert.deepEqual(calls(), ['POST /api/cameras', 'DELETE /api/cameras/camera-1/settings']);
});

test('it is kept under another id by one request, which takes its place', async () => {
  const trial = new Trial();
  await trial.begin(DRAFT);

  await trial.keep({ ...DRAFT, id: 'front-door', name: 'Front door' });
  await trial.end();

  assert.deepEqual(calls(), ['POST /api/cameras', 'PATCH /api/cameras']);
  const { yaml, remove } = asked[1].body;
  assert.deepEqual(remove, ['camera-1']);
  assert.match(yaml, /^- \{"id":"front-door",.*"pull":"always"/);
  assert.equal(yaml.includes('managed'), false);
});

test('it is kept under its own id by a change', async () => {
  const trial = new Trial();
  await trial.begin(DRAFT);

  await trial.keep(DRAFT);

  assert.deepEqual(calls(), ['POST /api/cameras', 'PUT /api/cameras/camera-1/settings']);
});

test('where the server refuses to keep it, it can still be taken back', async () => {
  const trial = new Trial();
  await trial.begin(DRAFT);
  refused.add('PATCH');

  await assert.rejects(trial.keep({ ...DRAFT, id: 'front' }), /no/);
  await trial.end();

  assert.equal(calls().at(-1), 'DELETE /api/cameras/camera-1/settings');
});

test('who cancels while it is being added leaves nothing behind', async () => {
  /** @type {() => void} */
  let go = () => {};
  pause = new Promise((resolve) => (go = resolve));
  const trial = new Trial();

  const begun = trial.begin(DRAFT);
  const ended = trial.end();
  go();
  await Promise.all([begun, ended]);

  assert.deepEqual(calls(), ['POST /api/cameras', 'DELETE /api/cameras/camera-1/settings']);
});

test('a page that goes takes it back by a request that outlives it', async () => {
  const trial = new Trial();
  await trial.begin(DRAFT);

  trial.abandon();
  trial.abandon();

  assert.deepEqual(calls(), ['POST /api/cameras', 'DELETE /api/cameras/camera-1/settings']);
  assert.equal(asked[1].keepalive, true);
});

test('a camera that the server refuses is none', async () => {
  refused.add('POST');
  const trial = new Trial();

  await assert.rejects(trial.begin(DRAFT), /no/);
  await trial.end();

  assert.deepEqual(calls(), ['POST /api/cameras']);
});
